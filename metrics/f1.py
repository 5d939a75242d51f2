"""F1 over words: how much of the reference the prediction holds, and how much besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.scoring.metric import Metric, Score, metric
from harness.scoring.text import best, longbench_chinese_words, need_jieba, squad_normalize
from harness.values import Sample


@metric(
    "f1",
    presets={
        "squad_v1": {"both_empty": 0.0},
        "squad_v2": {"unanswerable": True},
        "helm": {"both_empty": 0.0, "distinct": True},
        "longbench": {"both_empty": 0.0},
        "longbench_zh": {"both_empty": 0.0, "words": "longbench_zh"},
    },
)
@dataclass(frozen=True)
class F1(Metric):
    """F1 of the words that prediction and reference share, counted with their repetitions.

    Inputs: text; references are texts, the best of which counts.
    Formula: max over references of 2PR / (P + R) = 2·|common| / (|prediction| + |reference|), over bags of words.
    Range: 0 to 1, higher is better.
    Aggregation: mean.
    Empty strings: two texts without words score ``both_empty`` (1), one of them scores 0.
    Presets: ``squad_v1``: two texts without words score 0, although their exact match is 1. ``squad_v2``: without
        references, "" is right. ``helm``: sets of words, so "a a a b" equals "a b b b". ``longbench``: as
        ``squad_v1`` (its qa_f1). ``longbench_zh``: Chinese words, cut by jieba (its qa_f1_zh).
    Source: SQuAD 1.1 and 2.0 evaluation scripts; HELM ``f1_score``; LongBench ``metrics.py``.

    Attributes:
        words: ``squad``: SQuAD's normaliser, then split at spaces. ``longbench_zh``: LongBench's for Chinese.
        both_empty: the score when neither text has words.
        distinct: repetitions do not count.
        unanswerable: no references means that "" is right; references without words do not count otherwise.
    """

    words: Literal["squad", "longbench_zh"] = "squad"
    both_empty: float = 1.0
    distinct: bool = False
    unanswerable: bool = False

    def __post_init__(self) -> None:
        if self.words == "longbench_zh":
            need_jieba()

    def score(self, prediction: str, references: Sequence[str], sample: Sample) -> float | Score:
        """Compare with each reference."""
        if self.unanswerable:
            references = [r for r in references if self._bag(r)] or [""]
        found = self._bag(prediction)
        return best(references, lambda reference: self._f1(found, self._bag(reference)))

    def _bag(self, text: str) -> Counter[str]:
        words = squad_normalize(text).split() if self.words == "squad" else longbench_chinese_words(text)
        return Counter(set(words) if self.distinct else words)

    def _f1(self, found: Counter[str], wanted: Counter[str]) -> float:
        if not found and not wanted:
            return self.both_empty
        common = (found & wanted).total()
        return 2 * common / (found.total() + wanted.total())
