from __future__ import annotations

import socket

import pytest

from harness.errors import BackendError
from harness.executors.ray.actor import Failed


def test_a_mistake_names_the_machine_that_it_shows_on(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Failed.of(BackendError("there is no\nmodel 'x'"))
    assert failed.told() == "there is no model 'x'"
    monkeypatch.setattr("harness.executors.ray.actor.gethostname", lambda: "driver")
    assert failed.told() == f"there is no model 'x' (on {socket.gethostname()})"
