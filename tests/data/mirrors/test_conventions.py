from __future__ import annotations

from pathlib import Path

import pytest

from harness.data.mirrors.base import Found, Lacking
from harness.data.mirrors.conventions import find


def files(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return root


@pytest.mark.parametrize(
    ("there", "config", "split", "expected"),
    [
        # The hub's own rules.
        (["data/test-00000-of-00002.parquet", "data/test-00001-of-00002.parquet", "data/train-00000-of-00001.parquet"],
         None, "test", ["data/test-00000-of-00002.parquet", "data/test-00001-of-00002.parquet"]),
        (["train/x.csv", "test/y.csv", "test/z.csv"], None, "test", ["test/y.csv", "test/z.csv"]),
        (["train.jsonl", "dev.jsonl", "eval.jsonl"], None, "validation", ["dev.jsonl"]),
        (["train.jsonl", "dev.jsonl", "eval.jsonl"], "default", "test", ["eval.jsonl"]),
        (["my-train-file.csv", "my_test.csv"], None, "test", ["my_test.csv"]),
        (["latest.jsonl", "test.jsonl"], None, "test", ["test.jsonl"]),
        # Configurations as folders or beginnings.
        (["x/test-00000-of-00001.parquet", "y/test-00000-of-00001.parquet"], "y", "test",
         ["y/test-00000-of-00001.parquet"]),
        (["x/test.jsonl", "y/test.jsonl"], "x", "test", ["x/test.jsonl"]),
        (["data/x/test.jsonl", "data/y/test.jsonl"], "x", "test", ["data/x/test.jsonl"]),
        (["x_test.csv", "y_test.csv", "x_train.csv"], "x", "test", ["x_test.csv"]),
        (["x-test-00000-of-00001.parquet", "x-y-test-00000-of-00001.parquet"], "x", "test",
         ["x-test-00000-of-00001.parquet"]),
        (["sat-en.jsonl", "sat-en-without-passage.jsonl"], "sat-en", "test", ["sat-en.jsonl"]),
        # What `save_to_disk` writes.
        (["main/test/data-00000-of-00001.arrow", "main/test/state.json", "main/test/cache-9.arrow",
          "main/train/data-00000-of-00001.arrow"], "main", "test", ["main/test/data-00000-of-00001.arrow"]),
        # A split's own name goes before what it stands for.
        (["dev.jsonl", "validation.jsonl"], None, "dev", ["dev.jsonl"]),
        (["dev.jsonl", "validation.jsonl"], None, "validation", ["validation.jsonl"]),
        # The same rows in two formats.
        (["test.jsonl", "test.parquet"], None, "test", ["test.parquet"]),
        (["test.jsonl.gz", "README.md", "config.json", ".hidden/test.jsonl"], None, "test", ["test.jsonl.gz"]),
    ],
)  # fmt: skip
def test_conventions(tmp_path: Path, there: list[str], config: str | None, split: str, expected: list[str]) -> None:
    found = find(files(tmp_path, *there), config, split)
    assert isinstance(found, Found), found
    assert [file.relative_to(tmp_path).as_posix() for file in found.files] == expected
    assert all("tells no split" in note for note in found.notes)


@pytest.mark.parametrize(
    ("there", "config", "split", "reason"),
    [
        ([], None, "test", "has a folder without files of rows"),
        (["test.txt"], None, "test", "has a folder without files of rows"),
        (["train.csv", "test.csv"], None, "validation", "has only the split 'test', 'train'"),
        (["x/test.csv"], "y", "test", "has nothing called 'y'; it has 'x'"),
        (["x/test.csv", "y/test.csv"], None, "test", "of which the card must name one: 'x', 'y'"),
        (["questions.json", "answers.json"], None, "test", "names tell no split ('answers.json', 'questions.json')"),
        (["rows.csv"], None, "validation", "names tell no split ('rows.csv')"),
    ],
)
def test_what_is_not_there(tmp_path: Path, there: list[str], config: str | None, split: str, reason: str) -> None:
    found = find(files(tmp_path, *there), config, split)
    assert isinstance(found, Lacking), found
    assert reason in found.reason


def test_a_lone_file_that_names_no_split_is_taken_with_a_note(tmp_path: Path) -> None:
    for split in ("train", "test"):
        found = find(files(tmp_path, "x/rows.csv"), "x", split)
        assert isinstance(found, Found)
        assert found.notes == (f"x/rows.csv: its name tells no split; it is taken as '{split}'",)
