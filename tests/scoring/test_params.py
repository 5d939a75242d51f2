from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from harness.errors import CardError
from harness.scoring.params import construct, parameter_names, split_step


@dataclass(frozen=True)
class Thing:
    text: str
    from_: int = 0
    share: float = 0.5
    flag: bool = False
    kind: Literal["a", "b"] = "a"
    listed: tuple[str, ...] = ()
    maybe: int | str | None = None

    def __post_init__(self) -> None:
        if self.share > 1:
            raise ValueError("'share' is at most 1")


class Bare:
    pass


def make(**values: Any) -> Thing:
    return construct(Thing, values, "thing 'x'", "card.yaml:3:1")


def test_values_keep_their_types() -> None:
    thing = make(text="t", **{"from": 3}, share=1, listed=["p", "q"], maybe="m")
    assert thing == Thing("t", 3, 1.0, False, "a", ("p", "q"), "m")
    assert isinstance(thing.share, float)
    assert parameter_names(Thing) == ("text", "from", "share", "flag", "kind", "listed", "maybe")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "thing 'x' needs 'text'"),
        ({"text": 1}, "'text' should be a valid string, not 1"),
        ({"text": "t", "flag": 1}, "'flag' should be a valid boolean, not 1"),
        ({"text": "t", "flag": "yes"}, "'flag' should be a valid boolean, not 'yes'"),
        ({"text": "t", "from": "3"}, "'from' should be a valid integer, not '3'"),
        ({"text": "t", "from": True}, "'from' should be a valid integer, not True"),
        ({"text": "t", "kind": "c"}, "'kind' should be 'a' or 'b', not 'c'"),
        ({"text": "t", "listed": "p"}, "'listed' should be a valid array, not 'p'"),
        ({"text": "t", "shar": 1}, "thing 'x' has no parameter 'shar'; did you mean 'share'"),
        ({"text": "t", "zzz": 1}, "it has: text, from, share"),
        ({"text": "t", "from_": 1}, "has no parameter 'from_'; did you mean 'from'"),
        ({"text": "t", "share": 2}, "thing 'x': 'share' is at most 1"),
        ({"text": object()}, "'text' is not plain data"),
    ],
)
def test_a_wrong_parameter_is_one_line(values: dict[str, Any], says: str) -> None:
    with pytest.raises(CardError) as caught:
        make(**values)
    assert says in str(caught.value)
    assert str(caught.value).startswith("card.yaml:3:1: ")
    assert "\n" not in str(caught.value)


def test_a_class_without_parameters() -> None:
    assert isinstance(construct(Bare, {}, "bare", ""), Bare)
    with pytest.raises(CardError, match="has no parameter 'x'; it has none"):
        construct(Bare, {"x": 1}, "bare", "")


def test_split_step() -> None:
    assert split_step("f1", "metric", "") == ("f1", None)
    assert split_step({"f1": "squad_v1"}, "metric", "") == ("f1", "squad_v1")
    assert split_step({"f1": {"a": 1}}, "metric", "") == ("f1", {"a": 1})
    with pytest.raises(CardError, match="one metric has the keys 'f1', 'preset'; each metric is an item"):
        split_step({"f1": None, "preset": "x"}, "metric", "here")
    for wrong in (3, None, [], {}, {1: 2}):
        with pytest.raises(CardError, match="a metric is a name or"):
            split_step(wrong, "metric", "here")
