"""Which rows go through the model together, and what they begin with is read once before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from harness.backends.hf.batches import Batch, Budget
from harness.backends.hf.logprobs import Pass
from harness.backends.hf.tree import common

WORTH = 16
"""Tokens; a shorter beginning costs less when it is read again than one more call of the model."""

Range = tuple[int, int]  # of sorted rows that stand next to each other


class Packs:
    """Rows handed out in batches that each fit a budget once what they share is counted once.

    A beginning that is shared by more rows than fit into one batch becomes the ``prefix`` of several: the caller reads
    it once and keeps its keys and values. Batches with the same prefix follow each other; those that share nothing
    come in the order of the rows, so that the last prefix is the one with which more rows of its kind may begin.

    Args:
        rows: what is to be run.
        budget: what a batch may hold, without its prefix; a single row is always a batch.
    """

    def __init__(self, rows: Sequence[Pass], budget: Budget) -> None:
        self._left = dict(enumerate(rows))
        self.budget = budget
        self._plan = self._batches()

    def take(self) -> Batch[Pass] | None:
        """Remove and return the next batch; None when none is left."""
        for numbers, prefix in self._plan:
            return Batch([self._left.pop(number) for number in numbers], prefix)
        return None

    def give_back(self, batch: Batch[Pass]) -> None:
        """Return a batch that was too large, and plan smaller ones from now on."""
        self.budget = self.budget.halved(len(batch.rows))
        self._left = dict(enumerate([*batch.rows, *self._left.values()]))
        self._plan = self._batches()

    def _batches(self) -> Iterator[tuple[list[int], int]]:
        if not self._left:
            return
        plan = _Plan(self._left, self.budget)
        waiting: list[tuple[list[Range], int]] = [([(0, len(self._left))], 0)]
        while waiting:
            ranges, depth = waiting.pop()
            if len(ranges) > 1 or plan.fits(ranges, depth, depth):
                yield [plan.order[place] for start, end in ranges for place in range(start, end)], depth
            else:
                waiting.extend(reversed(plan.split(ranges[0], depth)))


class _Plan:
    """Rows in the order of their tokens: those that share a beginning are neighbours, at every length of it."""

    def __init__(self, rows: dict[int, Pass], budget: Budget) -> None:
        self.order = sorted(rows, key=lambda number: rows[number].inputs)
        ordered = [rows[number] for number in self.order]
        self._budget = budget
        self._silent = [row.silent for row in ordered]
        # What each row shares with the one before it.
        self._shared = [0, *(common(a.inputs, b.inputs) for a, b in pairwise(ordered))]
        own = (len(row.inputs) - shared for row, shared in zip(ordered, self._shared, strict=True))
        self._tokens = [0, *accumulate(own)]
        self._positions = [0, *accumulate(len(row.targets[0]) for row in ordered)]

    def fits(self, ranges: Sequence[Range], depth: int, fork: int) -> bool:
        """Whether ranges that share ``fork`` tokens make a batch after a prefix of ``depth`` tokens."""
        rows = sum(end - start for start, end in ranges)
        own = sum(self._tokens[end] - self._tokens[start] + self._shared[start] - fork for start, end in ranges)
        return rows == 1 or (
            rows <= self._budget.rows
            and fork - depth + own <= self._budget.tokens
            and sum(self._positions[end] - self._positions[start] for start, end in ranges) <= self._budget.positions
        )

    def split(self, whole: Range, depth: int) -> list[tuple[list[Range], int]]:
        """Divide rows that do not fit where they begin to differ; return ranges that are to be run, with their prefix.

        Args:
            whole: at least two rows, which share ``depth`` tokens or more.
            depth: the prefix so far.
        """
        start, end = whole
        fork = min(self._shared[start + 1 : end])
        trunk = min(fork, min(self._silent[start:end]))
        if trunk - depth >= WORTH:
            depth = trunk
        cuts = [start, *(place for place in range(start + 1, end) if self._shared[place] == fork), end]
        parts: list[tuple[list[Range], int]] = []
        gathered: list[Range] = []
        for group in sorted(pairwise(cuts), key=lambda part: min(self.order[part[0] : part[1]])):
            if gathered and not self.fits([*gathered, group], depth, fork):
                parts.append((gathered, depth))
                gathered = []
            gathered.append(group)
        return [*parts, (gathered, depth)]
