"""A stand-in for vLLM around tiny models: what is checked is the backend, not the library."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.backends.vllm import VLLMBackend
from tests.backends.tiny import cache, make_model

__all__ = ["cache", "make_model"]


def _is_vllm(name: str) -> bool:
    return name == "vllm" or name.startswith("vllm.")


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stand-in, imported in place of vLLM."""
    kept = {name: module for name, module in sys.modules.items() if _is_vllm(name)}
    for name in kept:
        del sys.modules[name]
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "stub"))
    for name in ("VLLM_LOGGING_LEVEL", "VLLM_CPU_KVCACHE_SPACE", "VLLM_ENABLE_V1_MULTIPROCESSING", "HF_HUB_OFFLINE"):
        monkeypatch.setenv(name, "to be restored")
        monkeypatch.delenv(name)
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several wait for each other longer than models of a few thousand numbers take
    yield importlib.import_module("vllm")
    torch.set_num_threads(threads)
    for name in [name for name in sys.modules if _is_vllm(name)]:
        del sys.modules[name]
    sys.modules.update(kept)


@pytest.fixture
def backend(make_model: Callable[..., Path]) -> Iterator[VLLMBackend]:
    opened = VLLMBackend(make_model(), dtype="float32")
    yield opened
    opened.close()
