"""Labels ranked by the likeliest first tokens of a reply: what servers give that score no prompts.

The model writes one token, and the server names the likeliest ones (``top_logprobs``: 20, or 5 where it allows no
more). The rules:

* A label is a continuation of at most eight characters without white space inside, such as `` A`` or ``Yes``. No label
  may begin another one: a first token ``1`` does not tell 1 from 10.
* A token stands for a label if it is the label, with a space before it or without. Of several the likeliest counts;
  nothing is summed.
* A label that is not named is less likely than all that are. It gets the smallest log-probability of the list, an upper
  bound, and a hair less, so that it never ties with a label that was named.
* Where no label at all is named, or the list has fewer than two tokens, there is no score but an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from harness.backends.http.faults import Fault, malformed
from harness.backends.http.text import short
from harness.backends.openai.chat import messages_of
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.wire import first_choice, randomness, usage
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, OptionScore, Request, Response

METHOD = "top_logprobs"
CHAT = "/chat/completions"
PLAIN = "/completions"
_LONGEST_LABEL = 8
_SPACES = " \u2581\u0120"  # as text, and as the vocabularies of SentencePiece and byte-level BPE write it


def labels_of(request: Request) -> tuple[str, ...] | None:
    """Return the labels that a request ranks, or None if its options are something else."""
    labels = tuple(option.continuation.strip() for option in request.options)
    if any(option.context is not None for option in request.options):
        return None
    if any(not label or len(label) > _LONGEST_LABEL or label.split() != [label] for label in labels):
        return None
    alike = any(other.startswith(label) for i, label in enumerate(labels) for j, other in enumerate(labels) if i != j)
    return None if alike else labels


def form(model: str, request: Request, dialect: Dialect, *, chat: bool) -> dict[str, Any]:
    """Return the JSON that asks for the likeliest first tokens.

    Args:
        model: its name on the server.
        request: a conversation, or a plain prompt.
        dialect: knows how many the server names.
        chat: whether it goes to the chat endpoint.

    Raises:
        BackendError: the request begins the assistant's reply, which a chat endpoint cannot.
    """
    common = {"model": model, dialect.tokens_field: 1, **randomness(Generation(), dialect)}
    if chat:
        return {**common, "messages": messages_of(request), "logprobs": True, "top_logprobs": dialect.tops}
    return {**common, "prompt": (request.prompt or "") + request.prefill, "logprobs": dialect.tops}


def read(labels: Sequence[str], dialect: Dialect, payload: dict[str, Any]) -> Response:
    """Read a reply.

    Raises:
        Fault: the reply is not in the agreed form, or names none of the labels.
        BackendError: the server does not name the likeliest tokens.
    """
    named = _named(first_choice(payload))
    if len(named) < 2 or len({logprob for _, logprob in named}) < 2:
        raise dialect.no_tops()
    if not all(isinstance(logprob, float | int) and logprob <= 1e-3 for _, logprob in named):
        raise malformed("the reply's log-probabilities of its first token are no log-probabilities")
    found: dict[str, float] = {}
    for token, logprob in named:
        label = token[1:] if token[:1] and token[0] in _SPACES else token
        found[label] = max(logprob, found.get(label, -math.inf))
    if not any(label in found for label in labels):
        tokens = ", ".join(repr(token) for token, _ in named[:3])
        raise Fault(ErrorKind.REFUSED, short(f"none of the options is among the likeliest first tokens ({tokens} …)"))
    bound = math.nextafter(min(logprob for _, logprob in named), -math.inf)
    return Response(
        options=tuple(OptionScore(found.get(label, bound), 1) for label in labels),
        method=METHOD,
        prompt_tokens=usage(payload)[0],
    )


def _named(choice: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the likeliest first tokens; llama.cpp's server writes the chat form on both endpoints."""
    table = choice.get("logprobs") or {}
    if table.get("content"):
        return [(top["token"], top["logprob"]) for top in table["content"][0].get("top_logprobs") or ()]
    tops = table.get("top_logprobs")
    return list((tops[0] or {}).items()) if tops else []


def refusal(endpoint: str, request: Request) -> BackendError:
    """Make the error of a request that cannot be ranked this way."""
    if request.messages:
        what = "this card's prompt is a conversation"
    else:
        what = f"endpoint={endpoint}" if endpoint != "auto" else "this server"
    return BackendError(
        f"{what}: log-probabilities are given of short labels only, none of which begins another; "
        "use --formulation mcf or generate"
    )
