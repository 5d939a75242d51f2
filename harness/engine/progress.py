"""How far a run is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; handed to the observer after each answer.

    Attributes:
        total: requests of the plan.
        reused: of these, answered by the store.
        done: answered now, errors included.
        errors: of these, without an answer.
        prompt_tokens: read so far by the backend.
        completion_tokens: written so far by the backend.
        seconds: since the first request.
        cost: US dollars so far, guessed for answers that come without numbers of tokens; None where no prices are
            known.
    """

    total: int
    reused: int
    done: int = 0
    errors: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None

    @property
    def asked(self) -> int:
        """How many requests this run asks."""
        return self.total - self.reused


Observer = Callable[[Progress], None]
