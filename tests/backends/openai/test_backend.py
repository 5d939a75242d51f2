"""Construction, identity, and how an iteration begins and ends."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time as real_time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.backends.http.address import Address
from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Option, Request
from tests.backends.openai.conftest import ask, say
from tests.support.fake_openai import FakeOpenAI, Quirks


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "base"),
        [
            ("http://localhost:8000/v1", "http://localhost:8000/v1"),
            ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
            ("HTTPS://API.OpenAI.com:443/v1", "https://api.openai.com/v1"),
            ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
            ("http://host/v1/chat/completions", "http://host/v1"),
            ("http://host/v1/completions/", "http://host/v1"),
            ("http://user:pass@host/v1?api-version=1", "http://host/v1"),
            ("http://host", "http://host"),
        ],
    )
    def test_base(self, text: str, base: str) -> None:
        assert Address.parse(text).base == base

    def test_the_query_stays_behind_the_path(self) -> None:
        address = Address.parse("https://x.example/openai/deployments/d?api-version=2024-06-01")
        assert (
            address.url("/completions") == "https://x.example/openai/deployments/d/completions?api-version=2024-06-01"
        )

    @pytest.mark.parametrize(
        "text", ["localhost:8000", "ftp://host/v1", "http://", "http://host:port/v1", "http://[/v1", "x"]
    )
    def test_what_is_no_address(self, text: str) -> None:
        with pytest.raises(BackendError, match="http://localhost:8000/v1"):
            Address.parse(text)

    def test_errors_do_not_show_a_password(self) -> None:
        with pytest.raises(BackendError) as caught:
            Address.parse("ftp://user:hunter2@host/v1")
        assert "hunter2" not in str(caught.value)

    @pytest.mark.parametrize(
        ("host", "local"),
        [
            ("localhost", True), ("127.0.0.1", True), ("10.1.2.3", True), ("192.168.0.9", True), ("[::1]", True),
            ("vllm", True), ("gpu.local", True), ("api.openai.com", False), ("8.8.8.8", False),
        ],
    )  # fmt: skip
    def test_local(self, host: str, local: bool) -> None:
        assert Address.parse(f"http://{host}/v1").local is local


class TestCredentials:
    def test_a_public_server_needs_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(
            BackendError, match=r"no API key for api\.openai\.com: set HARNESS_API_KEY or OPENAI_API_KEY"
        ):
            OpenAIBackend("gpt")
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        OpenAIBackend("gpt")

    def test_a_header_may_be_the_key(self, server: FakeOpenAI) -> None:
        OpenAIBackend("gpt", base_url="https://x.example/v1", headers={"api-key": "k"})
        ask(OpenAIBackend("m", base_url=server.url, headers={"X-Team": "a"}), say("a"))
        assert server.received[0].headers["x-team"] == "a"

    def test_a_login_in_the_url(self, server: FakeOpenAI) -> None:
        backend = OpenAIBackend("m", base_url=server.url.replace("//", "//me:hunter%202@"))
        ask(backend, say("a"))
        assert server.received[0].headers["authorization"] == "Basic bWU6aHVudGVyIDI="
        assert "hunter" not in f"{backend!r} {backend.identity}"

    @pytest.mark.parametrize("key", ["two\nlines", "schlüssel"])
    def test_a_key_that_cannot_be_sent(self, key: str) -> None:
        with pytest.raises(BackendError, match="characters") as caught:
            OpenAIBackend("m", api_key=key)
        assert key not in str(caught.value)


class TestIdentity:
    def test_it_has_what_changes_answers_and_no_secret(self) -> None:
        backend = OpenAIBackend("m", base_url="https://me:pw@x.example/v1?k=v", revision="r7")
        assert backend.identity.model == "m"
        assert backend.identity.backend == "openai"
        details = dict(backend.identity.details)
        extra = details.pop("extra")
        assert details == {
            "base_url": "https://x.example/v1", "model": "m", "revision": "r7", "generate": "chat", "encoding": 1,
        }  # fmt: skip
        other = OpenAIBackend("m", base_url="https://me:pw@x.example/v1?k=w", revision="r7")
        assert other.identity.details["extra"] != extra

    def test_chat_and_auto_are_one(self) -> None:
        auto, chat, text = (
            OpenAIBackend("m", base_url="http://h/v1", endpoint=e).identity.digest
            for e in ("auto", "chat", "completions")
        )
        assert auto == chat != text

    def test_a_server_that_moves(self) -> None:
        one = OpenAIBackend("m", base_url="http://h:1/v1", identity_name="lab").identity
        two = OpenAIBackend("m", base_url="http://h:2/v1", identity_name="lab").identity
        assert one.digest == two.digest
        assert "http" not in str(one.details)

    def test_transport_does_not_count(self) -> None:
        one = OpenAIBackend("m", base_url="http://h/v1").identity
        two = OpenAIBackend("m", base_url="http://h/v1/", api_key="k", concurrency=1, timeout=1, max_retries=0).identity
        assert one.digest == two.digest

    def test_the_environment_names_the_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", "http://there:9/v1")
        assert OpenAIBackend("m").identity.details["base_url"] == "http://there:9/v1"
        assert OpenAIBackend("m", base_url="http://here/v1").identity.details["base_url"] == "http://here/v1"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"endpoint": "chats"}, "did you mean 'chat'"),
        ({"max_tokens_field": "tokens"}, "max_tokens_field=tokens is unknown"),
        ({"concurrency": 0}, "concurrency=0 must be a whole number of at least 1"),
        ({"concurrency": 2.5}, "whole number"),
        ({"concurrency": True}, "whole number"),
        ({"timeout": "long"}, "timeout=long must be a number"),
        ({"timeout": float("nan")}, "must be a number"),
        ({"max_retries": -1}, "at least 0"),
        ({"headers": "a: b"}, "headers must be a mapping"),
        ({"headers": {"a": "b\r\nc: d"}}, "cannot be sent"),
        ({"model": " "}, "openai:NAME"),
    ],
)
def test_wrong_options_are_one_line(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BackendError, match=said):
        OpenAIBackend(**{"model": "m", "base_url": "http://localhost/v1", **options})


class TestProxy:
    def test_this_machine_is_asked_directly(self, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        assert ask(OpenAIBackend("m", base_url=server.url), say("a"))[0].text

    def test_others_through_the_proxy_of_the_environment(
        self, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with pytest.raises(BackendError, match="no /chat/completions at"):  # the fake server is no proxy
            ask(OpenAIBackend("m", base_url="http://model.invalid/v1", api_key="k"), say("a"))
        assert server.received[0].path == "http://model.invalid/v1/chat/completions"


class TestIteration:
    def test_nothing_to_ask(self, server: FakeOpenAI) -> None:
        assert list(OpenAIBackend("m", base_url=server.url).answer([])) == []

    def test_concurrency_is_bounded_and_used(self, server: FakeOpenAI) -> None:
        server.quirks = Quirks(latency=0.02)
        ask(OpenAIBackend("m", base_url=server.url, concurrency=8), *(say(str(n)) for n in range(100)))
        assert server.most_in_flight == 8
        assert server.connections == 8

    def test_answers_come_as_they_are_ready(self, server: FakeOpenAI) -> None:
        server.quirks = Quirks(latency=0.05)
        answers = OpenAIBackend("m", base_url=server.url, concurrency=2).answer([say(str(n)) for n in range(100)])
        next(answers)
        assert server.count() < 50
        answers.close()  # type: ignore[attr-defined]

    def test_closing_cancels(self, server: FakeOpenAI) -> None:
        server.quirks = Quirks(latency=0.02)
        before = threading.active_count()
        answers = OpenAIBackend("m", base_url=server.url, concurrency=4).answer([say(str(n)) for n in range(1_000)])
        for _ in range(10):
            next(answers)
        server.quirks = Quirks(latency=60)
        started = real_time.monotonic()
        answers.close()  # type: ignore[attr-defined]
        assert real_time.monotonic() - started < 2
        assert server.count() < 500
        assert threading.active_count() == before

    def test_an_interrupted_consumer_leaves_nothing_behind(self, server: FakeOpenAI) -> None:
        def consume(answers: Iterator[Any]) -> None:
            for count, _ in enumerate(answers):
                if count == 5:
                    raise KeyboardInterrupt

        before = threading.active_count()
        answers = OpenAIBackend("m", base_url=server.url).answer([say(str(n)) for n in range(1_000)])
        with pytest.raises(KeyboardInterrupt):
            consume(answers)
        answers.close()  # type: ignore[attr-defined]
        assert threading.active_count() == before

    def test_a_slow_consumer_is_waited_for(self, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("harness.backends.http.service._READY_AHEAD", 10)
        answers = OpenAIBackend("m", base_url=server.url, concurrency=4).answer([say(str(n)) for n in range(200)])
        next(answers)
        real_time.sleep(0.4)
        assert server.count() <= 1 + 10 + 4 + 1
        assert len(list(answers)) == 199

    def test_inside_a_running_event_loop(self, server: FakeOpenAI) -> None:
        async def main() -> int:
            return len(ask(OpenAIBackend("m", base_url=server.url), *(say(str(n)) for n in range(10))))

        assert asyncio.run(main()) == 10

    def test_one_backend_can_be_asked_again(self, server: FakeOpenAI) -> None:
        backend = OpenAIBackend("m", base_url=server.url)
        assert ask(backend, say("a"))[0].text == ask(backend, say("a"))[0].text
        backend.close()
        backend.close()

    def test_a_bug_costs_one_request(self, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        def form(*_: object) -> dict[str, Any]:
            raise ZeroDivisionError("oops")

        monkeypatch.setattr("harness.backends.openai.scoring.clean", form)
        backend = OpenAIBackend("m", base_url=server.url)
        good, bad = ask(backend, say("a"), Request("choose", prompt="a", options=(Option(" b"),)))
        assert good.text
        assert bad.error is not None
        assert bad.error.kind is ErrorKind.INTERNAL
        assert bad.error.message == "ZeroDivisionError: oops"


def test_ctrl_c_ends_a_waiting_process(server: FakeOpenAI, root: Path) -> None:
    server.quirks = Quirks(latency=60)
    code = (
        "import sys\nfrom harness.backends.openai import OpenAIBackend\nfrom harness.values import Request\n"
        f"backend = OpenAIBackend('m', base_url='{server.url}')\n"
        "try:\n    list(backend.answer([Request('generate', prompt='a')] * 50))\n"
        "except KeyboardInterrupt:\n    sys.exit(7)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root, stderr=subprocess.PIPE)
    while server.count() < 32 and process.poll() is None:
        real_time.sleep(0.05)
    started = real_time.monotonic()
    process.send_signal(2)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 7, errors
    assert real_time.monotonic() - started < 5
    assert errors == b""


def test_importing_is_light(root: Path) -> None:
    code = "import sys, harness.backends.openai as o; o.OpenAIBackend; print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    loaded = process.stdout.split()
    assert not {"aiohttp", "asyncio", "ssl", "yarl", "openai", "email"} & set(loaded)
