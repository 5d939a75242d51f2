"""A small OpenAI-compatible server on a real loopback socket, whose faults and quirks a test writes down.

::

    with FakeOpenAI() as server:
        server.queue.append(Scripted(status=429, headers={"Retry-After": "1"}))  # the next request gets this
        backend = OpenAIBackend("m", base_url=server.url)

It serves ``/v1/chat/completions`` and ``/v1/completions`` (text, lists of prompts, echo with log-probabilities).
Texts are split into words with the space before them; a word's log-probability is :func:`logprob_of`, so that a test
can compute what to expect.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


def logprob_of(word: str) -> float:
    """The log-probability this server gives a word, wherever it stands."""
    return -0.25 - zlib.crc32(word.encode()) % 4096 / 1024


def is_likeliest(word: str) -> bool:
    """Whether this server says that it would have written the word."""
    return zlib.crc32(word.encode()) % 2 == 0


def words_of(text: str) -> list[str]:
    """A text's tokens; joined they are the text."""
    return re.findall(r" ?[^ \n]+|\n| ", text)


@dataclass(frozen=True)
class Received:
    """A request as it came: its place in the order of arrival, path, headers (lower case) and JSON."""

    index: int
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, Any]


@dataclass(frozen=True)
class Scripted:
    """What to do instead of answering well.

    ``body`` None keeps the good body. ``drop`` resets the connection: before any byte, or in the middle of the body.
    """

    status: int = 200
    body: bytes | Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: Literal["", "at once", "in body"] = ""


def error(status: int, message: str, **fields: Any) -> Scripted:
    """An error in OpenAI's form."""
    headers = {name.replace("_", "-"): fields.pop(name) for name in ("retry_after", "retry_after_ms") if name in fields}
    return Scripted(status, {"error": {"message": message, **fields}}, headers)


@dataclass
class Quirks:
    """How this server differs from OpenAI's.

    Attributes:
        key: the only key it takes.
        echo: False ignores ``echo`` silently; ``refuse`` answers 400.
        lists: whether a list of prompts is taken.
        zero_tokens: whether ``max_tokens: 0`` is taken.
        tokens_field: the only name of the limit it takes, or None for both.
        first_token: written before every prompt, as some tokenizers do.
        bare_words: tokens are decoded without the space before them.
        context: the greatest number of words of a prompt.
        latency: seconds before each answer.
    """

    key: str | None = None
    echo: bool | Literal["refuse"] = True
    lists: bool = True
    zero_tokens: bool = True
    tokens_field: str | None = None
    first_token: str = ""
    bare_words: bool = False
    context: int | None = None
    latency: float = 0.0


class FakeOpenAI:
    """The server; a context manager that listens from ``__enter__`` to ``__exit__``.

    Attributes:
        reply: makes the text of a reply from the prompt, or from the contents of the messages joined by line ends.
        quirks: see :class:`Quirks`; may be changed while it runs.
        queue: what happens to the next requests, one entry each.
        script: asked for each request that finds the queue empty; None answers well.
        received: every request so far.
    """

    def __init__(self, reply: Callable[[str], str] | None = None, quirks: Quirks | None = None) -> None:
        self.reply = reply or (lambda prompt: "echo: " + prompt)
        self.quirks = quirks or Quirks()
        self.queue: deque[Scripted | None] = deque()
        self.script: Callable[[Received], Scripted | None] = lambda received: None
        self.received: list[Received] = []
        self.in_flight = self.most_in_flight = self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-openai", daemon=True)
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> FakeOpenAI:
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, *exc: object) -> None:
        self.hang_up()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def listen(self) -> None:
        """Begin to listen, on the same port as before."""
        self._run(self._listen())

    def hang_up(self) -> None:
        """Stop listening and break all connections: from now on they are refused."""
        self._run(self._hang_up())

    def count(self, path: str = "") -> int:
        """How many requests there were (to a path)."""
        return sum(received.path.endswith(path) for received in self.received)

    def _run(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        for writer in list(self._writers):
            _reset(writer)
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = head[0].split(" ")[1]
        received = Received(len(self.received), path, headers, json.loads(body or b"{}"))
        self.received.append(received)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._respond(received, writer)
        finally:
            self.in_flight -= 1

    async def _respond(self, received: Received, writer: asyncio.StreamWriter) -> bool:
        scripted = (self.queue.popleft() if self.queue else self.script(received)) or Scripted()
        await asyncio.sleep(scripted.delay + self.quirks.latency)
        if scripted.drop == "at once":
            _reset(writer)
            return False
        status, value = (scripted.status, scripted.body) if scripted.body is not None else self._answer(received)
        payload = value if isinstance(value, bytes) else json.dumps(value).encode()
        lines = [
            f"HTTP/1.1 {scripted.status if scripted.status != 200 else status} X",
            f"Content-Length: {len(payload)}",
        ]
        lines += [f"{name}: {text}" for name, text in scripted.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        if scripted.drop:
            writer.write(payload[: len(payload) // 2])
            await writer.drain()
            _reset(writer)
            return False
        writer.write(payload)
        await writer.drain()
        return True

    def _answer(self, received: Received) -> tuple[int, Mapping[str, Any]]:
        quirks, form = self.quirks, received.form
        if quirks.key is not None and received.headers.get("authorization") != f"Bearer {quirks.key}":
            return _refusal(401, f"Incorrect API key provided: {received.headers.get('authorization', '')[7:]}")
        for name in ("max_tokens", "max_completion_tokens"):
            if name in form and quirks.tokens_field not in (None, name):
                advice = f"Use '{quirks.tokens_field}' instead."
                return _refusal(400, f"Unsupported parameter: '{name}' is not supported with this model. {advice}")
        path = received.path.partition("?")[0]
        if path == "/v1/chat/completions":
            prompts = ["\n".join(message["content"] for message in form["messages"])]
        elif path == "/v1/completions":
            prompts = form["prompt"] if isinstance(form["prompt"], list) else [form["prompt"]]
            if len(prompts) > 1 and not quirks.lists:
                return _refusal(400, "prompt must be a string")
            if form.get("max_tokens") == 0 and not quirks.zero_tokens:
                return _refusal(400, "max_tokens must be at least 1, got 0.")
            if form.get("echo") and quirks.echo == "refuse":
                return _refusal(400, "Only no echo is supported")
        else:
            return _refusal(404, "Not Found")
        if quirks.context is not None and any(len(words_of(prompt)) > quirks.context for prompt in prompts):
            return _refusal(400, f"This model's maximum context length is {quirks.context} tokens.")
        make = self._chat_choice if path.endswith("/chat/completions") else self._text_choice
        choices = [{"index": index, **make(prompt, form)} for index, prompt in enumerate(prompts)]
        read = sum(len(words_of(prompt)) for prompt in prompts)
        usage = {"prompt_tokens": read, "completion_tokens": 3, "total_tokens": read + 3}
        # Last first: the order of a list's choices is not promised, only their index.
        return 200, {"id": "x", "model": form["model"], "choices": choices[::-1], "usage": usage}

    def _chat_choice(self, prompt: str, form: Mapping[str, Any]) -> dict[str, Any]:
        return {"message": {"role": "assistant", "content": self.reply(prompt)}, "finish_reason": "stop"}

    def _text_choice(self, prompt: str, form: Mapping[str, Any]) -> dict[str, Any]:
        quirks = self.quirks
        if form.get("logprobs") is None:
            return {"text": self.reply(prompt), "finish_reason": "stop", "logprobs": None}
        written = [" generated"][: form["max_tokens"]]
        if not (form.get("echo") and quirks.echo):
            return {"text": "".join(written), "finish_reason": "length", "logprobs": self._table(written)}
        words = ([quirks.first_token] if quirks.first_token else []) + words_of(prompt) + written
        return {"text": prompt + "".join(written), "finish_reason": "length", "logprobs": self._table(words)}

    def _table(self, words: list[str]) -> dict[str, Any]:
        shown = [word.lstrip(" ") for word in words] if self.quirks.bare_words else words
        logprobs: list[float | None] = [logprob_of(word) for word in words]
        tops: list[dict[str, float] | None] = [
            {name: logprob_of(word), "?": logprob_of(word) + (-1.0 if is_likeliest(word) else 0.125)}
            for name, word in zip(shown, words, strict=True)
        ]
        if words:
            logprobs[0] = tops[0] = None
        # As vLLM does it: lengths of the decoded tokens added up, whatever the text.
        offsets = [sum(map(len, shown[:place])) for place in range(len(shown))]
        return {"tokens": shown, "token_logprobs": logprobs, "top_logprobs": tops, "text_offset": offsets}


def _refusal(status: int, message: str) -> tuple[int, Mapping[str, Any]]:
    return status, {"error": {"message": message, "type": "invalid_request_error", "code": None}}


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and not writer.transport.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
