"""Log-probabilities of given tokens: what has to be read for them, and how they are taken from a model's logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.backends.local.encode import Span
from harness.backends.local.scored import by_input
from harness.values import OptionScore

_CHUNK = 256  # positions turned into float32 log-probabilities at once: 150 MB with a vocabulary of 150,000


@dataclass(frozen=True, slots=True)
class Pass:
    """One row of a forward pass.

    Attributes:
        owner: whose it is; the caller's business.
        inputs: the token ids that are read.
        spans: which of the owner's spans it answers.
        targets: for each of those, the tokens that are scored, all of one length: the last one follows the last input.
    """

    owner: int
    inputs: tuple[int, ...]
    spans: tuple[int, ...]
    targets: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> tuple[int, int]:
        """The number of tokens read, and of positions that are projected onto the vocabulary."""
        return len(self.inputs), len(self.targets[0])

    @property
    def silent(self) -> int:
        """The number of tokens at the start after which nothing is predicted."""
        return len(self.inputs) - len(self.targets[0])


def passes(owner: int, spans: Sequence[Span]) -> list[Pass]:
    """Return the fewest passes that score the spans."""
    return [
        Pass(owner, inputs, tuple(places), tuple(spans[place].continuation for place in places))
        for (inputs, _), places in by_input(spans).items()
    ]


def score_targets(logits: Any, rows: Sequence[Pass], places: Sequence[Sequence[int]]) -> list[list[OptionScore]]:
    """Return, for each row, the score of each of its targets, in float32 whatever the model computes in.

    Args:
        logits: positions x vocabulary.
        rows: what was read.
        places: for each row, the positions whose logits predict the tokens of its targets.
    """
    import torch

    used = sorted({place for row in places for place in row})
    rank = {place: number for number, place in enumerate(used)}
    totals, best = [], []
    for start in range(0, len(used), _CHUNK):
        part = logits[torch.tensor(used[start : start + _CHUNK], device=logits.device)].float()
        totals.append(part.logsumexp(-1))
        best.append(part.argmax(-1))
    at = [place for row, taken in zip(rows, places, strict=True) for _ in row.targets for place in taken]
    tokens = [token for row in rows for target in row.targets for token in target]
    where, what = torch.tensor(at, device=logits.device), torch.tensor(tokens, device=logits.device)
    ranks = torch.tensor([rank[place] for place in at], device=logits.device)
    logprobs = iter((logits[where, what].float() - torch.cat(totals)[ranks]).tolist())
    greedy = iter((torch.cat(best)[ranks] == what).tolist())
    return [[_option_score([(next(logprobs), next(greedy)) for _ in target]) for target in row.targets] for row in rows]


def _option_score(tokens: Sequence[tuple[float, bool]]) -> OptionScore:
    return OptionScore(sum(logprob for logprob, _ in tokens), len(tokens), all(greedy for _, greedy in tokens))
