"""JSON and text as they cross the wire: valid Unicode only, whatever either side holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson


def clean(text: str) -> str:
    """Return the text with halves of surrogate pairs joined, and lone ones replaced by U+FFFD; NUL stays."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def short(text: str, limit: int = 300) -> str:
    """Return the text on one line, shortened."""
    text = " ".join(clean(text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def encode(form: Mapping[str, Any]) -> bytes:
    """Return a request body."""
    try:
        return orjson.dumps(form)
    except TypeError:  # lone surrogates, and integers of more than 64 bits
        return json.dumps(_cleaned(form)).encode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value


def decode(body: bytes) -> Any:
    """Return the value of a reply body; its strings may still hold lone surrogates.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return orjson.loads(body)
    except ValueError:
        # The strict parser refuses escaped lone surrogates and broken UTF-8, which models do write.
        try:
            return json.loads(body.decode("utf-8", "replace"))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def cut(text: str, stops: Iterable[str]) -> tuple[str, bool]:
    """Return the text before the first of the stop strings, and whether there was one."""
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return (text[: min(places)], True) if places else (text, False)
