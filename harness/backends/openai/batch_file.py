"""The files that batches are made of: JSONL with one request, and one answer, a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from harness.backends.http.faults import Fault, malformed, of_status
from harness.backends.http.text import decode, encode
from harness.backends.openai.wire import Wire
from harness.errors import one_line
from harness.values import ErrorKind, Request, Response

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
_LATER = frozenset(("batch_expired", "batch_cancelled"))


class Chunks:
    """Writes requests into files that are no larger than a batch may be.

    Args:
        folder: for the files.
        path: the endpoint.
    """

    def __init__(self, folder: Path, path: str) -> None:
        self._folder = folder
        self._path = path
        self._stream: IO[bytes] | None = None
        self._bytes = 0
        self.files: list[tuple[Path, list[str]]] = []

    def add(self, custom_id: str, form: Mapping[str, Any]) -> None:
        """Write one request."""
        line = {"custom_id": custom_id, "method": "POST", "url": f"/v1{self._path}", "body": form}
        text = encode(line) + b"\n"
        if self._stream is None or self._bytes + len(text) > MOST_BYTES or len(self.files[-1][1]) >= MOST_REQUESTS:
            self.close()
            file = self._folder / f"requests-{len(self.files)}.jsonl"
            self.files.append((file, []))
            self._stream, self._bytes = file.open("wb"), 0
        self._stream.write(text)
        self._bytes += len(text)
        self.files[-1][1].append(custom_id)

    def close(self) -> None:
        """Finish the last file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def answers(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the request's id and the line of each line of an output or error file that can be read."""
    with file.open("rb") as stream:
        for text in stream:
            try:
                line = decode(text)
                yield str(line["custom_id"]), line
            except (ValueError, LookupError, TypeError):
                continue  # its request counts as unanswered


def response_of(line: dict[str, Any], request: Request, wire: Wire) -> Response:
    """Return the response that a line holds, an error response if it says so or is in no known form."""
    try:
        return _read(line, request, wire)
    except Fault as fault:
        return Response.failed(fault.kind, fault.message)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        said = f"{type(error).__name__}: {one_line(error)}"
        return Response.failed(ErrorKind.MALFORMED, f"the batch's answer has another shape than agreed ({said})")


def _read(line: dict[str, Any], request: Request, wire: Wire) -> Response:
    reply, error = line.get("response"), line.get("error")
    if reply:
        status, body = reply["status_code"], reply["body"]
        if 200 <= status < 300:
            return wire.read(request, body)
        raise of_status(status, encode(body if isinstance(body, dict) else {"error": body}))
    if error:
        kind = ErrorKind.UNAVAILABLE if error.get("code") in _LATER else ErrorKind.REFUSED
        raise Fault(kind, f"the batch says: {error.get('message') or error.get('code')}")
    raise malformed("the batch's answer is empty")
