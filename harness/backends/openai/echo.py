"""The wire format of ``/completions`` with ``echo``: the server repeats the prompt and scores its tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from harness.backends.http.faults import malformed
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.reading import Reader, Reading, Readings
from harness.backends.openai.wire import choices_in_order, usage


def form(model: str, prompts: Sequence[str], dialect: Dialect) -> dict[str, Any]:
    """Return the JSON that asks for the log-probabilities of prompts."""
    return {
        "model": model,
        "prompt": list(prompts) if len(prompts) > 1 else prompts[0],
        "max_tokens": dialect.echo_tokens,
        "temperature": 0.0,
        "echo": True,
        "logprobs": 1,
    }


def read(prompts: Sequence[str], dialect: Dialect, form: dict[str, Any], payload: dict[str, Any]) -> Readings:
    """Read a reply.

    Args:
        prompts: what was asked.
        dialect: knows whether this server has given log-probabilities before.
        form: how it was asked.
        payload: the reply.

    Raises:
        Fault: a choice is missing or has another shape than agreed.
        BackendError: the server does not repeat prompts, or does not score them.
    """
    pairs = zip(choices_in_order(payload, len(prompts)), prompts, strict=True)
    return Readings(
        [_read_one(choice, prompt, dialect, form["max_tokens"]) for choice, prompt in pairs], usage(payload)[0]
    )


def _read_one(choice: dict[str, Any], prompt: str, dialect: Dialect, generated: int) -> Reading:
    table = choice.get("logprobs") or {}
    tokens, logprobs = table.get("tokens"), table.get("token_logprobs")
    # A server that ignores ``echo`` gives the generated token's log-probability or none; some fill in zeros.
    if not tokens or not logprobs or not _repeats(choice["text"], prompt):
        raise dialect.not_read()
    if {*map(type, tokens)} != {str} or not {*map(type, logprobs)} <= {float, int, type(None)}:
        raise malformed("the reply's tokens and log-probabilities are not texts and numbers")
    if len(tokens) != len(logprobs):
        raise malformed(f"the reply has {len(logprobs)} log-probabilities of {len(tokens)} tokens")
    if len(tokens) > 1 + generated and not any(logprobs[: len(logprobs) - generated]):
        raise dialect.not_read()
    return Reading(tokens, logprobs, partial(_greedy, logprobs, table.get("top_logprobs") or ()), generated)


def _greedy(
    logprobs: Sequence[float | None], tops: Sequence[Mapping[str, float] | None], start: int, stop: int
) -> bool | None:
    greedy = True
    for place in range(start, stop):
        top = tops[place] if place < len(tops) else None
        logprob = logprobs[place]
        if not isinstance(top, dict) or not top or logprob is None:
            return None
        greedy = greedy and logprob >= max(top.values())
    return greedy


def _repeats(text: str, prompt: str) -> bool:
    return prompt in text or "".join(prompt.split()) in "".join(text.split())


ECHO = Reader("echo", form, read)
