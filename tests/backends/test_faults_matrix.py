"""Every fault of a server, alone and with all others, at 1 % and at 20 % of the exchanges: nothing is lost.

Which attempt of which request fails is drawn from a hash, so that a run can be repeated; time passes a hundred times
as fast as the wall's.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from email.utils import formatdate
from pathlib import Path
from zlib import crc32

import pytest

from harness.backends.openai import OpenAIBackend
from harness.values import ErrorKind, Message, Request, Response
from tests.cli.command import Harness
from tests.support.clocks import fast_clock
from tests.support.fake_openai import FakeOpenAI, Quirks, Received, Scripted, error

FACTOR = 100.0
ATTEMPTS = 4  # failing ones of a request, at most: two less than a request is asked by default
HTML = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>"
TRUNCATED = b'{"id": "x", "choices": [{"index": 0, "message": {"role": "assistant", "content": "echo'
Make = Callable[[], Scripted]
FAULTS: dict[str, Make] = {
    "429": lambda: error(429, "Rate limit reached"),
    "429 with seconds": lambda: error(429, "Rate limit reached", retry_after="2"),
    "429 with a fraction": lambda: error(429, "Rate limit reached", retry_after="0.5"),
    "429 with nothing to wait": lambda: error(429, "Rate limit reached", retry_after="0"),
    "429 with a date": lambda: error(429, "Rate limit reached", retry_after=formatdate(time.time() + 2, usegmt=True)),
    "429 with milliseconds": lambda: error(429, "Rate limit reached", retry_after_ms="1500"),
    "429 with nonsense": lambda: error(429, "Rate limit reached", retry_after="later"),
    "500": lambda: error(500, "The server had an error"),
    "502": lambda: Scripted(502, HTML),
    "503": lambda: Scripted(503, b""),
    "503 with seconds": lambda: error(503, "overloaded", retry_after="1"),
    "529": lambda: error(529, "Overloaded"),
    "drop": lambda: Scripted(drop="at once"),
    "drop in the body": lambda: Scripted(drop="in body"),
    "malformed": lambda: Scripted(body=b"{'choices': oops}"),
    "truncated": lambda: Scripted(body=TRUNCATED),
    "no choices": lambda: Scripted(body={"choices": []}),
    "HTML with 200": lambda: Scripted(body=HTML),
    "an error with 200": lambda: Scripted(body={"error": {"message": "upstream failed", "code": 502}}),
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenAIBackend, "clock", fast_clock(FACTOR))
    for name in ("HARNESS_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


def asked(server: FakeOpenAI, count: int, **options: object) -> list[Response]:
    """Ask so many questions; each is answered exactly once."""
    backend = OpenAIBackend("m", base_url=server.url, **options)  # type: ignore[arg-type]
    requests = (Request("generate", messages=(Message("user", str(number)),)) for number in range(count))
    found: dict[int, Response] = {}
    for place, response in backend.answer(requests):
        assert place not in found
        found[place] = response
    return [found[number] for number in range(count)]


def faulty(faults: Sequence[Make], rate: float) -> Callable[[Received], Scripted | None]:
    """A script that fails so many of all attempts, but never more than ATTEMPTS of one request."""
    seen: Counter[str] = Counter()

    def script(received: Received) -> Scripted | None:
        text = received.form["messages"][0]["content"]
        attempt = seen[text]
        seen[text] += 1
        drawn = crc32(f"{text}/{attempt}".encode())
        if attempt >= ATTEMPTS or drawn % 10_000 >= 10_000 * rate:
            return None
        return faults[drawn // 10_000 % len(faults)]()

    return script


def assert_all_answered(responses: Sequence[Response]) -> None:
    assert [response.text for response in responses] == [f"echo: {number}" for number in range(len(responses))]


@pytest.mark.parametrize("rate", [pytest.param(0.01, marks=pytest.mark.slow), 0.2])
@pytest.mark.parametrize("name", FAULTS)
def test_one_kind_of_fault(server: FakeOpenAI, name: str, rate: float) -> None:
    server.script = faulty([FAULTS[name]], rate)
    responses = asked(server, 200)
    assert_all_answered(responses)
    assert sum(response.retries for response in responses) == server.count() - 200 > 0


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_all_together(server: FakeOpenAI, rate: float) -> None:
    server.script = faulty(list(FAULTS.values()), rate)
    responses = asked(server, 600)
    assert_all_answered(responses)
    assert sum(response.retries for response in responses) == server.count() - 600 > 0


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_with_permanent_failures_among_them(server: FakeOpenAI, rate: float) -> None:
    transient = faulty(list(FAULTS.values()), rate)
    bad = [number for number in range(300) if crc32(str(number).encode()) % 100 < 100 * rate]

    def script(received: Received) -> Scripted | None:
        if int(received.form["messages"][0]["content"]) in bad:
            return error(400, "this prompt is not allowed")
        return transient(received)

    server.script = script
    responses = asked(server, 300)
    errors = {number: response.error for number, response in enumerate(responses) if response.error is not None}
    assert list(errors) == bad
    assert bad
    assert {(e.kind, e.message) for e in errors.values()} == {
        (ErrorKind.REFUSED, "HTTP 400: this prompt is not allowed")
    }


class TestTheServerIsAway:
    """For 30 seconds, in the middle of a run, without telling anybody before."""

    SECONDS = 30 / FACTOR

    def outage(self, server: FakeOpenAI, begin: Callable[[], None], end: Callable[[], None]) -> list[Response]:
        server.quirks = Quirks(latency=0.002)
        backend = OpenAIBackend("m", base_url=server.url, concurrency=16)
        requests = (Request("generate", messages=(Message("user", str(number)),)) for number in range(400))
        answers = backend.answer(requests)
        found = dict(next(answers) for _ in range(20))
        begin()
        time.sleep(self.SECONDS)
        end()
        found.update(answers)
        return [found[number] for number in range(400)]

    def test_it_is_dead(self, server: FakeOpenAI) -> None:
        assert_all_answered(self.outage(server, server.hang_up, server.listen))

    @pytest.mark.parametrize("fault", [Scripted(502, HTML), Scripted(503, b"loading"), Scripted(504, b"")])
    def test_only_its_gateway_is_there(self, server: FakeOpenAI, fault: Scripted) -> None:
        def begin() -> None:
            server.script = lambda received: fault

        def end() -> None:
            server.script = lambda received: None

        assert_all_answered(self.outage(server, begin, end))

    def test_it_stalls(self, server: FakeOpenAI) -> None:
        def begin() -> None:
            server.script = lambda received: Scripted(delay=self.SECONDS)

        def end() -> None:
            server.script = lambda received: None

        responses = self.outage(server, begin, end)
        assert_all_answered(responses)
        assert server.count() == 400

    def test_it_stalls_for_longer_than_it_is_waited_for(self, server: FakeOpenAI) -> None:
        stalled = faulty([lambda: Scripted(delay=5.0)], 0.2)
        server.script = lambda received: stalled(received) if received.index < 50 else None
        responses = asked(server, 100, timeout=0.2)
        assert_all_answered(responses)
        assert 0 < sum(response.retries for response in responses) < 40


class TestOddReplies:
    """Good ones, as far as one can tell."""

    @pytest.mark.parametrize("rate", [0.01, 0.2])
    def test_five_megabytes(self, server: FakeOpenAI, rate: float) -> None:
        large = "x" * 5_000_000

        def reply(prompt: str) -> str:
            return large if crc32(prompt.encode()) % 100 < 100 * rate else prompt

        server.reply = reply
        responses = asked(server, 60)
        assert [response.text for response in responses] == [reply(str(number)) for number in range(60)]

    @pytest.mark.parametrize("rate", [0.01, 0.2])
    def test_nul_and_lone_surrogates(self, server: FakeOpenAI, rate: float) -> None:
        server.reply = lambda prompt: f"{prompt}\x00\ud83d\ude00 \ud800" if int(prompt) < 200 * rate else prompt
        for number, response in enumerate(asked(server, 200)):
            odd = number < 200 * rate
            assert response.text == (f"{number}\x00😀 \ufffd" if odd else str(number))
            assert response.text.encode()


def test_failures_are_counted_and_listed_and_the_next_run_asks_only_for_them(
    server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": number, "question": str(number), "answer": f"echo: {number}"} for number in range(120)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "echoes.yaml").write_text(
        "name: echoes\nabout: Echoes.\ndataset: {files: rows.jsonl}\nid: id\n"
        "columns: {question: question, answer: answer}\nask: generate\n"
        'prompt: "{{ question }}"\nmetrics: [exact_match]\n'
    )
    transient = faulty(list(FAULTS.values()), 0.2)
    bad = {"7", "35", "77", "101"}

    def script(received: Received) -> Scripted | None:
        return error(400, "bad prompt") if received.form["messages"][0]["content"] in bad else transient(received)

    server.script = script
    harness = Harness(tmp_path, capsys)
    command = ("eval", "-m", "m", "--base-url", server.url, "-t", "echoes.yaml", "--json")
    first = json.loads(harness(*command, code=4).stdout)
    (head,) = [row for row in first["rows"] if row["headline"]]
    assert (head["n"], head["errors"], head["value"]) == (116, 4, 1.0)
    listed = harness("show", "results/latest", "--failed").stdout
    assert all(number in listed for number in bad)
    server.received.clear()
    server.script = lambda received: None
    second = json.loads(harness(*command).stdout)
    (head,) = [row for row in second["rows"] if row["headline"]]
    assert (head["n"], head["errors"], head["value"]) == (120, 0, 1.0)
    assert {received.form["messages"][0]["content"] for received in server.received} == bad
    assert len(server.received) == 4
