"""Whether it makes sense to go on asking this server."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from math import inf

from harness.backends.http.faults import Ends, Fault
from harness.backends.http.retry import Clock
from harness.errors import BackendError
from harness.values import ErrorKind

FIRST_PATIENCE = 5.0
_SILENT_SECONDS = 30.0  # without any answer, until that is worth a line; and between two lines
_LOG = logging.getLogger(__name__)


class UnreachableError(BackendError):
    """No connection to the server could be made, for as long as it was waited for."""


class Health:
    """Watches what becomes of all requests, and ends the run when none can be answered.

    A server that cannot be reached costs no request its attempts: all wait for it, a few seconds at the very first,
    up to ``patience`` once it has answered. The same goes for a gateway that says so of what is behind it (HTTP 502 to
    504), as long as nobody gets an answer; after that it counts like any error. Nor does it cost attempts to be told
    that there are too many requests. A server that answers and fails ends the run after ``limit`` requests in a row
    that were given up. As waiting may take long, a warning says now and then what is waited for.

    Args:
        server: its base URL, for messages.
        model: the model's name, for messages.
        keys: variables of the environment that hold the key, for messages.
        limit: requests given up in a row.
        patience: seconds to wait for a server that has gone away.
        clock: the time.
    """

    def __init__(
        self, server: str, model: str, keys: Sequence[str], *, limit: int, patience: float, clock: Clock
    ) -> None:
        self._server = server
        self._model = model
        self._keys = " or ".join(keys)
        self._limit = limit
        self._patience = patience
        self._clock = clock
        self._proven: set[str] = set()
        self._given_up = 0
        self._away_since: float | None = None
        self._answered_at = -inf
        self._said_at: float | None = None

    def answered(self, path: str) -> None:
        """Note an answer."""
        self._proven.add(path)
        self._given_up = 0
        self._away_since = self._said_at = None
        self._answered_at = self._clock.monotonic()

    def failed(self, fault: Fault, sent: float) -> bool:
        """Note a failed attempt.

        Args:
            fault: what became of it.
            sent: when it began.

        Returns:
            Whether it counts as one of the request's attempts.

        Raises:
            BackendError: it shows that going on is useless.
        """
        now = self._clock.monotonic()
        if fault.retry:
            self._tell(fault, now)
        if fault.unreachable or (fault.away and self._answered_at < sent):
            if self._away_since is None:
                self._away_since = now
            patience = self._patience if self._proven else min(FIRST_PATIENCE, self._patience)
            over = now - self._away_since >= patience
            if over and fault.unreachable:
                raise UnreachableError(f"cannot reach {self._server}: {fault.message}")
            return over
        self._away_since = None
        if fault.ends is Ends.RUN or (fault.ends is Ends.UNPROVEN and fault.path not in self._proven):
            raise BackendError(self._explain(fault))
        return not fault.overloaded

    def _tell(self, fault: Fault, now: float) -> None:
        if self._said_at is None:
            self._said_at = now
        elif now - self._said_at >= _SILENT_SECONDS:
            self._said_at = now
            _LOG.warning("%s gives no answers (%s); asking on", self._server, fault.message)

    def gave_up(self, fault: Fault) -> None:
        """Note a request that ends without an answer.

        Raises:
            BackendError: it is one too many.
        """
        if fault.kind is ErrorKind.REFUSED and fault.status is None:
            self.answered(fault.path)  # the model's own refusal: the server works
            return
        # Once the endpoint is known to work, what it rejects is the data's doing; so are these two from the start.
        if fault.kind is ErrorKind.TOO_LONG or "content_filter" in fault.message:
            return
        if fault.kind is ErrorKind.REFUSED and fault.path in self._proven:
            return
        self._given_up += 1
        if self._given_up >= self._limit:
            raise BackendError(
                f"{self._server} has failed {self._given_up} requests in a row; the last: {fault.message}"
            )

    def _explain(self, fault: Fault) -> str:
        said = fault.message
        if fault.status in (401, 403):
            return f"{self._server} refuses the key ({said}): check {self._keys}"
        if fault.status in (404, 405):
            advice = "check the model's name and --base-url"
            if "/v1" not in fault.path:
                advice += " (most end in /v1)"
            if fault.path == "/completions":
                advice += "; a server that only chats needs --formulation generate"
            return f"no model '{self._model}' or no {fault.path} at {self._server} ({said}): {advice}"
        if fault.status is not None and 300 <= fault.status < 400:
            return f"{self._server} sends requests elsewhere ({said}): give that address as --base-url"
        return f"{self._server} answers no more requests of this account ({said})"
