from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from harness.backends.local import weights
from harness.backends.local.weights import fingerprint_folder, weight_files
from harness.errors import BackendError
from harness.folders import cache_folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("HARNESS_CACHE", str(folder))
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "llama"}')
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_the_cache_folder_is_what_the_variable_says(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_folder() == cache
    monkeypatch.delenv("HARNESS_CACHE")
    assert cache_folder().name == "harness"


def test_every_file_has_its_sha256(model: Path) -> None:
    found = fingerprint_folder(model)
    assert found["files"]["model.safetensors"] == hashlib.sha256(b"weights").hexdigest()
    assert sorted(found["files"]) == ["config.json", "model.safetensors", "tokenizer.json"]
    assert found["bytes"] == sum(p.stat().st_size for p in model.iterdir())


def test_a_copy_is_the_same_model_and_any_change_another(model: Path, tmp_path: Path) -> None:
    digest = fingerprint_folder(model)["digest"]
    copy = tmp_path / "copy"
    shutil.copytree(model, copy)
    (copy / "README.md").write_text("training notes")
    (copy / "optimizer.pt").write_bytes(b"state")
    assert fingerprint_folder(copy)["digest"] == digest
    (copy / "chat_template.jinja").write_text("{{ messages }}")
    assert fingerprint_folder(copy)["digest"] != digest


def test_files_are_read_once(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fingerprint_folder(model)
    with monkeypatch.context() as patch:
        patch.setattr(weights.hashlib, "file_digest", None)  # would fail if a file were read
        assert fingerprint_folder(model) == first
    (model / "model.safetensors").write_bytes(b"WEIGHTS")
    os.utime(model / "model.safetensors", ns=(1, 1))
    assert fingerprint_folder(model)["digest"] != first["digest"]


@pytest.mark.parametrize("garbage", ["", "[1]", '{"config.json": 3}', '{"config.json": [23]}', "\x00"])
def test_a_spoiled_memory_is_read_past(model: Path, cache: Path, garbage: str) -> None:
    first = fingerprint_folder(model)
    (memory,) = (cache / "fingerprints").iterdir()
    memory.write_text(garbage)
    assert fingerprint_folder(model) == first
    assert json.loads(memory.read_text())["config.json"]


def test_a_cache_that_cannot_be_written_costs_only_time(model: Path, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert fingerprint_folder(model)["files"]


def test_safetensors_come_before_pickled_weights(model: Path) -> None:
    (model / "pytorch_model.bin").write_bytes(b"old")
    assert [p.name for p in weight_files(model)] == ["model.safetensors"]
    (model / "model.safetensors").unlink()
    assert [p.name for p in weight_files(model)] == ["pytorch_model.bin"]


def test_an_index_alone_is_no_weights(model: Path) -> None:
    (model / "model.safetensors").unlink()
    (model / "model.safetensors.index.json").write_text("{}")
    assert weight_files(model) == []


def test_a_single_gguf_file(tmp_path: Path) -> None:
    file = tmp_path / "a.gguf"
    file.write_bytes(b"GGUF")
    assert fingerprint_folder(file)["files"] == {"a.gguf": hashlib.sha256(b"GGUF").hexdigest()}


def test_nothing_to_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="no model files"):
        fingerprint_folder(tmp_path / "absent")
