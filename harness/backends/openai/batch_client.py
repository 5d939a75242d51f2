"""The server's interface for files and batches, over HTTP.

``POST /files`` takes a JSONL file, ``POST /batches`` starts the work on it, ``GET /batches/ID`` says how far it is, and
``GET /files/ID/content`` gives what came of it. Source: OpenAI's API reference, "Batch" and "Files".
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import yarl

from harness.backends.http.address import Address, Credentials
from harness.backends.http.faults import Fault, malformed, of_status
from harness.backends.http.retry import Clock, Retries, retry_after
from harness.backends.http.text import decode
from harness.errors import one_line
from harness.values import ErrorKind

T = TypeVar("T")
_Content = Mapping[str, Any]
_Contents = Callable[[], AbstractContextManager[_Content | None]]
TAG = "harness"
"""The key of a batch's metadata that holds our own name of it."""

_ENDED = frozenset(("completed", "failed", "expired", "cancelled"))
_LISTED = 100
_BLOCK = 1 << 18
_QUIET_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the server describes it.

    Attributes:
        id: its name there.
        status: ``completed``, ``failed``, ``expired`` or ``cancelled`` once it has ended.
        output: the file of the answers, if there is one.
        errors: the file of the requests that failed, if there is one.
        message: why it failed as a whole.
    """

    id: str
    status: str
    output: str | None
    errors: str | None
    message: str

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in _ENDED


class BatchClient:
    """Asks for what batches need; each exchange is tried again as any other.

    Args:
        address: of the server.
        credentials: what opens it.
        retries: how often and how late to ask again.
        clock: the time.
    """

    def __init__(self, address: Address, credentials: Credentials, retries: Retries, clock: Clock) -> None:
        self._address = address
        self._credentials = credentials
        self._retries = retries
        self._clock = clock

    async def upload(self, file: Path) -> str:
        """Send a file of requests and return its id.

        Raises:
            Fault: it did not arrive.
        """

        @contextmanager
        def content() -> Iterator[_Content]:
            with file.open("rb") as stream:
                form = aiohttp.FormData()
                form.add_field("purpose", "batch")
                form.add_field("file", stream, filename="requests.jsonl", content_type="application/jsonl")
                yield {"data": form}

        return str((await self._json("POST", "/files", content))["id"])

    async def create(self, file_id: str, path: str, tag: str) -> Batch:
        """Start a batch.

        Args:
            file_id: of its requests.
            path: the endpoint that all of them go to.
            tag: our name of it, by which :meth:`find` knows it.

        Raises:
            Fault: it could not be started.
        """
        form = {
            "input_file_id": file_id,
            "endpoint": f"/v1{path}",
            "completion_window": "24h",
            "metadata": {TAG: tag},
        }
        return _batch(await self._json("POST", "/batches", partial(nullcontext, {"json": form})))

    async def get(self, batch_id: str) -> Batch:
        """Return a batch as it is now.

        Raises:
            Fault: it cannot be seen; status 404 if there is no such batch.
        """
        return _batch(await self._json("GET", f"/batches/{batch_id}"))

    async def find(self, tag: str) -> Batch | None:
        """Return the batch with a tag of ours, if it is among the latest.

        Raises:
            Fault: the batches cannot be seen.
        """
        listed = await self._json("GET", f"/batches?limit={_LISTED}")
        for form in listed.get("data") or ():
            if (form.get("metadata") or {}).get(TAG) == tag:
                return _batch(form)
        return None

    async def download(self, file_id: str, into: Path) -> None:
        """Write the content of a file to a local one.

        Raises:
            Fault: it did not arrive whole.
        """

        async def save(response: aiohttp.ClientResponse) -> None:
            with into.open("wb") as stream:
                async for block in response.content.iter_chunked(_BLOCK):
                    stream.write(block)

        await self._ask("GET", f"/files/{file_id}/content", nullcontext, save)

    async def _json(self, method: str, path: str, content: _Contents = nullcontext) -> dict[str, Any]:
        async def read(response: aiohttp.ClientResponse) -> dict[str, Any]:
            try:
                value = decode(await response.read())
            except ValueError:
                value = None
            if not isinstance(value, dict):
                raise malformed("the reply is no JSON object")
            return value

        return await self._ask(method, path, content, read)

    async def _ask(
        self, method: str, path: str, contents: _Contents, read: Callable[[aiohttp.ClientResponse], Awaitable[T]]
    ) -> T:
        failed = 0
        while True:
            try:
                with contents() as content:
                    async with self._exchange(method, path, content or {}) as response:
                        return await read(response)
            except Fault as fault:
                fault.message = self._credentials.hide(fault.message)
                if not fault.retry or failed >= self._retries.limit:
                    raise
                await self._clock.sleep(self._retries.pause(failed, fault.wait))
                failed += 1

    @asynccontextmanager
    async def _exchange(
        self, method: str, path: str, content: _Content
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        # Large files take as long as they take; what ends an exchange is silence.
        limit = aiohttp.ClientTimeout(total=None, sock_connect=20.0, sock_read=_QUIET_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(
                    headers=self._credentials.headers, timeout=limit, trust_env=not self._address.loopback
                ) as session,
                session.request(method, self._url(path), allow_redirects=method == "GET", **content) as response,
            ):
                if response.status >= 300:
                    wait = retry_after(response.headers, self._clock.wall())
                    raise of_status(response.status, await response.read(), wait)
                yield response
        except TimeoutError:
            raise Fault(ErrorKind.UNAVAILABLE, "no answer in time", retry=True) from None
        except (aiohttp.ClientError, ConnectionError) as error:
            raise Fault(ErrorKind.UNAVAILABLE, one_line(error), retry=True) from None

    def _url(self, path: str) -> yarl.URL:
        name, _, query = path.partition("?")
        url = yarl.URL(self._address.url(name))
        return url.update_query(query) if query else url


def _batch(form: dict[str, Any]) -> Batch:
    errors = (form.get("errors") or {}).get("data") or ()
    message = "; ".join(str(error.get("message", "")) for error in errors[:3] if isinstance(error, dict))
    return Batch(str(form["id"]), str(form["status"]), form.get("output_file_id"), form.get("error_file_id"), message)
