"""What these tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.metric_files import listed_once


@pytest.fixture(autouse=True, scope="module")
def metric_files() -> Iterator[None]:
    """These tests write no metrics."""
    with listed_once():
        yield
