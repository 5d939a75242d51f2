"""What a run would ask, before it asks: requests, tokens and money."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from harness.engine.bounds import Prices
from harness.engine.plan import Plan

CHARACTERS_A_TOKEN = 4.0
"""Of English text with the tokenizers of today; a rule of thumb, since only a server knows its own."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one task asks.

    Attributes:
        task: its reference.
        samples: how many.
        requests: of all samples; one that several samples share counts for each.
        known: of these, answered by the store.
        prompt_tokens: of the requests without an answer, roughly.
        completion_tokens: the most that they may write.
    """

    task: str
    samples: int
    requests: int
    known: int
    prompt_tokens: float
    completion_tokens: float

    @property
    def left(self) -> int:
        """Requests that would be asked."""
        return self.requests - self.known

    def as_json(self, prices: Prices | None) -> dict[str, Any]:
        """Return plain data; with prices, the cost in US dollars, of which replies of full length are the most."""
        form: dict[str, Any] = {
            "task": self.task,
            "samples": self.samples,
            "requests": self.requests,
            "known": self.known,
            "to_ask": self.left,
            "prompt_tokens": round(self.prompt_tokens),
            "most_completion_tokens": round(self.completion_tokens),
        }
        if prices is not None:
            form["least_cost"] = prices.cost(self.prompt_tokens, 0)
            form["most_cost"] = prices.cost(self.prompt_tokens, self.completion_tokens)
        return form


def estimate_plan(plan: Plan, known: Set[str]) -> list[Estimate]:
    """Return one estimate for each task, in the plan's order.

    Tokens of prompts are estimated from characters (:data:`CHARACTERS_A_TOKEN`), and from all requests of a part in
    proportion to those without an answer.
    """
    found: dict[str, Estimate] = {}
    for part in plan.parts:
        keys = [key for keys in part.keys for key in keys]
        answered = sum(key in known for key in keys)
        share = 1 - answered / len(keys) if keys else 0.0
        before = found.get(part.task.ref, Estimate(part.task.ref, 0, 0, 0, 0.0, 0.0))
        found[part.task.ref] = Estimate(
            part.task.ref,
            before.samples + len(part.keys),
            before.requests + len(keys),
            before.known + answered,
            before.prompt_tokens + share * part.size.characters / CHARACTERS_A_TOKEN,
            before.completion_tokens + share * part.size.new_tokens,
        )
    return list(found.values())
