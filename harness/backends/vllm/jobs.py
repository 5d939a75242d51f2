"""Requests under way: what is still open of each, and its answer when nothing is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.backends.local.encode import Prompt, Spans
from harness.backends.local.scored import scored
from harness.backends.vllm.scoring import Query
from harness.backends.vllm.writing import Reply
from harness.values import OptionScore, Request, Response


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
        """Return the answer."""
        if self.failed is not None:
            return self.failed
        seconds = time.perf_counter() - self.began
        return scored(
            self.request.kind, self.spans, self.scores, inputs=self.queries, tokens=self.tokens, seconds=seconds
        )
