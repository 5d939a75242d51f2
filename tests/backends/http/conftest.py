"""A service without a protocol of its own: the smallest one that the fake server understands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest

from harness.backends.http.address import Address, Credentials
from harness.backends.http.caller import Caller
from harness.backends.http.faults import Fault
from harness.backends.http.retry import Clock
from harness.backends.http.service import Limits, Service
from harness.values import Message, Request, Response
from tests.support.fake_openai import FakeOpenAI

PATH = "/chat/completions"


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


def service(server: FakeOpenAI, clock: Clock | None = None, **limits: float) -> Service:
    return Service("m", Address.parse(server.url), Credentials({}), Limits(**limits), clock)  # type: ignore[arg-type]


def say(text: str) -> Request:
    return Request("generate", messages=(Message("user", text),))


async def reply(caller: Caller, text: str) -> str:
    form = {"model": "m", "messages": [{"role": "user", "content": text}]}
    return str((await caller.ask(PATH, form, lambda payload: payload["choices"][0]["message"]["content"])).value)


def answering(asked: Service) -> Callable[[Caller], Callable[[Request], Awaitable[Response]]]:
    def make(caller: Caller) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return Response(text=await reply(caller, request.messages[0].content))
            except Fault as fault:
                asked.health.gave_up(fault)
                return Response.failed(fault.kind, fault.message, fault.retries)

        return answer

    return make
