"""Scores passes in the fastest way that is right for a model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any

from harness.backends.hf.attention import refusal, regime
from harness.backends.hf.batches import Batch, Batches, Outcome, run_batches
from harness.backends.hf.budget import packing_budget, scoring_budget
from harness.backends.hf.cached import CachedRows
from harness.backends.hf.full import FullRows
from harness.backends.hf.logprobs import Pass
from harness.backends.hf.packs import Packs
from harness.errors import one_line
from harness.values import OptionScore

_LOG = logging.getLogger(__name__)
_TRIAL = 16  # tokens with which a model is tried
_ROUNDING = 64  # units in the last place of 1.0 that two ways to one log-probability may differ by


class Scorer:
    """Scores passes over a shared cache where the model can, and as full rows where not.

    Whether it can is tried once, with tokens of the first rows that come, since a model may take masks and positions
    and then make something else of them.

    Args:
        model: a causal language model of transformers.
        pad: the id that fills short rows.
        batch_size: rows at once, or None for what fits.
    """

    def __init__(self, model: Any, pad: int, batch_size: int | None) -> None:
        self._model = model
        self._full = FullRows(model, pad)
        self._wide = scoring_budget(model, batch_size)
        self._packed = packing_budget(model, batch_size)
        self._cached: CachedRows | None = None
        self._tried = False

    def run(self, rows: Sequence[Pass], free_memory: Callable[[], None]) -> Iterator[Outcome[Pass, list[OptionScore]]]:
        """Score all rows, batch by batch; a batch that fails is an outcome as well."""
        if len(rows) > 1 and not self._tried:
            self._tried = True
            self._cached = self._try(tuple(dict.fromkeys(token for row in rows for token in row.inputs)))
        # What did not fit will not fit the next time: the budget is kept.
        if self._cached is None:
            apart: dict[int, list[Pass]] = {}
            for row in rows:
                apart.setdefault(regime(self._model, len(row.inputs), len(row.inputs)), []).append(row)
            for part in apart.values():
                batches = Batches(part, lambda row: row.size, self._wide)
                yield from run_batches(batches, lambda batch: self._full.score(batch.rows), free_memory)
                self._wide = batches.budget
            return
        packs = Packs(rows, self._packed)
        yield from run_batches(packs, self._cached.score, free_memory)
        self._packed = packs.budget

    def _try(self, tokens: tuple[int, ...]) -> CachedRows | None:
        """Return a scorer over a cache, if it gives what full rows give."""
        reason = refusal(self._model)
        if reason is None:
            cached = CachedRows(self._model, self._full, self._packed.tokens)
            try:
                reason = self._difference(cached, (tokens * _TRIAL)[:_TRIAL])
            except Exception as error:  # noqa: BLE001 - whatever a model makes of it, full rows are there
                reason = f"trying it failed: {one_line(error, 160)}"
            if reason is None:
                return cached
        _LOG.warning("this model reads every prompt as a whole, without a shared beginning: %s", reason)
        return None

    def _difference(self, cached: CachedRows, tokens: tuple[int, ...]) -> str | None:
        """Score a small tree in both ways; return by how much they differ, None where that is rounding."""
        import torch

        half = len(tokens) // 2
        inputs = [tokens, tokens[: half + 1] + tokens[::-1]]
        trial = [Pass(0, row, tuple(range(len(tokens))), tuple((token,) for token in tokens)) for row in inputs]
        right = self._full.score(trial)
        found = cached.score(Batch(trial, half))
        # The mean, not the worst: in bfloat16 single unlikely tokens differ by half a nat from batch to batch.
        mean = fmean(
            abs(a.logprob - b.logprob) for x, y in zip(right, found, strict=True) for a, b in zip(x, y, strict=True)
        )
        allowed = max(1e-3, _ROUNDING * torch.finfo(self._model.dtype).eps)
        return None if mean <= allowed else f"log-probabilities would differ by {mean:.2g}"
