"""Fixtures of the store's tests."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Child = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def warnings() -> list[str]:
    """Collects what a store warns of: give ``warnings.append`` to it."""
    return []


@pytest.fixture
def child(root: Path) -> Iterator[Child]:
    """Starts Python code in a process of its own; its standard output is a pipe of lines."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
