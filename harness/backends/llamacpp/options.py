"""What a user may say about a GGUF model, checked before anything slow begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from harness.errors import BackendError, one_line


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the ``llamacpp`` backend.

    Attributes:
        max_length: input plus reply in tokens, or None.
        parallel: requests under way at once.
        threads: of the processor, or None for as many as this process may use.
        n_gpu_layers: layers on the GPU, or None for as many as fit.
        cache_prompt: whether what a prompt shares with an earlier one is computed once.
        chat_template: Jinja text that replaces the model's own, or None.
        display_name: the name for people, or None for the file's.
    """

    max_length: int | None = None
    parallel: int = 4
    threads: int | None = None
    n_gpu_layers: int | None = None
    cache_prompt: bool = True
    chat_template: str | None = None
    display_name: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Check options as a command line or a program gives them; None stands for the default.

        Raises:
            BackendError: a value that cannot be meant.
        """
        values = {name: value for name, value in given.items() if value is not None}
        for name, least in (("max_length", 2), ("parallel", 1), ("threads", 1), ("n_gpu_layers", 0)):
            if name in values:
                values[name] = _count(name, values[name], least)
        if not isinstance(values.get("cache_prompt", True), bool):
            raise BackendError(f"llamacpp: 'cache_prompt' is true or false, not {values['cache_prompt']!r}")
        if "chat_template" in values:
            values["chat_template"] = _template(str(values["chat_template"]))
        if "display_name" in values:
            values["display_name"] = str(values["display_name"])
        return cls(**values)


def _count(name: str, value: Any, least: int) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BackendError(f"llamacpp: '{name}' is a whole number of at least {least}, not {value!r}")
    return value


def _template(text: str) -> str:
    """Return the Jinja text: given as such, or in a file."""
    if "{" in text:
        return text
    try:
        return Path(text).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackendError(
            f"llamacpp: 'chat_template' is neither Jinja text nor a readable file: {one_line(error)}"
        ) from error
