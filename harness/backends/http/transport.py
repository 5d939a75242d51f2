"""HTTP by aiohttp: per request a fiftieth of what the OpenAI SDK's default client costs at 128 connections."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import TracebackType

import aiohttp
import yarl

from harness.backends.http.address import Address
from harness.backends.http.faults import Fault
from harness.errors import one_line
from harness.values import ErrorKind

_CONNECT_SECONDS = 20.0
# Servers on uvicorn close an idle connection after 5 s; one taken up again just then is lost.
_IDLE_SECONDS = 4.0
_TIMEOUT_RETRIES = 2


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        status: the HTTP status.
        headers: names in any case.
        body: all of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Connections to one server; an asynchronous context manager.

    Args:
        address: where.
        headers: sent with every request.
        timeout: seconds for one exchange, from the connection to the last byte.
        connections: how many at once.
    """

    def __init__(self, address: Address, headers: Mapping[str, str], *, timeout: float, connections: int) -> None:
        self._address = address
        self._headers = {"User-Agent": "multitask-harness", "Content-Type": "application/json", **headers}
        self._timeout = timeout
        self._limit = _limit(timeout)
        self._connections = connections
        self._urls: dict[str, yarl.URL] = {}

    async def __aenter__(self) -> Transport:
        """Open the pool; nothing is connected yet."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_IDLE_SECONDS),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._proxy = _proxy(self._address)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._session.close()

    async def post(self, path: str, body: bytes, within: float = inf) -> Reply:
        """Send one request.

        Args:
            path: the endpoint.
            body: the request.
            within: seconds that are left for it, where they may be fewer than for any exchange.

        Raises:
            Fault: there was no reply, or not all of it.
        """
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = yarl.URL(self._address.url(path))
        limit = self._limit if within >= self._timeout else _limit(max(within, 0.001))
        try:
            # A followed redirect would carry the key to another host, and turn POST into GET.
            async with self._session.post(
                url, data=body, proxy=self._proxy, allow_redirects=False, timeout=limit
            ) as response:
                return Reply(response.status, response.headers, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Fault(ErrorKind.UNAVAILABLE, _reason(error), retry=True, unreachable=True) from None
        except TimeoutError:
            message = f"no answer within {round(limit.total or 0.0, 3):g} s"
            raise Fault(ErrorKind.UNAVAILABLE, message, retry=True, attempts=_TIMEOUT_RETRIES) from None
        except (aiohttp.ClientError, OSError) as error:
            message = f"the connection broke: {_reason(error)}"
            raise Fault(ErrorKind.UNAVAILABLE, message, retry=True) from None


def _limit(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=min(_CONNECT_SECONDS, seconds))


def _reason(error: BaseException) -> str:
    cause = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    # asyncio writes the address where the reason belongs; the names of resolver errors have negative numbers.
    number = cause.errno if isinstance(cause, OSError) else None
    return os.strerror(number) if number and number > 0 else one_line(cause)


def _proxy(address: Address) -> str | None:
    # Not aiohttp's trust_env: it reads the environment and ~/.netrc again for every request.
    from urllib.request import getproxies, proxy_bypass

    if address.loopback or proxy_bypass(address.host):
        return None
    return getproxies().get(address.base.partition(":")[0])
