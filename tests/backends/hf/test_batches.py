from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.backends.hf.batches import Batch, Batches, Budget, is_out_of_memory, run_batches
from harness.backends.hf.logprobs import passes
from harness.backends.local.encode import Span
from harness.errors import BackendError

Size = tuple[int, int]


def same(row: Size) -> Size:
    return row


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9)), max_size=40), st.integers(1, 8), st.integers(1, 200))
def test_batches_hold_every_row_once_and_keep_to_the_budget(rows: list[Size], most: int, tokens: int) -> None:
    batches = Batches(rows, same, Budget(most, tokens, 20))
    seen: list[Size] = []
    while batch := batches.take():
        assert len(batch.rows) <= most
        if len(batch.rows) > 1:
            assert len(batch.rows) * max(length for length, _ in batch.rows) <= tokens
            assert len(batch.rows) * max(kept for _, kept in batch.rows) <= 20
        seen.extend(batch.rows)
    assert seen == sorted(rows, reverse=True)


def test_smaller_batches_after_memory_ran_out() -> None:
    tried: list[int] = []

    def run(batch: Batch[Size]) -> list[int]:
        tried.append(len(batch.rows))
        if len(batch.rows) > 3:
            raise MemoryError
        return [length for length, _ in batch.rows]

    freed: list[None] = []
    rows = [(n, 1) for n in range(1, 21)]
    outcomes = list(run_batches(Batches(rows, same, Budget(16, 10**9, 10**9)), run, lambda: freed.append(None)))
    assert tried[:4] == [16, 8, 4, 2]
    assert max(tried[3:]) == 2
    assert len(freed) == 3
    assert [n for outcome in outcomes for n in outcome.results] == list(range(20, 0, -1))


def test_a_row_that_never_fits_is_an_outcome_with_an_error() -> None:
    def run(batch: Batch[Size]) -> list[int]:
        if any(length > 5 for length, _ in batch.rows):
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return [0] * len(batch.rows)

    rows = [(n, 1) for n in (1, 2, 3, 9)]
    outcomes = list(run_batches(Batches(rows, same, Budget(4, 10**9, 10**9)), run, lambda: None))
    (failed,) = [o for o in outcomes if o.error is not None]
    assert list(failed.rows) == [(9, 1)]
    assert sum(len(o.results) for o in outcomes) == 3


def test_a_device_that_has_failed_ends_the_run_with_what_failed_first() -> None:
    def run(batch: Batch[Size]) -> list[int]:
        if batch.rows[0][0] == 1:
            raise RuntimeError("CUDA error: device-side assert triggered")
        return [0]

    def free_memory() -> None:
        raise RuntimeError("CUDA error: and so is everything after it")

    outcomes = run_batches(Batches([(1, 1), (2, 1)], same, Budget(1, 99, 99)), run, free_memory)
    assert next(outcomes).rows == [(2, 1)]
    with pytest.raises(BackendError, match="the device failed: CUDA error: device-side assert triggered; "):
        next(outcomes)


def test_other_failures_are_not_taken_for_a_lack_of_memory() -> None:
    assert not is_out_of_memory(RuntimeError("shape mismatch"))
    assert not is_out_of_memory(ValueError("out of memory"))


def test_spans_that_read_the_same_share_a_pass() -> None:
    context = (1, 2, 3)
    letters = [Span(context, (n,)) for n in range(10)]
    assert [(row.inputs, row.spans) for row in passes(7, letters)] == [(context, tuple(range(10)))]
    mixed = [Span(context, (4, 5)), Span(context, (4, 6)), Span(context, (4,)), Span(context, ()), Span((1, 2), (3, 4))]
    rows = passes(7, mixed)
    assert [(row.inputs, row.spans, row.targets) for row in rows] == [
        ((1, 2, 3, 4), (0, 1), ((4, 5), (4, 6))),
        ((1, 2, 3), (2,), ((4,),)),
        ((1, 2, 3), (4,), ((3, 4),)),
    ]
