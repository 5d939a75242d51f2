"""A small server of the Messages API on a real loopback socket; see ``fake_openai`` for what a test can script.

It refuses what Anthropic refuses, as its reference documents it: another version, a system turn among the messages, an
assistant's turn that ends with white space, stop sequences of white space only, an empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.fake_openai import FakeOpenAI, Quirks, Received, Scripted


def failure(status: int, kind: str, message: str, **headers: str) -> Scripted:
    """An error in Anthropic's form."""
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Scripted(status, body, {name.replace("_", "-"): text for name, text in headers.items()})


def message(text: str | None, stop_reason: str | None = "end_turn", **usage: int) -> dict[str, Any]:
    """A reply in Anthropic's form."""
    content = [] if text is None else [{"type": "text", "text": text}]
    counts = {"input_tokens": 7, "output_tokens": 3, **usage}
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": stop_reason, "stop_sequence": None, "usage": counts,
    }  # fmt: skip


class FakeAnthropic(FakeOpenAI):
    """The server; ``url`` has no path."""

    def __init__(self, reply: Callable[[str], str] | None = None, quirks: Quirks | None = None) -> None:
        super().__init__(reply, quirks)
        self.samples = True

    @property
    def url(self) -> str:
        """The base URL."""
        return super().url.removesuffix("/v1")

    def _answer(self, received: Received) -> tuple[int, Mapping[str, Any]]:
        problem = self._problem(received)
        if problem is not None:
            assert isinstance(problem.body, Mapping)
            return problem.status, problem.body
        return 200, message(self.reply(received.form["messages"][-1]["content"]))

    def _problem(self, received: Received) -> Scripted | None:
        form = received.form
        if self.quirks.key is not None and received.headers.get("x-api-key") != self.quirks.key:
            return failure(401, "authentication_error", "invalid x-api-key")
        if received.path != "/v1/messages":
            return failure(404, "not_found_error", "Not found")
        if received.headers.get("anthropic-version") != "2023-06-01":
            return failure(400, "invalid_request_error", "anthropic-version: is not a valid version")
        turns = form["messages"]
        if any(turn["role"] not in ("user", "assistant") for turn in turns):
            return failure(400, "invalid_request_error", 'messages: Unexpected role "system"')
        last = turns[-1]["content"]
        if turns[-1]["role"] == "assistant" and last != last.rstrip():
            said = "messages: final assistant content cannot end with trailing whitespace"
            return failure(400, "invalid_request_error", said)
        if not last:
            return failure(400, "invalid_request_error", "messages: text content blocks must be non-empty")
        if any(not stop.strip() for stop in form.get("stop_sequences", ())):
            return failure(400, "invalid_request_error", "stop_sequences: each must contain non-whitespace")
        if not self.samples and {"temperature", "top_p"} & form.keys():
            return failure(400, "invalid_request_error", "`temperature` is deprecated for this model.")
        return None
