from __future__ import annotations

from pathlib import Path

import pytest

from harness.data.mirrors.base import Found, Lacking
from harness.data.mirrors.layout import find_split


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a/test-0.jsonl", "a/test-1.jsonl", "a/train.jsonl", "b/all.jsonl", "b/deep/more.jsonl", "lone.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
    return tmp_path


def readme(root: Path, configs: str) -> None:
    (root / "README.md").write_text(f"---\nlicense: mit\nconfigs:\n{configs}---\n# A data set\n---\n")


def names(found: Found | Lacking) -> list[str]:
    assert isinstance(found, Found), found
    return [file.relative_to(found.root).as_posix() for file in found.files]


def reason(found: Found | Lacking) -> str:
    assert isinstance(found, Lacking), found
    return found.reason


FORMS = {
    "a list of splits": "- config_name: x\n  data_files:\n  - split: test\n    path: a/test-*\n",
    "a list of paths of a split": (
        "- config_name: x\n  data_files:\n  - split: test\n    path: [a/test-0.jsonl, a/test-1.jsonl]\n"
    ),
    "a map of splits": "- config_name: x\n  data_files: {test: a/test-*, train: a/train.jsonl}\n",
    "a folder": "- config_name: x\n  data_dir: a\n  data_files: {test: test-*}\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_of_data_files(root: Path, form: str) -> None:
    readme(root, FORMS[form])
    for config in ("x", None):
        assert names(find_split(root, config, "test")) == ["a/test-0.jsonl", "a/test-1.jsonl"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ("lone.csv", ["lone.csv"]),
        ("[lone.csv, a/train.jsonl]", ["lone.csv", "a/train.jsonl"]),
        ("b/*", ["b/all.jsonl"]),
        ("b/**", ["b/all.jsonl", "b/deep/more.jsonl"]),
        ("a/tr**.jsonl", ["a/train.jsonl"]),
    ],
)
def test_files_without_a_split_are_train(root: Path, files: str, found: list[str]) -> None:
    readme(root, f"- config_name: default\n  data_files: {files}\n")
    assert names(find_split(root, None, "train")) == found
    assert reason(find_split(root, None, "test")) == "has only the split 'train'"


def test_a_folder_alone_is_searched_by_convention(root: Path) -> None:
    readme(root, "- config_name: x\n  data_dir: a\n- config_name: y\n  data_dir: b\n")
    assert names(find_split(root, "x", "train")) == ["train.jsonl"]


def test_which_configuration(root: Path) -> None:
    two = "- config_name: x\n  data_files: {test: a/test-*}\n- config_name: y\n  data_files: {test: lone.csv}\n"
    readme(root, two)
    assert names(find_split(root, "y", "test")) == ["lone.csv"]
    assert reason(find_split(root, None, "test")) == (
        "has several configurations, of which the card must name one: 'x', 'y'"
    )
    assert reason(find_split(root, "zz", "test")) == "has only the configuration 'x', 'y'"
    readme(root, two.replace("name: y", "name: winogrande_xl\n  default: true"))
    assert names(find_split(root, None, "test")) == ["lone.csv"]
    assert "did you mean 'winogrande_xl'?" in reason(find_split(root, "winogrande_x", "test"))


def test_a_configuration_called_no_is_a_name(root: Path) -> None:
    readme(root, "- config_name: no\n  data_files: {test: lone.csv}\n")
    assert names(find_split(root, "no", "test")) == ["lone.csv"]


def test_only_splits_whose_files_are_there_count(root: Path) -> None:
    readme(root, "- config_name: x\n  data_files: {test: a/test-*, dev: a/dev-*}\n")
    assert reason(find_split(root, "x", "dev")) == "has only the split 'test'"
    readme(root, "- config_name: x\n  data_files: {dev: a/dev-*}\n")
    assert reason(find_split(root, "x", "dev")) == "has none of the files that its README names"


def test_patterns_stay_in_the_folder(root: Path) -> None:
    inner = root / "inner"
    inner.mkdir()
    readme(inner, "- config_name: x\n  data_dir: ..\n  data_files: {test: lone.csv}\n")
    assert isinstance(find_split(inner, "x", "test"), Lacking)
    for pattern in ("../lone.csv", str(root / "lone.csv"), "https://example.org/x.csv", "a/../../lone.csv"):
        readme(inner, f"- config_name: x\n  data_files: {{test: '{pattern}'}}\n")
        assert isinstance(find_split(inner, "x", "test"), Lacking)


@pytest.mark.parametrize(
    "text",
    ["# no front matter", "---\nconfigs: [a: [\n---\n", "---\nlicense: mit\n---\n", "---\nconfigs: text\n---\n", ""],
)
def test_a_readme_that_says_nothing_leaves_it_to_the_names(root: Path, text: str) -> None:
    (root / "README.md").write_text(text)
    assert names(find_split(root, "a", "train")) == ["a/train.jsonl"]


def test_a_changed_readme_is_read_again(root: Path) -> None:
    readme(root, "- config_name: x\n  data_files: {test: lone.csv}\n")
    assert names(find_split(root, "x", "test")) == ["lone.csv"]
    readme(root, "- config_name: longer\n  data_files: {test: a/train.jsonl}\n")
    assert names(find_split(root, "longer", "test")) == ["a/train.jsonl"]
