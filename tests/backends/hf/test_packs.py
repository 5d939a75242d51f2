from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.backends.hf.batches import Batch, Budget
from harness.backends.hf.logprobs import Pass
from harness.backends.hf.packs import Packs
from harness.backends.hf.tree import Tree

# A few letters over and over: rows that share beginnings of all lengths, some that are equal, some inside others.
ROWS = st.lists(
    st.tuples(st.lists(st.integers(0, 1), min_size=1, max_size=60), st.integers(1, 60)), min_size=1, max_size=40
)


def passes(rows: list[tuple[list[int], int]]) -> list[Pass]:
    return [Pass(owner, tuple(ids), (0,), ((9,) * min(count, len(ids)),)) for owner, (ids, count) in enumerate(rows)]


def taken(packs: Packs) -> list[Batch[Pass]]:
    found = []
    while batch := packs.take():
        found.append(batch)
    return found


def tokens(batch: Batch[Pass]) -> int:
    return len(Tree.of([row.inputs[batch.prefix :] for row in batch.rows]).ids)


def check(batch: Batch[Pass], budget: Budget) -> None:
    assert len({row.inputs[: batch.prefix] for row in batch.rows}) == 1
    assert all(batch.prefix <= row.silent for row in batch.rows)
    if len(batch.rows) > 1:
        assert len(batch.rows) <= budget.rows
        assert tokens(batch) <= budget.tokens
        assert sum(len(row.targets[0]) for row in batch.rows) <= budget.positions


@given(ROWS, st.integers(1, 9), st.integers(1, 100), st.integers(1, 60))
def test_every_row_comes_once_in_batches_that_fit_and_share_their_prefix(
    rows: list[tuple[list[int], int]], most: int, length: int, positions: int
) -> None:
    budget = Budget(most, length, positions)
    batches = taken(Packs(passes(rows), budget))
    for batch in batches:
        check(batch, budget)
    assert sorted(row.owner for batch in batches for row in batch.rows) == list(range(len(rows)))


@given(ROWS)
def test_batches_that_come_back_come_again_in_smaller_ones(rows: list[tuple[list[int], int]]) -> None:
    packs = Packs(passes(rows), Budget(1000, 1000, 5000))
    seen: list[int] = []
    while batch := packs.take():
        check(batch, packs.budget)
        if len(batch.rows) > 2:
            packs.give_back(batch)
        else:
            seen.extend(row.owner for row in batch.rows)
    assert sorted(seen) == list(range(len(rows)))


def question(shots: int, number: int) -> list[Pass]:
    """Four options of three tokens behind 20 tokens of a question and 300 of examples."""
    context = (*[shots] * 300, *[100 + number] * 20)
    return [Pass(number, (*context, 200 + n, 7), (n,), ((200 + n, 7, 8),)) for n in range(4)]


def test_examples_are_read_once_and_questions_that_fit_go_together() -> None:
    rows = [row for number in range(12) for row in question(1 + number // 6, number)]
    batches = taken(Packs(rows, Budget(1000, 100, 1000)))
    assert [batch.prefix for batch in batches] == [300] * 4
    assert [tokens(batch) for batch in batches] == [3 * (20 + 4 * 2)] * 4
    assert [[row.owner for row in batch.rows[::4]] for batch in batches] == [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
        [9, 10, 11],
    ]


def test_short_beginnings_are_read_again_rather_than_alone() -> None:
    rows = [Pass(n, (1, 2, 3, *[10 + n] * 30), (0,), ((5,),)) for n in range(4)]
    assert [batch.prefix for batch in taken(Packs(rows, Budget(1000, 64, 1000)))] == [0, 0]


def test_rows_that_each_go_on_from_the_last_do_not_exhaust_the_stack() -> None:
    rows = [Pass(n, tuple(range(n)), (0,), ((5,),)) for n in range(1, 1500)]
    batches = taken(Packs(rows, Budget(1000, 8, 1000)))
    assert sum(len(batch.rows) for batch in batches) == len(rows)
