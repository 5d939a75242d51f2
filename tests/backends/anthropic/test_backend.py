"""The Messages API on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.backends.anthropic import AnthropicBackend
from harness.backends.base import Backend, Capabilities
from harness.backends.resolve import open_backend
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Option, Request, Response
from tests.support.clocks import fast_clock
from tests.support.fake_anthropic import FakeAnthropic, failure, message
from tests.support.fake_openai import Quirks, Scripted

PICTURE = "data:image/png;base64,iVBORw0KGgo="
OVERLOADED = failure(529, "overloaded_error", "Overloaded")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnthropicBackend, "clock", fast_clock(100))
    for name in ("HARNESS_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FakeAnthropic]:
    with FakeAnthropic() as running:
        yield running


def say(*messages: Message | str, prefill: str = "", **generation: Any) -> Request:
    turns = tuple(Message("user", m) if isinstance(m, str) else m for m in messages)
    return Request("generate", messages=turns, prefill=prefill, generation=Generation(**generation))


def ask(server: FakeAnthropic, *requests: Request, **options: Any) -> list[Response]:
    found = dict(AnthropicBackend("m", base_url=server.url, **options).answer(iter(requests)))
    return [found[place] for place in range(len(requests))]


class TestForms:
    """What is sent."""

    def test_a_conversation(self, server: FakeAnthropic) -> None:
        turns = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Yes?"), "Capital?")
        (response,) = ask(server, say(*turns, prefill="It is ", max_tokens=9, stop=("\n\n", "END")))
        assert response.error is None
        assert server.received[0].path == "/v1/messages"
        assert server.received[0].form == {
            "model": "m",
            "max_tokens": 9,
            "system": "Be brief.",
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "Capital?"},
                {"role": "assistant", "content": "It is"},
            ],
            "stop_sequences": ["END"],
            "temperature": 0.0,
        }

    def test_sampling(self, server: FakeAnthropic) -> None:
        ask(server, say("a", temperature=0.7, top_p=0.9, seed=3))
        form = server.received[0].form
        assert (form["temperature"], form["top_p"]) == (0.7, 0.9)
        assert "seed" not in form

    def test_a_plain_prompt_is_a_message(self, server: FakeAnthropic) -> None:
        assert ask(server, Request("generate", prompt="a"))[0].text == "echo: a"

    def test_pictures(self, server: FakeAnthropic) -> None:
        server.script = lambda received: Scripted(body=message("a cat"))
        ask(server, say(Message("user", "What is it?", (PICTURE, "https://example.org/cat.png"))))
        assert server.received[0].form["messages"][0]["content"] == [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
            {"type": "image", "source": {"type": "url", "url": "https://example.org/cat.png"}},
            {"type": "text", "text": "What is it?"},
        ]

    def test_a_picture_that_cannot_be_sent_costs_its_request(self, server: FakeAnthropic) -> None:
        bad, good = ask(server, say(Message("user", "?", ("data:image/svg+xml,<svg/>",))), say("b"))
        assert bad.error is not None
        assert bad.error.kind is ErrorKind.REFUSED
        assert good.text == "echo: b"

    def test_more_fields(self, server: FakeAnthropic) -> None:
        ask(server, say("a"), body={"thinking": {"type": "disabled"}})
        assert server.received[0].form["thinking"] == {"type": "disabled"}

    def test_a_model_that_samples_as_it_likes(self, server: FakeAnthropic) -> None:
        server.samples = False
        responses = ask(server, *(say(str(number)) for number in range(40)), concurrency=4)
        assert [response.text for response in responses] == [f"echo: {number}" for number in range(40)]
        assert {response.method for response in responses} == {"default_temperature"}
        assert server.count() < 50


class TestReplies:
    """What comes back."""

    @pytest.mark.parametrize(
        ("reason", "finish"),
        [
            ("end_turn", "stop"),
            ("stop_sequence", "stop"),
            ("max_tokens", "length"),
            ("model_context_window_exceeded", "length"),
            ("refusal", "filter"),
            (None, None),
        ],
    )
    def test_why_it_ends(self, server: FakeAnthropic, reason: str | None, finish: str | None) -> None:
        server.queue.append(Scripted(body=message("so", reason)))
        assert ask(server, say("a"))[0].finish == finish

    def test_tokens_are_counted_with_those_of_the_cache(self, server: FakeAnthropic) -> None:
        counts = {"cache_creation_input_tokens": 100, "cache_read_input_tokens": 2000, "output_tokens": 11}
        server.queue.append(Scripted(body=message("so", **counts)))
        (response,) = ask(server, say("a"))
        assert (response.prompt_tokens, response.completion_tokens) == (2107, 11)

    def test_thoughts_are_not_the_reply(self, server: FakeAnthropic) -> None:
        blocks = [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "text", "text": "4"},
            {"type": "text", "text": "2"},
        ]
        server.queue.append(Scripted(body={**message(None), "content": blocks}))
        assert ask(server, say("a"))[0].text == "42"

    def test_an_empty_reply_is_one(self, server: FakeAnthropic) -> None:
        server.queue.append(Scripted(body=message(None)))
        response = ask(server, say("a"))[0]
        assert (response.text, response.error) == ("", None)

    def test_stop_strings_that_cannot_be_sent(self, server: FakeAnthropic) -> None:
        server.queue.append(Scripted(body=message("one\n\ntwo", "max_tokens")))
        response = ask(server, say("a", stop=("\n\n",)))[0]
        assert (response.text, response.finish) == ("one", "stop")

    def test_a_refusal(self, server: FakeAnthropic) -> None:
        server.queue.append(Scripted(body=message(None, "refusal")))
        (response,) = ask(server, say("a"))
        assert response.error is not None
        assert (response.error.kind, response.error.message) == (ErrorKind.REFUSED, "the model refuses")
        assert server.count() == 1

    def test_lone_surrogates(self, server: FakeAnthropic) -> None:
        server.queue.append(
            Scripted(body=b'{"content": [{"type": "text", "text": "\\ud800 \\u0000"}], "stop_reason": 1}')
        )
        assert ask(server, say("a"))[0].text == "\ufffd \x00"


class TestFaults:
    """The classes of error that the reference lists."""

    @pytest.mark.parametrize(
        "fault",
        [
            OVERLOADED,
            failure(429, "rate_limit_error", "Number of requests has exceeded your rate limit", retry_after="2"),
            failure(500, "api_error", "Internal server error"),
            failure(504, "timeout_error", "Timed out"),
            Scripted(body={"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            Scripted(body={"type": "message"}),
            Scripted(body=message("x") | {"content": "x"}),
            Scripted(body=message("x") | {"content": [{"type": "text"}]}),
        ],
    )
    def test_asked_again(self, server: FakeAnthropic, fault: Scripted) -> None:
        server.queue.extend([fault, fault])
        (response,) = ask(server, say("a"))
        assert (response.text, response.retries) == ("echo: a", 2)

    def test_overload_costs_no_attempts(self, server: FakeAnthropic) -> None:
        server.queue.extend([OVERLOADED] * 20)
        assert ask(server, say("a"), max_retries=2)[0].retries == 20

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            (failure(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000"), ErrorKind.TOO_LONG),
            (failure(400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 198000 + 4096"),
             ErrorKind.TOO_LONG),
            (failure(413, "request_too_large", "Request exceeds the maximum size"), ErrorKind.TOO_LONG),
            (failure(400, "invalid_request_error", "messages: roles must alternate"), ErrorKind.REFUSED),
        ],
    )  # fmt: skip
    def test_recorded(self, server: FakeAnthropic, fault: Scripted, kind: ErrorKind) -> None:
        server.queue.append(fault)
        (response,) = ask(server, say("a"))
        assert response.error is not None
        assert response.error.kind is kind
        assert server.count() == 1

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (failure(401, "authentication_error", "invalid x-api-key"), "check HARNESS_API_KEY or ANTHROPIC_API_KEY"),
            (failure(403, "permission_error", "no"), "check HARNESS_API_KEY or ANTHROPIC_API_KEY"),
            (failure(404, "not_found_error", "model: m"), r"no model 'm' or no /v1/messages at .* check the model"),
            (failure(402, "billing_error", "x"), "answers no more requests of this account"),
            (failure(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API"),
             "answers no more requests of this account"),
        ],
    )  # fmt: skip
    def test_the_run_ends(self, server: FakeAnthropic, fault: Scripted, said: str) -> None:
        server.queue.append(fault)
        with pytest.raises(BackendError, match=said):
            ask(server, say("a"))

    def test_a_limit_used_up_is_waited_for(self, server: FakeAnthropic) -> None:
        soon = (datetime.now(UTC) + timedelta(seconds=30)).isoformat(timespec="seconds")
        spent = {"anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": soon}
        server.queue.append(Scripted(headers=spent))
        assert [r.text for r in ask(server, say("a"), say("b"), concurrency=1)] == ["echo: a", "echo: b"]


class TestTheBackend:
    """Address, key, identity, abilities."""

    def test_it_is_one(self, server: FakeAnthropic) -> None:
        backend = open_backend("anthropic:claude-x", base_url=server.url, options={"concurrency": 2})
        assert isinstance(backend, Backend)
        assert backend.identity.model == "claude-x"
        assert backend.probe(("generate", "letters")) == Capabilities(
            generate=True, chat=True, plain=False, prefill=True, images=True, falls_back=True
        )
        backend.close()

    @pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/messages"])
    def test_its_address(self, server: FakeAnthropic, path: str) -> None:
        assert dict(AnthropicBackend("m", base_url=server.url + path).answer([say("a")]))[0].text == "echo: a"

    def test_its_key(self, server: FakeAnthropic, monkeypatch: pytest.MonkeyPatch) -> None:
        server.quirks = Quirks(key="sk-ant-0123456789")
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789")
        assert ask(server, say("a"))[0].text == "echo: a"
        assert "authorization" not in server.received[0].headers
        monkeypatch.setenv("HARNESS_API_KEY", "sk-ant-9999999999")
        with pytest.raises(BackendError) as caught:
            ask(server, say("a"))
        assert "9999" not in str(caught.value)

    def test_a_public_server_needs_a_key(self) -> None:
        with pytest.raises(BackendError, match=r"no API key for api\.anthropic\.com: set HARNESS_API_KEY or ANTHROPIC"):
            AnthropicBackend("m")

    def test_another_version(self, server: FakeAnthropic) -> None:
        with pytest.raises(BackendError, match="not a valid version"):
            ask(server, *[say("a")] * 100, headers={"Anthropic-Version": "2022-01-01"})

    def test_what_changes_answers_changes_the_identity(self) -> None:
        def digest(**options: Any) -> str:
            return AnthropicBackend(options.pop("model", "m"), **{"api_key": "k", **options}).identity.digest

        same = digest()
        assert digest(api_key="other", concurrency=3, timeout=5, max_retries=1, base_url="https://api.anthropic.com/v1")
        assert same == digest(api_key="other", concurrency=3, base_url="https://api.anthropic.com/v1")
        others = [
            digest(model="n"), digest(revision="2"), digest(base_url="https://x.example"), digest(body={"top_k": 3}),
            digest(headers={"anthropic-beta": "x"}), digest(identity_name="x"),
        ]  # fmt: skip
        assert len({same, *others}) == 7

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"concurrency": 0}, "concurrency=0 must be a whole number of at least 1"),
            ({"timeout": "x"}, "timeout=x must be a number"),
            ({"deadline": 0}, "deadline=0 must be a number"),
            ({"headers": "x"}, "headers must be a mapping"),
            ({"body": [1]}, "body must be a mapping"),
            ({"body": {"max_tokens": 5}}, "'max_tokens' is set by the card"),
            ({"base_url": "localhost"}, "is no HTTP address"),
        ],
    )
    def test_wrong_options(self, options: dict[str, Any], said: str) -> None:
        with pytest.raises(BackendError, match=said):
            AnthropicBackend("m", **{"api_key": "k", **options})

    def test_no_log_probabilities(self, server: FakeAnthropic) -> None:
        with pytest.raises(BackendError, match="gives no log-probabilities"):
            ask(server, Request("choose", prompt="a", options=(Option(" b"),)))
