"""The wire format of ``/chat/completions``: ``generate`` on a conversation, with pictures if it has any."""

from __future__ import annotations

from typing import Any

from harness.backends.http.faults import Fault, malformed
from harness.backends.http.text import short
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.wire import Wire, first_choice, response, sampling
from harness.errors import BackendError
from harness.values import ErrorKind, Message, Request, Response


def messages_of(request: Request) -> list[dict[str, Any]]:
    """Return the conversation as JSON; a plain prompt becomes one user message.

    Raises:
        BackendError: the request begins the assistant's reply, which this endpoint cannot.
    """
    if request.prefill:
        raise BackendError(
            "a chat endpoint cannot begin the assistant's reply: use no prefill, or endpoint=completions"
        )
    if not request.messages:
        return [{"role": "user", "content": request.prompt or ""}]
    return [{"role": message.role, "content": _content(message)} for message in request.messages]


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.content
    pictures = [{"type": "image_url", "image_url": {"url": image}} for image in message.images]
    return [*pictures, *([{"type": "text", "text": message.content}] if message.content else [])]


def form(model: str, request: Request, dialect: Dialect) -> dict[str, Any]:
    """Return the request's JSON.

    Raises:
        BackendError: the request begins the assistant's reply, which this endpoint cannot.
    """
    return {"model": model, "messages": messages_of(request), **sampling(request, dialect)}


def read(request: Request, payload: dict[str, Any]) -> Response:
    """Read a reply. What a reasoning model thought (``reasoning``, ``reasoning_content``) is not part of its text.

    Raises:
        Fault: there is no text, and not because the limit was hit or because all of it was thought.
    """
    choice = first_choice(payload)
    message = choice["message"]
    finish = choice.get("finish_reason")
    content = message.get("content")
    if content is None:
        refusal = message.get("refusal")
        if refusal or finish == "content_filter":
            said = f"the model refuses: {refusal}" if refusal else "the server's content filter stopped the reply"
            raise Fault(ErrorKind.REFUSED, short(said))
        thought = message.get("reasoning_content") or message.get("reasoning") or message.get("tool_calls")
        if finish != "length" and not thought:
            raise malformed("the reply has a message without content")
        content = ""
    elif isinstance(content, list):
        content = "".join(part["text"] for part in content if part.get("type") == "text")
    return response(content, finish, payload, request)


WIRE = Wire("/chat/completions", form, read)
