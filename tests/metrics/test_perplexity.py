from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from harness.scoring.metric import Likelihood, Metric, Score, Status
from harness.scoring.registry import load_metric
from harness.scoring.statistics import NOTHING, Estimate
from harness.values import Sample

TEXTS = [Likelihood(-20.0, 10, "zwei Wörter"), Likelihood(-4.0, 2, "one")]


def scores(metric: Metric, texts: list[Likelihood]) -> list[Score]:
    found = [metric.score(text, (), Sample.of("s", {})) for text in texts]
    return [score for score in found if isinstance(score, Score)]


def estimate(step: Any, texts: list[Likelihood], clusters: Any = None) -> Estimate:
    metric = load_metric(step, "test")
    return metric.aggregate(scores(metric, texts), clusters)


def test_the_corpus_counts_not_the_mean_of_texts() -> None:
    assert estimate("perplexity", TEXTS).value == pytest.approx(math.exp(24 / 12))
    assert estimate("word_perplexity", TEXTS).value == pytest.approx(math.exp(24 / 3))
    assert estimate("byte_perplexity", TEXTS).value == pytest.approx(math.exp(24 / 15))
    assert estimate("bits_per_byte", TEXTS).value == pytest.approx(24 / 15 / math.log(2))
    assert estimate({"perplexity": "lm_eval"}, TEXTS).value == pytest.approx(math.exp(12))


def test_one_text() -> None:
    metric = load_metric("bits_per_byte", "test")
    (score,) = scores(metric, TEXTS[:1])
    assert score.value == pytest.approx(20 / 12 / math.log(2))
    alone = metric.aggregate([score])
    assert (alone.value, alone.n) == (score.value, 1)
    assert math.isnan(alone.stderr)
    assert (alone.low, alone.high) == (0.0, math.inf)
    assert metric.aggregate([]) is NOTHING


def test_a_text_without_units_is_not_applicable() -> None:
    empty = Likelihood(0.0, 0, " ")
    for step, status in (
        ("perplexity", Status.NOT_APPLICABLE),
        ("word_perplexity", Status.NOT_APPLICABLE),
        ("byte_perplexity", Status.OK),
    ):
        assert [score.status for score in scores(load_metric(step, "test"), [empty])] == [status]


def test_an_impossible_text_has_infinite_perplexity() -> None:
    assert estimate("perplexity", [Likelihood(-math.inf, 3, "x"), TEXTS[0]]).value == math.inf
    with pytest.raises(ValueError, match="not a number"):
        scores(load_metric("perplexity", "test"), [Likelihood(math.nan, 3, "x")])


@pytest.mark.parametrize("step", ["perplexity", "bits_per_byte"])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_error_by_simulation(step: str, clustered: bool) -> None:
    """Many corpora from one source: the estimates spread as their errors say, and 95 % of intervals hold the truth."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        tokens = rng.integers(20, 200, size=100)
        rate = rng.normal(2.0, 0.3, size=100)
        clusters = None
        if clustered:
            rate = np.repeat(rate[:50], 2)
            clusters = np.repeat(np.arange(50), 2).tolist()
        texts = [Likelihood(-r * n, int(n), "x" * int(n)) for r, n in zip(rate, tokens, strict=True)]
        found.append(estimate(step, texts, clusters))
    truth = math.exp(2.0) if step == "perplexity" else 2.0 / math.log(2)
    assert np.mean([e.stderr for e in found]) == pytest.approx(np.std([e.value for e in found]), rel=0.1)
    assert np.mean([e.low <= truth <= e.high for e in found]) == pytest.approx(0.95, abs=0.035)
