"""When a run stops by itself: too many errors, too much money, too much time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from harness.engine.progress import Progress
from harness.errors import BackendError


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model's tokens cost.

    Attributes:
        read: US dollars for a million tokens of prompts.
        written: for a million tokens of replies.
    """

    read: float
    written: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``0.4,1.6``.

        Raises:
            ValueError: it is not two numbers that a price can be.
        """
        read, written = (float(part) for part in text.split(","))
        if not (0 <= read < float("inf") and 0 <= written < float("inf")):
            raise ValueError(text)
        return cls(read, written)

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """Return US dollars."""
        return (prompt_tokens * self.read + completion_tokens * self.written) / 1e6


@dataclass(frozen=True, slots=True)
class Bounds:
    """What ends a run early; None is no bound.

    Attributes:
        errors: requests without an answer that are one too many.
        error_share: the same as a share of the requests of this run, 0 to 1.
        cost: US dollars.
        seconds: since the first request.
        prices: what tokens cost.
    """

    errors: int | None = None
    error_share: float | None = None
    cost: float | None = None
    seconds: float | None = None
    prices: Prices | None = None

    def __post_init__(self) -> None:
        if self.cost is not None and self.prices is None:
            raise BackendError("--max-cost needs to know the prices: --price IN,OUT in US dollars per million tokens")

    def broken(self, progress: Progress) -> str | None:
        """Say why nothing more may come of this run, or None: too many errors."""
        most = self.errors
        if self.error_share is not None:
            share = int(self.error_share * progress.asked + 1e-9)  # 29 % of 100 are 28.999… as a float
            most = share if most is None else min(most, share)
        if most is not None and progress.errors > most:
            return f"{progress.errors:,} of {progress.done:,} requests have no answer, more than --max-errors allows"
        return None

    def spent(self, progress: Progress) -> str | None:
        """Say why nothing more may be asked, or None; what is under way may still come."""
        if self.seconds is not None and progress.seconds >= self.seconds:
            return f"the time of --deadline is over ({progress.seconds:,.0f} s)"
        if self.cost is not None and progress.cost is not None and progress.cost >= self.cost:
            return f"--max-cost is reached (${progress.cost:,.4g} so far)"
        return None
