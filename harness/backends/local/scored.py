"""From spans to what has to be read for them, and from their scores to a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.backends.local.encode import Span, Spans
from harness.values import ErrorKind, Kind, OptionScore, Response


def by_input(spans: Sequence[Span]) -> dict[tuple[tuple[int, ...], int], list[int]]:
    """Return the fewest inputs that score the spans: ``(token ids, length of the continuations)`` → places of spans.

    Spans that share their context and all but the last token of their continuation read the same input: the letters of
    a multiple-choice question are one, however many there are. Spans of no tokens need none.
    """
    inputs: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for place, span in enumerate(spans):
        if span.continuation:
            key = (span.context + span.continuation[:-1], len(span.continuation))
            inputs.setdefault(key, []).append(place)
    return inputs


def scored(
    kind: Kind, spans: Spans, scores: Mapping[int, OptionScore], *, inputs: int, tokens: int, seconds: float
) -> Response:
    """Return the answer of a ``choose`` or ``perplexity`` request; a continuation of no tokens has probability 1.

    Args:
        kind: which of the two.
        spans: what was scored.
        scores: place of a span → its score.
        inputs: how many sequences were read for it.
        tokens: how many tokens they have.
        seconds: how long it took.
    """
    found = [scores.get(place, OptionScore(0.0, 0, True)) for place in range(len(spans.spans))]
    if not all(abs(score.logprob) < float("inf") for score in found):
        return Response.failed(ErrorKind.INTERNAL, "the model's log-probabilities are not finite numbers")
    if kind == "perplexity":
        method = "rolling" if inputs > 1 else None
        found = [_whole(found)]
    else:
        method = "letters" if inputs == 1 and len(found) > 1 else "full"
    return Response(options=tuple(found), method=method, clipped=spans.clipped, prompt_tokens=tokens, latency=seconds)


def _whole(scores: Sequence[OptionScore]) -> OptionScore:
    return OptionScore(
        sum(score.logprob for score in scores),
        sum(score.tokens for score in scores),
        all(score.greedy for score in scores),
    )
