from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.scoring.registry import load_metric
from harness.values import Sample


def score(step: Any, prediction: str, *references: str) -> float:
    found = load_metric(step, "test").score(prediction, references, Sample.of("s", {}))
    assert isinstance(found, float)
    return found


def test_the_longest_common_subsequence() -> None:
    # Lin 2004, section 3.1: "police killed the gunman" against "police kill the gunman" shares three of four words.
    assert score("rouge_l", "police kill the gunman", "police killed the gunman") == pytest.approx(0.75)
    assert score("rouge_l", "the gunman kill police", "police killed the gunman") == pytest.approx(0.5)
    assert score("rouge_l", "Ein Füchs!", "ein füchs") == 1
    assert score("rouge_l", "x", "police", "x y") == pytest.approx(2 / 3)


def test_empty_strings() -> None:
    assert score("rouge_l", "", "") == score("rouge_l", ".", "!") == 1
    assert score("rouge_l", "", "cat") == score("rouge_l", "cat", "") == 0
    for prediction, reference in (("", ""), ("cat", ""), ("", "cat"), ("...", "cat")):
        assert score({"rouge_l": "longbench"}, prediction, reference) == 0


def test_what_the_package_does_otherwise() -> None:
    assert score({"rouge_l": "longbench"}, "the cat sat", "the cat sat") == pytest.approx(0.999999995, abs=1e-12)
    assert score({"rouge_l": "longbench"}, "a a a a b", "a b") == pytest.approx(1)  # repetitions do not count
    assert score({"rouge_l": "longbench"}, "The cat", "the cat") == pytest.approx(0.5)  # case does
    assert score({"rouge_l": "longbench"}, "b. a", "a. b") == pytest.approx(1)  # the order of sentences does not
    long = " ".join(f"w{i}" for i in range(1200))
    assert score({"rouge_l": "longbench"}, long, long) == 0  # its recursion breaks off
    short = " ".join(f"w{i}" for i in range(900))
    assert score({"rouge_l": "longbench"}, short, short) == pytest.approx(1)


def by_table(prediction: str, reference: str) -> float:
    """The package's algorithm as plainly as it can be written: a table for each two sentences, walked back."""

    def sentences(text: str) -> list[list[str]]:
        return [" ".join(part.split()).split(" ") for part in text.split(".") if len(part) > 0]

    def common(x: list[str], y: list[str]) -> set[str]:
        table = {(i, j): 0 for i in range(len(x) + 1) for j in range(len(y) + 1)}
        for i in range(1, len(x) + 1):
            for j in range(1, len(y) + 1):
                same = x[i - 1] == y[j - 1]
                table[i, j] = table[i - 1, j - 1] + 1 if same else max(table[i - 1, j], table[i, j - 1])
        i, j, words = len(x), len(y), set()
        while i > 0 and j > 0:
            if x[i - 1] == y[j - 1]:
                words.add(x[i - 1])
                i, j = i - 1, j - 1
            elif table[i - 1, j] > table[i, j - 1]:
                i -= 1
            else:
                j -= 1
        return words

    found, wanted = sentences(prediction), sentences(reference)
    if not found or not wanted:
        return 0.0
    union: set[str] = set()
    for x in wanted:
        for y in found:
            union |= common(x, y)
    recall = len(union) / len({word for x in wanted for word in x})
    precision = len(union) / len({word for y in found for word in y})
    return 2.0 * (precision * recall / (precision + recall + 1e-8))


TEXTS = st.lists(st.sampled_from([*"abcd", "ab", ".", ". ", "\n"]), max_size=25).map(" ".join)


@given(TEXTS, TEXTS)
def test_the_package_by_bits_equals_the_package_by_table(prediction: str, reference: str) -> None:
    assert score({"rouge_l": "longbench"}, prediction, reference) == pytest.approx(by_table(prediction, reference))


def test_chinese_words() -> None:
    pytest.importorskip("jieba")
    assert score({"rouge_l": "longbench_zh"}, "我来到北京", "我来到北京") == pytest.approx(1)
    assert score({"rouge_l": "longbench_zh"}, "上海", "北京") == 0
    assert score({"rouge_l": {"language": "zh"}}, "我来到北京", "我来到北京") == 1
