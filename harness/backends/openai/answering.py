"""From a request to a response: which endpoint, which form, and another form where the server wants one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from harness.backends.http.caller import Caller
from harness.backends.http.faults import Fault
from harness.backends.http.health import Health
from harness.backends.openai import chat, completions, letters, responses
from harness.backends.openai.dialect import NOT_READ, Dialect
from harness.backends.openai.echo import ECHO
from harness.backends.openai.prompt_logprobs import PROMPT_LOGPROBS
from harness.backends.openai.scoring import Scorer
from harness.backends.openai.wire import Manner
from harness.errors import BackendError, one_line
from harness.values import ErrorKind, Request, Response

WIRES = {"auto": chat.WIRE, "chat": chat.WIRE, "completions": completions.WIRE, "responses": responses.WIRE}
READERS = {"echo": ECHO, "prompt_logprobs": PROMPT_LOGPROBS}
OWN_TEMPERATURE = "default_temperature"
"""The ``method`` of a text sampled at the server's own temperature, as it takes no 0."""


class Answerer:
    """Answers single requests.

    Args:
        manner: how the model is asked.
        dialect: what the server has taught us so far.
        caller: the exchanges.
        health: told of requests that are given up.
    """

    def __init__(self, manner: Manner, dialect: Dialect, caller: Caller, health: Health) -> None:
        self._manner = manner
        self._dialect = dialect
        self._caller = caller
        self._health = health
        reader = READERS.get(manner.method)
        self._scorer = Scorer(manner.model, reader, dialect, caller, manner.body) if reader else None

    async def answer(self, request: Request) -> Response:
        """Answer one request, with an error response if need be.

        Raises:
            BackendError: this server cannot answer such requests, or none at all.
        """
        try:
            return await (self._generate(request) if request.kind == "generate" else self._score(request))
        except Fault as fault:
            self._health.gave_up(fault)
            return Response.failed(fault.kind, fault.message, fault.retries)
        except BackendError:
            raise
        except Exception as error:  # noqa: BLE001  what one odd reply breaks must not cost the other requests
            return Response.failed(ErrorKind.INTERNAL, f"{type(error).__name__}: {one_line(error)}")

    async def _generate(self, request: Request) -> Response:
        wire = WIRES[self._manner.endpoint]
        response, form = await self._ask(
            wire.path, lambda: wire.form(self._manner.model, request, self._dialect), partial(wire.read, request)
        )
        return response if "temperature" in form else replace(response, method=OWN_TEMPERATURE)

    async def _score(self, request: Request) -> Response:
        manner = self._manner
        ranks = manner.endpoint != "completions" if request.messages else self._scorer is None
        if ranks and request.kind == "choose" and manner.method != "none":
            return await self._rank(request)
        if request.prompt is None:
            raise BackendError("log-probabilities are asked of plain text: this card's prompt is a conversation")
        if self._scorer is None:
            if manner.endpoint in ("chat", "responses"):
                raise BackendError(
                    f"endpoint={manner.endpoint} gives no log-probabilities of texts: "
                    "use endpoint=auto, or --formulation generate"
                )
            raise BackendError(NOT_READ)
        return await self._scorer.score(request.prompt, request)

    async def _rank(self, request: Request) -> Response:
        manner = self._manner
        labels = letters.labels_of(request)
        if labels is None:
            raise letters.refusal(manner.endpoint, request)
        chat = bool(request.messages) or manner.letters_by_chat
        response, _ = await self._ask(
            letters.CHAT if chat else letters.PLAIN,
            lambda: letters.form(manner.model, request, self._dialect, chat=chat),
            partial(letters.read, labels, self._dialect),
        )
        return response

    async def _ask(
        self, path: str, make: Callable[[], dict[str, Any]], read: Callable[[dict[str, Any]], Response]
    ) -> tuple[Response, dict[str, Any]]:
        while True:
            form = {**make(), **self._manner.body}
            try:
                answer = await self._caller.ask(path, form, read)
            except Fault as fault:
                if not self._dialect.learn(fault, form):
                    raise
            else:
                self._dialect.answered(form)
                return replace(answer.value, retries=answer.retries, latency=round(answer.latency, 4)), form
