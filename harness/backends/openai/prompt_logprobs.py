"""The wire format of ``/completions`` with ``prompt_logprobs``: vLLM's own way to score the tokens of a prompt.

Each choice has ``prompt_logprobs``: one entry a token, the first null, each other a mapping of token ids to
``{logprob, rank, decoded_token}``. Asked with 0 it holds the prompt's token only; some servers add the likeliest one,
which is then the one of rank 1. Source: docs.vllm.ai, ``CompletionRequest.prompt_logprobs`` and ``vllm.logprobs``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from harness.backends.http.faults import malformed
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.reading import Reader, Reading, Readings
from harness.backends.openai.wire import choices_in_order, usage


def form(model: str, prompts: Sequence[str], dialect: Dialect) -> dict[str, Any]:
    """Return the JSON that asks for the log-probabilities of prompts; without ``echo`` one token must be generated."""
    return {
        "model": model,
        "prompt": list(prompts) if len(prompts) > 1 else prompts[0],
        "max_tokens": 1,
        "temperature": 0.0,
        "prompt_logprobs": 0,
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
        BackendError: the server does not score prompts.
    """
    return Readings([_read_one(c, dialect) for c in choices_in_order(payload, len(prompts))], usage(payload)[0])


def _read_one(choice: dict[str, Any], dialect: Dialect) -> Reading:
    table = choice.get("prompt_logprobs")
    if not table:
        raise dialect.not_read()
    ids, entries = zip(*map(_own, table), strict=True)
    logprobs = [entry.get("logprob") for entry in entries]
    if not {*map(type, logprobs)} <= {float, int, type(None)} or None in logprobs[1:]:
        raise malformed("the reply lacks the log-probability of a token")
    if len(logprobs) > 1 and not any(logprobs):
        raise dialect.not_read()
    tokens = [entry.get("decoded_token") or "" for entry in entries]
    return Reading(tokens, logprobs, partial(_greedy, [entry.get("rank") for entry in entries]), ids=ids)


def _own(entry: Mapping[str, Mapping[str, Any]] | None) -> tuple[str, Mapping[str, Any]]:
    """Return the id and the entry of the prompt's own token: where there are two, the one that is not the likeliest."""
    if not entry:
        return "", {}
    return next((item for item in entry.items() if item[1].get("rank") != 1), next(iter(entry.items())))


def _greedy(ranks: Sequence[int | None], start: int, stop: int) -> bool | None:
    asked = ranks[start:stop]
    return None if None in asked else all(rank == 1 for rank in asked)


PROMPT_LOGPROBS = Reader("prompt_logprobs", form, read)
