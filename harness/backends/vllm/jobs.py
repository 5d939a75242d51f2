"""Requests under way: what is still open of each, and its answer when nothing is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.backends.local.encode import Prompt, Spans
from harness.backends.vllm.scoring import Query
from harness.backends.vllm.writing import Reply
from harness.values import ErrorKind, OptionScore, Request, Response


@dataclass(slots=True)
class Writing:
    """A ``generate`` request under way."""

    request: Request
    prompt: Prompt
    began: float = field(default_factory=time.perf_counter)

    def response(self, reply: Reply) -> Response:
        """Return the answer."""
        return Response(
            text=reply.text,
            finish=reply.finish,
            clipped=self.prompt.clipped,
            prompt_tokens=len(self.prompt.ids),
            completion_tokens=reply.tokens,
            latency=time.perf_counter() - self.began,
        )


@dataclass(slots=True)
class Scoring:
    """A ``choose`` or ``perplexity`` request under way.

    Attributes:
        request: what was asked.
        spans: what is scored.
        open: how many of its queries are not answered yet.
        queries: how many there are.
        tokens: how many tokens they read.
        scores: what is known of each span.
        failed: why one of them has no result.
        began: when it was asked.
    """

    request: Request
    spans: Spans
    open: int
    queries: int
    tokens: int
    scores: dict[int, OptionScore] = field(default_factory=dict)
    failed: Response | None = None
    began: float = field(default_factory=time.perf_counter)

    @classmethod
    def of(cls, request: Request, spans: Spans, asked: Sequence[Query]) -> Scoring:
        """Begin a request that some queries answer."""
        return cls(request, spans, len(asked), len(asked), sum(len(query.inputs) for query in asked))

    def add(self, query: Query, scores: Sequence[OptionScore]) -> None:
        """Take in the result of one query."""
        self.open -= 1
        self.scores.update(zip(query.spans, scores, strict=True))

    def fail(self, failed: Response) -> None:
        """Take in that one query has no result."""
        self.open -= 1
        self.failed = failed

    def response(self) -> Response:
        """Return the answer; a continuation of no tokens has probability 1."""
        if self.failed is not None:
            return self.failed
        scores = [self.scores.get(place, OptionScore(0.0, 0, True)) for place in range(len(self.spans.spans))]
        if not all(abs(score.logprob) < float("inf") for score in scores):
            return Response.failed(ErrorKind.INTERNAL, "the model's log-probabilities are not finite numbers")
        if self.request.kind == "perplexity":
            method = "rolling" if self.queries > 1 else None
            scores = [_whole(scores)]
        else:
            method = "letters" if self.queries == 1 and len(scores) > 1 else "full"
        return Response(
            options=tuple(scores),
            method=method,
            clipped=self.spans.clipped,
            prompt_tokens=self.tokens,
            latency=time.perf_counter() - self.began,
        )


def _whole(scores: Sequence[OptionScore]) -> OptionScore:
    return OptionScore(
        sum(score.logprob for score in scores),
        sum(score.tokens for score in scores),
        all(score.greedy for score in scores),
    )
