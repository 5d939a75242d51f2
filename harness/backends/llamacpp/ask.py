"""One request in, one response out: what llama.cpp is asked, and what its answer means."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from harness.backends.llamacpp.server import Server, ServerError
from harness.backends.local.chat import RequestError
from harness.backends.local.encode import Encoder
from harness.backends.local.sampling import sampling_seed
from harness.backends.local.stops import stop_strings
from harness.values import ErrorKind, Generation, OptionScore, Request, Response

REFUSAL = (
    "llama.cpp gives no log-probabilities of a prompt: use --formulation mcf or generate, or --backend hf for options "
    "of several tokens and for perplexity"
)
_FIELDS = ("content", "stop_type", "tokens_predicted", "tokens_evaluated", "completion_probabilities")
_PROBABLE = (200, 4000)  # how many of the most probable tokens are looked at before the whole vocabulary is
_SEEDS = 2**31  # llama.cpp takes 32 bits, and all ones for "a new one each time"


class Asker:
    """Answers requests, from any thread.

    Args:
        server: the loaded model.
        encoder: requests → token ids.
        vocabulary: the number of tokens.
        longest: the longest input whose next token is asked, in tokens.
        cache: whether what a prompt shares with an earlier one is computed once.
    """

    def __init__(self, server: Server, encoder: Encoder, vocabulary: int, longest: int, *, cache: bool) -> None:
        self._server = server
        self._encoder = encoder
        self._vocabulary = vocabulary
        self._longest = longest
        self._cache = cache

    def answer(self, request: Request) -> Response:
        """Return the answer, or why there is none."""
        start = time.monotonic()
        try:
            if request.kind == "perplexity":
                raise RequestError(ErrorKind.REFUSED, REFUSAL)
            response = self._text(request) if request.kind == "generate" else self._letters(request)
        except RequestError as error:
            return error.response()
        except ServerError as error:
            kind = ErrorKind.REFUSED if 400 <= error.status < 500 else ErrorKind.INTERNAL
            return Response.failed(kind, f"llama.cpp: {error}")
        return replace(response, latency=time.monotonic() - start)

    def _text(self, request: Request) -> Response:
        prompt = self._encoder.prompt(request)
        generation = request.generation or Generation()
        stops = list(stop_strings(generation))
        answer = self._complete(
            prompt.ids,
            {
                "n_predict": generation.max_tokens,
                "stop": stops,
                "preserved_tokens": stops,  # special tokens among them are to show in the text
                **_sampling(generation, request.repeat, prompt.ids),
            },
        )
        return Response(
            text=answer["content"],
            finish="length" if answer["stop_type"] == "limit" else "stop",
            clipped=prompt.clipped,
            prompt_tokens=answer["tokens_evaluated"],
            completion_tokens=answer["tokens_predicted"],
        )

    def _letters(self, request: Request) -> Response:
        # A slot holds the next token as well, and an input may be as long as the limit.
        limit = min(request.max_length or self._longest, self._longest)
        encoded = self._encoder.choices(replace(request, max_length=limit))
        wanted: dict[tuple[int, ...], set[int]] = {}
        for span in encoded.spans:
            if len(span.continuation) != 1:
                raise RequestError(ErrorKind.REFUSED, REFUSAL)
            wanted.setdefault(span.context, set()).add(span.continuation[0])
        known = {context: self._next(context, tokens) for context, tokens in wanted.items()}
        scores = [known[span.context][span.continuation[0]] for span in encoded.spans]
        return Response(
            options=tuple(scores), method="letters", clipped=encoded.clipped, prompt_tokens=sum(map(len, wanted))
        )

    def _next(self, context: Sequence[int], tokens: Iterable[int]) -> dict[int, OptionScore]:
        """Return the score of each token as the one after the context: its share of the whole vocabulary's softmax."""
        for count in (*(count for count in _PROBABLE if count < self._vocabulary), self._vocabulary):
            answer = self._complete(
                context,
                {"n_predict": 1, "n_probs": count, "post_sampling_probs": False, **_GREEDY},
            )
            probable = answer["completion_probabilities"][0]["top_logprobs"]
            found = {entry["id"]: float(entry["logprob"]) for entry in probable}
            if all(token in found for token in tokens):
                best = probable[0]["id"]
                return {token: OptionScore(found[token], 1, token == best) for token in tokens}
        raise ServerError(0, "it names no log-probability of an option's token")

    def _complete(self, ids: Sequence[int], form: dict[str, Any]) -> dict[str, Any]:
        base = {"prompt": list(ids), "cache_prompt": self._cache, "stream": False, "response_fields": _FIELDS}
        return self._server.post("/completion", {**base, **form})


_GREEDY: dict[str, Any] = {"temperature": 0.0, "samplers": ["temperature"]}


def _sampling(generation: Generation, repeat: int, ids: Sequence[int]) -> dict[str, Any]:
    """Temperature first, then the nucleus of what it made, and nothing else of llama.cpp's samplers."""
    if generation.temperature <= 0:
        return _GREEDY
    return {
        "temperature": generation.temperature,
        "top_p": generation.top_p,
        "samplers": ["temperature", "top_p"],
        "seed": int(sampling_seed(generation, repeat, ids)[:16], 16) % _SEEDS,
    }
