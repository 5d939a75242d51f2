"""From what the user typed to a backend: a folder, a hub id, a .gguf file, ``openai:NAME`` or the embedded model."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from harness.backends.base import Backend
from harness.errors import BackendError, did_you_mean

EMBEDDED = "smollm2"
BACKENDS = {
    "anthropic": "harness.backends.anthropic:AnthropicBackend",
    "hf": "harness.backends.hf:HFBackend",
    "llamacpp": "harness.backends.llamacpp:LlamaCppBackend",
    "openai": "harness.backends.openai.backend:OpenAIBackend",
    "replay": "harness.engine.replay:ReplayBackend",
    "vllm": "harness.backends.vllm:VLLMBackend",
}
"""Name → class, imported when it is used; plugins add theirs by the entry point group ``harness.backends``."""
_BY_PREFIX = frozenset(("anthropic", "openai", "replay"))
_FOLDERS = frozenset(("hf", "vllm"))  # backends that read model folders and hub ids
_SERVER_ONLY = frozenset(("identity_name",))


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
        model: ``smollm2``, ``openai:NAME``, ``anthropic:NAME``, ``replay:RUN``, a model folder, a ``.gguf`` file or a
            hub id.
        backend: its name, to decide what the model's form leaves open.
        options: the backend's own options (``-M key=value``).
        base_url: of an OpenAI-compatible server; it decides for ``openai``.
        notice: is told what takes long.

    Raises:
        BackendError: there is no such backend, model or option.
    """
    given = dict(options or {})
    prefix, _, rest = model.partition(":")
    if backend is None:
        backend = prefix if prefix in _BY_PREFIX else "openai" if base_url else "hf"
    build = backend_class(backend)
    if backend == "llamacpp" and model == EMBEDDED:
        from harness.backends.embedded import embedded_gguf_file

        return _construct(build, embedded_gguf_file(), {"display_name": EMBEDDED, **given})
    if backend in _FOLDERS:
        path, more = _local_model(model, notice)
        return _construct(build, path, {**more, **given})
    name = rest if prefix == backend else model
    if not name:
        raise BackendError(f"'{backend}:' needs the model's name after the colon, as in openai:gpt-4.1-mini")
    return _construct(build, name, {**given, "base_url": base_url} if base_url else given)


def backend_names() -> list[str]:
    """Return the names of all backends, sorted."""
    return sorted({*BACKENDS, *(point.name for point in metadata.entry_points(group="harness.backends"))})


def backend_class(name: str) -> Callable[..., Backend]:
    """Return the class of a backend, its module imported.

    Raises:
        BackendError: there is no such backend.
    """
    if name in BACKENDS:
        module, _, attribute = BACKENDS[name].partition(":")
        found: Callable[..., Backend] = getattr(importlib.import_module(module), attribute)
        return found
    for point in metadata.entry_points(group="harness.backends", name=name):
        loaded: Callable[..., Backend] = point.load()
        return loaded
    names = backend_names()
    raise BackendError(f"there is no backend '{name}'{did_you_mean(name, names) or '; there are: ' + ', '.join(names)}")


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


def _local_model(model: str, notice: Callable[[str], None] | None) -> tuple[str | Path, dict[str, Any]]:
    """Return the folder or hub id of a model, and the options that its form implies."""
    if model == EMBEDDED:
        from harness.backends.embedded import embedded_model_folder

        return embedded_model_folder(notice), {"display_name": EMBEDDED}
    path = Path(model).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return path.parent, {"gguf_file": path.name, "display_name": path.stem}
    if path.exists():
        return path, {}
    looks_local = path.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1 or path.suffix == ".gguf"
    hint = did_you_mean(model, [EMBEDDED])
    if looks_local or hint:
        raise BackendError(
            f"there is no model folder or file '{model}'{hint or '; give one, a hub id, openai:NAME, or ' + EMBEDDED}"
        )
    return model, {}


def _construct(build: Callable[..., Backend], model: str | Path, options: Mapping[str, Any]) -> Backend:
    if options.keys() & _SERVER_ONLY - inspect.signature(build).parameters.keys():
        raise BackendError("--identity names a model behind a server; a local one is known by its weights")
    known = [name for name in inspect.signature(build).parameters if name != "model"]
    for name in options:
        if name not in known:
            hint = did_you_mean(name, known) or f"; it takes: {', '.join(known)}"
            raise BackendError(f"-M {name}: this backend has no such option{hint}")
    return build(model, **options)
