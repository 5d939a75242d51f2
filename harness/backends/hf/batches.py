"""Which rows go through the model together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from harness.errors import BackendError, one_line

Row = TypeVar("Row")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Budget:
    """What one batch may hold.

    Attributes:
        rows: their number.
        tokens: rows times the longest row.
        positions: rows times the most positions that any row projects onto the vocabulary.
    """

    rows: int
    tokens: int
    positions: int

    def halved(self, rows: int) -> Budget:
        """Return a budget with which a batch of ``rows`` would have been split in two."""
        return Budget(max(1, min(self.rows, rows) // 2), max(1, self.tokens // 2), max(1, self.positions // 2))


@dataclass(frozen=True, slots=True)
class Batch(Generic[Row]):
    """Rows that go through the model together.

    Attributes:
        rows: at least one.
        prefix: how many tokens they all begin with that are read once for this batch and for others.
    """

    rows: Sequence[Row]
    prefix: int = 0


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Row, Result]):
    """A batch that went through the model, or the error that it met.

    Attributes:
        rows: those of the batch.
        results: one for each row; empty after an error.
        seconds: how long it took.
        error: what went wrong; of memory, only when the batch is a single row.
    """

    rows: Sequence[Row]
    results: Sequence[Result]
    seconds: float
    error: Exception | None = None


class Batches(Generic[Row]):
    """Rows sorted by length, longest first, handed out in batches that fit a budget.

    Longest first, so that memory runs out at once if it ever does, and padding is least.

    Args:
        rows: what is to be run.
        size: tokens and vocabulary positions of a row.
        budget: what a batch may hold; a single row is always a batch.
    """

    def __init__(self, rows: Sequence[Row], size: Callable[[Row], tuple[int, int]], budget: Budget) -> None:
        self._size = size
        self._left = sorted(rows, key=size)
        self.budget = budget

    def take(self) -> Batch[Row] | None:
        """Remove and return the next batch; None when none is left."""
        batch: list[Row] = []
        tokens = positions = 0
        while self._left and len(batch) < self.budget.rows:
            length, kept = self._size(self._left[-1])
            tokens, positions = max(tokens, length), max(positions, kept)
            count = len(batch) + 1
            if batch and (count * tokens > self.budget.tokens or count * positions > self.budget.positions):
                break
            batch.append(self._left.pop())
        return Batch(batch) if batch else None

    def give_back(self, batch: Batch[Row]) -> None:
        """Return a batch that was too large, and take smaller ones from now on."""
        self._left.extend(reversed(batch.rows))
        self.budget = self.budget.halved(len(batch.rows))


class Supply(Protocol[Row]):
    """What hands out batches and takes back those that are too large."""

    def take(self) -> Batch[Row] | None:
        """Remove and return the next batch; None when none is left."""
        ...

    def give_back(self, batch: Batch[Row]) -> None:
        """Return a batch that was too large, and hand out smaller ones from now on."""
        ...


def run_batches(
    batches: Supply[Row], run: Callable[[Batch[Row]], Sequence[Result]], free_memory: Callable[[], None]
) -> Iterator[Outcome[Row, Result]]:
    """Run all batches, with smaller ones after memory ran out; a batch that fails otherwise is an outcome as well.

    Raises:
        BackendError: the device has failed for good.
    """
    while batch := batches.take():
        rows = batch.rows
        began = time.perf_counter()
        try:
            results = run(batch)
            outcome = Outcome(rows, results, time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001 - one bad batch must not lose the answers of the others
            # Without its traceback, whose frames hold the tensors that did not fit.
            outcome = Outcome(rows, (), time.perf_counter() - began, error.with_traceback(None))
        if outcome.error is not None:
            try:
                free_memory()
            except RuntimeError:  # after a failed kernel a GPU refuses everything until the process ends
                raise BackendError(
                    f"the device failed: {one_line(outcome.error, 200)}; what it answered until then is kept"
                ) from outcome.error
            if is_out_of_memory(outcome.error) and len(rows) > 1:
                batches.give_back(batch)
                continue
        yield outcome


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that the device's memory, or the machine's, did not suffice."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(
        words in str(error).lower() for words in ("out of memory", "can't allocate memory", "not enough memory")
    )
