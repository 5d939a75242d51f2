"""Exact match: the prediction is the answer, up to the differences that a card declares harmless."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from harness.scoring.metric import Metric, Score, metric
from harness.scoring.patterns import SafePattern
from harness.scoring.text import best, squad_normalize
from harness.values import Sample

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_NO_DIGITS = str.maketrans("", "", string.digits)


@metric(
    "exact_match",
    presets={
        "squad_v1": {"normalize": "squad"},
        "squad_v2": {"normalize": "squad", "unanswerable": True},
        "lm_eval": {"strip": False},
        "gsm8k": {"regexes_to_ignore": [",", r"\$", r"(?s).*#### ", r"\.$"], "ignore_case": True},
        "helm": {"empty_is_wrong": True},
    },
)
@dataclass(frozen=True)
class ExactMatch(Metric):
    r"""1 when the prediction equals a reference, else 0.

    Inputs: text; references are texts, any of which counts.
    Formula: max over references of [N(prediction) = N(reference)], N being the options below in their order.
    Range: 0 to 1, higher is better.
    Aggregation: mean.
    Empty strings: "" equals "" (0 with ``empty_is_wrong``); so does what N leaves empty.
    Presets: ``squad_v1``, ``squad_v2``: SQuAD's normaliser. ``lm_eval``: white space counts. ``gsm8k``: lm-eval's
        options of GSM8K, which drop ``,``, ``$``, all up to ``####`` and a full stop at the end. ``helm``: an empty
        prediction is wrong.
    Source: lm-evaluation-harness and Hugging Face ``evaluate``, ``exact_match``; regular expressions come before case,
        and punctuation is ASCII only, as there.

    Attributes:
        strip: white space at both ends does not matter.
        regexes_to_ignore: expressions whose matches are deleted, one after the other.
        ignore_case: case does not matter.
        ignore_punctuation: ASCII punctuation does not matter.
        ignore_numbers: the digits 0 to 9 do not matter.
        normalize: ``squad`` drops case, punctuation and articles, and joins white space.
        unanswerable: no references means that "" is right; references that N leaves empty do not count otherwise.
        empty_is_wrong: an empty prediction never matches.
    """

    strip: bool = True
    regexes_to_ignore: tuple[str, ...] = ()
    ignore_case: bool = False
    ignore_punctuation: bool = False
    ignore_numbers: bool = False
    normalize: Literal["none", "squad"] = "none"
    unanswerable: bool = False
    empty_is_wrong: bool = False

    def __post_init__(self) -> None:
        _ = self._patterns

    @cached_property
    def _patterns(self) -> tuple[SafePattern, ...]:
        return tuple(SafePattern(text) for text in self.regexes_to_ignore)

    def score(self, prediction: str, references: Sequence[str], sample: Sample) -> float | Score:
        """Compare with each reference."""
        found = self._normalized(prediction)
        if self.empty_is_wrong and not found:
            return 0.0
        if self.unanswerable:
            references = [r for r in references if self._normalized(r)] or [""]
        return best(references, lambda reference: float(found == self._normalized(reference)))

    def _normalized(self, text: str) -> str:
        for pattern in self._patterns:
            text = pattern.remove(text)
        if self.ignore_case:
            text = text.lower()
        if self.ignore_punctuation:
            text = text.translate(_NO_PUNCTUATION)
        if self.ignore_numbers:
            text = text.translate(_NO_DIGITS)
        if self.normalize == "squad":
            text = squad_normalize(text)
        return text.strip() if self.strip else text


@metric("quasi_exact_match", presets={"leave_articles": {"articles": True}})
@dataclass(frozen=True)
class QuasiExactMatch(Metric):
    """1 when the prediction equals a reference but for case, ASCII punctuation, articles and white space, else 0.

    Inputs: text; references are texts, any of which counts.
    Formula: max over references of [N(prediction) = N(reference)], N being SQuAD's normaliser.
    Range: 0 to 1, higher is better.
    Aggregation: mean.
    Empty strings: an empty prediction is wrong, even where a reference is empty; one that N leaves empty is not.
    Presets: ``leave_articles``: *a*, *an* and *the* count.
    Source: HELM, ``quasi_exact_match`` and ``quasi_leave_articles_exact_match``.

    Attributes:
        articles: whether articles count.
    """

    articles: bool = False

    def score(self, prediction: str, references: Sequence[str], sample: Sample) -> float | Score:
        """Compare with each reference."""
        if not prediction:
            return 0.0
        found = squad_normalize(prediction, articles=not self.articles)
        return best(references, lambda r: float(found == squad_normalize(r, articles=not self.articles)))
