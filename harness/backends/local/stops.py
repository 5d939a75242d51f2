"""Strings that end a reply."""

from __future__ import annotations

from collections.abc import Iterable

from harness.values import Generation


def stop_strings(generation: Generation) -> tuple[str, ...]:
    """Return the strings that can end a reply; an empty one would end it before it begins."""
    return tuple(stop for stop in generation.stop if stop)


def first_stop(text: str, stops: Iterable[str]) -> int | None:
    """Return where in a text the first of some strings begins, None where there is none of them."""
    return min((at for stop in stops if (at := text.find(stop)) >= 0), default=None)
