"""The JSON Schema says what the loader says: an editor shows the same mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness import builtin
from harness.cards import yaml
from harness.cards.jsonschema import card_schema

VALIDATOR = jsonschema.Draft202012Validator(card_schema())
CARDS = sorted(builtin.folder("tasks").rglob("*.yaml"))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(card_schema())


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_every_built_in_card_fits(path: Path) -> None:
    value = yaml.load(path).value
    value.setdefault("name", "base")  # a base has none
    errors = [error.message for error in VALIDATOR.iter_errors(json.loads(json.dumps(value)))]
    assert errors == []


@pytest.mark.parametrize(
    "change",
    [
        {"promt": "x"},
        {"ask": "chose"},
        {"shots": {"count": -1}},
        {"columns": {"answer": {"column": "a", "indexof": "b"}}},
        {"generation": {"temperature": "hot"}},
        {"tasks": []},
    ],
)
def test_a_wrong_card_does_not(change: dict[str, Any]) -> None:
    card = {
        "name": "x",
        "about": "X.",
        "dataset": {"files": "x.jsonl"},
        "columns": {"question": "q"},
        "ask": "generate",
    }
    assert VALIDATOR.is_valid(card)
    assert not VALIDATOR.is_valid({**card, **change})


def test_every_key_is_explained() -> None:
    bare = [
        f"{name}.{key}"
        for name, definition in card_schema()["$defs"].items()
        for key, schema in definition.get("properties", {}).items()
        if "description" not in schema
    ]
    assert bare == []
