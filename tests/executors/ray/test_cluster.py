from __future__ import annotations

import sys

import pytest

from harness.errors import BackendError
from harness.executors.ray.cluster import Cluster


def test_without_ray_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BackendError, match=r"pip install 'multitask-harness\[ray\]'"):
        Cluster()
