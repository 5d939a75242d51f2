"""What can become of one HTTP exchange, sorted by what to do about it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from harness.backends.http.text import decode, short
from harness.values import ErrorKind

_RETRIED = frozenset((408, 409, 425, 429))
_TOO_MUCH = frozenset((429, 529))
_AWAY = frozenset((502, 503, 504))
_NEVER_MENDED = frozenset((501, 505))
_TOO_LONG = re.compile(
    r"context[ _-]?(length|limit|window|size)|(prompt|input|request)\b.{0,60}\btoo (long|large)"
    r"|longer than the (maximum|model)|exceeds? the (maximum|model|limit).{0,30}token|input tokens?.{0,40}exceed",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(r"insufficient_quota|credit[ _]balance|spend_limit_reached|billing_(error|hard_limit)")
_TITLE = re.compile(rb"<(?:title|h1)[^>]*>(.*?)</", re.IGNORECASE | re.DOTALL)


class Ends(StrEnum):
    """Whether a fault means that nothing asked of this server can work."""

    NOTHING = "nothing"  # it is about this one request
    UNPROVEN = "unproven"  # the run, unless the same endpoint has answered before
    RUN = "run"  # the run: wrong key, no credit


class Fault(Exception):  # noqa: N818 (not always an error: many are mended by asking again)
    """An exchange that gave no answer.

    Attributes:
        kind: how the record of the request calls it.
        message: what the server or the network said, on one line.
        status: the HTTP status, if there was a reply.
        retry: whether asking again may help.
        attempts: how often at most, where that is fewer than the caller allows.
        wait: seconds the server wants to be left alone.
        ends: whether it ends more than this request.
        unreachable: no connection could be made: the server's trouble, not the request's.
        path: the endpoint, and
        retries: attempts that failed before the last one; whoever made the exchange fills them in.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        status: int | None = None,
        retry: bool = False,
        attempts: int | None = None,
        wait: float | None = None,
        ends: Ends = Ends.NOTHING,
        unreachable: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.retry = retry
        self.attempts = attempts
        self.wait = wait
        self.ends = ends
        self.unreachable = unreachable
        self.path = ""
        self.retries = 0

    @property
    def overloaded(self) -> bool:
        """Whether the server says that it is asked too much: the request itself is as good as before."""
        return self.status in _TOO_MUCH or (self.status == 503 and self.wait is not None)

    @property
    def away(self) -> bool:
        """Whether the server, or what is behind a gateway, is not there for anybody, as far as this tells."""
        return self.unreachable or self.status in _AWAY

    @property
    def rejected(self) -> bool:
        """Whether the server read the request and did not like its form."""
        return self.status in (400, 422) and self.kind is ErrorKind.REFUSED


def malformed(message: str) -> Fault:
    """Make the fault of a reply that is not in the agreed form."""
    return Fault(ErrorKind.MALFORMED, message, retry=True)


def of_status(status: int, body: bytes, wait: float | None = None) -> Fault:
    """Sort a reply that is not a success.

    Args:
        status: the HTTP status, or the code inside an error that came with status 200.
        body: the reply.
        wait: what its Retry-After header says, in seconds.
    """
    said = message_of(body)
    message = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    if status == 402 or _NO_CREDIT.search(said):
        return Fault(ErrorKind.UNAVAILABLE, message, status=status, ends=Ends.RUN)
    if status in _RETRIED or (status >= 500 and status not in _NEVER_MENDED):
        return Fault(ErrorKind.UNAVAILABLE, message, status=status, retry=True, wait=wait)
    if status == 413 or (status in (400, 422) and _TOO_LONG.search(said)):
        return Fault(ErrorKind.TOO_LONG, message, status=status)
    if status == 401 or 300 <= status < 400:
        return Fault(ErrorKind.REFUSED, message, status=status, ends=Ends.RUN)
    # A gateway also says 403 of one prompt that its moderation dislikes, 404 while a model is being reloaded.
    ends = Ends.UNPROVEN if status in (403, 404, 405) else Ends.NOTHING
    return Fault(ErrorKind.REFUSED, message, status=status, ends=ends)


def message_of(body: bytes) -> str:
    """Return what an error reply says, on one line: from JSON of any usual form, a page's title, or text."""
    try:
        return short(_said(decode(body)))
    except ValueError:
        title = _TITLE.search(body[:20_000])
        return short((title[1] if title else body[:2_000]).decode("utf-8", "replace"))


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):  # validation errors: where and what
        return "; ".join(filter(None, map(_said, value[:3])))
    if not isinstance(value, dict):
        return ""
    inner = next((value[name] for name in ("error", "message", "detail", "msg") if value.get(name)), "")
    text = _said(inner)
    place = value.get("param") or value.get("loc")
    named = place if isinstance(place, str) else ".".join(map(str, place)) if isinstance(place, list) else ""
    code = value.get("code")
    for extra in (named, code if isinstance(code, str) else ""):
        if extra and extra not in text:
            text = f"{text} ({extra})" if text else extra
    return text
