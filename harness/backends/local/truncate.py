"""Cuts token lists that are too long."""

from __future__ import annotations

from collections.abc import Sequence

from harness.values import Truncation


def cut(ids: Sequence[int], room: int, how: Truncation) -> list[int]:
    """Return at most ``room`` of the tokens.

    ``left`` keeps the end. ``middle`` keeps the first and the last ``room // 2`` tokens, as LongBench's official
    ``pred.py`` does: with an odd ``room`` one token less than would fit.
    """
    if len(ids) <= room:
        return list(ids)
    if how == "middle":
        half = max(0, room) // 2
        return [*ids[:half], *ids[len(ids) - half :]]
    return list(ids[len(ids) - max(0, room) :])
