"""Generated text: what the engine is asked, and how its output is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.backends.local.chat import RequestError
from harness.backends.local.encode import Prompt
from harness.backends.local.sampling import sampling_seed
from harness.backends.local.stops import first_stop, stop_strings
from harness.values import ErrorKind, Generation, Request


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its text up to the stop string, the number of tokens written, and why it ended."""

    text: str
    tokens: int
    finish: str


def parameters(request: Request, prompt: Prompt) -> dict[str, Any]:
    """Return the sampling parameters of a ``generate`` request.

    Random numbers start from seed, repeat and prompt, so a reply does not depend on those that are written beside it.
    """
    generation = request.generation or Generation()
    stops = list(stop_strings(generation))
    asked: dict[str, Any] = {
        "max_tokens": generation.max_tokens,
        "temperature": generation.temperature,
        "stop": stops,
        # Stop strings such as ``<|im_end|>`` are special tokens: the text in which they are looked for must show them.
        "detokenize": bool(stops),
        "skip_special_tokens": False,
        "spaces_between_special_tokens": False,
    }
    if generation.temperature > 0:
        seed = sampling_seed(generation, request.repeat, prompt.ids)
        asked |= {"top_p": generation.top_p, "seed": int(seed[:15], 16)}  # the engine takes 63 bits
    return asked


def read(request: Request, output: Any, decode: Callable[..., str]) -> Reply:
    """Return the reply of the engine's finished output.

    Args:
        request: what was asked.
        output: the engine's.
        decode: token ids → text without special tokens.

    Raises:
        RequestError: the engine gave the reply up.
    """
    written = output.outputs[0]
    if written.finish_reason not in ("stop", "length"):
        raise RequestError(ErrorKind.INTERNAL, f"vllm gave the reply up ({written.finish_reason})")
    ids = list(written.token_ids)
    stopped = written.finish_reason == "stop"
    # Ended by a token, not by a string: that token is no part of the text.
    ended = stopped and not isinstance(written.stop_reason, str)
    text = decode(ids[:-1] if ended else ids)
    first = first_stop(text, stop_strings(request.generation or Generation()))
    if first is not None:
        text, stopped = text[:first], True
    return Reply(text, len(ids), "stop" if stopped else "length")
