"""The cards that the command line's tests break."""

from __future__ import annotations

import json
from pathlib import Path

CHOOSE = """\
name: cities
about: Cities.
dataset: {files: ../cities.jsonl}
columns: {question: q, choices: choices, answer: gold}
ask: choose
prompt: "{{ question }}\\n{{ options }}Answer:"
metrics: [accuracy]
"""


def change(project: Path, old: str, new: str, card: str = "capitals") -> None:
    """Replace a part of a card."""
    path = project / f"tasks/{card}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def write_cities(project: Path, *rows: dict[str, object], card: str = CHOOSE) -> None:
    """Write a multiple-choice card and its data; the last row is the one to look at."""
    good = {"q": "Capital of France?", "choices": ["Rome", "Paris"], "gold": 1}
    (project / "cities.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (good, *rows)))
    (project / "tasks/cities.yaml").write_text(card)
