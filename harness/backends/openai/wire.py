"""What both text endpoints share: how sampling is asked for, and how a generated text becomes a response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.backends.http.faults import malformed
from harness.backends.http.text import clean, cut
from harness.backends.openai.dialect import Dialect, WrongCount
from harness.values import ErrorKind, Generation, Request, Response

Endpoint = Literal["auto", "chat", "completions", "responses"]
Method = Literal["echo", "prompt_logprobs", "top_logprobs", "none"]
OWN_FIELDS = frozenset(
    (
        *("model", "messages", "prompt", "input", "instructions", "stream", "n", "store"),
        *("max_tokens", "max_completion_tokens", "max_output_tokens", "temperature", "top_p", "seed", "stop"),
        *("echo", "logprobs", "top_logprobs", "prompt_logprobs"),
    )
)
"""What forms say themselves: fields that no user adds to them."""

_STOPS_SENT = 4  # OpenAI refuses more; replies are cut at all of them here
_FINISH = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "end_turn": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filter",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is asked.

    Attributes:
        model: its name on the server.
        endpoint: where ``generate`` goes; ``auto`` is chat.
        method: where log-probabilities come from.
        letters_by_chat: whether labels after a plain prompt are asked of the chat endpoint.
        body: further fields of every form.
    """

    model: str
    endpoint: Endpoint
    method: Method
    letters_by_chat: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wire:
    """A text endpoint.

    Attributes:
        path: after the base URL.
        form: makes the JSON of a request, given the model's name and the dialect.
        read: makes a response of a reply's JSON.
    """

    path: str
    form: Callable[[str, Request, Dialect], dict[str, Any]]
    read: Callable[[Request, dict[str, Any]], Response]


def sampling(request: Request, dialect: Dialect) -> dict[str, Any]:
    """Return the fields of a form that say how text is generated.

    Repeats of a seeded request get seeds of their own, counted from the seed: the same one would give the same text.
    """
    generation = request.generation or Generation()
    fields: dict[str, Any] = {dialect.tokens_field: generation.max_tokens, **randomness(generation, dialect)}
    if generation.seed is not None:
        fields["seed"] = generation.seed + request.repeat
    stops = [stop for stop in generation.stop if stop]
    if stops and dialect.sends_stop:
        fields["stop"] = stops[:_STOPS_SENT]
    return fields


def randomness(generation: Generation, dialect: Dialect) -> dict[str, Any]:
    """Return the fields that say how much is left to chance; a temperature that the user set is always sent."""
    fields: dict[str, Any] = {}
    if generation.temperature or dialect.sends_temperature:
        fields["temperature"] = generation.temperature
    if generation.top_p != 1:
        fields["top_p"] = generation.top_p
    return fields


def choices_in_order(payload: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the choices of a reply to so many prompts, in the order of these.

    Raises:
        WrongCount: there are more or fewer.
    """
    choices = payload["choices"]
    if len(choices) != count:
        raise WrongCount(ErrorKind.MALFORMED, f"the reply has {len(choices)} choices for {count} prompts")
    return sorted(choices, key=lambda choice: choice.get("index", 0))


def first_choice(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the first choice of a reply.

    Raises:
        Fault: there is none.
    """
    choices = payload["choices"]
    if not choices:
        raise malformed("the reply has no choices")
    choice: dict[str, Any] = choices[0]
    return choice


def response(text: object, finish: object, payload: dict[str, Any], request: Request) -> Response:
    """Make the response of a generated text: cut at the first stop string, finish reason in our words, tokens counted.

    Raises:
        Fault: the text is none.
    """
    if not isinstance(text, str):
        raise malformed(f"the reply's text is of type {type(text).__name__}")
    text, stopped = cut(clean(text), request.generation.stop if request.generation else ())
    prompt_tokens, completion_tokens = usage(payload)
    return Response(
        text=text,
        finish="stop" if stopped else _FINISH.get(str(finish)),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def usage(payload: dict[str, Any]) -> tuple[int | None, int | None]:
    """Return the tokens read and written, None where the server does not say."""
    counts = payload.get("usage")
    if not isinstance(counts, dict):
        return None, None
    read = counts.get("prompt_tokens", counts.get("input_tokens"))
    written = counts.get("completion_tokens", counts.get("output_tokens"))
    return read if isinstance(read, int) else None, written if isinstance(written, int) else None
