"""Every vector whose metric we have: the same score, or a line in the table of differences."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import LOOSE, Vector, adapters, exceptions, same
from tests.support.metric_files import listed_once

COVERAGE = 0.95  # of metric ids
SLOW = ("fastchat.bradley_terry", "megabench.program_judge")  # an optimiser, and a process for each vector
ELO = ("fastchat.bradley_terry",)  # found by an optimiser: half a point of a rating that is about a thousand


@pytest.fixture(autouse=True, scope="module")
def metric_files() -> Iterator[None]:
    """These tests write no metrics."""
    with listed_once():
        yield


@cache
def by_metric(folder: Path) -> Mapping[str, list[Vector]]:
    found: dict[str, list[Vector]] = defaultdict(list)
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                vector: dict[str, Any] = json.loads(line)
                found[vector["metric"]].append(vector)
    return found


@pytest.fixture
def vectors(request: pytest.FixtureRequest) -> Mapping[str, list[Vector]]:
    folder = os.environ.get("HARNESS_VECTORS")
    path = Path(folder) if folder else request.getfixturevalue("shared") / "data" / "metric_vectors"
    found = by_metric(path)
    assert found, f"no vectors in {path}"
    return found


@pytest.mark.shared
@pytest.mark.parametrize(
    "metric", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in sorted(adapters())]
)
def test_metric(vectors: Mapping[str, list[Vector]], metric: str) -> None:
    if metric not in vectors:
        pytest.skip(f"there are no vectors of {metric}")
    tolerance = 0.5 if metric in ELO else 1e-6 if any(part in metric for part in LOOSE) else 1e-9
    adapter, known = adapters()[metric], [e for e in exceptions() if e.metric == metric]
    wrong = []
    for vector in vectors[metric]:
        if any(exception.applies(vector) for exception in known):
            continue
        try:
            ours = adapter(vector)
        except ValueError as error:  # how a metric refuses a broken reference
            ours = error
        if "raises" in vector:  # there is no official score; not to crash is what counts
            continue
        if not same(ours, vector["score"], tolerance):
            shown = f"{vector['prediction']!r:.90} | {vector['reference']!r:.90} | {vector['params']!r:.60}"
            wrong.append(f"{vector['id']}: {ours!r}, official {vector['score']!r}: {shown}")
    assert not wrong, f"{len(wrong)} of {len(vectors[metric])}\n" + "\n".join(wrong)


@pytest.mark.shared
def test_coverage(vectors: Mapping[str, list[Vector]]) -> None:
    missing = sorted(set(vectors) - set(adapters()))
    assert len(missing) <= (1 - COVERAGE) * len(vectors), f"{len(missing)} of {len(vectors)}: {', '.join(missing)}"


@pytest.mark.shared
def test_a_difference_is_of_a_metric_that_is_compared() -> None:
    assert {exception.metric for exception in exceptions()} <= set(adapters())
