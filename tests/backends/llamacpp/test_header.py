"""Reading what a GGUF file says of itself, against files written by the format's own package and by hand."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from harness.backends.llamacpp.header import Header
from harness.errors import BackendError


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A file by the ``gguf`` package: entries of every type, and no tensors."""
    gguf: Any = pytest.importorskip("gguf")
    path = tmp_path / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_uint8("a", 1)
    writer.add_float64("b", 2.5)
    writer.add_array("c", [1, 2, 3])
    writer.add_array("d", [True, False])
    writer.add_bool("e", True)
    writer.add_int64("f", -5)
    writer.add_context_length(4096)
    writer.add_token_list(["<s>", "</s>", "ö", "x"])
    writer.add_token_scores([0.0, 0.0, 1.0, 2.0])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_chat_template("{{ messages }} ü")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_a_file_of_the_formats_own_package(written: Path) -> None:
    assert Header.read(written) == Header("llama", 4096, 4, "{{ messages }} ü", 0, 1)


def test_a_file_that_was_cut_off_is_one_line(written: Path) -> None:
    data = written.read_bytes()
    for length in (0, 3, 4, 12, 30, len(data) // 2):
        written.write_bytes(data[:length])
        with pytest.raises(BackendError, match=r"not a GGUF file|cannot read") as raised:
            Header.read(written)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + bytes(100),
        b"GGUF" + struct.pack("<IQQ", 99, 0, 0),  # a version that does not exist
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**63) + b"key",
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<I", 77),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 4, 2**62),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"\xff" + struct.pack("<IB", 0, 1),
    ],
)
def test_hostile_files_are_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(content)
    with pytest.raises(BackendError, match="is not a GGUF file"):
        Header.read(path)


def test_a_file_without_a_language_model(tmp_path: Path) -> None:
    path = tmp_path / "adapter.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))
    with pytest.raises(BackendError, match="holds no language model"):
        Header.read(path)
