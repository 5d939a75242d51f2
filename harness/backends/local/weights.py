"""What a model folder holds, as one digest: the part of a local model's identity that its name cannot give.

Hashing gigabytes takes seconds, so each file's SHA-256 is remembered in the cache folder under its size and
modification time. The memory is only ever a short cut: without it the files are read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from harness.errors import BackendError, one_line
from harness.folders import cache_folder
from harness.values import digest

# What decides a model's answers. Optimizer states, training logs and read-me files do not.
_CONFIGS = (
    "config.json",
    "generation_config.json",
    "tokenizer*.json",
    "tokenizer*.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "spiece.model",
    "*.tiktoken",
    "chat_template.*",
    "*.py",  # a checkpoint's own modelling code
)
# In the order in which transformers looks for them: the first kind that is there is the one that is loaded.
_WEIGHTS = (
    ("*.safetensors", "*.safetensors.index.json"),
    ("pytorch_model*.bin", "pytorch_model.bin.index.json"),
    ("*.gguf",),
)


def weight_files(folder: Path) -> list[Path]:
    """Return the weight files of a model folder, sorted by name; empty when there are none."""
    for patterns in _WEIGHTS:
        found = sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})
        if any(path.suffix != ".json" for path in found):
            return found
    return []


def fingerprint_folder(path: str | Path) -> dict[str, Any]:
    """Digest a model: config, tokenizer and weight files of a folder, or a single ``.gguf`` file.

    Only names and contents count: a copy elsewhere has the same digest.

    Returns:
        ``digest`` (64 hexadecimal digits over all files), ``files`` (name → SHA-256) and ``bytes`` (their total).

    Raises:
        BackendError: nothing is there, or a file cannot be read.
    """
    path = Path(path).expanduser()
    if path.is_file():
        files = [path]
    else:
        configs = {found for pattern in _CONFIGS for found in path.glob(pattern) if found.is_file()}
        files = sorted(configs | set(weight_files(path)))
    if not files:
        raise BackendError(f"{path}: no model files to fingerprint; give a model folder or a .gguf file")
    memory = _memory_file(path)
    known = _read_memory(memory)
    hashes: dict[str, str] = {}
    stamps: dict[str, list[Any]] = {}
    total = 0
    try:
        for file in files:
            stat = file.stat()
            stamp = known.get(file.name, [])
            if stamp[:2] == [stat.st_size, stat.st_mtime_ns] and len(stamp) == 3:
                sha = str(stamp[2])
            else:
                with file.open("rb") as stream:
                    sha = hashlib.file_digest(stream, "sha256").hexdigest()
            hashes[file.name] = sha
            stamps[file.name] = [stat.st_size, stat.st_mtime_ns, sha]
            total += stat.st_size
    except OSError as error:
        raise BackendError(f"{path}: cannot read the model files: {one_line(error)}") from error
    if stamps != known:
        _write_memory(memory, stamps)
    return {"digest": digest(hashes), "files": hashes, "bytes": total}


def _memory_file(path: Path) -> Path:
    # One file for each model: two processes that fingerprint different models never touch the same one.
    name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return cache_folder() / "fingerprints" / f"{name}.json"


def _read_memory(file: Path) -> dict[str, list[Any]]:
    try:
        memory = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(memory, dict) or not all(isinstance(stamp, list) for stamp in memory.values()):
        return {}
    return memory


def _write_memory(file: Path, stamps: dict[str, list[Any]]) -> None:
    # A cache folder that cannot be written costs time, never the run.
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".fingerprint-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(stamps, stream)
        Path(name).replace(file)
