"""Every fault on a real socket: what is asked again, what is recorded, what ends the run."""

from __future__ import annotations

import socket
import time as real_time
from email.utils import formatdate

import pytest

from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Request, Response
from tests.backends.openai.conftest import FakeTime, ask, say
from tests.support.fake_openai import FakeOpenAI, Quirks, Received, Scripted, error

HTML = Scripted(body=b"<html><head><title>Bad\n gateway</title></head><body>nginx</body></html>")
MENDED = [
    error(408, "slow"),
    error(409, "conflict"),
    error(429, "rate limit"),
    error(500, "oops"),
    Scripted(502, b"<html><h1>502 Bad Gateway</h1></html>"),
    error(503, "loading"),
    Scripted(529, b"overloaded"),
    Scripted(drop="at once"),
    Scripted(drop="in body"),
    HTML,
    Scripted(body=b""),
    Scripted(body=b'{"choices": [{"mess'),
    Scripted(body=b"[]"),
    Scripted(body={"choices": []}),
    Scripted(body={"choices": None}),
    Scripted(body={"choices": [{"message": None}]}),
    Scripted(body={"choices": [{"message": {"content": None}, "finish_reason": "stop"}]}),
    Scripted(body={"choices": [{"message": {"content": 7}, "finish_reason": "stop"}]}),
    Scripted(body={"error": {"message": "upstream", "code": 503}}),
    Scripted(body={"error": "upstream"}),
    Scripted(body=b"[" * 100_000),
]


@pytest.mark.parametrize("fault", MENDED, ids=lambda fault: str(fault)[:60])
def test_asked_again_and_answered(server: FakeOpenAI, time: FakeTime, fault: Scripted) -> None:
    server.queue.extend([fault, fault])
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert (response.text, response.retries) == ("echo: a", 2)
    assert server.count() == 3
    assert len(time.pauses) == 2
    assert time.pauses[0] <= 0.5
    assert time.pauses[1] <= 1.0


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (error(500, "oops"), ErrorKind.UNAVAILABLE, "HTTP 500: oops"),
        (Scripted(502, HTML.body), ErrorKind.UNAVAILABLE, "HTTP 502: Bad gateway"),
        (Scripted(503, b""), ErrorKind.UNAVAILABLE, "HTTP 503"),
        (Scripted(drop="at once"), ErrorKind.UNAVAILABLE, "the connection broke: "),
        (HTML, ErrorKind.MALFORMED, "the reply is not JSON: <html>"),
        (Scripted(body={"choices": []}), ErrorKind.MALFORMED, "the reply has no choices"),
        (Scripted(body={"x": 1}), ErrorKind.MALFORMED, "the reply has another shape than agreed (KeyError: 'choices')"),
    ],
)  # fmt: skip
def test_given_up_and_recorded(server: FakeOpenAI, time: FakeTime, fault: Scripted, kind: ErrorKind, said: str) -> None:
    server.script = lambda received: fault if received.form["messages"][0]["content"] == "a" else None
    bad, good = ask(OpenAIBackend("m", base_url=server.url, concurrency=1, max_retries=3), say("a"), say("b"))
    assert bad.error is not None
    assert bad.error.kind is kind
    assert bad.error.message.startswith(said)
    assert bad.text is None
    # A gateway's errors count once others are answered, or once the server has been away for too long.
    assert bad.retries >= 3 if fault.status in (502, 503) else bad.retries == 3
    assert good.text == "echo: b"


def test_too_many_requests_cost_no_attempts(server: FakeOpenAI, time: FakeTime) -> None:
    server.queue.extend([error(429, "Wait", code="rate_limit")] * 30)
    (response,) = ask(OpenAIBackend("m", base_url=server.url, max_retries=3), say("a"))
    assert (response.text, response.retries) == ("echo: a", 30)


def test_too_many_requests_end_at_the_deadline(server: FakeOpenAI, time: FakeTime) -> None:
    server.script = lambda received: error(429, "Wait", code="rate_limit", retry_after="100")
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert response.error is not None
    assert (response.error.kind, response.error.message) == (
        ErrorKind.UNAVAILABLE,
        "HTTP 429: Wait (rate_limit)",
    )
    assert 3_400 < time.now - 1_000 < 3_600


def test_retry_after_is_obeyed_in_all_forms(server: FakeOpenAI, time: FakeTime) -> None:
    server.queue.append(error(429, "x", retry_after="7"))
    server.queue.append(error(429, "x", retry_after=formatdate(time.now + 7 + 20, usegmt=True)))
    server.queue.append(error(503, "x", retry_after_ms="1500"))
    server.queue.append(error(429, "x", retry_after="100000"))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert response.retries == 4
    for pause, (least, most) in zip(time.pauses, [(7, 7.7), (19, 21.1), (1.5, 1.65), (120, 121)], strict=True):
        assert least <= pause <= most


def test_no_retries(server: FakeOpenAI) -> None:
    server.queue.append(error(500, "oops"))
    (response,) = ask(OpenAIBackend("m", base_url=server.url, max_retries=0), say("a"))
    assert response.error is not None
    assert server.count() == 1


def test_a_stall_ends_at_the_time_limit(server: FakeOpenAI, time: FakeTime) -> None:
    server.queue.append(Scripted(delay=30))
    (response,) = ask(OpenAIBackend("m", base_url=server.url, timeout=0.2), say("a"))
    assert (response.text, response.retries) == ("echo: a", 1)


def test_time_outs_are_asked_again_twice_at_most(server: FakeOpenAI, time: FakeTime) -> None:
    server.queue.extend([Scripted(delay=30)] * 3)
    (response,) = ask(OpenAIBackend("m", base_url=server.url, timeout=0.1), say("a"))
    assert response.error is not None
    assert (response.error.kind, response.error.message) == (ErrorKind.UNAVAILABLE, "no answer within 0.1 s")
    assert response.retries == 2


def test_many_faults_and_every_request_is_answered(server: FakeOpenAI, time: FakeTime) -> None:
    """5 % 429, 2 % 500, 1 % dropped, 0.5 % malformed."""
    faults = [error(429, "x", retry_after="1")] * 10 + [error(500, "x")] * 4 + [Scripted(drop="in body")] * 2 + [HTML]

    def script(received: Received) -> Scripted | None:
        place = received.index * 7919 % 200
        return faults[place] if place < len(faults) else None

    server.script = script
    responses = ask(OpenAIBackend("m", base_url=server.url), *(say(str(n)) for n in range(1_000)))
    assert [r.text for r in responses] == [f"echo: {n}" for n in range(1_000)]
    assert sum(r.retries for r in responses) == server.count() - 1_000 > 50


class TestTheRunEnds:
    """Faults that no request of this run would survive."""

    def test_wrong_key(self, server: FakeOpenAI) -> None:
        server.quirks = Quirks(key="sk-right-0123456789")
        backend = OpenAIBackend("m", base_url=server.url, api_key="sk-wrong-0123456789")
        with pytest.raises(BackendError, match=r"refuses the key .*check HARNESS_API_KEY or OPENAI_API_KEY") as caught:
            ask(backend, *(say(str(n)) for n in range(100)))
        assert "wrong" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert server.count() <= 64

    def test_no_such_model(self, server: FakeOpenAI) -> None:
        server.queue.append(error(404, "The model 'm' does not exist"))
        with pytest.raises(BackendError, match=r"no model 'm' or no /chat/completions at .*check the model's name"):
            ask(OpenAIBackend("m", base_url=server.url), say("a"))

    def test_wrong_path(self, server: FakeOpenAI) -> None:
        with pytest.raises(BackendError, match="most end in /v1"):
            ask(OpenAIBackend("m", base_url=server.url.removesuffix("/v1")), say("a"))

    def test_redirect(self, server: FakeOpenAI) -> None:
        server.queue.append(Scripted(308, b"moved", {"Location": "https://elsewhere"}))
        with pytest.raises(BackendError, match="sends requests elsewhere"):
            ask(OpenAIBackend("m", base_url=server.url, api_key="secret"), say("a"))
        assert server.count() == 1

    @pytest.mark.parametrize(
        "fault",
        [error(429, "You exceeded your current quota", code="insufficient_quota"), error(402, "Insufficient Balance")],
    )
    def test_no_credit(self, server: FakeOpenAI, fault: Scripted) -> None:
        server.queue.extend([None, fault])
        with pytest.raises(BackendError, match="answers no more requests of this account"):
            ask(OpenAIBackend("m", base_url=server.url, concurrency=1), say("a"), say("b"))

    def test_every_request_is_rejected(self, server: FakeOpenAI) -> None:
        server.script = lambda received: error(400, "temperature must be 1")
        with pytest.raises(
            BackendError, match=r"failed 64 requests in a row; the last: HTTP 400: temperature must be 1"
        ):
            ask(OpenAIBackend("m", base_url=server.url), *(say(str(n)) for n in range(1_000)))

    @pytest.mark.parametrize(
        "fault",
        [
            Scripted(body={"choices": [{"message": {"content": None, "refusal": "no"}, "finish_reason": "stop"}]}),
            error(400, "filtered", code="content_filter"),
            error(400, "maximum context length is 5 tokens"),
        ],
    )
    def test_but_not_because_of_the_data(self, server: FakeOpenAI, fault: Scripted) -> None:
        server.script = lambda received: fault
        responses = ask(OpenAIBackend("m", base_url=server.url), *(say(str(n)) for n in range(100)))
        assert {response.error.kind for response in responses if response.error} <= {
            ErrorKind.REFUSED,
            ErrorKind.TOO_LONG,
        }

    def test_a_gateway_whose_model_has_died(self, server: FakeOpenAI, time: FakeTime) -> None:
        server.script = lambda received: None if received.index < 10 else Scripted(502, b"Bad Gateway")
        answers = OpenAIBackend("m", base_url=server.url, concurrency=1, max_retries=1).answer([say("a")] * 500)
        found: list[tuple[int, Response]] = []
        with pytest.raises(BackendError, match="failed 20 requests in a row"):
            found.extend(answers)
        assert [response.error is None for _, response in found] == [True] * 10 + [False] * 19
        assert server.count() >= 10 + 20 * 2
        assert 60 < time.now - 1_000 < 180  # as long as a server that is away is waited for, and not much longer

    @pytest.mark.parametrize("status", [403, 404])
    def test_but_not_when_the_endpoint_has_answered(self, server: FakeOpenAI, status: int) -> None:
        server.queue.extend([None, error(status, "moderation")])
        good, bad, again = ask(OpenAIBackend("m", base_url=server.url, concurrency=1), say("a"), say("b"), say("c"))
        assert good.text
        assert again.text
        assert bad.error is not None
        assert bad.error.kind is ErrorKind.REFUSED

    def test_what_was_answered_is_yielded_first(self, server: FakeOpenAI) -> None:
        server.script = lambda received: error(401, "expired") if received.index == 50 else None
        answers = OpenAIBackend("m", base_url=server.url, concurrency=1).answer([say("a")] * 100)
        found: list[tuple[int, Response]] = []
        with pytest.raises(BackendError):
            found.extend(answers)
        assert [(index, response.error) for index, response in found] == [(index, None) for index in range(50)]


class TestUnreachable:
    """A server that is not there, goes away, or comes back."""

    def test_never_there(self, time: FakeTime) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            with pytest.raises(BackendError, match=f"cannot reach http://127.0.0.1:{port}/v1: Connection refused"):
                ask(OpenAIBackend("m", base_url=f"http://127.0.0.1:{port}/v1"), *(say(str(n)) for n in range(100)))
        assert time.now - 1_000 < 120  # 32 workers share the fake time

    def test_no_such_host(self, time: FakeTime) -> None:
        with pytest.raises(BackendError, match=r"cannot reach http://no-such-host\.invalid/v1: "):
            ask(OpenAIBackend("m", base_url="http://no-such-host.invalid/v1", api_key="k"), say("a"))

    def test_it_is_waited_for_without_costing_attempts(self, server: FakeOpenAI) -> None:
        backend = OpenAIBackend("m", base_url=server.url, concurrency=4, max_retries=3, patience=20)
        answers = backend.answer([say(str(n)) for n in range(60)])
        responses = dict(next(answers) for _ in range(10))
        server.quirks = Quirks(latency=0.01)
        server.hang_up()
        real_time.sleep(1.0)
        server.listen()
        responses.update(answers)
        assert [responses[n].text for n in range(60)] == [f"echo: {n}" for n in range(60)]

    def test_patience_ends(self, server: FakeOpenAI, time: FakeTime) -> None:
        server.quirks = Quirks(latency=0.005)
        backend = OpenAIBackend("m", base_url=server.url, concurrency=2)
        answers = backend.answer([say(str(n)) for n in range(2_000)])
        responses = [next(answers) for _ in range(10)]
        server.hang_up()
        with pytest.raises(BackendError, match="cannot reach"):
            responses.extend(answers)
        assert time.now - 1_000 >= 60
        assert all(response.error is None for _, response in responses)


def test_the_key_is_sent_and_never_shown(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-4711-secret"
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-other-variable")
    monkeypatch.setenv("HARNESS_API_KEY", canary)
    server.script = lambda received: error(400, f"odd key {received.headers['authorization']} or sk-abcdef0123456789")
    backend = OpenAIBackend("m", base_url=server.url)
    (response,) = ask(backend, Request("generate", prompt="a"))
    assert server.received[0].headers["authorization"] == f"Bearer {canary}"
    assert response.error is not None
    assert response.error.message == "HTTP 400: odd key Bearer *** or ***"
    assert canary not in f"{backend!r} {backend.identity} {response}"
