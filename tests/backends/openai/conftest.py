"""A loopback server, and a clock that does not make tests wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from harness.backends.http.retry import Clock
from harness.backends.openai import OpenAIBackend
from harness.values import Generation, Message, Request, Response
from tests.support.fake_openai import FakeOpenAI


class FakeTime:
    """Time that passes only by sleeping; remembers each pause."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HARNESS_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """Makes every backend of the test sleep in no time."""
    fake = FakeTime()
    monkeypatch.setattr(OpenAIBackend, "clock", fake.clock())
    return fake


def ask(backend: OpenAIBackend, *requests: Request) -> list[Response]:
    """All responses in the order of their requests; each exactly once."""
    found: dict[int, Response] = {}
    for index, response in backend.answer(requests):
        assert index not in found
        found[index] = response
    assert sorted(found) == list(range(len(requests)))
    return [found[index] for index in range(len(requests))]


def say(text: str, **generation: Any) -> Request:
    """A generate request of one user message."""
    return Request("generate", messages=(Message("user", text),), generation=Generation(**generation))
