from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from harness.data import generate as module
from harness.data.generate import find_generator, generate, generator, generator_names
from harness.errors import DataError


@pytest.fixture(autouse=True)
def dice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_registry", {})

    @generator("dice")
    def roll(*, seed: int, count: int, sides: int, colour: str = "red") -> Iterator[dict[str, Any]]:
        for index in range(count if sides > 1 else 1):
            if sides == 13:
                raise ValueError("no such die")
            yield {"seed": seed, "index": index, "sides": sides, "colour": colour}

    @generator("anything")
    def anything(*, seed: int = 7, count: int = 2, **more: Any) -> list[dict[str, Any]]:
        return [{"seed": seed, **more}] * count


def test_rows_of_a_generator() -> None:
    rows = generate("dice", {"sides": 6, "count": 3, "seed": 5}, "test")
    assert rows == [{"seed": 5, "index": i, "sides": 6, "colour": "red"} for i in range(3)]
    assert generate("dice", {"sides": 6, "count": 3, "seed": 5}, "test", limit=2) == rows[:2]
    assert len(generate("dice", {"sides": 6}, "test")) == 100
    assert generate("anything", {"x": 1}, "test") == [{"seed": 7, "x": 1}] * 2


def test_another_split_has_another_seed() -> None:
    seeds = {generate("dice", {"sides": 6, "seed": 5}, split)[0]["seed"] for split in ("test", "train", "dev")}
    assert len(seeds) == 3
    assert 5 in seeds
    assert generate("dice", {"sides": 6}, "train") == generate("dice", {"sides": 6}, "train")


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("dcie", {}, "there is no generator 'dcie'; did you mean 'dice'?"),
        ("dice", {"sidse": 6}, "generator 'dice': unknown parameter 'sidse'; did you mean 'sides'?"),
        ("dice", {"zzz": 6}, "unknown parameter 'zzz'; it takes seed, count, sides, colour"),
        ("dice", {}, "the parameter 'sides' is needed"),
        ("dice", {"sides": 6, "count": 0}, "'count' must be a whole number above 0, not 0"),
        ("dice", {"sides": 6, "count": True}, "'count' must be a whole number"),
        ("dice", {"sides": 6, "seed": "x"}, "'seed' must be a whole number, not 'x'"),
        ("dice", {"sides": 1}, "gave 1 rows, and 'count' is 100"),
        ("dice", {"sides": 13}, "generator 'dice': no such die; look at 'params'"),
        ("dice", {"sides": "six"}, "look at 'params'"),
    ],
)
def test_mistakes(name: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        generate(name, params, "test")
    assert message in str(caught.value)


def test_built_in_generators_are_listed_without_importing_them() -> None:
    assert {"microworlds", "dice"} <= set(generator_names())
    assert "microworlds" not in module._registry


def test_a_plugin_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint(name="broken", value="no_such_module:rows", group="harness.generators")
    monkeypatch.setattr(module.metadata, "entry_points", lambda **_: [point])
    with pytest.raises(DataError, match="its plugin no_such_module:rows fails: No module named 'no_such_module'"):
        find_generator("broken")


def test_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name = "plugin"

        def load(self) -> object:
            return lambda *, seed, count: [{"seed": seed}] * count

    def entry_points(group: str, name: str | None = None) -> list[Point]:
        return [Point()] if group == "harness.generators" and name in (None, "plugin") else []

    monkeypatch.setattr(module.metadata, "entry_points", entry_points)
    assert "plugin" in generator_names()
    assert generate("plugin", {"count": 2}, "test") == [{"seed": 0}] * 2
    assert callable(find_generator("plugin"))
