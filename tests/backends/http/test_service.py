"""Requests are taken lazily, by the caller's own thread, and everything ends when it should."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest

from harness.backends.http import health
from harness.backends.http.caller import Caller
from harness.backends.http.faults import Fault
from harness.backends.http.health import UnreachableError
from harness.errors import BackendError, PromptError
from harness.values import Request
from tests.backends.http.conftest import PATH, answering, reply, say, service
from tests.support.clocks import fast_clock
from tests.support.fake_openai import FakeOpenAI, Quirks, Received, Scripted, error


class TestLazyRequests:
    """What is asked is made while it is taken."""

    def test_by_the_thread_of_the_caller(self, server: FakeOpenAI) -> None:
        threads = set()

        def requests() -> Iterator[Request]:
            for number in range(100):
                threads.add(threading.current_thread())
                yield say(str(number))

        asked = service(server)
        found = dict(asked.answer_all(requests(), answering(asked)))
        assert [found[number].text for number in range(100)] == [f"echo: {number}" for number in range(100)]
        assert threads == {threading.current_thread()}

    def test_no_more_than_the_work_needs(self, server: FakeOpenAI) -> None:
        taken = 0

        def requests() -> Iterator[Request]:
            nonlocal taken
            for number in range(100_000):
                taken += 1
                yield say(str(number))

        asked = service(server, concurrency=8)
        with closing(asked.answer_all(requests(), answering(asked))) as answers:
            for _ in range(50):
                next(answers)
        assert 50 <= taken < 400

    def test_slow_ones_are_sent_as_they_come(self, server: FakeOpenAI) -> None:
        arrived: list[int] = []

        def requests() -> Iterator[Request]:
            for number in range(4):
                arrived.append(server.count())
                yield say(str(number))
                time.sleep(0.2)

        asked = service(server)
        asked.once(lambda caller: reply(caller, "so that all is imported"))
        server.received.clear()
        assert len(list(asked.answer_all(requests(), answering(asked)))) == 4
        assert arrived == [0, 1, 2, 3]

    def test_an_error_of_theirs_cancels_the_rest(self, server: FakeOpenAI) -> None:
        server.quirks = Quirks(latency=30)

        def requests() -> Iterator[Request]:
            yield say("a")
            time.sleep(0.05)
            raise PromptError("sample 2 has no question")

        asked = service(server)
        before = threading.active_count()
        with pytest.raises(PromptError):
            list(asked.answer_all(requests(), answering(asked)))
        assert threading.active_count() == before

    def test_none_at_all_start_nothing(self, server: FakeOpenAI) -> None:
        asked = service(server)
        assert list(asked.answer_all(iter(()), answering(asked))) == []
        assert server.connections == 0

    def test_closing_cancels(self, server: FakeOpenAI) -> None:
        server.script = lambda received: error(503, "no") if received.index > 3 else None
        asked = service(server, concurrency=2)
        before = threading.active_count()
        answers = asked.answer_all((say(str(number)) for number in range(1_000)), answering(asked))
        next(answers)
        answers.close()
        assert threading.active_count() == before
        assert server.count() < 300

    def test_two_iterators_at_once(self, server: FakeOpenAI) -> None:
        asked = service(server)
        pairs = zip(
            asked.answer_all([say("a")] * 50, answering(asked)),
            asked.answer_all([say("b")] * 50, answering(asked)),
            strict=True,
        )
        assert {(a.text, b.text) for (_, a), (_, b) in pairs} == {("echo: a", "echo: b")}

    def test_many_places_are_taken(self, server: FakeOpenAI) -> None:
        server.quirks = Quirks(latency=0.05)
        asked = service(server, concurrency=128)
        found = list(asked.answer_all((say(str(number)) for number in range(1_500)), answering(asked)))
        assert len(found) == 1_500
        assert server.most_in_flight == 128 >= server.connections


class TestOnce:
    """A question or two outside of any run."""

    def test_its_result(self, server: FakeOpenAI) -> None:
        async def two(caller: Caller) -> list[str]:
            return [await reply(caller, "a"), await reply(caller, "b")]

        assert service(server, concurrency=1).once(two) == ["echo: a", "echo: b"]

    def test_a_mended_fault(self, server: FakeOpenAI) -> None:
        server.queue.extend([error(429, "x", retry_after_ms="10"), error(500, "x", retry_after_ms="10")])
        assert service(server, concurrency=1).once(lambda caller: reply(caller, "a")) == "echo: a"

    def test_its_fault(self, server: FakeOpenAI) -> None:
        server.queue.append(error(400, "no logprobs"))
        with pytest.raises(Fault) as caught:
            service(server).once(lambda caller: reply(caller, "a"))
        assert (caught.value.message, caught.value.path) == ("HTTP 400: no logprobs", PATH)

    def test_what_ends_a_run(self, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        server.queue.append(error(401, "no"))
        with pytest.raises(BackendError, match="refuses the key"):
            service(server).once(lambda caller: reply(caller, "a"))
        monkeypatch.setattr(health, "FIRST_PATIENCE", 0.1)
        asked = service(server)
        server.hang_up()
        with pytest.raises(UnreachableError):
            asked.once(lambda caller: reply(caller, "a"))


@pytest.mark.parametrize(
    "told",
    [
        error(429, "slow down", retry_after="1"),
        Scripted(headers={"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s"}),
    ],
    ids=["refused", "the last one of a limit"],
)
def test_one_told_to_wait_holds_all(server: FakeOpenAI, told: Scripted) -> None:
    arrivals: list[float] = []
    server.quirks = Quirks(latency=0.01)

    def script(received: Received) -> Scripted | None:
        arrivals.append(time.monotonic())
        return told if received.index == 40 else None

    server.script = script
    asked = service(server, concurrency=8)
    found = dict(asked.answer_all((say(str(number)) for number in range(200)), answering(asked)))
    assert all(response.error is None for response in found.values())
    gaps = sorted(later - sooner for sooner, later in pairwise(arrivals))
    assert gaps[-1] > 0.9
    assert gaps[-2] < 0.6


def test_a_request_ends_at_its_deadline_whatever_an_exchange_may_take(server: FakeOpenAI) -> None:
    server.script = lambda received: Scripted(delay=30)
    asked = service(server, timeout=20, deadline=0.3)
    before = time.monotonic()
    ((_, response),) = asked.answer_all([say("a")], answering(asked))
    assert time.monotonic() - before < 5
    assert response.error is not None
    assert response.error.message == "no answer within 0.3 s"
    assert server.count() == 1


def test_a_server_that_gives_no_answers_is_spoken_of(server: FakeOpenAI, caplog: pytest.LogCaptureFixture) -> None:
    server.queue.extend([error(429, "slow down", retry_after="20")] * 4)
    asked = service(server, fast_clock(200), concurrency=1)
    found = dict(asked.answer_all([say("a"), say("b")], answering(asked)))
    assert [found[number].text for number in range(2)] == ["echo: a", "echo: b"]
    (said,) = {record.getMessage() for record in caplog.records}
    assert said == f"{server.url} gives no answers (HTTP 429: slow down); asking on"
