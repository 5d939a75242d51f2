"""When to ask again."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.backends.http.faults import Fault

LONGEST_WAIT = 120.0


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as far as this backend uses it; tests bring their own.

    Attributes:
        monotonic: seconds that never jump.
        wall: seconds since 1970.
        sleep: a coroutine that waits so many seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = _sleep


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how late a request is asked again.

    Attributes:
        limit: attempts after the first, for what may be the request's doing.
        deadline: seconds for all attempts of one exchange, pauses included.
        base: the mean of the first pause is half of it, in seconds; each later one doubles.
        cap: the longest pause that is not the server's wish.
        uniform: the source of chance.
    """

    limit: int = 5
    deadline: float = 3600.0
    base: float = 0.5
    cap: float = 8.0
    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def again(self, fault: Fault, counted: int, elapsed: float) -> bool:
        """Return whether to ask again.

        Args:
            fault: what became of the last attempt.
            counted: failed attempts that count, the last one included.
            elapsed: seconds since the first attempt began, at the beginning of the next one.
        """
        if fault.unreachable:
            return True  # that is not the request's doing, and patience ends it
        limit = self.limit if fault.attempts is None else min(fault.attempts, self.limit)
        return fault.retry and limit > 0 and counted <= limit and elapsed < self.deadline

    def pause(self, attempt: int, wait: float | None) -> float:
        """Return the seconds to wait after failed attempt number ``attempt`` (from 0).

        What the server asked for is obeyed and a little added, so that its clients do not return all at once;
        otherwise exponential backoff with full jitter.
        """
        if wait is not None:
            return wait + self.uniform(0.0, min(1.0, 0.1 * wait))
        return self.uniform(0.0, min(self.cap, self.base * 2.0 ** min(attempt, 32)))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a reply asks to be left alone, at most :data:`LONGEST_WAIT`.

    Args:
        headers: of the reply, in lower case or of a type that ignores case. ``retry-after-ms`` (milliseconds)
            wins over ``retry-after`` (seconds, or a date; RFC 9110, section 10.2.3).
        now: seconds since 1970.

    Returns:
        None if the headers say nothing that can be understood.
    """
    wait = _number(headers.get("retry-after-ms"), 0.001)
    if wait is None:
        text = headers.get("retry-after")
        wait = _number(text, 1.0)
        if wait is None and text:
            from email.utils import parsedate_to_datetime  # seldom needed, and costly to import

            try:
                wait = parsedate_to_datetime(text).timestamp() - now
            except (ValueError, OverflowError):
                return None
    return None if wait is None else min(max(wait, 0.0), LONGEST_WAIT)


def _number(text: str | None, unit: float) -> float | None:
    try:
        value = float(text or "") * unit
    except ValueError:
        return None
    return None if math.isnan(value) else value
