from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from harness.cards.columns import Filter
from harness.data.filters import compile_filter
from harness.errors import CardError, DataError

_ADAPTER: TypeAdapter[Any] = TypeAdapter(Filter)
ROWS: list[dict[str, Any]] = [
    {"kind": "a", "n": 1, "note": None, "meta": {"level": "easy"}, "tags": []},
    {"kind": "b", "n": 2, "note": "", "meta": {"level": "hard"}, "tags": ["x"]},
    {"kind": "c", "n": 3.5, "note": "null", "meta": {"level": "hard"}, "tags": ["x", "y"]},
]


def kept(spec: dict[str, Any], rows: list[dict[str, Any]] = ROWS) -> str:
    keep = compile_filter(_ADAPTER.validate_python(spec), "card")
    return "".join(row["kind"] for row in rows if keep(row))


@pytest.mark.parametrize(
    ("spec", "kinds"),
    [
        ({}, "abc"),
        ({"kind": "b"}, "b"),
        ({"n": 1}, "a"),
        ({"n": "1"}, "a"),
        ({"note": None}, "a"),
        ({"note": "null"}, "c"),
        ({"meta.level": "hard"}, "bc"),
        ({"meta.level": "hard", "n": 2}, "b"),
        ({"kind": {"not_equals": "b"}}, "ac"),
        ({"note": {"equals": None}}, "a"),
        ({"note": {"not_equals": None}}, "bc"),
        ({"kind": {"one_of": ["a", "c"]}}, "ac"),
        ({"kind": {"none_of": ["a", "c"]}}, "b"),
        ({"n": {"min": 2}}, "bc"),
        ({"n": {"min": 1.5, "max": 3}}, "b"),
        ({"kind": {"matches": "^[ab]$"}}, "ab"),
        ({"note": {"matches": "."}}, "c"),
        ({"note": {"empty": True}}, "ab"),
        ({"tags": {"empty": False}}, "bc"),
        ({"expr": "n > 1 and kind != 'c'"}, "b"),
        ({"expr": "row['n'] > 1", "kind": "c"}, "c"),
    ],
)
def test_filters(spec: dict[str, Any], kinds: str) -> None:
    assert kept(spec) == kinds


def test_true_is_not_one() -> None:
    rows = [{"kind": "t", "flag": True}, {"kind": "i", "flag": 1}]
    assert kept({"flag": True}, rows) == "t"
    assert kept({"flag": 1}, rows) == "i"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"knid": "a"}, "card: filter.knid: there is no column 'knid'; did you mean 'kind'?"),
        ({"kind": {"min": 1}}, "card: filter.kind: 'min' and 'max' need a number, and this is 'a'"),
    ],
)
def test_rows_that_cannot_be_tested(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        kept(spec)
    assert message in str(caught.value)


@pytest.mark.parametrize("spec", [{"kind": {"matches": "("}}, {"kind": {}}, {"expr": "n >"}, {"expr": True}])
def test_bad_filters_are_the_cards_fault(spec: dict[str, Any]) -> None:
    with pytest.raises(CardError, match="card"):
        compile_filter(_ADAPTER.validate_python(spec), "card")


def test_a_regular_expression_that_explodes_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.data.filters.REGEX_SECONDS", 0.05)
    with pytest.raises(DataError, match="takes more than"):
        kept({"kind": {"matches": "^(a|a|aa)+$"}}, [{"kind": "a" * 60 + "!"}])
