"""What replies say of a server's rate limits before they are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.backends.http.retry import LONGEST_WAIT

# How many are left, and when there will be more: OpenAI and those who copy it, Anthropic, gateways, the IETF's draft.
_REQUESTS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
)
_TOKENS = (
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
)
_PARTS = re.compile(r"([0-9.]+)(ms|[dhms])")
_SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_EPOCH = 1e9  # larger numbers of seconds are dates
_EPOCH_MS = 1e12


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left.

    Attributes:
        requests: that may still be sent; None where only tokens are counted.
        pause: seconds until there is something left again; 0 while there is.
    """

    requests: int | None
    pause: float = 0.0

    @classmethod
    def read(cls, headers: Mapping[str, str], now: float) -> Quota | None:
        """Read a reply's headers; None if they say nothing that can be understood.

        Args:
            headers: of a type that ignores case, or in lower case.
            now: seconds since 1970.
        """
        found = False
        requests: int | None = None
        pause = 0.0
        for pairs, counts_requests in ((_REQUESTS, True), (_TOKENS, False)):
            for remaining, reset in pairs:
                text = headers.get(remaining)
                if text is None or not text.isdecimal():
                    continue
                found, left = True, int(text)
                if counts_requests:
                    requests = left if requests is None else min(requests, left)
                if not left:
                    pause = max(pause, _seconds(headers.get(reset, ""), now))
        return cls(requests, pause) if found else None


def _seconds(text: str, now: float) -> float:
    """Return the seconds until a reset: ``1m30.5s``, ``17ms``, seconds, a date; at most :data:`LONGEST_WAIT`."""
    text = text.strip()
    parts = _PARTS.findall(text)
    try:
        if parts and "".join(map("".join, parts)) == text:
            wait = sum(float(number) * _SECONDS[unit] for number, unit in parts)
        elif "T" in text:
            wait = datetime.fromisoformat(text).timestamp() - now
        else:
            wait = float(text)
            if wait > _EPOCH:
                wait = (wait / 1000 if wait > _EPOCH_MS else wait) - now
    except ValueError:
        return 0.0
    return min(max(wait, 0.0), LONGEST_WAIT) if wait == wait else 0.0
