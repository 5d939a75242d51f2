"""Where the server is, and what opens it."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from harness.errors import BackendError

OPENAI = "https://api.openai.com/v1"
KEY_VARIABLES = ("HARNESS_API_KEY", "OPENAI_API_KEY")
KEY_HEADERS = frozenset(("authorization", "api-key", "x-api-key"))
_ENDPOINTS = ("/chat/completions", "/completions", "/responses", "/messages")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan")
_KEY_SHAPE = re.compile(r"\b(?:sk|hf|gsk|nvapi)[-_](?=[\w*.-]*\d)[\w*.-]{8,}")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's base URL, taken apart.

    Attributes:
        base: scheme, host, port and path; no credentials, no query, no slash at the end.
        host: the host's name.
        query: what follows every path, question mark included, or an empty string.
        login: the ``Authorization`` header made of credentials in the URL, if there were any.
    """

    base: str
    host: str
    query: str = ""
    login: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a base URL; the path of an endpoint at its end is dropped.

        Raises:
            BackendError: it is no HTTP URL.
        """
        try:
            parts = urlsplit(text.strip())
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BackendError(
                f"the base URL cannot be read ({error}): write it like http://localhost:8000/v1"
            ) from None
        if parts.scheme not in _DEFAULT_PORTS or not host:
            shown = _without_login(text)
            raise BackendError(f"base URL '{shown}' is no HTTP address: write it like http://localhost:8000/v1")
        path = parts.path.rstrip("/")
        for endpoint in _ENDPOINTS:
            path = path.removesuffix(endpoint)
        place = f"[{host}]" if ":" in host else host
        if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
            place = f"{place}:{port}"
        login = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            login = "Basic " + base64.b64encode(pair.encode()).decode()
        return cls(f"{parts.scheme}://{place}{path}", host, f"?{parts.query}" if parts.query else "", login)

    def url(self, path: str) -> str:
        """Return the URL of an endpoint such as ``/completions``."""
        return f"{self.base}{path}{self.query}"

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost" or self.host.endswith(".localhost")

    @property
    def local(self) -> bool:
        """Whether the host is this machine or one of a private network: such servers seldom want a key."""
        try:
            return ipaddress.ip_address(self.host).is_private
        except ValueError:
            return "." not in self.host or self.host.endswith(_LOCAL_SUFFIXES)


def _without_login(text: str) -> str:
    return re.sub(r"(?<=//)[^/@]*@", "", text)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The headers that open the server; their values are never shown.

    Attributes:
        headers: sent with every request.
        variables: of the environment, where a key is looked for.
    """

    headers: Mapping[str, str] = field(repr=False)
    variables: tuple[str, ...] = KEY_VARIABLES

    @classmethod
    def find(
        cls,
        address: Address,
        key: str | None,
        headers: Mapping[str, str] | None,
        *,
        variables: tuple[str, ...] = KEY_VARIABLES,
        header: str = "Authorization",
        scheme: str = "Bearer ",
    ) -> Credentials:
        """Take the key from the argument, the URL or the environment.

        Args:
            address: the server; one of a private network needs no key.
            key: the user's argument.
            headers: the user's own; one of :data:`KEY_HEADERS` makes any other key needless.
            variables: of the environment, in the order in which they are looked at.
            header: where the key goes,
            scheme: and what stands before it there.

        Raises:
            BackendError: a public server and no key, or one that cannot be sent.
        """
        own = {str(name): str(value) for name, value in (headers or {}).items()}
        if any(not (name.isascii() and f"{name}{value}".isprintable()) for name, value in own.items()):
            raise BackendError("a header holds a line break or another character that cannot be sent")
        if any(name.lower() in KEY_HEADERS for name in own):
            return cls(own, variables)
        if key is None and address.login:
            return cls({**own, "Authorization": address.login}, variables)
        key = (str(key) if key is not None else _key_of_environment(variables)).strip()
        if not key and not address.local:
            raise BackendError(f"no API key for {address.host}: set {' or '.join(variables)}")
        if not (key.isascii() and key.isprintable()):
            raise BackendError(f"the API key holds characters that no key has: check {' and '.join(variables)}")
        return cls({**own, header: f"{scheme}{key}"} if key else own, variables)

    def hide(self, text: str) -> str:
        """Return the text without anything that is, or looks like, a secret."""
        for value in self.headers.values():
            secret = value.removeprefix("Bearer ").removeprefix("Basic ")
            if len(secret) >= 4:
                text = text.replace(secret, "***")
        return _KEY_SHAPE.sub("***", text)


def _key_of_environment(variables: tuple[str, ...]) -> str:
    return next((value for name in variables if (value := os.environ.get(name, "").strip())), "")
