"""A chat server on the loopback interface, fast enough never to be what is measured (some 10,000 replies a second).

Any POST is answered with the letter of the last digit of the ``code`` in its body; any GET with the counters. It
answers ``--requests`` at most, and ends when its standard input (a pipe) closes, or after ``--seconds``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from made import LETTERS

_CODE = re.compile(rb"code \d*(\d)\.")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def _reply(letter: str) -> bytes:
    text = f"I compared all ten of them. The answer is ({letter})."
    return _http(
        {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 300, "completion_tokens": 14, "total_tokens": 314},
        }
    )


def _http(payload: object) -> bytes:
    body = json.dumps(payload).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


_REPLIES = [_reply(letter) for letter in LETTERS]


@dataclass(slots=True)
class Counters:
    """What was served: requests, and the seconds from the first one's arrival to the last reply."""

    requests: int = 0
    first: float = 0.0
    last: float = 0.0


class _Connection(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, counters: Counters, latency: float, most: int) -> None:
        self._counters = counters
        self._latency = latency
        self._most = most
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream server is always given a Transport; the base class promises less.
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self._received) < end:
            return
        request, self._received = self._received[:end], self._received[end:]
        counters = self._counters
        if request.startswith(b"GET"):
            seconds = counters.last - counters.first
            self._transport.write(_http({"requests": counters.requests, "seconds": seconds}))
            return
        counters.first = counters.first or time.perf_counter()
        counters.requests += 1
        if counters.requests > self._most:
            self._transport.close()
            return
        code = _CODE.search(request, head)
        reply = _REPLIES[int(code[1]) if code else 0]
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._answer, reply)
        else:
            self._answer(reply)

    def _answer(self, reply: bytes) -> None:
        self._counters.last = time.perf_counter()
        self._transport.write(reply)


async def serve(latency: float, most: int, seconds: float) -> None:
    """Serve until standard input closes or the time is up; the first line printed is the port."""
    loop = asyncio.get_running_loop()
    counters = Counters()
    server = await loop.create_server(lambda: _Connection(counters, latency, most), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    closed = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), closed.set)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), seconds)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is running."""

    url: str

    def counters(self) -> tuple[int, float]:
        """Return the requests that came, and the seconds from the first one's arrival to the last reply."""
        with urllib.request.urlopen(f"{self.url}/stats", timeout=10) as reply:
            said = json.load(reply)
        return said["requests"], said["seconds"]


@contextlib.contextmanager
def running(*, latency_ms: int = 0, most: int = 20_000, seconds: int = 300) -> Iterator[Server]:
    """Run the server in a process of its own."""
    limits = ("--latency-ms", str(latency_ms), "--requests", str(most), "--seconds", str(seconds))
    command = (sys.executable, str(Path(__file__).resolve()), *limits)
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
    args = parser.parse_args()
    asyncio.run(serve(args.latency_ms / 1000, args.requests, args.seconds))


if __name__ == "__main__":
    main()
