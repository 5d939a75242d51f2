"""A folder of cards that a test writes and loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from harness.cards.find import CardIndex
from harness.cards.hashes import Hashes, hash_card
from harness.cards.load import LoadedCard, load_card

# Seven lines: what a test adds begins on line 8.
GENERATE = """\
name: x
about: A card.
dataset: {files: x.jsonl}
columns: {question: q, answer: a}
ask: generate
prompt: "{{ question }}"
metrics: [exact_match]
"""
CHOOSE = """\
name: x
about: A card.
dataset: {files: x.jsonl}
columns: {question: q, answer: a, choices: c}
ask: choose
prompt: "{{ question }}"
metrics: [accuracy]
"""


@dataclass
class Folder:
    path: Path

    def write(self, name: str, text: str) -> Path:
        file = self.path / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
        return file

    def base(self, name: str, extra: str = "") -> Path:
        """Write a complete card under another name."""
        return self.write(name, GENERATE.replace("name: x", f"name: {name.rpartition('/')[2]}") + dedent(extra))

    def index(self) -> CardIndex:
        return CardIndex([self.path])

    def load(self, text: str | None = None, ref: str = "x", overrides: Mapping[str, Any] | None = None) -> LoadedCard:
        """Load a card; ``text`` is first written as ``x.yaml``."""
        if text is not None:
            self.write("x", text)
        return load_card(ref, self.index(), overrides)

    def extended(self, extra: str, ref: str = "x", overrides: Mapping[str, Any] | None = None) -> LoadedCard:
        """Load a complete card with some more lines."""
        return self.load(GENERATE + dedent(extra), ref, overrides)

    def hashes(self, text: str, ref: str = "x", overrides: Mapping[str, Any] | None = None) -> Hashes:
        return hash_card(self.load(text, ref, overrides))
