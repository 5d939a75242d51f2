"""From what the user typed to a backend: a folder, a hub id, a .gguf file, ``openai:NAME`` or the embedded model."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.backends.base import Backend
from harness.errors import BackendError, did_you_mean

EMBEDDED = "smollm2"
NAMES = ("hf", "openai")


def open_backend(
    model: str,
    *,
    backend: str | None = None,
    options: Mapping[str, Any] | None = None,
    base_url: str | None = None,
    notice: Callable[[str], None] | None = None,
) -> Backend:
    """Open the backend that a model needs.

    Args:
        model: ``smollm2``, ``openai:NAME``, a model folder, a ``.gguf`` file or a hub id.
        backend: ``hf`` or ``openai``, to decide what the model's form leaves open.
        options: the backend's own options (``-M key=value``).
        base_url: of an OpenAI-compatible server; it decides for ``openai``.
        notice: is told what takes long.

    Raises:
        BackendError: there is no such backend, model or option.
    """
    given = dict(options or {})
    prefix, _, rest = model.partition(":")
    if backend is None:
        backend = "openai" if prefix == "openai" or base_url else "hf"
    if backend == "openai":
        from harness.backends.openai.backend import OpenAIBackend

        name = rest if prefix == "openai" else model
        if not name:
            raise BackendError("'openai:' needs the model's name after the colon, as in openai:gpt-4.1-mini")
        if base_url:
            given["base_url"] = base_url
        return _construct(OpenAIBackend, name, given)
    if backend == "hf":
        return _open_hf(model, given, notice)
    raise BackendError(f"there is no backend '{backend}'{did_you_mean(backend, NAMES) or '; there are: hf, openai'}")


def parse_options(texts: tuple[str, ...]) -> dict[str, Any]:
    """Read ``key=value`` texts; a value that is JSON (a number, true, null, a list) is taken as such."""
    options: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise BackendError(f"-M takes key=value, not '{text}'")
        try:
            options[key] = json.loads(value)
        except ValueError:
            options[key] = value
    return options


def _open_hf(model: str, options: dict[str, Any], notice: Callable[[str], None] | None) -> Backend:
    from harness.backends.hf import HFBackend

    if model == EMBEDDED:
        from harness.backends.embedded import embedded_model_folder

        return _construct(HFBackend, embedded_model_folder(notice), {"display_name": EMBEDDED, **options})
    path = Path(model).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return _construct(HFBackend, path.parent, {"gguf_file": path.name, "display_name": path.stem, **options})
    looks_local = path.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1 or path.suffix == ".gguf"
    hint = did_you_mean(model, [EMBEDDED])
    if not path.exists() and (looks_local or hint):
        raise BackendError(
            f"there is no model folder or file '{model}'{hint or '; give one, a hub id, openai:NAME, or ' + EMBEDDED}"
        )
    return _construct(HFBackend, path if path.exists() else model, options)


def _construct(build: Callable[..., Backend], model: str | Path, options: Mapping[str, Any]) -> Backend:
    known = [name for name in inspect.signature(build).parameters if name != "model"]
    for name in options:
        if name not in known:
            hint = did_you_mean(name, known) or f"; it takes: {', '.join(known)}"
            raise BackendError(f"-M {name}: this backend has no such option{hint}")
    return build(model, **options)
