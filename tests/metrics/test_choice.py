from __future__ import annotations

import pytest

from harness.scoring.metric import Score, Status
from harness.scoring.registry import load_metric
from harness.values import Sample


def test_the_letter_is_compared() -> None:
    metric = load_metric("choice", "test")
    sample = Sample.of("s", {})
    assert metric.score("B", ["B"], sample) == 1
    assert metric.score(" b ", ["B"], sample) == 1
    assert metric.score("B", ["A", "B"], sample) == 1
    assert metric.score("C", ["A", "B"], sample) == 0
    assert metric.score("", [""], sample) == 0


def test_an_unparsed_reply_is_wrong_and_counted() -> None:
    score = load_metric("choice", "test").score(None, ["A"], Sample.of("s", {}))
    assert score == Score(0.0, Status.UNPARSED)


def test_guesses_depend_on_the_sample_alone_and_are_right_by_chance() -> None:
    metric = load_metric({"choice": "mmlu_pro"}, "test")
    samples = [Sample.of(f"test:{i}", {"choices": ["x"] * 10}) for i in range(4000)]
    first = [metric.score(None, ["C"], sample) for sample in samples]
    again = [metric.score(None, ["C"], sample) for sample in reversed(samples)][::-1]
    assert first == again
    values = [score.value for score in first if isinstance(score, Score) and score.status == Status.UNPARSED]
    assert len(values) == 4000
    assert sum(v for v in values if v) / 4000 == pytest.approx(0.1, abs=0.019)  # 4 standard deviations
    other = load_metric({"choice": {"preset": "mmlu_pro", "seed": 1}}, "test")
    assert [other.score(None, ["C"], sample) for sample in samples] != first


def test_guesses_stay_within_the_choices() -> None:
    metric = load_metric({"choice": "mmlu_pro"}, "test")
    guesses = set()
    for i in range(200):
        score = metric.score(None, ["Z"], Sample.of(str(i), {"choices": ["x", "y", "z"]}))
        assert isinstance(score, Score)
        guesses.add(score.detail["guess"])
    assert guesses == {"A", "B", "C"}
    with pytest.raises(ValueError, match="guessing needs"):
        metric.score(None, ["A"], Sample.of("s", {}))
