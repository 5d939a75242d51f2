"""The model that the server plays: what it says is known to those who make the questions as well.

A chat question holds a code (``code 4711.``), whose last digit is the letter of the reply. Log-probabilities come from
a table, beginning at a place that the whole text decides, so that other prompts get other scores.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

LETTERS = "ABCDEFGHIJ"
_TABLE = 8192
_CODE = re.compile(r"code \d*(\d)\.")
_ABSURD = " violin"
_TOKEN = re.compile(r" ?[A-Za-z]+|\d|[^A-Za-z\d]")
TOKEN_PATTERN = _TOKEN.pattern
"""What a token is, for tokenizers of others: a word with the space before it, a digit, or any other character."""


def code_of(text: str) -> int | None:
    """Return the last digit of the text's last code, or None when it is no question of ours."""
    found = _CODE.findall(text, max(0, len(text) - 2500))
    return int(found[-1]) if found else None


def reply(text: str) -> str:
    """Return what is generated after a text."""
    return f"I compared all ten of them. The answer is ({LETTERS[code_of(text) or 0]})."


def tokens(text: str) -> list[str]:
    """Return the tokens of a text."""
    return _TOKEN.findall(text)


def mark(text: str) -> int:
    """Return 64 bits that stand for a text."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def logprobs(text: str, count: int) -> list[float]:
    """Return the log-probabilities of a text's ``count`` tokens, in nats."""
    start = mark(text) % _TABLE
    scores = _table()[start : start + count]
    if text.endswith(_ABSURD):  # what harnesses try first, to see whether log-probabilities mean anything
        scores[len(tokens(text)) - 1] = -20.0
    return scores


def choose(context: str, continuations: Sequence[str]) -> int:
    """Return which continuation the model likes best."""
    known = len(tokens(context))
    scores = []
    for continuation in continuations:
        text = context + continuation
        scores.append(sum(logprobs(text, len(tokens(text)))[known:]))
    return scores.index(max(scores))


def chat(form: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the text of a conversation, and the JSON of the reply to it."""
    contents = [message["content"] for message in form["messages"]]
    text = "\n".join(c if isinstance(c, str) else "".join(part.get("text", "") for part in c) for c in contents)
    choice = {"index": 0, "message": {"role": "assistant", "content": reply(text)}, "finish_reason": "stop"}
    return [text], {**_head(form, "chat.completion"), "choices": [choice], "usage": _usage(14)}


def complete(form: Mapping[str, Any], vocabulary: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Return the prompts of a form, and the JSON of the reply to it; prompts may be lists of token numbers."""
    prompt = form["prompt"]
    prompts = prompt if isinstance(prompt, list) and prompt and not isinstance(prompt[0], int) else [prompt]
    texts = [p if isinstance(p, str) else "".join(vocabulary[number] for number in p) for p in prompts]
    written = ["."] if form.get("max_tokens") else []
    say = _echoed if form.get("echo") else _written
    choices = [{"index": index, **say(text, written)} for index, text in enumerate(texts)]
    return texts, {**_head(form, "text_completion"), "choices": choices, "usage": _usage(len(written))}


def _written(text: str, _: list[str]) -> dict[str, Any]:
    return {"text": reply(text), "finish_reason": "stop", "logprobs": None}


def _echoed(text: str, written: list[str]) -> dict[str, Any]:
    said = tokens(text) + written
    scores = logprobs(text, len(said))
    offsets, offset = [], 0
    for token in said:
        offsets.append(offset)
        offset += len(token)
    details = {
        "tokens": said,
        "token_logprobs": [None, *scores[1:]],
        "top_logprobs": [None, *({token: score} for token, score in zip(said[1:], scores[1:], strict=True))],
        "text_offset": offsets,
    }
    return {"text": "".join(said), "finish_reason": "length", "logprobs": details}


def _head(form: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "made", "object": kind, "created": 1_700_000_000, "model": form.get("model")}


def _usage(written: int) -> dict[str, int]:
    return {"prompt_tokens": 300, "completion_tokens": written, "total_tokens": 300 + written}


@cache
def _table() -> list[float]:
    values = random.Random(7)
    # Few tokens that matter and many that do not, as in a language model; 4 digits, as APIs send them.
    once = [round(-8 * values.random() ** 2 - 0.01, 4) for _ in range(_TABLE)]
    return once + once
