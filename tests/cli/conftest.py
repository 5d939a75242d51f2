"""A small project, a loopback server, and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Harness
from tests.support.fake_openai import FakeOpenAI


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A server that answers 'Paris' where the prompt holds France and 'Rome' elsewhere."""
    with FakeOpenAI(reply=lambda prompt: "Paris" if "France" in prompt else "Rome") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one card and its data."""
    (tmp_path / "tasks").mkdir()
    rows = [{"country": c, "capital": k} for c, k in (("France", "Paris"), ("Italy", "Rome"), ("Peru", "Lima"))]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "tasks/capitals.yaml").write_text(
        "name: capitals\nabout: Capitals.\nrandom_baseline: 0.1\n"
        "dataset: {files: ../rows.jsonl}\nid: country\n"
        "columns: {country: country, answer: capital}\nask: generate\n"
        'prompt: "Capital of {{ country }}?"\nmetrics: [exact_match]\nsubsets: {by: country}\n'
    )
    return tmp_path


@pytest.fixture
def harness(project: Path, capsys: pytest.CaptureFixture[str]) -> Harness:
    """The command line in the project's folder."""
    return Harness(project, capsys)
