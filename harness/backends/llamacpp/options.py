"""What a user may say about a GGUF model, checked before anything slow begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from harness.backends.local.options import count, switch, template_text


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
                values[name] = count(name, values[name], least)
        if "cache_prompt" in values:
            switch("cache_prompt", values["cache_prompt"])
        if "chat_template" in values:
            values["chat_template"] = template_text(values["chat_template"])
        if "display_name" in values:
            values["display_name"] = str(values["display_name"])
        return cls(**values)
