"""The wire format of ``/v1/messages``.

Source: Anthropic's API reference, "Messages" (version 2023-06-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.backends.http.faults import Fault, malformed
from harness.backends.http.text import clean, cut
from harness.values import ErrorKind, Generation, Message, Request, Response

PATH = "/v1/messages"
VERSION = "2023-06-01"
OWN_FIELDS = frozenset(
    ("model", "messages", "system", "max_tokens", "temperature", "top_p", "stop_sequences", "stream")
)
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "filter",
}


def form(model: str, request: Request, body: Mapping[str, Any], *, samples: bool) -> dict[str, Any]:
    """Return the request's JSON. Seeds have no place in it.

    Args:
        model: the model's name.
        request: what is asked; a plain prompt becomes one message of the user.
        body: further fields.
        samples: whether the model takes ``temperature`` and ``top_p``.

    Raises:
        Fault: a picture has a form that cannot be sent.
    """
    generation = request.generation or Generation()
    spoken = request.messages or (Message("user", request.prompt or ""),)
    turns: list[dict[str, Any]] = [
        {"role": message.role, "content": _content(message)} for message in spoken if message.role != "system"
    ]
    if prefill := request.prefill.rstrip():  # the server refuses one that ends with white space
        turns.append({"role": "assistant", "content": prefill})
    fields: dict[str, Any] = {**body, "model": model, "max_tokens": generation.max_tokens, "messages": turns}
    if system := "\n\n".join(message.content for message in spoken if message.role == "system"):
        fields["system"] = system
    if stops := [stop for stop in generation.stop if stop.strip()]:  # others are refused; replies are cut here anyhow
        fields["stop_sequences"] = stops
    if samples:
        fields["temperature"] = generation.temperature
        if generation.temperature and generation.top_p != 1:
            fields["top_p"] = generation.top_p
    return fields


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.content
    shown: list[dict[str, Any]] = [{"type": "image", "source": _source(image)} for image in message.images]
    return [*shown, {"type": "text", "text": message.content}] if message.content else shown


def _source(image: str) -> dict[str, str]:
    if not image.startswith("data:"):
        return {"type": "url", "url": image}
    head, comma, data = image.partition(",")
    media_type, _, encoding = head.removeprefix("data:").partition(";")
    if not comma or encoding != "base64":
        raise Fault(ErrorKind.REFUSED, "a picture's data: address is not in base64")
    return {"type": "base64", "media_type": media_type, "data": data}


def read(request: Request, payload: dict[str, Any]) -> Response:
    """Read a reply. What the model thought is not part of its text.

    Raises:
        Fault: it is a refusal without a text, or not in the agreed form.
    """
    finish = payload["stop_reason"]
    blocks = payload["content"]
    if not isinstance(blocks, list):
        raise malformed("the reply's content is no list")
    text = clean("".join(block["text"] for block in blocks if block["type"] == "text"))
    if finish == "refusal" and not text:
        raise Fault(ErrorKind.REFUSED, "the model refuses")
    text, stopped = cut(text, request.generation.stop if request.generation else ())
    usage = payload.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Response(
        text=text,
        finish="stop" if stopped else _FINISH.get(str(finish)),
        prompt_tokens=_sum(usage, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
        completion_tokens=_sum(usage, "output_tokens"),
    )


def _sum(usage: Mapping[str, Any], *names: str) -> int | None:
    counts = [count for name in names if isinstance(count := usage.get(name), int)]
    return sum(counts) if counts else None
