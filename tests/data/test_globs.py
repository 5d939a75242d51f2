from __future__ import annotations

from pathlib import Path

import pytest

from harness.data.globs import matching_files, stays_inside


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.jsonl", ["b.jsonl"]),
        ("**/*.jsonl", ["a/c.jsonl", "b.jsonl"]),
        ("a/**", ["a/[1].csv", "a/c.jsonl"]),
        ("a/[1].csv", ["a/[1].csv"]),
        ("**.jsonl", ["b.jsonl"]),
        ("none/*", []),
    ],
)
def test_matching_files(tmp_path: Path, pattern: str, names: list[str]) -> None:
    (tmp_path / "a").mkdir()
    for name in ("a/c.jsonl", "b.jsonl", "a/[1].csv", ".hidden.jsonl"):
        (tmp_path / name).write_text("")
    assert [path.relative_to(tmp_path).as_posix() for path in matching_files(tmp_path, pattern)] == names


def test_stays_inside() -> None:
    assert stays_inside("a/b*.csv")
    assert not any(stays_inside(path) for path in ("", "/a", "../a", "a/../../b"))
