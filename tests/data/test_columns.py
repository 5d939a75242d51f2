from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from harness.cards.columns import ColumnMap
from harness.data.columns import compile_columns, compile_map, expand_pattern
from harness.errors import CardError, DataError, PromptError

_ADAPTER: TypeAdapter[Any] = TypeAdapter(ColumnMap)


def field(spec: Any, row: dict[str, Any]) -> Any:
    return compile_map(_ADAPTER.validate_python(spec), "card: columns.x")(row)


ARC = {"answerKey": "B", "choices": {"text": ["w", "x", "y"], "label": ["A", "B", "C"]}}


@pytest.mark.parametrize(
    ("spec", "row", "value"),
    [
        ("a", {"a": 1}, 1),
        (["a", "b"], {"a": 1, "b": 2}, [1, 2]),
        ({"constant": ["yes", "no"]}, {}, ["yes", "no"]),
        ({"pattern": "ending[0-3]"}, {f"ending{i}": str(i) for i in range(4)}, ["0", "1", "2", "3"]),
        ({"pattern": "opt_[a-d]"}, {f"opt_{c}": c for c in "abcd"}, list("abcd")),
        ({"pattern": "opt_[a-e]"}, {**{f"opt_{c}": c for c in "abcd"}, "opt_e": None}, list("abcd")),
        ({"concat": ["a", "b"], "sep": " "}, {"a": "x", "b": 2}, "x 2"),
        ({"concat": ["a", "b"], "sep": " "}, {"a": "x", "b": None}, "x "),
        ({"concat": [["right"], "wrong"]}, {"right": "r", "wrong": ["u", "v"]}, ["r", "u", "v"]),
        ({"concat": [{"constant": "Q: "}, "q"]}, {"q": "why"}, "Q: why"),
        ({"expr": "a ~ '!' if b else a"}, {"a": "x", "b": True}, "x!"),
        ({"expr": "row['Best Answer']"}, {"Best Answer": "x"}, "x"),
        ({"column": "label", "map": {"true": 1, "false": 0}}, {"label": True}, 1),
        ({"column": "label", "map": {"1": "one"}}, {"label": 1.0}, "one"),
        ({"column": "labels", "map": {"a": 0, "b": 1}}, {"labels": ["b", "a"]}, [1, 0]),
        ({"column": "answerKey", "index_of": "choices.label"}, ARC, 1),
        (
            {"column": "answerKey", "index_of": "choices.label"},
            {"answerKey": "3", "choices": {"label": ["1", "2", "3", "4"]}},
            2,
        ),
        ({"column": "key", "index_of": "options"}, {"key": 5, "options": [4, 5]}, 1),
        ({"column": "answer", "index_of": "ABCDE"}, {"answer": "D"}, 3),
        ({"column": "answer", "index_of": ["no", "yes"]}, {"answer": "yes"}, 1),
        ({"column": "answers", "index_of": "ABCDE"}, {"answers": ["D", "A"]}, [3, 0]),
        ({"column": "label", "offset": -1}, {"label": 3}, 2),
        ({"column": "label", "offset": -1}, {"label": "2"}, 1),
        ({"column": "label", "offset": 1}, {"label": 2.0}, 3),
        ({"column": "labels", "offset": -1}, {"labels": [1, 4]}, [0, 3]),
        ({"column": "labels", "where": "1"}, {"labels": [1, 0, 1]}, [0, 2]),
        ({"column": "scores", "keys": True}, {"scores": {"yes": 1, "no": 0}}, ["yes", "no"]),
        ({"column": "scores", "where": "1"}, {"scores": {"no": 0, "yes": 1.0}}, [1]),
        ({"column": "scores", "keys": True}, {"scores": {"yes": 1, "of another row": None, "no": 0}}, ["yes", "no"]),
        ({"column": "scores", "where": "0"}, {"scores": {"yes": 1, "of another row": None, "no": 0}}, [1]),
        ({"column": "a", "keys": True, "map": {"x": 0, "y": 1}}, {"a": {"y": "?", "x": "?"}}, [1, 0]),
        ({"column": "x", "map": {"c": "B"}, "index_of": "ABC", "offset": 10}, {"x": "c"}, 11),
    ],
)
def test_maps(spec: Any, row: dict[str, Any], value: object) -> None:
    assert field(spec, row) == value


@pytest.mark.parametrize(
    ("spec", "row", "message"),
    [
        ("questoin", {"question": 1}, "card: columns.x: there is no column 'questoin'; did you mean 'question'?"),
        ({"column": "a", "map": {"x": 0}}, {"a": "y"}, "'a' is 'y', which 'map' does not have; its keys: 'x'"),
        ({"column": "a", "index_of": "ABC"}, {"a": "E"}, "'a' is 'E', which is not among 'A', 'B', 'C'"),
        ({"column": "a", "index_of": "lables"}, {"a": "q", "labels": []}, "'index_of: lables' is no column"),
        ({"column": "a", "index_of": "b"}, {"a": "q", "b": "text"}, "'index_of: b' is 'text' and not a list"),
        ({"column": "a", "index_of": "b"}, {"a": "q", "b": []}, "not among nothing"),
        ({"column": "a", "offset": 1}, {"a": "x1"}, "'offset' needs an integer"),
        ({"column": "a", "offset": 1}, {"a": True}, "'offset' needs an integer"),
        ({"column": "a", "where": "1"}, {"a": 1}, "is 1 and not a list or a map"),
        ({"column": "a", "where": "1"}, {"a": "101"}, "is '101' and not a list or a map"),
        ({"column": "a", "keys": True}, {"a": ["x"]}, "is ['x'] and not a map"),
        ({"concat": ["a", "b"]}, {"a": "x", "b": ["y"]}, "write [column] for a list of one"),
        ({"pattern": "option[0-1]"}, {"option0": 1}, "no column 'option1'; did you mean 'option0'?"),
    ],
)
def test_rows_that_do_not_fit(spec: Any, row: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        field(spec, row)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_expression_that_fails_on_a_row() -> None:
    with pytest.raises(PromptError, match=r"card: columns\.x.*'c'"):
        field({"expr": "a ~ c"}, {"a": 1})


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [
        ("x[0-2]", ["x0", "x1", "x2"]),
        ("x[8-11]", ["x8", "x9", "x10", "x11"]),
        ("x[08-10]", ["x08", "x09", "x10"]),
        ("x[abd]", ["xa", "xb", "xd"]),
        ("x[A-C]y", ["xAy", "xBy", "xCy"]),
        ("x[a-cx]", ["xa", "xb", "xc", "xx"]),
        ("[ab][1-2]", ["a1", "a2", "b1", "b2"]),
    ],
)
def test_patterns(pattern: str, columns: list[str]) -> None:
    assert list(expand_pattern(pattern, "card")) == columns


@pytest.mark.parametrize("pattern", ["plain", "x[]", "x[3-1]", "x[d-a]", "x[aa]", "x[0-99][0-99]", "x[0-999999]"])
def test_bad_patterns_are_the_cards_fault(pattern: str) -> None:
    with pytest.raises(CardError, match="pattern"):
        expand_pattern(pattern, "card")


@given(st.integers(0, 300), st.integers(0, 300))
def test_number_ranges_are_whole(first: int, more: int) -> None:
    assert expand_pattern(f"x[{first}-{first + more}]", "c") == tuple(f"x{n}" for n in range(first, first + more + 1))


def test_a_bad_expression_is_found_before_any_row() -> None:
    with pytest.raises(CardError):
        compile_columns({"x": _ADAPTER.validate_python({"expr": "a +"})}, "card")


def test_a_simple_field_takes_less_than_five_microseconds() -> None:
    names = ("question", "choices", "answer")
    apply = compile_columns({name: name for name in names}, "card")
    row = dict.fromkeys(names, "x")
    best = min(_seconds(apply, row, 2_000) for _ in range(5))
    assert best / 2_000 / len(names) < 5e-6


def _seconds(apply: Any, row: dict[str, Any], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        apply(row)
    return time.process_time() - start
