"""Comparison of numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from harness.scoring.metric import Metric, Score, Status, metric
from harness.scoring.text import best
from harness.values import Sample

_MARKS = re.compile(r"[$€£¥\s_]")
_NUMBER = re.compile(
    r"(?P<whole>[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]*)?)(?:[eE](?P<exponent>[-+]?[0-9]{1,3}))?"
    r"(?:/(?P<below>[0-9]+))?(?P<percent>%?)\.?"
)
_LONGEST = 100  # characters of a number


@metric("number_match", presets={"one_percent": {"relative": 0.01}, "five_percent": {"relative": 0.05}})
@dataclass(frozen=True)
class NumberMatch(Metric):
    """1 when the prediction is the same number as a reference, or close enough, else 0.

    Inputs: text that is a number (a parser such as ``number`` finds it); references are numbers, any of which counts.
        ``1,234.5``, ``-3``, ``.5``, ``1e6``, ``3/4``, ``$12`` and ``12.`` are read exactly, as fractions; ``50%`` is
        50.
    Formula: max over references of [abs(p − g) ≤ max(absolute, relative · abs(g))].
    Range: 0 to 1, higher is better.
    Aggregation: mean.
    Empty strings: what is no number is wrong. A reference that is no number is not applicable.
    Presets: ``one_percent``, ``five_percent`` (the relaxed accuracy of ChartQA).
    Source: own; the tolerance is that of ``math.isclose`` relative to the reference alone.

    Attributes:
        absolute: the difference that is allowed.
        relative: the difference that is allowed as a part of the reference.
    """

    absolute: float = 0.0
    relative: float = 0.0

    def score(self, prediction: str, references: Sequence[str], sample: Sample) -> float | Score:
        """Compare with each reference."""
        wanted = {reference: read_number(reference) for reference in references}
        if None in wanted.values():
            return Score(None, Status.NOT_APPLICABLE, {"message": "a reference is no number"})
        found = read_number(prediction)
        return best(references, lambda reference: float(self._close(found, wanted[reference])))

    def _close(self, found: Fraction | None, wanted: Fraction | None) -> bool:
        if found is None or wanted is None:
            return False
        return abs(found - wanted) <= max(Fraction(self.absolute), Fraction(self.relative) * abs(wanted))


def read_number(text: str) -> Fraction | None:
    """Return the number that a text is, or None."""
    if len(text) > 10 * _LONGEST:
        return None
    bare = _MARKS.sub("", text.replace("\N{MINUS SIGN}", "-"))
    match = _NUMBER.fullmatch(bare) if len(bare) <= _LONGEST else None
    if match is None or not any(digit.isdigit() for digit in match["whole"]):
        return None
    below = int(match["below"] or 1)
    if below == 0:
        return None
    return Fraction(match["whole"].replace(",", "") + f"e{match['exponent'] or 0}") / below
