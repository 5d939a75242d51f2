from __future__ import annotations

import math
import random
from typing import Any

import pytest

from tests.conformance import corpus_value

# (predicted, wanted). a: 2 of 3 found, 2 predicted. b: 1 of 2 found, 2 predicted. c: not found.
ROWS = [("a", ["a"]), ("a", ["a"]), ("b", ["a"]), ("b", ["b"]), ("x", ["b"]), (None, ["c"])]
F1 = {"a": 2 * 2 / (2 + 3), "b": 2 * 1 / (2 + 2), "c": 0.0}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("f1_macro", sum(F1.values()) / 3),
        ({"f1_macro": "sklearn"}, sum(F1.values()) / 5),  # x and no answer are labels of the mean
        ({"f1_macro": {"labels": ["a", "b"]}}, (F1["a"] + F1["b"]) / 2),
        ({"f1_macro": {"labels": ["a", "z"]}}, F1["a"]),  # nothing can be said of z
        ({"f1_macro": {"labels": ["a", "z"], "absent": 0.0}}, F1["a"] / 2),
        ("f1_weighted", (3 * F1["a"] + 2 * F1["b"]) / 6),
        ("f1_micro", 3 / 6),
        ({"f1_micro": {"labels": ["a", "b"]}}, 2 * 3 / (4 + 5)),
        ({"f1_binary": {"positive": "b"}}, F1["b"]),
        ("label_precision", (2 / 2 + 1 / 2 + 0) / 3),
        ({"label_precision": {"average": "micro"}}, 3 / 6),
        ({"label_precision": {"labels": ["b"]}}, 1 / 2),
        ("label_recall", (2 / 3 + 1 / 2 + 0) / 3),
        ({"label_recall": {"average": "weighted"}}, 3 / 6),
        ({"label_recall": {"labels": ["a"]}}, 2 / 3),
    ],
)
def test_averages(step: Any, expected: float) -> None:
    assert corpus_value(step, ROWS) == pytest.approx(expected)


def test_a_label_that_does_not_occur_is_undefined_or_0() -> None:
    rows = [("0", ["0"]), ("0", ["0"])]
    assert math.isnan(corpus_value("f1_binary", rows))
    assert corpus_value({"f1_binary": "lm_eval"}, rows) == 0
    assert math.isnan(corpus_value({"f1_micro": {"labels": ["1"]}}, rows))
    assert corpus_value({"f1_micro": {"preset": "sklearn", "labels": ["1"]}}, rows) == 0


def test_case() -> None:
    step = {"f1_binary": {"positive": "Yes", "ignore_case": True}}
    assert corpus_value(step, [("yes", ["YES"]), ("no", ["No"])]) == 1


@pytest.mark.filterwarnings("ignore")  # of what is not defined
def test_scikit_learn_agrees() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = random.Random(2)
    for _ in range(8):
        classes, n = rng.randint(1, 5), rng.choice([1, 5, 30])
        wanted = [rng.randrange(classes) for _ in range(n)]
        predicted = [w if rng.random() < 0.5 else rng.randrange(classes + 2) for w in wanted]
        rows = [(str(p), [str(w)]) for p, w in zip(predicted, wanted, strict=True)]
        for average in ("macro", "micro", "weighted"):
            common: dict[str, Any] = {"average": average, "zero_division": 0}
            for labels in (None, list(range(max(1, classes - 1)))):
                given: dict[str, Any] = {
                    "preset": "sklearn",
                    **({"labels": [str(x) for x in labels]} if labels else {}),
                }
                expected = sklearn.f1_score(wanted, predicted, labels=labels, **common)
                assert corpus_value({f"f1_{average}": given}, rows) == pytest.approx(expected)
                expected = sklearn.precision_score(wanted, predicted, labels=labels, **common)
                assert corpus_value({"label_precision": {**given, "average": average}}, rows) == pytest.approx(expected)
                expected = sklearn.recall_score(wanted, predicted, labels=labels, **common)
                assert corpus_value({"label_recall": {**given, "average": average}}, rows) == pytest.approx(expected)
