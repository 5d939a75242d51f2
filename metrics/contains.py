"""The reference occurs somewhere in the prediction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.scoring.metric import Metric, Score, metric
from harness.scoring.text import best
from harness.values import Sample


@metric("contains", presets={"words": {"whole_words": True, "ignore_case": True}})
@dataclass(frozen=True)
class Contains(Metric):
    """1 when a reference occurs in the prediction, else 0.

    Inputs: text; references are texts, any of which counts.
    Formula: max over references of [reference is part of prediction].
    Range: 0 to 1, higher is better.
    Aggregation: mean.
    Empty strings: an empty reference occurs only in an empty prediction.
    Presets: ``words``: whole words, whatever their case.
    Source: the "included" metric of InfiniteBench, RULER and others. Short references occur by chance: prefer
        ``words``.

    Attributes:
        ignore_case: case does not matter.
        whole_words: no letter or digit may stand next to the reference.
    """

    ignore_case: bool = False
    whole_words: bool = False

    def score(self, prediction: str, references: Sequence[str], sample: Sample) -> float | Score:
        """Look for each reference."""
        return best(references, lambda reference: float(self._occurs(reference, prediction)))

    def _occurs(self, reference: str, prediction: str) -> bool:
        if self.ignore_case:
            reference, prediction = reference.casefold(), prediction.casefold()
        if not reference:
            return not prediction
        if not self.whole_words:
            return reference in prediction
        return re.search(rf"(?<!\w){re.escape(reference)}(?!\w)", prediction) is not None
