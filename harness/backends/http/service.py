"""A model's server as the rest of a backend sees it: requests go in, responses come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.backends.http.address import Address, Credentials
from harness.backends.http.health import Health
from harness.backends.http.retry import Clock, Retries
from harness.values import Request, Response

if TYPE_CHECKING:
    from harness.backends.http.background import Emit
    from harness.backends.http.caller import Caller

_GIVEN_UP_IN_A_ROW = 20
_READY_AHEAD = 1024

Answer = Callable[[Request], Awaitable[Response]]
"""Answers one request, with an error response if need be; raises ``BackendError`` when going on is useless."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How a server is asked.

    Attributes:
        concurrency: requests under way at once.
        timeout: seconds for one exchange.
        retries: attempts after the first, for what may be mended by asking again.
        patience: seconds to wait for a server that has answered and then cannot be reached.
    """

    concurrency: int = 32
    timeout: float = 600.0
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
        limit = max(_GIVEN_UP_IN_A_ROW, limits.concurrency)
        self.health = Health(address.base, model, limit=limit, patience=limits.patience, clock=self._clock)

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
        asked = list(requests)
        if asked:
            from harness.backends.http.background import in_background

            async def work(emit: Emit[tuple[int, Response]]) -> None:
                await self._answer_all(asked, make, emit)

            yield from in_background(work, ahead=_READY_AHEAD)

    async def _answer_all(
        self, requests: list[Request], make: Callable[[Caller], Answer], emit: Emit[tuple[int, Response]]
    ) -> None:
        from harness.backends.http.caller import Caller
        from harness.backends.http.transport import Transport
        from harness.backends.http.workers import answer_all

        limits = self._limits
        async with Transport(
            self._address, self._credentials.headers, timeout=limits.timeout, connections=limits.concurrency
        ) as transport:
            caller = Caller(transport, Retries(limits.retries), self.health, self._clock, self._credentials.hide)
            await answer_all(make(caller), requests, limits.concurrency, emit)
