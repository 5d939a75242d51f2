from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest

from harness.errors import CardError
from harness.scoring.metric import Score, Status
from harness.scoring.registry import load_metric
from harness.values import Sample
from tests.conformance import corpus_value

Rows = list[tuple[str | None, list[str]]]

# (predicted, wanted); a reply without an answer, and one that is no label, are wrong.
ROWS: Rows = [("a", ["a"]), ("a ", ["a"]), ("b", ["a"]), ("b", ["b"]), ("x", ["b"]), (None, ["c"])]


def rows(wanted: str, predicted: str) -> Rows:
    return [(p, [w]) for p, w in zip(predicted.split(), wanted.split(), strict=True)]


def test_accuracies() -> None:
    assert corpus_value("label_accuracy", ROWS) == 3 / 6
    assert corpus_value("balanced_accuracy", ROWS) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert corpus_value({"balanced_accuracy": "adjusted"}, rows("a a b b", "a b a b")) == pytest.approx(0)


def test_case_matters_unless_told_otherwise() -> None:
    assert corpus_value("label_accuracy", [("A", ["a"])]) == 0
    assert corpus_value({"label_accuracy": {"ignore_case": True}}, [("A", ["a"])]) == 1


def test_any_reference_counts() -> None:
    assert corpus_value("mcc", [("a", ["c", "a"]), ("b", ["b"])]) == 1


def test_mcc() -> None:
    # The example of scikit-learn's documentation: 2 true positives, 1 false negative, 1 false positive.
    assert corpus_value("mcc", rows("1 1 1 -1", "1 -1 1 1")) == pytest.approx(-1 / 3)
    assert corpus_value("mcc", rows("1 1", "1 1")) == 0


def test_kappa() -> None:
    # 50 grants, two readers: both say yes to 20 and no to 15 (the example of Wikipedia's "Cohen's kappa").
    table = rows("y y n n", "y n y n")
    corpus = [row for row, times in zip(table, (20, 5, 10, 15), strict=True) for _ in range(times)]
    assert corpus_value("cohen_kappa", corpus) == pytest.approx(0.4)
    assert math.isnan(corpus_value("cohen_kappa", rows("a a", "a a")))


def test_grades_differ_by_their_values() -> None:
    corpus = rows("1 1 2 4", "1 2 2 2")
    # Observed squares: 1 + 4. Expected: (2·3·1 + 1 + 9 + 3·4) / 4.
    assert corpus_value({"cohen_kappa": "quadratic"}, corpus) == pytest.approx(1 - 5 / 7)
    # Observed: 1 + 2. Expected: (2·3·1 + 1 + 3 + 3·2) / 4.
    assert corpus_value({"cohen_kappa": "linear"}, corpus) == pytest.approx(1 - 3 / 4)
    # scikit-learn takes 4 for the neighbour of 2: 1 + 1, and (6 + 1 + 4 + 3) / 4.
    official = {"cohen_kappa": {"preset": "sklearn", "weights": "quadratic"}}
    assert corpus_value(official, corpus) == pytest.approx(1 - 2 / 3.5)
    assert corpus_value({"cohen_kappa": "quadratic"}, rows("1 1 2 4", "1.0 2 2. 2")) == pytest.approx(1 - 5 / 7)


@pytest.mark.parametrize("reply", [None, "9", "2.5", "good"])
def test_what_is_no_grade_is_as_far_away_as_can_be(reply: str | None) -> None:
    # Observed: 9. Expected: (9 + 9 + 9) / 2.
    assert corpus_value({"cohen_kappa": "quadratic"}, [("1", ["1"]), (reply, ["4"])]) == pytest.approx(1 / 3)


def test_words_need_a_scale() -> None:
    scale = {"cohen_kappa": {"preset": "quadratic", "labels": ["bad", "fair", "good"]}}
    words, numbers = rows("bad bad fair good", "bad fair fair bad"), rows("0 0 1 2", "0 1 1 0")
    assert corpus_value(scale, words) == pytest.approx(corpus_value({"cohen_kappa": "quadratic"}, numbers))
    with pytest.raises(ValueError, match="weights need 'labels'"):
        corpus_value({"cohen_kappa": "quadratic"}, words)
    with pytest.raises(ValueError, match="the reference 'awful' is none of 'labels'"):
        corpus_value(scale, [("bad", ["awful"])])
    with pytest.raises(CardError, match="'labels' has a label twice"):
        load_metric({"cohen_kappa": {"labels": ["a", "a"]}}, "test")


def test_a_sample_keeps_its_cell_and_no_long_text() -> None:
    metric, sample = load_metric("mcc", "test"), Sample.of("s", {})

    def cell(prediction: str | None, *references: Any) -> Any:
        score = metric.score(prediction, references, sample)
        assert isinstance(score, Score)
        return score.value, score.status, json.loads(next(iter(score.detail["tally"])))

    assert cell("a", "a") == (1.0, Status.OK, ["a", "a"])
    assert cell("x" * 1000, "a") == (0.0, Status.OK, ["a", None])
    assert cell(None, "a") == (0.0, Status.UNPARSED, ["a", None])
    with pytest.raises(ValueError, match="is no label"):
        cell("a", {"a": 1})
    nothing = metric.score("a", [], sample)
    assert isinstance(nothing, Score)
    assert nothing.status is Status.NOT_APPLICABLE


def test_steps_show_how_a_label_is_read() -> None:
    metric = load_metric({"mcc": {"ignore_case": True}}, "test")
    assert [value for _, value in metric.steps(" Yes ")] == ["Yes", "yes"]


@pytest.mark.filterwarnings("ignore")  # of what is not defined
def test_scikit_learn_agrees() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = random.Random(1)
    for _ in range(12):
        classes, n = rng.randint(1, 5), rng.choice([2, 5, 30])
        wanted = [rng.randrange(classes) for _ in range(n)]
        predicted = [w if rng.random() < 0.5 else rng.randrange(classes + 1) for w in wanted]
        corpus = rows(" ".join(map(str, wanted)), " ".join(map(str, predicted)))
        assert corpus_value("mcc", corpus) == pytest.approx(sklearn.matthews_corrcoef(wanted, predicted))
        for weights in ("none", "linear", "quadratic"):
            step = {"cohen_kappa": {"weights": weights, "labels": [str(label) for label in range(classes + 1)]}}
            official = sklearn.cohen_kappa_score(
                wanted, predicted, labels=range(classes + 1), weights=None if weights == "none" else weights
            )
            assert corpus_value(step, corpus) == pytest.approx(official, nan_ok=True)
