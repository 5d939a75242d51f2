"""JSON as plain data: read strictly, compared by type and value."""

from __future__ import annotations

import time
from itertools import permutations
from typing import Any

import pytest

from harness.scoring.structure.json_data import MAX_DEPTH, Equality, at_path, leaves, perfect_matching, read_json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        "[1,]",
        "NaN",
        "[Infinity]",
        '{"a": 1, "a": 2}',
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is (no JSON|nested)"):
        read_json(text)


def test_what_is_read() -> None:
    assert read_json('{"a": [1, 2.5, null, true, "x"]}') == {"a": [1, 2.5, None, True, "x"]}
    assert read_json({"a": 1}) == {"a": 1}
    assert read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


@pytest.mark.parametrize(
    ("found", "wanted", "equal"),
    [
        (1, 1.0, True),
        (1, "1", False),
        (1, True, False),
        (0, False, False),
        (None, None, True),
        (None, 0, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ([1, 2], [2, 1], False),
        ([], {}, False),
        ("A", "a", False),
        ([1], "1", False),
        (10**400, 10**400 + 1, False),
        (10**400, 1e300, False),
    ],
)
def test_equality(found: Any, wanted: Any, equal: bool) -> None:
    assert Equality()(found, wanted) is equal


def test_options() -> None:
    assert Equality(absolute=0.1)([1.0, 2], [1.05, 2])
    assert not Equality(absolute=0.1)(1.0, 1.2)
    assert Equality(relative=0.1)(95, 100)
    assert not Equality(relative=0.1)(89, 100)
    assert Equality(ignore_case=True)({"a": "X"}, {"a": "x"})
    assert not Equality(ignore_case=True)({"A": "x"}, {"a": "x"})
    assert Equality(extra=True)({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1}})
    assert Equality(any_order=True)([{"a": [1, 2]}, 3, 3], [3, {"a": [2, 1]}, 3])
    assert not Equality(any_order=True)([3, 3, 4], [3, 4, 4])


def test_unordered_numbers_are_paired_as_well_as_can_be() -> None:
    """Each list has one partner only that leaves none without: taking the first that is close enough fails."""
    equal = Equality(absolute=1.0, any_order=True)
    for found in permutations([1.0, 2.0, 3.0]):
        assert equal(list(found), [2.0, 3.0, 4.0])
        assert not equal(list(found), [2.0, 4.5, 4.0])


def test_long_unordered_lists_take_bounded_time() -> None:
    begun = time.perf_counter()
    numbers = list(range(50_000))
    texts = [str(number) for number in numbers]
    halves = [number + 0.5 for number in numbers]
    assert Equality(any_order=True)(texts[::-1], texts)
    assert not Equality(any_order=True)([*texts[:-1], "x"], texts)
    assert not Equality(any_order=True, absolute=1)(texts[::-1], texts)  # too long to be paired
    assert Equality(any_order=True, absolute=0.5)(halves[::-1], numbers)
    assert not Equality(any_order=True, absolute=0.4)(halves, numbers)
    assert time.perf_counter() - begun < 5


def test_leaves() -> None:
    assert dict(leaves({"a": [1, {"b": None}], "c": {}})) == {("a", 0): 1, ("a", 1, "b"): None, ("c",): {}}
    assert dict(leaves(3)) == {(): 3}


def test_paths() -> None:
    value = {"a": {"b": [{"c": 1}]}, "a.b": 2}
    assert at_path(value, "a.b.0.c") == 1
    assert at_path(value, "a.b") == 2
    for path in ("x", "a.x", "a.b.1", "a.b.0.c.d", "a.b.-1"):
        with pytest.raises(KeyError):
            at_path(value, path)


def test_matching() -> None:
    assert perfect_matching([]) == []
    assert perfect_matching([[True, True], [True, False]]) == [1, 0]
    assert perfect_matching([[True, False], [True, False]]) is None
    assert perfect_matching([[False]]) is None
