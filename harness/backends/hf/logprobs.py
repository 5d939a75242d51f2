"""Log-probabilities of given tokens: one forward pass for everything that reads the same input."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.backends.hf.encode import Span
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


def passes(owner: int, spans: Sequence[Span]) -> list[Pass]:
    """Return the fewest passes that score the spans.

    Spans that share their context and all but the last token of their continuation read the same input: the letters of
    a multiple-choice question are one pass, however many there are. Spans of no tokens need none.
    """
    groups: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for place, span in enumerate(spans):
        if span.continuation:
            key = (span.context + span.continuation[:-1], len(span.continuation))
            groups.setdefault(key, []).append(place)
    return [
        Pass(owner, inputs, tuple(places), tuple(spans[place].continuation for place in places))
        for (inputs, _), places in groups.items()
    ]


class Scorer:
    """Runs passes through a model.

    Args:
        model: a causal language model of transformers.
        pad: the id that fills short rows.
    """

    def __init__(self, model: Any, pad: int) -> None:
        self._model = model
        self._pad = pad
        self._takes = set(inspect.signature(model.forward).parameters)

    def score(self, rows: Sequence[Pass]) -> list[list[OptionScore]]:
        """Return, for each row, the score of each of its targets, in float32 whatever the model computes in."""
        import torch

        longest = max(len(row.inputs) for row in rows)
        kept = max(len(row.targets[0]) for row in rows)
        ids, mask = pad_left([row.inputs for row in rows], longest, self._pad, self._model.device)
        extra: dict[str, Any] = {}
        if "position_ids" in self._takes:
            extra["position_ids"] = (mask.cumsum(-1) - 1).clamp(min=0)
        if "logits_to_keep" in self._takes:
            extra["logits_to_keep"] = kept
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask, use_cache=False, **extra).logits
            found = torch.stack([pair for row, scores in zip(rows, logits, strict=True) for pair in _read(row, scores)])
            numbers = iter(found.tolist())
        return [[_option_score(target, *next(numbers)) for target in row.targets] for row in rows]


def _option_score(target: tuple[int, ...], logprob: float, greedy: float) -> OptionScore:
    return OptionScore(logprob, len(target), bool(greedy))


def _read(row: Pass, logits: Any) -> list[Any]:
    """Return a tensor ``[log-probability, whether greedy]`` for each target of one row."""
    import torch

    count = len(row.targets[0])
    logits = logits[-count:]
    targets = torch.tensor(row.targets, device=logits.device)  # targets x positions
    total = torch.zeros(len(row.targets), dtype=torch.float64)  # on the CPU: not every device knows float64
    greedy = torch.ones(len(row.targets), dtype=torch.bool, device=logits.device)
    for start in range(0, count, _CHUNK):
        part = logits[start : start + _CHUNK].float()
        wanted = targets[:, start : start + _CHUNK]
        chosen = part.log_softmax(-1).gather(-1, wanted.T)  # positions x targets
        total += chosen.sum(0).cpu()
        greedy &= (part.argmax(-1)[:, None] == wanted.T).all(0)
    return list(torch.stack([total, greedy.cpu().double()], dim=-1))


def pad_left(rows: Sequence[Sequence[int]], longest: int, pad: int, device: Any) -> tuple[Any, Any]:
    """Return token ids and attention mask, rows x longest, each row at the right edge."""
    import torch

    ids = torch.full((len(rows), longest), pad)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, longest - len(row) :] = torch.tensor(row)
        mask[place, longest - len(row) :] = 1
    return ids.to(device), mask.to(device)
