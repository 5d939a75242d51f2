"""Renders conversations with a model's own chat template."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.errors import BackendError, one_line
from harness.values import ErrorKind, Message, Response

_LOG = logging.getLogger(__name__)


class RequestError(Exception):
    """One request cannot be asked; it becomes an error response and never leaves the backend."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    def response(self) -> Response:
        """Return the record of the request that got no answer."""
        return Response.failed(self.kind, str(self))


class Chat:
    """A chat template.

    Some templates refuse a system message, and some drop it without a word. Then the system text opens the first user
    message, and a warning says so once.

    Args:
        tokenizer: renders in its sandbox and knows the names of the special tokens.
        template: Jinja text.
    """

    def __init__(self, tokenizer: Any, template: str) -> None:
        self._tokenizer = tokenizer
        self.template = template
        self._takes_system = self._probe()
        self._warned = False

    def render(self, messages: Sequence[Message]) -> str:
        """Return the conversation as text, up to where the assistant's reply begins.

        Raises:
            RequestError: the template refuses the conversation.
        """
        if not self._takes_system and any(m.role == "system" for m in messages):
            messages = merge_system(messages)
            if not self._warned:
                self._warned = True
                _LOG.warning("the chat template takes no system message: its text opens the first user message")
        return self._render(messages)

    def _render(self, messages: Sequence[Message]) -> str:
        turns = [{"role": m.role, "content": m.content} for m in messages]
        try:
            text = self._tokenizer.apply_chat_template(
                turns, chat_template=self.template, tokenize=False, add_generation_prompt=True
            )
        except Exception as error:  # a template is a program from the checkpoint: it may raise anything
            raise RequestError(
                ErrorKind.REFUSED, f"the model's chat template refuses the conversation: {one_line(error, 200)}"
            ) from error
        return str(text)

    def _probe(self) -> bool:
        try:
            text = self._render([Message("system", "be brief 7391"), Message("user", "hello")])
        except RequestError:
            return False
        return "be brief 7391" in text


def merge_system(messages: Sequence[Message]) -> list[Message]:
    """Put the system messages' text in front of the first user message, an empty line between them."""
    system = "\n\n".join(m.content for m in messages if m.role == "system")
    merged = [m for m in messages if m.role != "system"]
    for place, message in enumerate(merged):
        if message.role == "user":
            merged[place] = replace(message, content=f"{system}\n\n{message.content}")
            return merged
    return [Message("user", system), *merged]


def own_template(tokenizer: Any) -> str | None:
    """Return the chat template that comes with a tokenizer, or None.

    Raises:
        BackendError: it has several, and none of them is the default.
    """
    if not tokenizer.chat_template:
        return None
    try:
        return str(tokenizer.get_chat_template())
    except ValueError as error:
        raise BackendError(f"{one_line(error, 160)}: choose one with -M chat_template=FILE") from error
