"""The wire format of ``/completions`` for text: ``generate`` on a plain prompt."""

from __future__ import annotations

from typing import Any

from harness.backends.openai.dialect import Dialect
from harness.backends.openai.wire import Wire, first_choice, response, sampling
from harness.errors import BackendError
from harness.values import Request, Response


def form(model: str, request: Request, dialect: Dialect) -> dict[str, Any]:
    """Return the request's JSON; a prefill continues the prompt.

    Raises:
        BackendError: the request is a conversation.
    """
    if request.prompt is None:
        raise BackendError("endpoint=completions takes plain text, not messages: use endpoint=chat for this card")
    return {"model": model, "prompt": request.prompt + request.prefill, **sampling(request, dialect)}


def read(request: Request, payload: dict[str, Any]) -> Response:
    """Read a reply.

    Raises:
        Fault: there is no text.
    """
    choice = first_choice(payload)
    return response(choice["text"], choice.get("finish_reason"), payload, request)


WIRE = Wire("/completions", form, read)
