"""Time that runs faster than the wall's."""

from __future__ import annotations

import asyncio
import time

from harness.backends.http.retry import Clock


def fast_clock(factor: float) -> Clock:
    """A clock whose seconds pass ``factor`` times as fast: what waits 30 s at 100 waits 0.3 s."""
    began, wall = time.monotonic(), time.time()

    def monotonic() -> float:
        return began + (time.monotonic() - began) * factor

    def now() -> float:
        return wall + (time.monotonic() - began) * factor

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / factor)

    return Clock(monotonic=monotonic, wall=now, sleep=sleep)
