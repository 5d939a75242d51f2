from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.data.files import read_files
from harness.data.mirrors.base import Found, Lacking
from harness.data.mirrors.find import Mirrors
from harness.data.mirrors.folder import FolderMirror
from harness.data.mirrors.layout import find_split
from harness.errors import DataError


@pytest.fixture
def mirror(tmp_path: Path) -> FolderMirror:
    (tmp_path / "hub/org/quiz").mkdir(parents=True)
    (tmp_path / "hub/org/quiz/test.jsonl").write_text('{"q": 1}\n')
    (tmp_path / "test.jsonl").write_text('{"q": "outside"}\n')
    return FolderMirror(tmp_path / "hub", "hub")


def test_a_folder_answers_for_hub_names(mirror: FolderMirror) -> None:
    found = mirror.split("org/quiz", None, "test")
    assert isinstance(found, Found)
    assert found.shown == "org/quiz/test.jsonl"
    assert mirror.split("org/other", None, "test") == Lacking()
    assert mirror.split("org/quiz", None, "train") == Lacking("has only the split 'test'")


@pytest.mark.parametrize("hub", ["..", "org/../..", "../hub", "/etc", ".", "org/quiz/..", ""])
def test_a_hub_name_does_not_lead_out_of_the_mirror(mirror: FolderMirror, hub: str) -> None:
    assert mirror.split(hub, None, "test") == Lacking()
    assert mirror.files(hub, "test.jsonl") == Lacking()


def test_single_files(mirror: FolderMirror) -> None:
    found = mirror.files("org/quiz", "*.jsonl")
    assert isinstance(found, Found)
    assert [file.name for file in found.files] == ["test.jsonl"]
    assert mirror.files("org/quiz", "x.csv") == Lacking("has no file 'x.csv' of org/quiz")


def test_the_order_of_mirrors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_MIRRORS", os.pathsep.join(["b", str(tmp_path / "c"), ""]))
    names = [mirror.name for mirror in Mirrors(["a"])]
    assert names[:3] == ["a", "b", str(tmp_path / "c")]
    with pytest.raises(DataError, match="--mirror: there is no folder 'zz'"):
        Mirrors(["zz"])
    monkeypatch.setenv("HARNESS_MIRRORS", "zz")
    with pytest.raises(DataError, match="HARNESS_MIRRORS: there is no folder 'zz'"):
        Mirrors([])


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


# Parquet with and without configurations, JSON Lines, structs, lists of objects, CSV without front matter.
READABLE = [
    ("cais/mmlu", "anatomy", "dev"),
    ("allenai/ai2_arc", "ARC-Easy", "test"),
    ("TIGER-Lab/MMLU-Pro", None, "test"),
    ("truthfulqa/truthful_qa", "multiple_choice", "validation"),
    ("lukaemon/bbh", "navigate", "test"),
    ("BBEH/bbeh", "mini", "test"),
    ("juletxara/mgsm", "sw", "test"),
    ("google/IFEval", None, "train"),
    ("microsoft/AGIEval", "sat-en", "test"),
    ("reasoning-machines/gsm-hard", None, "train"),
    ("nyu-mll/crows_pairs", None, "train"),
]


@pytest.mark.shared
def test_the_library_reads_the_same_rows(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    datasets.disable_progress_bars()
    for hub, config, split in READABLE:
        folder = shared / "data/hub" / hub
        theirs = datasets.load_dataset(str(folder), config, split=split, cache_dir=str(tmp_path)).to_list()
        found = find_split(folder, config, split)
        assert isinstance(found, Found), found
        # The library fills objects of unequal keys with nulls; ours are as the file has them.
        assert _without_nulls(read_files(found.files)) == _without_nulls(theirs), hub


@pytest.mark.shared
def test_every_split_that_a_readme_names_loads(shared: Path) -> None:
    """With the row counts of the mirror's own list."""
    from harness.data.mirrors.layout import _read_configs

    sizes: dict[str, int] = {}
    for folder in sorted((shared / "data/hub").glob("*/*")):
        for config in _read_configs(folder):
            for split in config.patterns or {}:
                found = find_split(folder, config.name, split)
                assert isinstance(found, Found), (folder, config.name, split)
                name = folder.relative_to(shared / "data/hub").as_posix()
                sizes[name] = sizes.get(name, 0) + len(read_files(found.files))
    readmes = (shared / "data/hub").glob("*/*/README.md")
    assert len(sizes) == sum("\nconfigs:\n" in readme.read_text() for readme in readmes)
    assert sizes["cais/mmlu"] == 14042 + 1531 + 285
    assert sizes["lukaemon/bbh"] == 6511
    assert sizes["TIGER-Lab/MMLU-Pro"] == 12032
    assert sizes["openai/gsm8k"] == 7473 + 1319 + 1319
    assert sizes["juletxara/mgsm"] == 11 * 250
    assert sizes["google/IFEval"] == 541
