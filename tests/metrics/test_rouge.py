from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
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


def test_single_words_and_pairs() -> None:
    # 5 of 6 words and 3 of 5 pairs are common.
    assert score("rouge_1", "the cat sat on the mat", "the cat is on the mat") == pytest.approx(5 / 6)
    assert score("rouge_2", "the cat sat on the mat", "the cat is on the mat") == pytest.approx(3 / 5)
    assert score("rouge_1", "a a a a b", "a b") == pytest.approx(2 * 2 / 7)  # each as often as both have it
    recall = {"rouge_1": {"measure": "recall"}}
    assert score(recall, "one two three four", "one three") == 1
    assert score({"rouge_1": {"measure": "precision"}}, "one two three four", "one three") == 0.5
    assert score(recall, "", "one") == score(recall, "one", "") == 0


def test_too_few_words_for_a_pair() -> None:
    assert score("rouge_2", "Paris", "paris!") == 1
    assert score("rouge_2", "Paris", "Rome") == score("rouge_2", "Paris", "Paris, France") == 0
    assert score({"rouge_2": "rouge_score"}, "Paris", "Paris") == 0  # what the package gives


def test_summaries_sentence_by_sentence() -> None:
    # Lin 2004, section 3.2: the union of both subsequences has 4 of the reference's 5 words.
    recall = {"rouge_lsum": {"measure": "recall"}}
    assert score(recall, "w1 w2 w6 w7 w8. w1 w3 w8 w9 w5.", "w1 w2 w3 w4 w5.") == pytest.approx(4 / 5)
    assert score("rouge_lsum", "Second one. First one.", "First one. Second one.") == 1
    assert score("rouge_l", "Second one. First one.", "First one. Second one.") == 0.5
    assert score({"rouge_lsum": "rouge_score"}, "b c. a b", "a b. b c") == 0.5  # one line is one sentence there
    assert score({"rouge_lsum": "t5"}, "b c . a b", "a b . b c") == 1
    assert score({"rouge_lsum": "rouge_score"}, "b c\na b", "a b\nb c") == 1
    assert score("rouge_lsum", "a a a. a", "a") == pytest.approx(2 / 5)  # no word counts more often than it is there


def test_words_of_every_script() -> None:
    for name in ("rouge_1", "rouge_l", "rouge_lsum"):
        assert score(name, "北京是首都", "北京是中国首都") == pytest.approx(2 * 5 / 12), name
        assert score(name, "Привет, мир", "мир! привет мир") == pytest.approx(4 / 5), name
        assert score(name, "كتابٌ", "كِتاب") == 0, name  # vowel signs are part of a word
        assert score({name: "rouge_score"}, "北京", "北京") == 0, name
    assert score("rouge_1", "cafe\u0301 ２０", "CAFÉ 20") == 1


def test_stems() -> None:
    pytest.importorskip("nltk")
    assert score({"rouge_1": "rouge_score_stem"}, "police killed the gunman", "police kill the gunman") == 1
    assert score({"rouge_1": "rouge_score_stem"}, "was", "wa") == 0  # words of three letters stay as they are
    assert 0 <= score({"rouge_1": "rouge_score_stem"}, "y" * 100_000, "yy") <= 1


PARTS = st.lists(st.sampled_from("the cat cats running ran 3.5% Äpfel 猫 - . \n \n\n".split(" ")), max_size=20).map(
    " ".join
)


@settings(deadline=None, max_examples=40)  # the first example imports the package
@given(PARTS, PARTS)
def test_presets_equal_the_package(prediction: str, reference: str) -> None:
    scorers = pytest.importorskip("rouge_score.rouge_scorer")
    names = {"rouge1": "rouge_1", "rouge2": "rouge_2", "rougeL": "rouge_l", "rougeLsum": "rouge_lsum"}
    for preset, stem in (("rouge_score", False), ("rouge_score_stem", True)):
        official = scorers.RougeScorer(list(names), use_stemmer=stem).score(reference, prediction)
        for theirs, ours in names.items():
            assert score({ours: preset}, prediction, reference) == pytest.approx(official[theirs].fmeasure)


def test_long_summaries_take_bounded_time() -> None:
    long = " ".join(f"word {number}." for number in range(10_000))
    assert 0 < score("rouge_lsum", long, "word 1. word 2.") < 0.003


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
    assert score({"rouge_l": {"words": "jieba"}}, "我来到北京", "我来到北京") == 1
