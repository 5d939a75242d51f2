"""A model's server as the rest of a backend sees it: requests go in, responses come out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from harness.backends.http.address import Address, Credentials
from harness.backends.http.health import Health
from harness.backends.http.retry import Clock, Retries
from harness.values import Request, Response

if TYPE_CHECKING:
    from harness.backends.http.background import Emit
    from harness.backends.http.caller import Caller
    from harness.backends.http.inbox import Inbox
    from harness.backends.http.pace import Pace

T = TypeVar("T")
_GIVEN_UP_IN_A_ROW = 20
_READY_AHEAD = 48

Answer = Callable[[Request], Awaitable[Response]]
"""Answers one request, with an error response if need be; raises ``BackendError`` when going on is useless."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a server is asked.

    Attributes:
        concurrency: the most requests under way at once; how many there are follows what the server bears.
        timeout: seconds for one exchange.
        deadline: seconds for one exchange with all its retries and pauses.
        retries: attempts after the first, for what may be mended by asking again.
        patience: seconds to wait for a server that has answered and then cannot be reached.
    """

    concurrency: int = 64
    timeout: float = 600.0
    deadline: float = 3600.0
    retries: int = 5
    patience: float = 60.0


class Service:
    """One model on one server.

    Args:
        model: its name there, for messages.
        address: where it is.
        credentials: what opens it.
        limits: how it is asked.
        clock: the time.
    """

    def __init__(
        self, model: str, address: Address, credentials: Credentials, limits: Limits, clock: Clock | None = None
    ) -> None:
        self._address = address
        self._credentials = credentials
        self._limits = limits
        self._clock = clock or Clock()
        self._places: int | None = None
        limit = max(_GIVEN_UP_IN_A_ROW, limits.concurrency)
        self.health = Health(
            address.base, model, credentials.variables, limit=limit, patience=limits.patience, clock=self._clock
        )

    def answer_all(
        self, requests: Iterable[Request], make: Callable[[Caller], Answer]
    ) -> Generator[tuple[int, Response], None, None]:
        """Yield each response as it arrives; closing the iterator cancels the requests under way.

        Args:
            requests: what is asked.
            make: makes the function that answers one request, of what makes the exchanges.

        Raises:
            BackendError: going on is useless; everything answered before has been yielded.
        """
        waiting = iter(requests)
        first = next(waiting, None)
        if first is None:
            return
        from harness.backends.http.background import in_background

        async def work(inbox: Inbox[tuple[int, Request]], emit: Emit[tuple[int, Response]]) -> None:
            from harness.backends.http.workers import Crew

            async with self._connected() as (caller, pace):
                await Crew(make(caller), inbox, pace, emit).run()
                self._places = pace.places

        yield from in_background(chain((first,), waiting), work, ahead=self._limits.concurrency + _READY_AHEAD)

    def once(self, work: Callable[[Caller], Awaitable[T]]) -> T:
        """Run one coroutine with the means to ask this server, and return its result.

        Args:
            work: makes the coroutine, of what makes the exchanges.

        Raises:
            Fault: an exchange was given up, and ``work`` let it pass.
            BackendError: nothing asked of this server can work; :class:`UnreachableError` where it is not there.
        """
        from harness.backends.http.background import in_background

        async def main(inbox: Inbox[tuple[int, None]], emit: Emit[T]) -> None:
            async with self._connected() as (caller, pace):
                await pace.enter()
                emit(await work(caller))

        nothing: tuple[None, ...] = ()
        (result,) = in_background(nothing, main, ahead=1)
        return result

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[tuple[Caller, Pace], None]:
        from harness.backends.http.caller import Caller
        from harness.backends.http.pace import Pace
        from harness.backends.http.transport import Transport

        limits = self._limits
        retries = Retries(limits.retries, limits.deadline)
        pace = Pace(limits.concurrency, self._clock, self._places)
        async with Transport(
            self._address, self._credentials.headers, timeout=limits.timeout, connections=limits.concurrency
        ) as transport:
            yield Caller(transport, retries, self.health, pace, self._clock, self._credentials.hide), pace
