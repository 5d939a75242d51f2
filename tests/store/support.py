"""Keys and answers by number, and where they lie; also imported by the processes that tests start."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.values import Response

IDENTITY = "1d" * 32


def key_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def answer(number: int) -> Response:
    return Response(text=f"The answer is {number}.", finish="stop", prompt_tokens=9, completion_tokens=5, latency=0.25)


def only_segment(store: Path) -> Path:
    (path,) = (store / "segments").glob("*.sqlite")
    return path
