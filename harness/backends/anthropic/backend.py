"""The backend for the Messages API."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harness.backends.anthropic import messages
from harness.backends.base import Capabilities, Need
from harness.backends.http.address import KEY_HEADERS, Address, Credentials
from harness.backends.http.options import at_least, mapping
from harness.backends.http.retry import Clock
from harness.backends.http.service import Answer, Limits, Service
from harness.errors import BackendError, one_line
from harness.values import ErrorKind, Identity, Request, Response, digest

if TYPE_CHECKING:
    from harness.backends.http.caller import Caller

ENCODING = 1
"""How requests and replies are written and read; raised when a change of it changes answers."""

ANTHROPIC = "https://api.anthropic.com"
OWN_TEMPERATURE = "default_temperature"
"""The ``method`` of a text sampled at the server's own temperature, as the model takes no other."""
_VARIABLES = ("HARNESS_API_KEY", "ANTHROPIC_API_KEY")
_SAMPLING = re.compile(r"\b(temperature|top_p)\b")


class AnthropicBackend:
    """Asks Anthropic's models for texts; see ``Backend`` for the protocol. There are no log-probabilities.

    There are no seeds either: repeats differ by chance, where the temperature is above 0.

    Args:
        model: the model's name, such as ``claude-sonnet-4-5``.
        base_url: by default ``ANTHROPIC_BASE_URL``, else Anthropic's own.
        api_key: by default ``HARNESS_API_KEY``, else ``ANTHROPIC_API_KEY``.
        body: further fields of every request, such as ``{"thinking": {…}}``; part of the identity.
        concurrency: the most requests under way at once; how many there are follows what the server bears.
        timeout: seconds for one exchange.
        deadline: seconds for one exchange with all its retries and pauses.
        max_retries: attempts after the first, for what may be mended by asking again.
        patience: seconds to wait for a server that has answered and then cannot be reached.
        revision: what is behind the name, as far as the user knows; part of the identity.
        headers: sent along, such as ``anthropic-beta``; part of the identity, keys excepted.
        identity_name: stands for the base URL in the identity, for a server whose address changes.

    Raises:
        BackendError: an argument is wrong, or there is no key.
    """

    name = "anthropic"
    clock = Clock()
    claims: ClassVar = Capabilities(chat=True, plain=False, prefill=True, images=True, falls_back=True)

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        body: Mapping[str, Any] | None = None,
        concurrency: int = 64,
        timeout: float = 600.0,
        deadline: float = 3600.0,
        max_retries: int = 5,
        patience: float = 60.0,
        revision: str | None = None,
        headers: Mapping[str, str] | None = None,
        identity_name: str | None = None,
    ) -> None:
        own_headers = mapping("headers", headers, '{"name": "value"}')
        at_least("concurrency", concurrency, 1, int)
        at_least("max_retries", max_retries, 0, int)
        at_least("timeout", timeout, 0.001)
        at_least("deadline", deadline, 0.001)
        at_least("patience", patience, 0)
        if not model.strip():
            raise BackendError("the model has no name: write anthropic:NAME")
        self._body = mapping("body", body, '{"thinking": {"type": "enabled", "budget_tokens": 2048}}')
        if own := sorted(messages.OWN_FIELDS & self._body.keys()):
            raise BackendError(f"-M body: '{own[0]}' is set by the card (--set generation=…) or by Harness itself")
        address = Address.parse(base_url or os.environ.get("ANTHROPIC_BASE_URL") or ANTHROPIC)
        address = replace(address, base=address.base.removesuffix("/v1"))
        sent = {"anthropic-version": messages.VERSION, **{name.lower(): value for name, value in own_headers.items()}}
        credentials = Credentials.find(address, api_key, sent, variables=_VARIABLES, header="x-api-key", scheme="")
        limits = Limits(concurrency, timeout, deadline, max_retries, patience)
        self._model = model
        self._address = address
        self._service = Service(model, address, credentials, limits, self.clock)
        self._samples = True
        details: dict[str, Any] = {
            "base_url" if identity_name is None else "server": address.base if identity_name is None else identity_name,
            "model": model,
            "revision": revision,
            "encoding": ENCODING,
        }
        if self._body:
            details["body"] = self._body
        others = {name: value for name, value in sent.items() if name not in KEY_HEADERS}
        if address.query or others != {"anthropic-version": messages.VERSION}:  # digested: it may hold a secret
            details["extra"] = digest([address.query, others], 16)
        self.identity = Identity(model=model, backend=self.name, details=details)

    def __repr__(self) -> str:
        return f"AnthropicBackend({self._model!r}, base_url={self._address.base!r})"

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """Return what the Messages API can do; nothing is asked."""
        return self.claims

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Yield each response as it arrives; closing the iterator cancels the requests under way.

        Raises:
            BackendError: going on is useless; everything answered before has been yielded.
        """
        yield from self._service.answer_all(requests, self._answerer)

    def close(self) -> None:
        """Nothing to free: connections live as long as an iterator of :meth:`answer`."""

    def _answerer(self, caller: Caller) -> Answer:
        from harness.backends.http.faults import Fault

        async def answer(request: Request) -> Response:
            try:
                return await self._generate(caller, request)
            except Fault as fault:
                self._service.health.gave_up(fault)
                return Response.failed(fault.kind, fault.message, fault.retries)
            except BackendError:
                raise
            except Exception as error:  # noqa: BLE001  what one odd reply breaks must not cost the other requests
                return Response.failed(ErrorKind.INTERNAL, f"{type(error).__name__}: {one_line(error)}")

        return answer

    async def _generate(self, caller: Caller, request: Request) -> Response:
        from harness.backends.http.faults import Fault

        if request.kind != "generate":
            raise BackendError("Anthropic's API gives no log-probabilities: use --formulation generate")
        while True:
            samples = self._samples
            form = messages.form(self._model, request, self._body, samples=samples)
            try:
                answer = await caller.ask(messages.PATH, form, partial(messages.read, request))
            except Fault as fault:
                if not (samples and fault.rejected and _SAMPLING.search(fault.message)):
                    raise
                self._samples = False  # some models sample as they like
            else:
                method = None if samples else OWN_TEMPERATURE
                return replace(answer.value, retries=answer.retries, latency=round(answer.latency, 4), method=method)
