"""Token lists that begin alike, as a tree in which every shared token stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tree:
    """Rows as one sequence of tokens, depth first.

    Attributes:
        ids: the tokens; what rows share with the one before them is not repeated.
        depths: for each token, how many tokens of its row come before it.
        paths: for each row, the places of its tokens in ``ids``.
        shared: for each row, how many of those places it shares with the row before it.
    """

    ids: tuple[int, ...]
    depths: tuple[int, ...]
    paths: tuple[tuple[int, ...], ...]
    shared: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, ...]]) -> Tree:
        """Join rows; those that begin alike should be neighbours."""
        ids: list[int] = []
        depths: list[int] = []
        paths: list[tuple[int, ...]] = []
        shared: list[int] = []
        for number, row in enumerate(rows):
            same = common(rows[number - 1], row) if number else 0
            before = paths[-1][:same] if number else ()
            paths.append((*before, *range(len(ids), len(ids) + len(row) - same)))
            ids.extend(row[same:])
            depths.extend(range(same, len(row)))
            shared.append(same)
        return cls(tuple(ids), tuple(depths), tuple(paths), tuple(shared))


def common(first: tuple[int, ...], second: tuple[int, ...]) -> int:
    """Return the length of the longest common beginning."""
    low, high = 0, min(len(first), len(second))
    while low < high:  # slices are compared in C: ten comparisons for a thousand tokens
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
