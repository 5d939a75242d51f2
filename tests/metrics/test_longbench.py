from __future__ import annotations

from typing import Any

import pytest

from harness.scoring.metric import Score, Status
from harness.scoring.registry import load_metric
from harness.values import Sample

CLASSES = ["Number", "Number of something", "Date", "Date of birth", "Birth"]


def score(step: Any, prediction: str, *references: str, classes: Any = CLASSES) -> float | None:
    found = load_metric(step, "test").score(prediction, references, Sample.of("s", {"all_classes": classes}))
    return found.value if isinstance(found, Score) else found


def test_classification_shares_the_point_among_the_classes_that_are_named() -> None:
    assert score("longbench_classification", "It is a Date", "Date") == 1
    assert score("longbench_classification", "Date or Number", "Date") == 0.5
    assert score("longbench_classification", "Number", "Date") == 0
    assert score("longbench_classification", "", "Date") == 0
    assert score("longbench_classification", "Number of something", "Number of something") == 1


def test_classification_reproduces_the_published_defect_unless_told_otherwise() -> None:
    classes = ["a", "ab", "abc"]  # "a" and "ab" are parts of "abc"; the walk that removes "a" steps over "ab"
    assert score("longbench_classification", "abc", "abc", classes=classes) == 0.5
    assert score({"longbench_classification": "correct"}, "abc", "abc", classes=classes) == 1


def test_classification_needs_the_classes() -> None:
    with pytest.raises(ValueError, match="no list 'all_classes'"):
        score("longbench_classification", "x", "x", classes=None)


def test_retrieval_and_count_are_shares_of_the_numbers() -> None:
    assert score("longbench_retrieval", "Paragraph 3", "Paragraph 3") == 1
    assert score("longbench_retrieval", "3 or 4, no, 3", "Paragraph 3") == pytest.approx(2 / 3)
    assert score({"longbench_retrieval": "zh"}, "段落3", "段落3") == 1
    assert score("longbench_retrieval", "none", "Paragraph 3") == 0
    assert score("longbench_count", "5 of 6", "5") == 0.5
    assert score("longbench_count", "05", "5") == 0
    assert score("longbench_count", "", "5") == 0


def test_a_reference_without_a_paragraph_is_not_applicable() -> None:
    found = load_metric("longbench_retrieval", "test").score("3", ["段落3"], Sample.of("s", {}))
    assert isinstance(found, Score)
    assert found.status == Status.NOT_APPLICABLE
