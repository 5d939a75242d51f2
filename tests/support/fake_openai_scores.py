"""A loopback server with the ways to log-probabilities that ``fake_openai`` leaves out, and the Responses API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.fake_openai import FakeOpenAI, Quirks, Received, _refusal, is_likeliest, logprob_of, words_of

TOPS = {" B": -0.25, "A": -2.0, " A": -1.5, "The": -3.0, " maybe": -4.0}
"""The likeliest first tokens of every reply."""


@dataclass
class Scores(Quirks):
    """What this server gives of log-probabilities, and how else it differs from OpenAI's.

    Attributes:
        completions: whether there is such an endpoint.
        echo_zeros: whether echoed log-probabilities are all zero.
        shuffled: whether echoed log-probabilities are not those of their tokens.
        prompt_logprobs: whether that field is known; ``refuse`` answers 400.
        likeliest_too: whether the likeliest token is given beside the prompt's own.
        tops: the likeliest first tokens; None gives none, ``refuse`` answers 400.
        most_tops: more than these are refused.
        content: whether completions name them in chat's form, as llama.cpp's server does.
        default_temperature: whether a temperature of 0 is refused.
    """

    completions: bool = True
    echo_zeros: bool = False
    shuffled: bool = False
    prompt_logprobs: bool | str = False
    likeliest_too: bool = False
    tops: Mapping[str, float] | str | None = field(default_factory=lambda: dict(TOPS))
    most_tops: int = 20
    content: bool = False
    default_temperature: bool = False


class FakeScores(FakeOpenAI):
    """The server; its ``quirks`` are :class:`Scores`."""

    def __init__(self, **scores: Any) -> None:
        super().__init__(quirks=Scores(**scores))

    @property
    def scores(self) -> Scores:
        """The quirks."""
        assert isinstance(self.quirks, Scores)
        return self.quirks

    def _answer(self, received: Received) -> tuple[int, Mapping[str, Any]]:
        scores, form = self.scores, received.form
        plain = received.path.endswith("/v1/completions")
        if plain and not scores.completions:
            return _refusal(404, "This is a chat model and not supported in the v1/completions endpoint.")
        if scores.default_temperature and form.get("temperature") == 0:
            return _refusal(400, "Unsupported value: 'temperature' does not support 0 with this model.")
        if "prompt_logprobs" in form and scores.prompt_logprobs == "refuse":
            return _refusal(400, "Unrecognized request argument supplied: prompt_logprobs")
        asked = form.get("top_logprobs", 0) if not plain else (form.get("logprobs") or 0)
        if asked and not form.get("echo"):
            if scores.tops == "refuse":
                return _refusal(400, "logprobs are not supported with this model")
            if asked > scores.most_tops:
                return _refusal(400, f"logprobs must be at most {scores.most_tops}")
        if received.path.endswith("/v1/responses"):
            return 200, self._response(form)
        return super()._answer(received)

    def _response(self, form: Mapping[str, Any]) -> dict[str, Any]:
        last = form["input"][-1]["content"]
        text = self.reply(last if isinstance(last, str) else last[-1]["text"])
        return {
            "status": "completed", "error": None, "incomplete_details": None,
            "output": [
                {"type": "reasoning", "summary": []},
                {"type": "message", "content": [{"type": "output_text", "text": text}]},
            ],
            "usage": {"input_tokens": 7, "output_tokens": 3},
        }  # fmt: skip

    def _chat_choice(self, prompt: str, form: Mapping[str, Any]) -> dict[str, Any]:
        choice = super()._chat_choice(prompt, form)
        return {**choice, "logprobs": self._content()} if form.get("logprobs") else choice

    def _text_choice(self, prompt: str, form: Mapping[str, Any]) -> dict[str, Any]:
        scores = self.scores
        if "prompt_logprobs" in form:
            written = {"text": " generated", "finish_reason": "length", "logprobs": None}
            return {**written, "prompt_logprobs": self._table_of(prompt)} if scores.prompt_logprobs else written
        if form.get("logprobs") is not None and not (form.get("echo") and scores.echo):
            if not isinstance(scores.tops, Mapping):
                return {"text": " B", "finish_reason": "length", "logprobs": None}
            flat = {"tokens": [" B"], "token_logprobs": [-0.25], "top_logprobs": [dict(scores.tops)]}
            return {"text": " B", "finish_reason": "length", "logprobs": self._content() if scores.content else flat}
        choice: dict[str, Any] = super()._text_choice(prompt, form)
        if form.get("echo") and (scores.echo_zeros or scores.shuffled):
            table = choice["logprobs"]
            numbers = table["token_logprobs"]
            table["token_logprobs"] = [0.0] * len(numbers) if scores.echo_zeros else [None, *numbers[:0:-1]]
        return choice

    def _content(self) -> dict[str, Any] | None:
        tops = self.scores.tops
        if not isinstance(tops, Mapping):
            return None
        named = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in tops.items()]
        return {"content": [{**named[0], "top_logprobs": named}]} if named else None

    def _table_of(self, prompt: str) -> list[dict[str, Any] | None]:
        table: list[dict[str, Any] | None] = [None]
        for number, word in enumerate(words_of(prompt)[1:]):
            first = is_likeliest(word)
            shown = word.lstrip(" ") if self.quirks.bare_words else word
            own = {"logprob": logprob_of(word), "rank": 1 if first else 7, "decoded_token": shown}
            likeliest = {"logprob": logprob_of(word) + 0.125, "rank": 1, "decoded_token": "?"}
            more = {"9": likeliest} if self.scores.likeliest_too and not first else {}
            table.append({**more, str(1000 + number if word == " " else sum(word.encode())): own})
        return table
