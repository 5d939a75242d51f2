"""How sure a number is: standard errors and intervals, vectorised.

Formulas: Miller 2024, "Adding error bars to evals" (arXiv 2411.00640) for the central-limit and the clustered
standard error; Wilson 1927 for proportions, whose interval does not collapse at 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and how sure it is.

    Attributes:
        value: the estimate; NaN when there is nothing to estimate from.
        stderr: its standard error; NaN when one sample cannot tell.
        low: lower end of the 95 % interval.
        high: upper end.
        n: samples (or clusters' samples) it rests on.
    """

    value: float
    stderr: float
    low: float
    high: float
    n: int


NOTHING = Estimate(math.nan, math.nan, math.nan, math.nan, 0)


def mean_estimate(
    values: Sequence[float], clusters: Sequence[Any] | None = None, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> Estimate:
    """Return mean, standard error and 95 % interval.

    Args:
        values: one score for each sample.
        clusters: equal values mark dependent samples; then the error is clustered.
        bounds: the metric's range, which the interval does not leave.

    The interval is Wilson's where all values are 0 or 1 and unclustered, else mean ± 1.96 standard errors.
    """
    x = np.asarray(values, dtype=float)
    n = len(x)
    if n == 0:
        return NOTHING
    mean = float(x.mean())
    if n == 1:
        binary = mean in (0.0, 1.0)
        low, high = wilson(mean, 1) if binary else bounds
        return Estimate(mean, math.nan, low, high, 1)
    residual = x - mean
    if clusters is None:
        stderr = float(math.sqrt(residual @ residual / (n - 1) / n))
    else:
        _, index = np.unique(np.asarray([str(c) for c in clusters]), return_inverse=True)
        sums = np.bincount(index, weights=residual)
        groups = len(sums)
        if groups == 1:  # one cluster says nothing about how clusters differ
            return Estimate(mean, math.nan, *bounds, n)
        stderr = float(math.sqrt(sums @ sums * groups / (groups - 1))) / n
    if clusters is None and bool(np.isin(x, (0.0, 1.0)).all()):
        low, high = wilson(mean, n)
    else:
        low, high = max(bounds[0], mean - Z95 * stderr), min(bounds[1], mean + Z95 * stderr)
    return Estimate(mean, stderr, low, high, n)


def wilson(p: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a proportion ``p`` seen in ``n`` trials."""
    z2 = Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def combine(
    parts: Sequence[Estimate],
    weights: Sequence[float] | None = None,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Estimate:
    """Return the weighted mean of independent estimates; equal weights are a macro average.

    The standard error is that of a fixed set of parts, sqrt(Σ w² SE²) / Σ w. Where a part has a single sample and so
    no error of its own, the parts' own spread takes its place (collapsed strata): it is too large rather than too
    small, because it counts the true differences between parts as noise.
    """
    known = [(p, w) for p, w in zip(parts, weights or [1.0] * len(parts), strict=True) if not math.isnan(p.value)]
    if not known:
        return NOTHING
    total = sum(w for _, w in known)
    value = sum(p.value * w for p, w in known) / total
    if not any(math.isnan(p.stderr) for p, _ in known):
        variance = sum((w * p.stderr) ** 2 for p, w in known)
    elif len({p.value for p, _ in known}) > 1:
        variance = sum((w * (p.value - value)) ** 2 for p, w in known) * len(known) / (len(known) - 1)
    else:  # single samples that all agree: only the interval of a proportion says something
        n = sum(p.n for p, _ in known)
        low, high = wilson(value, n) if value in (0.0, 1.0) else bounds
        return Estimate(value, math.nan, low, high, n)
    stderr = math.sqrt(variance) / total
    low, high = max(bounds[0], value - Z95 * stderr), min(bounds[1], value + Z95 * stderr)
    return Estimate(value, stderr, low, high, sum(p.n for p, _ in known))
