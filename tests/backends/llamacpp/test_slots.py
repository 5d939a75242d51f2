"""Workers that are kept busy: order, laziness, failures, and leaving at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from harness.backends.llamacpp.slots import answer_all
from harness.values import ErrorKind, Request, Response


def numbered(count: int) -> Iterator[Request]:
    return (Request("generate", prompt=str(number)) for number in range(count))


def echo(request: Request) -> Response:
    return Response(text=request.prompt)


def test_every_request_is_answered_once() -> None:
    answers = list(answer_all(numbered(100), echo, 3, lambda: None))
    assert len(answers) == 100
    assert {index: response.text for index, response in answers} == {n: str(n) for n in range(100)}
    assert list(answer_all([], echo, 3, lambda: None)) == []


def test_no_more_is_taken_ahead_than_the_workers_need_and_all_by_the_caller() -> None:
    taken: list[int] = []

    def requests() -> Iterator[Request]:
        for request in numbered(50):
            taken.append(threading.get_ident())
            yield request

    for given, _ in enumerate(answer_all(requests(), echo, 2, lambda: None), 1):
        assert len(taken) <= given + 4
    assert set(taken) == {threading.get_ident()}


def test_workers_work_at_the_same_time() -> None:
    together = threading.Barrier(4, timeout=20)

    def meet(request: Request) -> Response:
        together.wait()
        return echo(request)

    assert len(list(answer_all(numbered(8), meet, 4, lambda: None))) == 8


def test_an_answer_is_not_lost_when_the_next_request_cannot_be_made() -> None:
    def requests() -> Iterator[Request]:
        yield from numbered(2)
        raise ValueError("a template failed")

    answers = answer_all(requests(), echo, 1, lambda: None)
    assert next(answers)[1].text == "0"
    with pytest.raises(ValueError, match="a template failed"):
        next(answers)


def test_a_crash_is_one_error_response() -> None:
    def crash(request: Request) -> Response:
        if request.prompt == "3":
            raise ZeroDivisionError("by 3")
        return echo(request)

    answers = dict(answer_all(numbered(6), crash, 2, lambda: None))
    failed = answers.pop(3)
    assert failed.error is not None
    assert failed.error.kind is ErrorKind.INTERNAL
    assert "by 3" in failed.error.message
    assert all(response.error is None for response in answers.values())


def test_closing_hangs_up_and_waits() -> None:
    hung_up = threading.Event()

    def slow(request: Request) -> Response:
        if request.prompt != "0":
            assert hung_up.wait(20)
        return echo(request)

    answers = answer_all(numbered(50), slow, 3, hung_up.set)
    next(answers)
    start = time.monotonic()
    answers.close()
    assert hung_up.is_set()
    assert time.monotonic() - start < 10
    assert not [thread for thread in threading.enumerate() if thread.name == "harness-llamacpp"]


def test_a_prompt_that_fails_to_render_ends_everything() -> None:
    def requests() -> Iterator[Request]:
        yield from numbered(3)
        raise KeyError("a template")

    with pytest.raises(KeyError):
        list(answer_all(requests(), echo, 4, lambda: None))
    assert not [thread for thread in threading.enumerate() if thread.name == "harness-llamacpp"]
