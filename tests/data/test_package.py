from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from harness.data.missing import MissingDataError
from harness.data.package import package_files
from harness.errors import DataError


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution whose package must never be imported."""
    (tmp_path / "some_rows-1.2.dist-info").mkdir()
    (tmp_path / "some_rows-1.2.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: some-rows\nVersion: 1.2\n")
    (tmp_path / "some_rows/data").mkdir(parents=True)
    (tmp_path / "some_rows/__init__.py").write_text("raise RuntimeError('imported')")
    for name in ("b.jsonl", "a.jsonl"):
        (tmp_path / "some_rows/data" / name).write_text("{}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_files_in_a_package(installed: Path) -> None:
    files, version = package_files("some-rows", "some_rows/data/*.jsonl")
    assert [file.name for file in files] == ["a.jsonl", "b.jsonl"]
    assert version == "1.2"
    assert "some_rows" not in sys.modules


def test_an_editable_install(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its metadata lies in site-packages, and its files where its sources are."""
    elsewhere = tmp_path_factory.mktemp("site")
    (installed / "some_rows-1.2.dist-info").rename(elsewhere / "some_rows-1.2.dist-info")
    sys.path.insert(0, str(elsewhere))
    try:
        assert metadata.version("some-rows") == "1.2"
        files, _ = package_files("some-rows", "some_rows/data/a.jsonl")
    finally:
        sys.path.remove(str(elsewhere))
    assert files == [installed / "some_rows/data/a.jsonl"]
    assert "some_rows" not in sys.modules


def test_what_is_not_there(installed: Path) -> None:
    with pytest.raises(MissingDataError, match=r"'no-such-rows' is not installed; `pip install no-such-rows`"):
        package_files("no-such-rows", "x.jsonl")
    with pytest.raises(DataError, match=r"'some-rows' 1\.2 has no file 'some_rows/c\.jsonl'"):
        package_files("some-rows", "some_rows/c.jsonl")
    for path in ("../x.jsonl", "/etc/passwd", ""):
        with pytest.raises(DataError, match="is not a path inside the package"):
            package_files("some-rows", path)
