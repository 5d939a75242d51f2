"""One exchange with the server, asked again until it is answered or hopeless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from harness.backends.http.faults import Fault, malformed, of_status
from harness.backends.http.health import Health
from harness.backends.http.pace import Pace
from harness.backends.http.quota import Quota
from harness.backends.http.retry import Clock, Retries, retry_after
from harness.backends.http.text import decode, encode, short
from harness.backends.http.transport import Reply, Transport
from harness.errors import one_line

T = TypeVar("T")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What an exchange gave.

    Attributes:
        value: what the reader made of the reply.
        retries: attempts that failed before.
        latency: seconds of the last attempt.
    """

    value: T
    retries: int
    latency: float


class Caller:
    """Sends forms, reads replies, retries. Whoever asks holds a place of the pace.

    Args:
        transport: the connections.
        retries: how often and how late to ask again.
        health: told of everything, and may end the run.
        pace: told of everything; pauses give the place back.
        clock: the time.
        hide: takes secrets out of a message.
    """

    def __init__(
        self,
        transport: Transport,
        retries: Retries,
        health: Health,
        pace: Pace,
        clock: Clock,
        hide: Callable[[str], str],
    ) -> None:
        self._transport = transport
        self._retries = retries
        self._health = health
        self._pace = pace
        self._clock = clock
        self._hide = hide

    async def ask(self, path: str, form: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> Answer[T]:
        """Ask until there is an answer.

        Args:
            path: the endpoint.
            form: the request.
            read: makes a value of the reply's JSON object; raises a fault, or any error of a wrong shape.

        Raises:
            Fault: it was given up; ``retries`` is set.
            BackendError: nothing asked of this server can work.
        """
        body = encode(form)
        monotonic = self._clock.monotonic
        begun = monotonic()
        failed = counted = 0
        while True:
            started = monotonic()
            try:
                reply = await self._transport.post(path, body, begun + self._retries.deadline - started)
                value = _read(self._payload(reply), read)
            except Fault as fault:
                fault.message = self._hide(fault.message)
                fault.path, fault.retries = path, failed
                counted += self._health.failed(fault, started)
                pause = self._retries.pause(failed, fault.wait)
                self._pace.failed(fault, started, pause)
                if not self._retries.again(fault, counted, monotonic() + pause - begun):
                    raise
                failed += 1
            else:
                self._health.answered(path)
                self._pace.answered(Quota.read(reply.headers, self._clock.wall()))
                return Answer(value, failed, monotonic() - started)
            self._pace.leave()
            await self._clock.sleep(pause)
            await self._pace.enter()

    def _payload(self, reply: Reply) -> dict[str, Any]:
        if not 200 <= reply.status < 300:
            raise of_status(reply.status, reply.body, retry_after(reply.headers, self._clock.wall()))
        try:
            payload = decode(reply.body)
        except ValueError:
            shown = short(reply.body[:2_000].decode("utf-8", "replace"), _SHOWN)
            raise malformed(f"the reply is not JSON: {shown}") from None
        if not isinstance(payload, dict):
            raise malformed("the reply is no JSON object")
        error = payload.get("error")
        if error and not payload.get("choices"):  # gateways report what failed behind them with status 200
            code = error.get("code") if isinstance(error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 502
            raise of_status(status, reply.body, retry_after(reply.headers, self._clock.wall()))
        return payload


def _read(payload: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
    try:
        return read(payload)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        said = f"{type(error).__name__}: {one_line(error)}"
        raise malformed(f"the reply has another shape than agreed ({said})") from None
