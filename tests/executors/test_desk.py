from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing

import pytest

from harness.backends.base import Capabilities, Need
from harness.errors import BackendError
from harness.executors.desk import CrashError, Desk, Orders, Report
from harness.values import ErrorKind, Identity, Request, Response

Step = Callable[[Request], None]


class Stepping:
    """Does a step before each answer."""

    name = "stepping"
    identity = Identity("stepping", "stepping")

    def __init__(self, step: Step, silent: Collection[str] = ()) -> None:
        self._step, self._silent = step, silent
        self.sessions = 0

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        return Capabilities()

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        self.sessions += 1
        for index, request in enumerate(requests):
            self._step(request)
            if request.prompt not in self._silent:
                yield index, Response(text=request.prompt)

    def close(self) -> None:
        pass


def nothing(request: Request) -> None:
    pass


def work(*prompts: str, start: int = 0) -> list[tuple[int, Request]]:
    return [(start + number, Request("generate", prompt=prompt)) for number, prompt in enumerate(prompts)]


def until_idle(desk: Desk, orders: Orders) -> dict[int, Response]:
    """Exchange until all is done; return all answers."""
    report = desk.exchange(orders)
    answers = dict(report.answers)
    for _ in range(100):
        if report.idle and not report.answers:
            return answers
        report = desk.exchange(Orders(orders.run))
        answers.update(report.answers)
    raise AssertionError("it never was idle")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()  # whatever failed, the thread ends


def test_answers_come_with_the_positions_they_were_given() -> None:
    with closing(Desk(Stepping(nothing))) as desk:
        answers = until_idle(desk, Orders(1, work("a", "b", start=40)))
    assert {position: response.text for position, response in answers.items()} == {40: "a", 41: "b"}


def test_work_that_comes_in_time_belongs_to_the_same_session(gate: threading.Event) -> None:
    backend = Stepping(lambda request: (gate.wait(10), None)[1] if request.prompt == "b" else None)
    with closing(Desk(backend)) as desk:
        report = desk.exchange(Orders(1, work("a", "b")))
        assert not report.idle
        desk.exchange(Orders(1, work("c", start=2), patience=0.01))
        gate.set()
        assert 2 in until_idle(desk, Orders(1))
    assert backend.sessions == 1


def test_what_is_dropped_is_not_begun(gate: threading.Event) -> None:
    with closing(Desk(Stepping(lambda request: (gate.wait(10), None)[1]))) as desk:
        waiting = desk.exchange(Orders(1, work("a", "b", "c"), patience=0.2))
        assert (waiting.waiting, waiting.idle, list(waiting.answers)) == (2, False, [])
        assert desk.exchange(Orders(1, drop=(0, 2), patience=0.01)).waiting == 1
        gate.set()
        assert sorted(until_idle(desk, Orders(1))) == [0, 1]


def test_another_run_ends_the_one_before(gate: threading.Event) -> None:
    with closing(Desk(Stepping(lambda request: (gate.wait(10), None)[1] if request.prompt == "old" else None))) as desk:
        desk.exchange(Orders(1, work(*["old"] * 10), patience=0.1))
        desk.exchange(Orders(2, work("new"), patience=0.01))
        gate.set()
        assert {position: r.text for position, r in until_idle(desk, Orders(2)).items()} == {0: "new"}


def test_cancelling_forgets_what_waits(gate: threading.Event) -> None:
    with closing(Desk(Stepping(lambda request: (gate.wait(10), None)[1]))) as desk:
        desk.exchange(Orders(1, work("a", "b"), patience=0.1))
        desk.cancel(2)
        gate.set()
        assert until_idle(desk, Orders(2)) == {}


def test_answers_travel_together() -> None:
    with closing(Desk(Stepping(lambda request: time.sleep(0.002)))) as desk:
        report = desk.exchange(Orders(1, work(*"abcdefghij"), linger=0.5))
        assert len(report.answers) >= 5


def test_a_request_that_the_backend_forgets_is_an_error() -> None:
    with closing(Desk(Stepping(nothing, silent=("b",)))) as desk:
        answers = until_idle(desk, Orders(1, work("a", "b")))
    error = answers[1].error
    assert error is not None
    assert error.kind == ErrorKind.INTERNAL


def last(desk: Desk) -> Report:
    for _ in range(100):
        report = desk.exchange(Orders(1))
        if report.failure or report.idle:
            return report
    raise AssertionError("it never ended")


def test_a_mistake_is_reported_in_one_line() -> None:
    def refuse(request: Request) -> None:
        raise BackendError("no such\nkey")

    with closing(Desk(Stepping(refuse))) as desk:
        desk.exchange(Orders(1, work("a")))
        assert last(desk).failure == "no such key"


def test_what_was_answered_before_a_crash_is_told_before_it() -> None:
    def fail_late(request: Request) -> None:
        if request.prompt == "c":
            raise ValueError("oh no")

    with closing(Desk(Stepping(fail_late))) as desk:
        report = desk.exchange(Orders(1, work("a", "b", "c"), linger=1.0))
        assert [position for position, _ in report.answers] == [0, 1]
        assert not report.idle  # so that it is asked again, and says that it is dead
        with pytest.raises(CrashError, match="oh no"):
            desk.exchange(Orders(1))


@pytest.mark.parametrize("error", [ValueError("oh\nno"), SystemExit("oh no")])
def test_whatever_breaks_the_backend_is_raised_in_a_form_that_travels(error: BaseException) -> None:
    def fail(request: Request) -> None:
        raise error

    with closing(Desk(Stepping(fail))) as desk, pytest.raises(CrashError, match=f"^{type(error).__name__}: oh no$"):
        until_idle(desk, Orders(1, work("a")))
