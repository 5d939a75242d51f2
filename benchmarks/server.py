"""An OpenAI-compatible server on the loopback interface, fast enough never to be what is measured.

It plays the model of ``played.py``: ``/chat/completions``, and ``/completions`` with ``echo`` for log-probabilities.
Any GET is answered with the counters. It takes ``--requests`` at most, and ends when its standard input (a pipe)
closes, or after ``--seconds``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
import played

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_REASONS = {200: b"OK", 400: b"Bad Request", 429: b"Too Many Requests", 500: b"Internal Server Error"}


@dataclass(frozen=True, slots=True)
class Faults:
    """The shares of requests that go wrong, drawn anew for each attempt."""

    limited: float = 0.0  # 429 with Retry-After: 1
    broken: float = 0.0  # 500
    dropped: float = 0.0  # the connection is reset
    cut: float = 0.0  # status 200, and half of the JSON

    def draw(self, number: float) -> str | None:
        """Return the fault that a number between 0 and 1 stands for."""
        for name, share in asdict(self).items():
            if number < share:
                return str(name)
            number -= share
        return None


@dataclass(frozen=True, slots=True)
class Served:
    """What was asked and served.

    Attributes:
        requests: all that came, attempts and probes included.
        prompts: questions answered, each counted once; texts without a code are nobody's question.
        repeats: questions asked again after they had been answered.
        digest: of the set of questions answered: equal for equal sets.
        seconds: from the first request's arrival to the last reply.
        connections: the most requests under way at once.
    """

    requests: int
    prompts: int
    repeats: int
    digest: str
    seconds: float
    connections: int


@dataclass(slots=True)
class Counters:
    """Counts what is served."""

    requests: int = 0
    repeats: int = 0
    under_way: int = 0
    most: int = 0
    first: float = 0.0
    last: float = 0.0
    answered: set[int] = field(default_factory=set)

    def came(self) -> None:
        """Count a request that has come."""
        self.first = self.first or time.perf_counter()
        self.requests += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)

    def went(self, texts: Sequence[str]) -> None:
        """Count a request that is over, with the questions that it answered."""
        self.last = time.perf_counter()
        self.under_way -= 1
        for text in texts:
            mark = played.mark(text)
            self.repeats += mark in self.answered
            self.answered.add(mark)

    def served(self) -> Served:
        """Return the counts."""
        digest = 0
        for mark in self.answered:
            digest ^= mark
        seconds = self.last - self.first
        return Served(self.requests, len(self.answered), self.repeats, f"{digest:016x}", seconds, self.most)


def http(payload: object, status: int = 200, extra: bytes = b"", *, cut: bool = False) -> bytes:
    """Return a whole reply."""
    body = orjson.dumps(payload)
    if cut:
        body = body[: len(body) // 2]
    head = b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\n" % (status, _REASONS[status])
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (head, extra, len(body), body)


@dataclass(frozen=True, slots=True)
class Play:
    """How the server behaves."""

    latency: float
    most: int
    faults: Faults
    vocabulary: Sequence[str]
    counters: Counters
    chance: random.Random


class _Connection(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._received = b""
        self._needed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream server is always given a Transport; the base class promises less.
        self._transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) < self._needed:
            return
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        self._needed = head + 4 + (int(length[1]) if length else 0)
        if len(self._received) < self._needed:
            return
        request, body = self._received[:head], self._received[head + 4 : self._needed]
        self._received, self._needed = self._received[self._needed :], 0
        if request.startswith(b"GET"):
            models = {"object": "list", "data": [{"id": "made", "object": "model", "max_model_len": 32_768}]}
            path = request.split(b" ", 2)[1]
            self._transport.write(http(models if path.endswith(b"/models") else asdict(self._play.counters.served())))
        else:
            self._take(request, body)

    def _take(self, request: bytes, body: bytes) -> None:
        play = self._play
        play.counters.came()
        if play.counters.requests > play.most:
            self._transport.abort()
            return
        fault = play.faults.draw(play.chance.random())
        try:
            form = orjson.loads(body)
            if b"/chat/completions" in request.split(b"\r\n", 1)[0]:
                texts, reply = played.chat(form)
            else:
                texts, reply = played.complete(form, play.vocabulary)
        except (KeyError, TypeError, IndexError, orjson.JSONDecodeError) as error:
            wrong = {"error": {"message": f"no such request here: {error!r}", "type": "invalid_request_error"}}
            texts, fault, raw = [], None, http(wrong, 400)
        else:
            raw = http(reply, cut=fault == "cut")
        if fault == "limited":
            raw = http({"error": {"message": "slow down", "type": "rate_limit_error"}}, 429, b"retry-after: 1\r\n")
        elif fault == "broken":
            raw = http({"error": {"message": "something broke", "type": "server_error"}}, 500)
        questions = [] if fault else [text for text in texts if played.code_of(text) is not None]
        if play.latency:
            asyncio.get_running_loop().call_later(play.latency, self._answer, raw, questions, fault)
        else:
            self._answer(raw, questions, fault)

    def _answer(self, raw: bytes, questions: Sequence[str], fault: str | None) -> None:
        gone = fault == "dropped" or self._transport.is_closing()
        self._play.counters.went([] if gone else questions)
        if gone:
            self._transport.abort()
        else:
            self._transport.write(raw)


async def serve(play: Play, seconds: float) -> None:
    """Serve until standard input closes or the time is up; the first line printed is the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(play), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    closed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), closed.set)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), seconds)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is running."""

    url: str

    def served(self) -> Served:
        """Return what was served until now."""
        with urllib.request.urlopen(f"{self.url}/stats", timeout=30) as reply:
            return Served(**json.load(reply))


@contextlib.contextmanager
def running(
    *,
    latency_ms: float = 0,
    faults: Faults | None = None,
    vocabulary: Path | None = None,
    most: int = 20_000,
    seconds: int = 300,
) -> Iterator[Server]:
    """Run the server in a process of its own.

    Args:
        latency_ms: before each reply.
        faults: what goes wrong; nothing by default.
        vocabulary: a ``tokenizer.json``, for prompts that come as token numbers.
        most: requests that it takes.
        seconds: that it lives.
    """
    shares = ",".join(str(share) for share in asdict(faults or Faults()).values())
    limits = ["--latency-ms", str(latency_ms), "--requests", str(most), "--seconds", str(seconds), "--faults", shares]
    words = [] if vocabulary is None else ["--vocabulary", str(vocabulary)]
    command = (sys.executable, str(Path(__file__).resolve()), *limits, *words)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Server(f"http://127.0.0.1:{int(process.stdout.readline())}/v1")
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--faults", default="0,0,0,0")
    parser.add_argument("--vocabulary", type=Path)
    args = parser.parse_args()
    faults = Faults(*map(float, args.faults.split(",")))
    words: list[str] = []
    if args.vocabulary:
        words = list(json.loads(args.vocabulary.read_text("utf-8"))["model"]["vocab"])
    play = Play(args.latency_ms / 1000, args.requests, faults, words, Counters(), random.Random(0))
    asyncio.run(serve(play, args.seconds))


if __name__ == "__main__":
    main()
