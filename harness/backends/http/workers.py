"""Workers that come and go with the work there is and the requests the server bears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from harness.backends.http.background import Emit
from harness.backends.http.inbox import Inbox
from harness.backends.http.pace import Pace
from harness.errors import BackendError
from harness.values import Request, Response


class Crew:
    """Answers all requests of an inbox.

    There are never more tasks than requests handed over, and no more at the server than the pace allows.

    Args:
        answer: answers one request.
        inbox: the requests and their places.
        pace: how many at once; :meth:`Caller.ask` gives a place back while it pauses.
        emit: is given each response with its request's place.
    """

    def __init__(
        self,
        answer: Callable[[Request], Awaitable[Response]],
        inbox: Inbox[tuple[int, Request]],
        pace: Pace,
        emit: Emit[tuple[int, Response]],
    ) -> None:
        self._answer = answer
        self._inbox = inbox
        self._pace = pace
        self._emit = emit
        self._coming = 0

    async def run(self) -> None:
        """Work until the inbox is closed and empty.

        Raises:
            BackendError: the first one that a worker met; the others are cancelled.
        """
        try:
            async with asyncio.TaskGroup() as self._group:
                self._drained = asyncio.Event()
                self._inbox.attach(self._pace.open)
                self._pace.attach(self._hire)
                self._pace.open()
                await self._drained.wait()
        except* BackendError as errors:
            raise _first(errors) from None

    def _hire(self) -> bool:
        closed = self._inbox.closed  # first: an item may come before the close, but none after it
        if self._inbox.more_than(self._coming):
            self._coming += 1
            self._group.create_task(self._work())
            return True
        if closed and not self._coming:
            self._drained.set()
        return False

    async def _work(self) -> None:
        pace = self._pace
        self._coming -= 1
        while not pace.crowded and self._inbox.more_than(0):
            if pace.held:
                await pace.wait()
            elif (item := self._inbox.take()) is not None:
                place, request = item
                self._emit((place, await self._answer(request)))
        pace.leave()


def _first(errors: BaseExceptionGroup[BackendError]) -> BackendError:
    first = errors.exceptions[0]
    return first if isinstance(first, BackendError) else _first(first)
