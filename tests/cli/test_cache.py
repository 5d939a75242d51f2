"""`harness cache`: what is kept, and what may go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.main import cli
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Response


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for part in range(3):
        with ResponseStore(tmp_path / "store") as opened:
            for i in range(4):
                opened.put(f"{part * 10 + i:064x}", Response(text="yes"), "a" * 64, "small")
            opened.put(f"{part * 10 + 9:064x}", Response.failed(ErrorKind.UNAVAILABLE, "503"), "a" * 64, "small")
    return tmp_path / "store"


def run(store: Path, *args: str) -> str:
    result = CliRunner().invoke(cli, ["cache", "--store", str(store), *args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_size_shows_models_and_counts(store: Path) -> None:
    assert "small (aaaaaaaa): 12 answers, 3 errors" in run(store, "size")
    assert json.loads(run(store, "size", "--json"))["answers"] == 12


def test_compact_and_prune(store: Path) -> None:
    assert "joined 3 segments into 1 (15 records)" in run(store, "compact")
    assert "removed 3 records" in run(store, "prune", "--errors")
    assert "kept 12" in run(store, "prune", "--older-than", "1d")
    assert "removed 12 records" in run(store, "prune", "--model", "small")
    assert run(store, "path").strip() == str(store)


def test_prune_asks_what_may_go(store: Path) -> None:
    result = CliRunner().invoke(cli, ["cache", "--store", str(store), "prune"])
    assert result.exit_code == 2
    assert "say what may go" in result.output
