from __future__ import annotations

from typing import Any

import pytest

from harness.scoring.registry import load_metric
from harness.values import Sample


@pytest.mark.parametrize(
    ("step", "prediction", "references", "expected"),
    [
        ("contains", "in Paris, France", ["Paris"], 1),
        ("contains", "in paris", ["Paris"], 0),
        ({"contains": "words"}, "in paris", ["Paris"], 1),
        ("contains", "Parisian", ["Paris"], 1),
        ({"contains": "words"}, "Parisian", ["Paris"], 0),
        ({"contains": "words"}, "costs $5.00 now", ["$5.00"], 1),
        ("contains", "London", ["Paris", "London"], 1),
        ("contains", "London", [""], 0),
        ("contains", "", [""], 1),
        ("contains", "", ["Paris"], 0),
    ],
)
def test_contains(step: Any, prediction: str, references: list[str], expected: float) -> None:
    assert load_metric(step, "test").score(prediction, references, Sample.of("s", {})) == expected
