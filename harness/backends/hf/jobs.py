"""Puts the scores of a request together, from however many batches they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.backends.hf.logprobs import Pass
from harness.backends.local.encode import Spans
from harness.backends.local.scored import scored
from harness.errors import one_line
from harness.values import ErrorKind, Kind, OptionScore, Response


@dataclass(slots=True)
class Job:
    """A ``choose`` or ``perplexity`` request under way.

    Attributes:
        kind: which of the two.
        spans: what is scored.
        rows: how many passes answer it.
        back: how many of them have come back.
        scores: what is known of each span.
        seconds: how long the batches took in which it had a part.
        tokens: how many tokens were read for it.
        failed: why one of its passes has no result.
    """

    kind: Kind
    spans: Spans
    rows: int = 0
    back: int = 0
    scores: dict[int, OptionScore] = field(default_factory=dict)
    seconds: float = 0.0
    tokens: int = 0
    failed: Response | None = None

    @property
    def is_done(self) -> bool:
        """Whether all passes have come back."""
        return self.back == self.rows

    def add(self, row: Pass, scores: Sequence[OptionScore]) -> None:
        """Take in the result of one pass."""
        self.back += 1
        self.tokens += len(row.inputs)
        self.scores.update(zip(row.spans, scores, strict=True))

    def fail(self, row: Pass, error: Exception) -> None:
        """Take in that one pass has no result."""
        self.back += 1
        self.failed = failure(error, len(row.inputs))

    def response(self) -> Response:
        """Return the answer."""
        if self.failed is not None:
            return self.failed
        return scored(self.kind, self.spans, self.scores, inputs=self.rows, tokens=self.tokens, seconds=self.seconds)


def failure(error: Exception, tokens: int) -> Response:
    """Return the record of a row with which the model failed."""
    return Response.failed(
        ErrorKind.INTERNAL, f"the model failed on an input of {tokens} tokens: {one_line(error, 200)}"
    )
