"""ROUGE: how much of the reference's wording the prediction holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import LCSseq

from harness.scoring.metric import Metric, Score, metric
from harness.scoring.text import best, chinese_words, need_jieba
from harness.values import Sample

_WORD = re.compile(r"[^\W_]+")
_DEEPEST = 990  # calls that the rouge package's recursive search can nest before Python stops it


@metric(
    "rouge_l",
    presets={
        "longbench": {"package": True},
        "longbench_zh": {"package": True, "language": "zh"},
    },
)
@dataclass(frozen=True)
class RougeL(Metric):
    """ROUGE-L: F1 of the longest common subsequence of words.

    Inputs: text; references are texts, the best of which counts.
    Formula: max over references of 2·LCS / (|prediction| + |reference|), in lower-case words.
    Range: 0 to 1, higher is better.
    Aggregation: mean.
    Empty strings: a text without words scores 0; two of them score 1 (0 in the presets).
    Presets: ``longbench``, ``longbench_zh``: what the package ``rouge`` 1.0.1 gives, on which LongBench's numbers
        depend. It cuts sentences at ".", counts distinct words only, keeps case and punctuation, adds 1e-8 to the
        denominator (a perfect answer scores 0.999999995), and fails, which LongBench turns into 0, on texts without
        words and on sentences of about a thousand words.
    Source: Lin 2004, "ROUGE", section 3; for the presets LongBench's ``metrics.py`` and the package ``rouge``.

    Attributes:
        language: ``en``: words are separated by spaces and punctuation; ``zh``: jieba cuts them.
        package: compute what the package ``rouge`` computes.
    """

    language: Literal["en", "zh"] = "en"
    package: bool = False

    def __post_init__(self) -> None:
        if self.language == "zh":
            need_jieba()

    def score(self, prediction: str, references: Sequence[str], sample: Sample) -> float | Score:
        """Compare with each reference."""
        if self.language == "zh":
            prediction = " ".join(chinese_words(prediction))
            references = [" ".join(chinese_words(reference)) for reference in references]
        return best(references, lambda r: _rouge_package(prediction, r) if self.package else _rouge_l(prediction, r))


def _rouge_l(prediction: str, reference: str) -> float:
    found, wanted = _WORD.findall(prediction.lower()), _WORD.findall(reference.lower())
    if not found and not wanted:
        return 1.0
    numbers: dict[str, int] = {}
    coded = [[numbers.setdefault(word, len(numbers)) for word in words] for words in (found, wanted)]
    return 2 * LCSseq.similarity(*coded) / (len(found) + len(wanted))


def _rouge_package(prediction: str, reference: str) -> float:
    found, wanted = _sentences(prediction), _sentences(reference)
    if not found or not wanted:
        return 0.0
    union: set[str] = set()
    for a, a_words in wanted.items():
        for b, b_words in found.items():
            if len(a) + len(b) > _DEEPEST or not a_words & b_words <= union:  # else it can neither fail nor add
                common = _common_words(a, b)
                if common is None:
                    return 0.0
                union |= common
    recall = len(union) / len(set().union(*wanted.values()))
    precision = len(union) / len(set().union(*found.values()))
    return 2.0 * (precision * recall) / (precision + recall + 1e-8)


def _sentences(text: str) -> dict[tuple[str, ...], set[str]]:
    """Return each different sentence and its different words; only unions of them are counted, so once is enough."""
    sentences = (tuple(" ".join(part.split()).split(" ")) for part in text.split(".") if part)
    return {sentence: set(sentence) for sentence in sentences}


def _common_words(a: Sequence[str], b: Sequence[str]) -> set[str] | None:
    """Return the words of the common subsequence that the package finds; None where its recursion breaks off.

    Rows of the dynamic program are bit vectors (Crochemore et al. 2001): bit j of row i is 0 where one more word of
    ``b`` makes the subsequence with the first i words of ``a`` longer, which is all that the way back asks for.
    """
    if max(len(a), len(b)) > _DEEPEST:
        return None
    places: dict[str, int] = {}
    for j, word in enumerate(b):
        places[word] = places.get(word, 0) | 1 << j
    full = (1 << len(b)) - 1
    rows = [full]
    for word in a:
        row = rows[-1]
        matched = row & places.get(word, 0)
        rows.append(((row + matched) | (row - matched)) & full)
    i, j, steps, common = len(a), len(b), 0, set()
    while i and j:
        steps += 1
        if a[i - 1] == b[j - 1]:
            common.add(a[i - 1])
            i, j = i - 1, j - 1
        elif rows[i] >> (j - 1) & 1:
            j -= 1
        else:
            i -= 1
    return common if steps < _DEEPEST else None
