"""Formulas against scipy, and coverage by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.scoring.statistics import NOTHING, Z95, Estimate, combine, mean_estimate, wilson

ROUNDS = 1500
NEAR_95 = pytest.approx(0.95, abs=0.025)  # 4 standard deviations of the simulation are 0.0225


def test_the_mean_and_its_error_equal_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    x = np.random.default_rng(1).beta(2, 3, size=200)
    ours = mean_estimate(x.tolist())
    assert ours.value == pytest.approx(x.mean(), rel=1e-12)
    assert ours.stderr == pytest.approx(stats.sem(x), rel=1e-12)
    assert pytest.approx(stats.norm.ppf(0.975), rel=1e-12) == Z95
    low, high = stats.norm.interval(0.95, loc=x.mean(), scale=stats.sem(x))
    assert (ours.low, ours.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    assert ours.n == 200


@pytest.mark.parametrize(("right", "n"), [(0, 1), (1, 1), (0, 30), (30, 30), (3, 7), (512, 1000)])
def test_wilson_equals_scipys(right: int, n: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    interval = stats.binomtest(right, n).proportion_ci(0.95, method="wilson")
    low, high = wilson(right / n, n)
    assert low == pytest.approx(interval.low, abs=1e-12)
    assert high == pytest.approx(interval.high, abs=1e-12)
    ours = mean_estimate([1.0] * right + [0.0] * (n - right))
    assert (ours.low, ours.high) == (low, high)


@pytest.mark.parametrize(("p", "n"), [(0.5, 100), (0.9, 40), (0.1, 250)])
def test_intervals_of_proportions_cover(p: float, n: int) -> None:
    draws = np.random.default_rng(2).binomial(n, p, size=ROUNDS)
    covered = [low <= p <= high for low, high in (wilson(count / n, n) for count in draws)]
    assert np.mean(covered) == NEAR_95


def test_intervals_of_means_cover() -> None:
    rng = np.random.default_rng(3)
    estimates = [mean_estimate(rng.beta(2, 5, size=150).tolist(), bounds=(0.0, 1.0)) for _ in range(ROUNDS)]
    assert np.mean([e.low <= 2 / 7 <= e.high for e in estimates]) == NEAR_95
    values = np.array([e.value for e in estimates])
    assert np.mean([e.stderr for e in estimates]) == pytest.approx(values.std(), rel=0.06)


def test_clustered_errors_tell_the_truth_where_plain_ones_do_not() -> None:
    rng = np.random.default_rng(4)
    clustered, plain, values = [], [], []
    for _ in range(ROUNDS):
        passages = rng.normal(0.5, 0.2, size=60)
        x = np.repeat(passages, 5) + rng.normal(0, 0.1, size=300)
        names = np.repeat(np.arange(60), 5).tolist()
        clustered.append(mean_estimate(x.tolist(), names))
        plain.append(mean_estimate(x.tolist()).stderr)
        values.append(clustered[-1].value)
    true = float(np.std(values))
    assert np.mean([e.stderr for e in clustered]) == pytest.approx(true, rel=0.06)
    assert np.mean(plain) < 0.6 * true
    assert np.mean([e.low <= 0.5 <= e.high for e in clustered]) == NEAR_95


def test_clusters_of_one_are_no_clusters() -> None:
    x = np.random.default_rng(5).random(500).tolist()
    assert mean_estimate(x, list(range(500))).stderr == pytest.approx(mean_estimate(x).stderr, rel=0.01)


def test_little_to_go_by() -> None:
    assert mean_estimate([]) is NOTHING
    one = mean_estimate([0.3], bounds=(0.0, 1.0))
    assert (one.value, one.low, one.high, one.n) == (0.3, 0.0, 1.0, 1)
    assert math.isnan(one.stderr)
    right = mean_estimate([1.0])
    assert 0 < right.low < right.high == 1.0
    assert mean_estimate([0.4, 0.4, 0.4]).stderr == pytest.approx(0, abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50))
def test_the_interval_holds_the_mean_and_stays_in_bounds(values: list[float]) -> None:
    estimate = mean_estimate(values, bounds=(0.0, 1.0))
    assert -1e-9 <= estimate.low <= estimate.value + 1e-9
    assert estimate.value - 1e-9 <= estimate.high <= 1 + 1e-9


def part(value: float, stderr: float, n: int = 10) -> Estimate:
    return Estimate(value, stderr, value - Z95 * stderr, value + Z95 * stderr, n)


def test_a_macro_average() -> None:
    whole = combine([part(0.2, 0.03), part(0.6, 0.04, n=30)])
    assert whole.value == pytest.approx(0.4)
    assert whole.stderr == pytest.approx(math.hypot(0.03, 0.04) / 2)
    assert whole.n == 40
    assert whole.high - whole.value == pytest.approx(Z95 * whole.stderr)


def test_a_micro_average_of_subsets_equals_the_mean_of_all() -> None:
    rng = np.random.default_rng(6)
    groups = [rng.random(size).tolist() for size in (10, 35, 5)]
    whole = combine([mean_estimate(group) for group in groups], [len(group) for group in groups])
    assert whole.value == pytest.approx(np.mean([value for group in groups for value in group]))


def test_the_error_of_a_combination_by_simulation() -> None:
    rng = np.random.default_rng(7)
    errors, values = [], []
    for _ in range(ROUNDS):
        groups = [rng.normal(mean, spread, size=80) for mean, spread in ((0.2, 0.1), (0.5, 0.3), (0.9, 0.05))]
        whole = combine([mean_estimate(group.tolist()) for group in groups], [3.0, 1.0, 2.0])
        errors.append(whole.stderr)
        values.append(whole.value)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.06)


def test_parts_without_samples_do_not_count() -> None:
    assert combine([]) is NOTHING
    assert combine([NOTHING, NOTHING]) is NOTHING
    assert combine([part(0.2, 0.03), NOTHING]).value == pytest.approx(0.2)
    alone = combine([NOTHING, mean_estimate([1.0])])
    assert (alone.value, alone.n) == (1.0, 1)
    assert math.isnan(alone.stderr)


def test_the_spread_of_parts_stands_in_for_errors_that_are_unknown() -> None:
    values = [0.1, 0.5, 0.9, 0.3]
    whole = combine([mean_estimate([value], bounds=(0.0, 1.0)) for value in values], bounds=(0.0, 1.0))
    plain = mean_estimate(values, bounds=(0.0, 1.0))
    assert (whole.value, whole.stderr) == (pytest.approx(plain.value), pytest.approx(plain.stderr))
    assert (whole.low, whole.high) == (pytest.approx(plain.low), pytest.approx(plain.high))
    rng = np.random.default_rng(8)
    errors, found = [], []
    for _ in range(ROUNDS):
        groups = [rng.normal(mean, 0.1, size=size) for mean, size in ((0.2, 1), (0.5, 20), (0.8, 1))]
        whole = combine([mean_estimate(group.tolist()) for group in groups])
        errors.append(whole.stderr)
        found.append(whole.value)
    assert np.mean(errors) > np.std(found)  # too large rather than too small
