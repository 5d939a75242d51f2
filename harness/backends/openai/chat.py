"""The wire format of ``/chat/completions``: ``generate`` on a conversation."""

from __future__ import annotations

from typing import Any

from harness.backends.http.faults import Fault, malformed
from harness.backends.http.text import short
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.wire import Wire, first_choice, response, sampling
from harness.errors import BackendError
from harness.values import ErrorKind, Request, Response


def form(model: str, request: Request, dialect: Dialect) -> dict[str, Any]:
    """Return the request's JSON; a plain prompt becomes one user message.

    Raises:
        BackendError: the request begins the assistant's reply, which this endpoint cannot.
    """
    if request.prefill:
        raise BackendError(
            "a chat endpoint cannot begin the assistant's reply: use no prefill, or endpoint=completions"
        )
    if request.messages:
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
    else:
        messages = [{"role": "user", "content": request.prompt or ""}]
    return {"model": model, "messages": messages, **sampling(request, dialect)}


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
