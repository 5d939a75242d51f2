"""What a user may say about a local model, checked before anything slow begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from harness.errors import BackendError, did_you_mean, one_line

DTYPES = {
    "auto": "auto",
    "bfloat16": "bfloat16",
    "bf16": "bfloat16",
    "float16": "float16",
    "fp16": "float16",
    "half": "float16",
    "float32": "float32",
    "fp32": "float32",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the ``hf`` backend.

    Attributes:
        dtype: ``auto``, ``bfloat16``, ``float16`` or ``float32``.
        device: ``auto`` (CUDA, Apple's MPS, else the CPU) or a torch device such as ``cuda:1``.
        batch_size: rows at once, or None to fit batches to a budget of tokens.
        max_length: input plus reply in tokens, or None for the model's own limit.
        revision: branch, tag or commit of a model of the hub.
        trust_remote_code: whether code that comes with the checkpoint may run.
        chat_template: Jinja text that replaces the model's own template, or None.
        gguf_file: which file of the folder to read, for GGUF checkpoints.
        display_name: the name for people, or None for the folder's or the hub's.
    """

    dtype: str = "auto"
    device: str = "auto"
    batch_size: int | None = None
    max_length: int | None = None
    revision: str | None = None
    trust_remote_code: bool = False
    chat_template: str | None = None
    gguf_file: str | None = None
    display_name: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Check options as a command line or a program gives them; None stands for the default.

        Raises:
            BackendError: a value that cannot be meant.
        """
        values = {name: value for name, value in given.items() if value is not None}
        if "dtype" in values:
            values["dtype"] = _dtype(values["dtype"])
        if values.get("batch_size") == "auto":
            del values["batch_size"]
        for name in ("batch_size", "max_length"):
            if name in values:
                values[name] = count(name, values[name])
        if "chat_template" in values:
            values["chat_template"] = template_text(values["chat_template"])
        if "trust_remote_code" in values:
            switch("trust_remote_code", values["trust_remote_code"])
        for name in ("device", "revision", "gguf_file", "display_name"):
            if name in values:
                values[name] = str(values[name])
        return cls(**values)


def _dtype(value: Any) -> str:
    name = str(value).removeprefix("torch.")
    if name not in DTYPES:
        raise BackendError(f"no dtype '{name}'{did_you_mean(name, DTYPES)}; use {', '.join(DTYPES)}")
    return DTYPES[name]


def count(name: str, value: Any, least: int = 1) -> int:
    """Return a value that must be a whole number.

    Raises:
        BackendError: it is none, or too small.
    """
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BackendError(f"'{name}' is a whole number of at least {least}, not {value!r}")
    return value


def switch(name: str, value: Any) -> bool | None:
    """Return a value that must be true, false or None.

    Raises:
        BackendError: it is something else.
    """
    if value is None or isinstance(value, bool):
        return value
    raise BackendError(f"'{name}' is true or false, not {value!r}")


def template_text(value: Any) -> str:
    """Return the Jinja text of a chat template: given as such, or in a file.

    Raises:
        BackendError: it is neither.
    """
    text = str(value)
    if "{" in text:
        return text
    try:
        return Path(text).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackendError(f"'chat_template' is neither Jinja text nor a readable file: {one_line(error)}") from error
