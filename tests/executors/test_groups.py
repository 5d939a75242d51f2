from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.executors.groups import MOST, Groups
from harness.values import Message, Request


def asked(prompt: str) -> Request:
    return Request("generate", prompt=prompt)


def unknown(requests: Iterable[Request]) -> Iterator[Request]:
    """Give a stream that does not tell its length, as a list's own iterator does."""
    yield from requests


def all_groups(groups: Groups) -> list[list[tuple[int, Request]]]:
    taken = []
    while not groups.ended:
        taken.append(groups.take())
    return [group for group in taken if group]


@given(st.lists(st.sampled_from(["a", "b" * 70, "b" * 70 + "c"]), max_size=300), st.integers(1, 9), st.booleans())
def test_every_request_is_in_one_group_in_order(prompts: list[str], replicas: int, known: bool) -> None:
    requests = [asked(prompt) for prompt in prompts]
    groups = all_groups(Groups(requests if known else unknown(requests), replicas))
    assert [item for group in groups for item in group] == list(enumerate(requests))


def test_groups_shrink_towards_the_end_where_the_length_is_known() -> None:
    sizes = [len(group) for group in all_groups(Groups([asked("q")] * 5000, 2))]
    assert sizes[0] > 300
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1


def test_a_stream_of_unknown_length_has_groups_of_one_size() -> None:
    sizes = [len(group) for group in all_groups(Groups(unknown([asked("q")] * 3 * MOST), 2))]
    assert sizes == [MOST] * 3


def test_a_group_ends_where_prompts_begin_to_differ() -> None:
    shots = ["algebra " * 50, "biology " * 50]
    requests = [asked(f"{shots[number >= 470]}question {number}") for number in range(1000)]
    assert len(Groups(unknown(requests), 2).take()) == 470


def test_conversations_are_compared_by_their_text() -> None:
    requests = [
        Request(
            "generate", messages=(Message("system", ("brief " if n < 600 else "long ") * 20), Message("user", f"{n}"))
        )
        for n in range(1000)
    ]
    assert len(Groups(unknown(requests), 2).take()) == 600


def test_no_more_is_pulled_than_a_group_and_a_bit() -> None:
    pulled = 0

    def stream() -> Iterator[Request]:
        nonlocal pulled
        for number in range(10_000):
            pulled += 1
            yield asked(str(number))

    groups = Groups(stream(), 2)
    groups.take()
    assert pulled <= MOST * 1.25 + 1


def test_many_replicas_hold_a_bounded_number_together() -> None:
    assert Groups(unknown([asked("q")] * 10), 1000).size == 100


@pytest.mark.parametrize("replicas", [1, 4])
def test_pictures_close_a_group_early(replicas: int) -> None:
    picture = "data:image/png;base64," + "A" * (1 << 20)
    request = Request("generate", messages=(Message("user", "what is this?", (picture,)),))
    assert len(Groups(unknown([request] * 100), replicas).take()) == 8
