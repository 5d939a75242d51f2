"""Log-probabilities of given texts: all options of a request in one list, where the server takes lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.backends.http.caller import Answer, Caller
from harness.backends.http.faults import Fault
from harness.backends.http.text import clean
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.reading import PATH, Reader, Reading, Readings
from harness.values import ErrorKind, OptionScore, Request, Response


@dataclass(slots=True)
class _Tally:
    """What the exchanges of one request cost together."""

    retries: int = 0
    latency: float = 0.0
    prompt_tokens: int | None = None

    def add(self, answer: Answer[Readings]) -> None:
        self.retries += answer.retries
        self.latency += answer.latency
        if answer.value.prompt_tokens is not None:
            self.prompt_tokens = (self.prompt_tokens or 0) + answer.value.prompt_tokens


class Scorer:
    """Answers ``choose`` and ``perplexity`` by having the server read the texts.

    Args:
        model: its name on the server.
        reader: how the server is asked to read.
        dialect: what it has taught us so far.
        caller: the exchanges.
        body: further fields of every form.
    """

    def __init__(
        self, model: str, reader: Reader, dialect: Dialect, caller: Caller, body: Mapping[str, Any] | None = None
    ) -> None:
        self._model = model
        self._reader = reader
        self._dialect = dialect
        self._caller = caller
        self._body = body or {}

    async def score(self, prompt: str, request: Request) -> Response:
        """Score the options of a request with a plain prompt, or the prompt itself.

        Raises:
            Fault: there is no answer to this request.
            BackendError: the server does not score prompts.
        """
        if request.kind == "choose":
            contexts = [clean(prompt if o.context is None else o.context) for o in request.options]
            texts = [context + clean(o.continuation) for context, o in zip(contexts, request.options, strict=True)]
        else:
            contexts, texts = [""], [clean(prompt)]
        tally = _Tally()
        scores = await self._scores(contexts, texts, tally)
        return Response(
            options=tuple(scores),
            method=self._reader.name,
            prompt_tokens=tally.prompt_tokens,
            latency=round(tally.latency, 4),
            retries=tally.retries,
        )

    async def _scores(self, contexts: Sequence[str], texts: Sequence[str], tally: _Tally) -> list[OptionScore]:
        if not all(texts):
            raise Fault(ErrorKind.REFUSED, "an empty text has no log-probability")
        readings = await self._read(texts, tally)
        spans = [r.span(text, len(context)) for r, text, context in zip(readings, texts, contexts, strict=True)]
        unclear = {context: None for context, span in zip(contexts, spans, strict=True) if span is None}
        alone: dict[str, Reading] = {}
        if unclear:  # decoded one by one these tokens do not add up to the text: compare with the context's own
            alone = dict(zip(unclear, await self._read(list(unclear), tally), strict=True))
        return [
            r.score(*(span or r.span_after(alone[context])))
            for r, span, context in zip(readings, spans, contexts, strict=True)
        ]

    async def _read(self, prompts: Sequence[str], tally: _Tally) -> Sequence[Reading]:
        dialect, reader = self._dialect, self._reader
        while len(prompts) == 1 or dialect.lists:
            form = {**reader.form(self._model, prompts, dialect), **self._body}

            def read(payload: dict[str, Any], form: dict[str, Any] = form) -> Readings:
                return reader.read(prompts, dialect, form, payload)

            try:
                answer = await self._caller.ask(PATH, form, read)
            except Fault as fault:
                if not dialect.learn(fault, form):
                    raise
            else:
                dialect.answered(form)
                tally.add(answer)
                return answer.value.each
        return [(await self._read([prompt], tally))[0] for prompt in prompts]
