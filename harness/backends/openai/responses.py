"""The wire format of ``/responses``: ``generate`` on a conversation through OpenAI's Responses API.

It knows neither stop strings nor seeds: replies are cut at stop strings here, and repeats differ by the temperature
alone. Source: OpenAI's API reference, "Create a model response".
"""

from __future__ import annotations

from typing import Any

from harness.backends.http.faults import Fault, malformed, of_status
from harness.backends.http.text import encode, short
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.wire import Wire, randomness, response
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Request, Response

_FEWEST_TOKENS = 16  # fewer are refused
_FINISH = {"max_output_tokens": "length", "content_filter": "content_filter"}


def form(model: str, request: Request, dialect: Dialect) -> dict[str, Any]:
    """Return the request's JSON; system messages become its instructions, and nothing is stored by the server.

    Raises:
        BackendError: the request begins the assistant's reply, which this endpoint cannot.
    """
    if request.prefill:
        raise BackendError(
            "endpoint=responses cannot begin the assistant's reply: use no prefill, or endpoint=completions"
        )
    generation = request.generation or Generation()
    messages = request.messages or (Message("user", request.prompt or ""),)
    system = [message.content for message in messages if message.role == "system"]
    return {
        "model": model,
        **({"instructions": "\n\n".join(system)} if system else {}),
        "input": [{"role": m.role, "content": _content(m)} for m in messages if m.role != "system"],
        "max_output_tokens": max(generation.max_tokens, _FEWEST_TOKENS),
        **randomness(generation, dialect),
        "store": False,
    }


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.content
    pictures = [{"type": "input_image", "image_url": image} for image in message.images]
    return [*pictures, *([{"type": "input_text", "text": message.content}] if message.content else [])]


def read(request: Request, payload: dict[str, Any]) -> Response:
    """Read a reply; items that are no messages (reasoning, tools) are not part of its text.

    Raises:
        Fault: it failed, was refused, or has no text for another reason than that the limit was hit.
    """
    status = payload.get("status")
    if status == "failed":
        error = payload.get("error") or {}
        raise of_status(429 if error.get("code") == "rate_limit_exceeded" else 500, encode({"error": error}))
    reason = (payload.get("incomplete_details") or {}).get("reason")
    parts = [part for item in payload["output"] if item.get("type") == "message" for part in item["content"]]
    texts = [part["text"] for part in parts if part.get("type") == "output_text"]
    if not texts:
        refusal = next((part["refusal"] for part in parts if part.get("type") == "refusal"), None)
        if refusal or reason == "content_filter":
            said = f"the model refuses: {refusal}" if refusal else "the server's content filter stopped the reply"
            raise Fault(ErrorKind.REFUSED, short(said))
        if reason != "max_output_tokens" and not payload["output"]:
            raise malformed("the reply has no text")
    return response("".join(texts), _FINISH.get(str(reason), "stop"), payload, request)


WIRE = Wire("/responses", form, read)
