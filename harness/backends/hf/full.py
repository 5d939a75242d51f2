"""Scores passes row by row, each read from its first token: right for every model."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from harness.backends.hf.logprobs import Pass, score_targets
from harness.backends.hf.padding import pad_left
from harness.values import OptionScore


class FullRows:
    """Runs passes through a model as a rectangle of padded rows.

    Args:
        model: a causal language model of transformers.
        pad: the id that fills short rows.
    """

    def __init__(self, model: Any, pad: int) -> None:
        self._model = model
        self._pad = pad
        self._takes = set(inspect.signature(model.forward).parameters)

    def score(self, rows: Sequence[Pass]) -> list[list[OptionScore]]:
        """Return, for each row, the score of each of its targets."""
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
            ends = [(number + 1) * logits.shape[1] for number in range(len(rows))]
            places = [range(end - len(row.targets[0]), end) for row, end in zip(rows, ends, strict=True)]
            return score_targets(logits.flatten(0, 1), rows, places)
