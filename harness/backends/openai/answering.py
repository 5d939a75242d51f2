"""From a request to a response: which endpoint, which form, and another form where the server wants one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from harness.backends.http.caller import Answer, Caller
from harness.backends.http.faults import Fault
from harness.backends.http.health import Health
from harness.backends.http.text import clean
from harness.backends.openai import chat, completions, echo
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.echo import Echo, Echoes
from harness.backends.openai.wire import Endpoint
from harness.errors import BackendError, one_line
from harness.values import ErrorKind, OptionScore, Request, Response


@dataclass(slots=True)
class _Tally:
    """What the exchanges of one request cost together."""

    retries: int = 0
    latency: float = 0.0
    prompt_tokens: int | None = None

    def add(self, answer: Answer[Echoes]) -> None:
        self.retries += answer.retries
        self.latency += answer.latency
        if answer.value.prompt_tokens is not None:
            self.prompt_tokens = (self.prompt_tokens or 0) + answer.value.prompt_tokens


class Answerer:
    """Answers single requests.

    Args:
        model: the model's name on the server.
        endpoint: where ``generate`` goes; ``auto`` is chat. Log-probabilities always come from ``/completions``.
        dialect: what the server has taught us so far.
        caller: the exchanges.
        health: told of requests that are given up.
    """

    def __init__(self, model: str, endpoint: Endpoint, dialect: Dialect, caller: Caller, health: Health) -> None:
        self._model = model
        self._endpoint = endpoint
        self._wire = completions.WIRE if endpoint == "completions" else chat.WIRE
        self._dialect = dialect
        self._caller = caller
        self._health = health

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
        wire = self._wire
        while True:
            form = wire.form(self._model, request, self._dialect)
            try:
                answer = await self._caller.ask(wire.path, form, partial(wire.read, request))
            except Fault as fault:
                if not self._dialect.learn(fault, form):
                    raise
            else:
                return replace(answer.value, retries=answer.retries, latency=round(answer.latency, 4))

    async def _score(self, request: Request) -> Response:
        if self._endpoint == "chat":
            raise BackendError("endpoint=chat gives no log-probabilities: use endpoint=auto, or --formulation generate")
        if request.prompt is None:
            raise BackendError("log-probabilities are asked of plain text: this card's prompt is a conversation")
        if request.kind == "choose":
            contexts = [clean(request.prompt if o.context is None else o.context) for o in request.options]
            texts = [context + clean(o.continuation) for context, o in zip(contexts, request.options, strict=True)]
        else:
            contexts, texts = [""], [clean(request.prompt)]
        tally = _Tally()
        scores = await self._scores(contexts, texts, tally)
        return Response(
            options=tuple(scores),
            method="echo",
            prompt_tokens=tally.prompt_tokens,
            latency=round(tally.latency, 4),
            retries=tally.retries,
        )

    async def _scores(self, contexts: Sequence[str], texts: Sequence[str], tally: _Tally) -> list[OptionScore]:
        if not all(texts):
            raise Fault(ErrorKind.REFUSED, "an empty text has no log-probability")
        echoes = await self._echoes(texts, tally)
        spans = [e.span(text, len(context)) for e, text, context in zip(echoes, texts, contexts, strict=True)]
        unclear = {context: None for context, span in zip(contexts, spans, strict=True) if span is None}
        alone: dict[str, Echo] = {}
        if unclear:  # decoded one by one these tokens do not add up to the text: compare with the context's own
            alone = dict(zip(unclear, await self._echoes(list(unclear), tally), strict=True))
        return [
            e.score(*(span or e.span_after(alone[context])))
            for e, span, context in zip(echoes, spans, contexts, strict=True)
        ]

    async def _echoes(self, prompts: Sequence[str], tally: _Tally) -> Sequence[Echo]:
        dialect = self._dialect
        while len(prompts) == 1 or dialect.lists:
            form = echo.form(self._model, prompts, dialect)
            read = partial(echo.read, prompts, dialect, form["max_tokens"])
            try:
                answer = await self._caller.ask(echo.PATH, form, read)
            except Fault as fault:
                if not dialect.learn(fault, form):
                    raise
            else:
                dialect.echoed(form)
                tally.add(answer)
                return answer.value.echoes
        return [(await self._echoes([prompt], tally))[0] for prompt in prompts]
