"""Metrics are found by listing their folder each time, which is most of what making one costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from harness.scoring import registry


@contextmanager
def listed_once() -> Iterator[None]:
    """List each folder of metrics once: for tests that make thousands of metrics and change no file of theirs."""
    index = registry._index
    known = cache(lambda folders: index(folders))

    def listed(folders: Sequence[Path] | None) -> dict[str, Path]:
        return known(tuple(registry.search_path() if folders is None else folders))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_index", listed)
        yield
