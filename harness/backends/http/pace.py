"""How many requests a server bears at once, found out by asking it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from math import inf

from harness.backends.http.faults import Fault
from harness.backends.http.quota import Quota
from harness.backends.http.retry import Clock

_START = 16
_RAMP_SECONDS = 0.25


class Pace:
    """Gives out places at one server: one for every request that is under way.

    The number of places follows what the server says, as TCP's window follows the network: it doubles with every round
    of answers, and is halved, to grow by one a round from then on, when the server refuses as many requests as it
    answers (HTTP 429 and the like), once for all requests that were sent before. As answers may take minutes and
    refusals do not, it doubles by itself at the very beginning, a few times a second.

    A server that asks to be left alone is left alone by all requests, not only by the one that was told: a single
    refusal does that, and no more, since some refuse one request in ten at any pace. Other errors of the server stop
    the growth for a round.

    It belongs to one event loop.

    Args:
        ceiling: the most places.
        clock: the time.
        start: places at the beginning, where it is known from before.
    """

    def __init__(self, ceiling: int, clock: Clock, start: int | None = None) -> None:
        self._ceiling = ceiling
        self._clock = clock
        self._places = float(min(start or _START, ceiling))
        self._doubles_below = float(ceiling)
        self._taken = 0
        self._unopposed = True
        self._calm = 0
        self._answers = self._refusals = 0
        self._judged_at = self._held_until = -inf
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._hire: Callable[[], bool] = lambda: False

    @property
    def places(self) -> int:
        """How many requests may be under way."""
        return int(self._places)

    @property
    def crowded(self) -> bool:
        """Whether a request that ends should give its place up rather than to the next one of its worker."""
        return self._taken > self._places or bool(self._waiting)

    @property
    def held(self) -> bool:
        """Whether nothing is to be sent for the moment."""
        return self._held_until > -inf and self._held_until > self._clock.monotonic()

    def attach(self, hire: Callable[[], bool]) -> None:
        """Have ``hire`` called for each free place; it returns whether somebody takes it."""
        self._hire = hire
        self._ramp_up()

    def _ramp_up(self) -> None:
        if self._unopposed and self._places < self._ceiling:
            asyncio.get_running_loop().call_later(_RAMP_SECONDS, self._ramp)

    def _ramp(self) -> None:
        if self._unopposed and not self.held:
            self._places = min(2 * self._places, float(self._ceiling))
            self.open()
        self._ramp_up()

    def open(self) -> None:
        """Give out the free places: first to requests that were begun before."""
        while self._taken < self.places:
            if self._waiting:
                place = self._waiting.popleft()
                if place.done():  # who waited has been cancelled
                    continue
                place.set_result(None)
            elif not self._hire():
                return
            self._taken += 1

    async def wait(self) -> None:
        """Wait until the server may be asked again."""
        while (seconds := self._held_until - self._clock.monotonic()) > 0:
            await self._clock.sleep(seconds)

    async def enter(self) -> None:
        """Take a place, as soon as there is one and the server may be asked."""
        await self.wait()
        if self._taken < self.places:
            self._taken += 1
        else:
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            await place
            await self.wait()

    def leave(self) -> None:
        """Give a place back."""
        self._taken -= 1
        self.open()

    def answered(self, quota: Quota | None) -> None:
        """Note an answer, and what it says of the rate limits."""
        self._answers += 1
        if quota is not None and quota.pause:
            self._hold(quota.pause)
        if self._calm:
            self._calm -= 1
        # Places that nobody takes say nothing about what the server bears.
        elif self._places < self._ceiling and 2 * self._taken >= self._places and self._bears_more(quota):
            step = 1.0 if self._places < self._doubles_below else 1.0 / self._places
            self._places = min(self._places + step, float(self._ceiling))
        if self._taken < self.places:
            self.open()

    def _bears_more(self, quota: Quota | None) -> bool:
        return quota is None or (not quota.pause and (quota.requests is None or quota.requests > self._places))

    def failed(self, fault: Fault, sent: float, pause: float) -> None:
        """Note a failed attempt.

        Args:
            fault: what became of it.
            sent: when the attempt began.
            pause: seconds until it is made again.
        """
        self._unopposed = False
        if fault.overloaded:
            self._hold(pause if fault.wait is None else fault.wait)
            self._refusals += 1
            if sent > self._judged_at:
                self._judge()
        elif fault.unreachable:
            self._hold(pause)
            self._places = min(self._places, _START)  # what comes back comes back cold
        elif fault.retry:
            self._calm = self.places
            self._hold(fault.wait or 0.0)

    def _hold(self, seconds: float) -> None:
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def _judge(self) -> None:
        if self._refusals >= self._answers:
            self._places = self._doubles_below = max(1.0, self._places / 2)
        self._answers = self._refusals = 0
        self._judged_at = self._clock.monotonic()
