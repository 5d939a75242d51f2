from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.backends.hf.tree import Tree, common

ROWS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12).map(tuple), min_size=1, max_size=12)


@given(ROWS)
def test_a_tree_holds_each_row_and_each_shared_beginning_once(rows: list[tuple[int, ...]]) -> None:
    rows.sort()
    tree = Tree.of(rows)
    assert [tuple(tree.ids[place] for place in path) for path in tree.paths] == rows
    assert all(tree.depths[place] == depth for path in tree.paths for depth, place in enumerate(path))
    assert len(tree.ids) == len({row[:end] for row in rows for end in range(1, len(row) + 1)})
    assert all(a < b for path in tree.paths for a, b in pairwise(path))


@given(ROWS)
def test_rows_in_any_order_are_held(rows: list[tuple[int, ...]]) -> None:
    tree = Tree.of(rows)
    assert [tuple(tree.ids[place] for place in path) for path in tree.paths] == rows


@given(st.lists(st.integers(0, 1)).map(tuple), st.lists(st.integers(0, 1)).map(tuple))
def test_the_common_beginning(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    length = common(first, second)
    assert first[:length] == second[:length]
    assert first[length : length + 1] != second[length : length + 1] or length == len(first) == len(second)
