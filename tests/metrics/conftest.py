"""Metrics that run generated code may do so here: the code is these tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.metric_files import listed_once


@pytest.fixture(autouse=True, scope="module")
def metric_files() -> Iterator[None]:
    """These tests write no metrics."""
    with listed_once():
        yield


@pytest.fixture(autouse=True)
def code_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after ``--allow-code``."""
    monkeypatch.setenv("HARNESS_ALLOW_CODE", "1")
