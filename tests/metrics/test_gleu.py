from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.scoring.metric import Score
from harness.scoring.registry import load_metric
from harness.values import Sample


def corpus(step: Any, *rows: tuple[Any, list[Any]]) -> float:
    metric = load_metric(step, "test")
    scores = [metric.score(prediction, references, Sample.of("s", {})) for prediction, references in rows]
    return metric.aggregate([score for score in scores if isinstance(score, Score)]).value


def test_by_hand() -> None:
    # "a b c" has 3 + 2 + 1 n-grams, "a b" has 2 + 1, which are all common.
    assert corpus("gleu", ("a b", ["a b c"])) == corpus("gleu", ("a b c", ["a b"])) == 3 / 6
    assert corpus("gleu", ("a b", ["x", "a b"])) == 1
    assert corpus("gleu", ("a b", ["a b c"]), ("x", ["y"])) == 3 / 7  # counts are added


def test_empty_strings() -> None:
    assert corpus("gleu", ("", ["a"])) == corpus("gleu", ("a", [""])) == 0
    assert corpus("gleu", ("", [""]), ("a", ["a"])) == 1


def test_what_megabench_does() -> None:
    pytest.importorskip("jieba")
    assert corpus({"gleu": "megabench"}, ("，。！？", ["，。！？"]), ("上海", ["北京"])) == 1 / 2  # the mean of samples
    assert corpus({"gleu": "megabench"}, (None, ["北京"])) == corpus({"gleu": "megabench"}, (["北京"], ["北京"])) == 0
    assert corpus({"gleu": "megabench"}, ("", [""])) == corpus({"gleu": "megabench"}, ("a", [3])) == 0


TEXTS = st.lists(st.sampled_from("abcd"), max_size=8)


@settings(deadline=None, max_examples=40)  # the first example imports the package
@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=2)), min_size=1, max_size=3))
def test_equal_to_nltk(rows: list[tuple[list[str], list[list[str]]]]) -> None:
    official = pytest.importorskip("nltk.translate.gleu_score")
    joined = [
        (" ".join(prediction), [" ".join(reference) for reference in references]) for prediction, references in rows
    ]
    expected = official.corpus_gleu([references for _, references in rows], [prediction for prediction, _ in rows])
    ours = corpus("gleu", *joined)
    assert ours == pytest.approx(expected) or (expected == 0 and ours != ours)  # without any word there is no GLEU
