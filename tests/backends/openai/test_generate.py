"""Text over both endpoints: what is sent, what is made of the reply."""

from __future__ import annotations

from typing import Any

import pytest

from harness.backends.base import Backend
from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Request
from tests.backends.openai.conftest import ask, say
from tests.support.fake_openai import FakeOpenAI, Quirks, Scripted, error


def _message(message: dict[str, Any], finish: str | None = "stop") -> Scripted:
    return Scripted(body={"choices": [{"message": message, "finish_reason": finish}], "usage": None})


def test_it_is_a_backend(server: FakeOpenAI) -> None:
    assert isinstance(OpenAIBackend("m", base_url=server.url), Backend)


def test_messages_go_to_chat(server: FakeOpenAI) -> None:
    talk = (Message("system", "Be brief."), Message("user", "Hi"))
    request = Request("generate", messages=talk, generation=Generation(max_tokens=7, stop=("\n",), seed=3))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), request)
    assert response.text == "echo: Be brief."
    assert response.finish == "stop"
    assert (response.prompt_tokens, response.completion_tokens, response.retries) == (4, 3, 0)
    assert response.latency is not None
    assert server.received[0].path == "/v1/chat/completions"
    assert server.received[0].form == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "max_tokens": 7,
        "temperature": 0.0,
        "stop": ["\n"],
        "seed": 3,
    }
    assert "authorization" not in server.received[0].headers


def test_a_plain_prompt_becomes_a_user_message(server: FakeOpenAI) -> None:
    ask(OpenAIBackend("m", base_url=server.url), Request("generate", prompt="Hi"))
    assert server.received[0].form["messages"] == [{"role": "user", "content": "Hi"}]


def test_plain_text_goes_to_completions_with_its_prefill(server: FakeOpenAI) -> None:
    backend = OpenAIBackend("m", base_url=server.url, endpoint="completions")
    request = Request(
        "generate", prompt="Q: 1+1\nA:", prefill=" The", generation=Generation(top_p=0.5, temperature=0.7)
    )
    (response,) = ask(backend, request)
    assert response.text == "echo: Q: 1+1\nA: The"
    assert server.received[0].path == "/v1/completions"
    assert server.received[0].form == {
        "model": "m", "prompt": "Q: 1+1\nA: The", "max_tokens": 256, "temperature": 0.7, "top_p": 0.5,
    }  # fmt: skip


def test_what_an_endpoint_cannot_is_one_line(server: FakeOpenAI) -> None:
    with pytest.raises(BackendError, match="plain text, not messages"):
        ask(OpenAIBackend("m", base_url=server.url, endpoint="completions"), say("Hi"))
    with pytest.raises(BackendError, match="cannot begin the assistant's reply"):
        ask(OpenAIBackend("m", base_url=server.url), Request("generate", prompt="Hi", prefill="Sure"))
    assert server.count() == 0


@pytest.mark.parametrize(
    ("endpoint", "choose", "chat", "plain", "prefill"),
    [("auto", True, True, True, False), ("chat", False, True, False, False), ("completions", True, False, True, True)],
)
def test_capabilities(endpoint: Any, choose: bool, chat: bool, plain: bool, prefill: bool) -> None:
    able = OpenAIBackend("m", base_url="http://localhost:1", endpoint=endpoint).probe(())
    assert (able.choose, able.perplexity, able.chat, able.plain, able.prefill) == (choose, choose, chat, plain, prefill)
    assert able.generate


def test_stop_strings_are_cut_here_too(server: FakeOpenAI) -> None:
    server.reply = lambda prompt: "one\nQ: two</s>"
    stops = ("5", "4", "3", "2", "", "</s>", "\nQ:")
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("Hi", stop=stops))
    assert (response.text, response.finish) == ("one", "stop")
    assert server.received[0].form["stop"] == ["5", "4", "3", "2"]  # more than four are refused by OpenAI


def test_a_reply_cut_at_its_limit_and_at_a_stop_string_has_stopped(server: FakeOpenAI) -> None:
    server.queue.append(_message({"content": "one;two"}, "length"))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("Hi", stop=(";",)))
    assert (response.text, response.finish) == ("one", "stop")


@pytest.mark.parametrize(
    ("said", "ours"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "filter"), ("odd", None), (None, None)],
)
def test_finish_reasons(server: FakeOpenAI, said: str | None, ours: str | None) -> None:
    server.queue.append(_message({"content": "x"}, said))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("Hi"))
    assert (response.text, response.finish) == ("x", ours)


def test_repeats_of_a_seeded_request_have_seeds_of_their_own(server: FakeOpenAI) -> None:
    generation = Generation(temperature=1.0, seed=10)
    ask(
        OpenAIBackend("m", base_url=server.url),
        *(Request("generate", "Hi", generation=generation, repeat=r) for r in range(3)),
    )
    assert sorted(received.form["seed"] for received in server.received) == [10, 11, 12]


def test_thoughts_are_not_the_reply(server: FakeOpenAI) -> None:
    server.queue.append(_message({"content": "42", "reasoning_content": "hm", "reasoning": "hm"}))
    server.queue.append(_message({"content": None, "reasoning_content": "hm"}))
    one, two = ask(OpenAIBackend("m", base_url=server.url, concurrency=1), say("a"), say("b"))
    assert (one.text, two.text) == ("42", "")


def test_parts_are_joined(server: FakeOpenAI) -> None:
    parts = [{"type": "thinking", "text": "hm"}, {"type": "text", "text": "4"}, {"type": "text", "text": "2"}]
    server.queue.append(_message({"content": parts}))
    assert ask(OpenAIBackend("m", base_url=server.url), say("a"))[0].text == "42"


def test_no_content_at_the_limit_is_an_empty_reply(server: FakeOpenAI) -> None:
    server.queue.append(_message({"content": None}, "length"))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert (response.text, response.finish, response.error) == ("", "length", None)


@pytest.mark.parametrize(
    ("scripted", "said"),
    [
        (_message({"content": None, "refusal": "I can't\nhelp"}), "the model refuses: I can't help"),
        (_message({"content": None}, "content_filter"), "the server's content filter stopped the reply"),
        (error(400, "temperature must be 1"), "HTTP 400: temperature must be 1"),
        (Scripted(422, {"detail": [{"loc": ["body", "seed"], "msg": "no"}]}), "HTTP 422: no (body.seed)"),
    ],
)
def test_refusals_are_recorded_and_not_retried(server: FakeOpenAI, scripted: Scripted, said: str) -> None:
    server.queue.extend([None, scripted])
    good, bad = ask(OpenAIBackend("m", base_url=server.url, concurrency=1), say("a"), say("b"))
    assert good.error is None
    assert bad.error is not None
    assert (bad.error.kind, bad.error.message, bad.retries) == (ErrorKind.REFUSED, said, 0)
    assert server.count() == 2


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 2048 tokens. However, you requested 3000 tokens",
        "'max_tokens' or 'max_completion_tokens' is too large: 256. This model's maximum context length is 100 tokens",
        "The decoder prompt (length 3000) is longer than the maximum model length of 2048.",
        "the request exceeds the available context size, try increasing it",
        "The input (3000 tokens) is longer than the model's context length (2048 tokens).",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "The input token count (40000) exceeds the maximum number of tokens allowed (32768).",
        "Prompt contains 9000 tokens ... too large for model with 8192 maximum context length",
    ],
)
def test_a_prompt_that_does_not_fit(server: FakeOpenAI, message: str) -> None:
    server.queue.append(error(400, message))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert response.error is not None
    assert response.error.kind is ErrorKind.TOO_LONG
    assert server.count() == 1


def test_the_limit_is_renamed_once(server: FakeOpenAI) -> None:
    server.quirks = Quirks(tokens_field="max_completion_tokens")
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    assert [r.text for r in ask(backend, say("a", max_tokens=9), say("b"))] == ["echo: a", "echo: b"]
    assert [("max_tokens" in r.form, r.form.get("max_completion_tokens")) for r in server.received] == [
        (True, None), (False, 9), (False, 256),
    ]  # fmt: skip


def test_the_limit_is_renamed_by_all_that_are_under_way(server: FakeOpenAI) -> None:
    server.quirks = Quirks(tokens_field="max_completion_tokens", latency=0.02)
    backend = OpenAIBackend("m", base_url=server.url, concurrency=8)
    assert all(r.error is None for r in ask(backend, *(say(str(n)) for n in range(20))))
    assert server.count() == 28


def test_a_limit_named_by_the_user_stays(server: FakeOpenAI) -> None:
    server.quirks = Quirks(tokens_field="max_completion_tokens")
    (response,) = ask(OpenAIBackend("m", base_url=server.url, max_tokens_field="max_tokens"), say("a"))
    assert response.error is not None
    assert response.error.kind is ErrorKind.REFUSED


def test_a_model_that_refuses_stop_strings(server: FakeOpenAI) -> None:
    said = "Unsupported parameter: 'stop' is not supported with this model."
    server.script = lambda received: error(400, said) if "stop" in received.form else None
    server.reply = lambda prompt: "yes. no"
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    assert [r.text for r in ask(backend, say("a", stop=(".",)), say("b", stop=(".",)))] == ["yes", "yes"]
    assert server.count() == 3


def test_five_megabytes(server: FakeOpenAI) -> None:
    server.reply = lambda prompt: "aé字😀\n" * 500_000
    (response,) = ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert response.text == "aé字😀\n" * 500_000


def test_strings_are_valid_unicode_on_both_sides(server: FakeOpenAI) -> None:
    server.queue.append(
        Scripted(body=b'{"choices":[{"message":{"content":"a\\u0000\\ud800b\\ud83d\\ude00"},"finish_reason":"stop"}]}')
    )
    server.queue.append(Scripted(body=b'{"choices":[{"message":{"content":"a\xff"},"finish_reason":"stop"}]}'))
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    one, two = ask(backend, say("x\ud800y\ud83d\ude00\x00"), say("b"))
    assert one.text == "a\x00\ufffdb😀"
    assert two.text == "a\ufffd"
    assert server.received[0].form["messages"][0]["content"] == "x\ufffdy😀\x00"


def test_pictures_come_before_the_text(server: FakeOpenAI) -> None:
    server.queue.append(_message({"content": "a cat"}))
    pictures = ("data:image/png;base64,AA==", "https://pictures.example/a.jpg")
    backend = OpenAIBackend("m", base_url=server.url)
    assert backend.probe(()).images
    (response,) = ask(backend, Request("generate", messages=(Message("user", "What?", pictures),)))
    assert response.text == "a cat"
    assert server.received[0].form["messages"][0]["content"] == [
        {"type": "image_url", "image_url": {"url": pictures[0]}},
        {"type": "image_url", "image_url": {"url": pictures[1]}},
        {"type": "text", "text": "What?"},
    ]
    assert not OpenAIBackend("m", base_url=server.url, endpoint="completions").probe(()).images


def test_a_model_with_a_temperature_of_its_own(server: FakeOpenAI) -> None:
    said = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
    server.script = lambda received: error(400, said) if received.form.get("temperature") == 0 else None
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    assert [r.method for r in ask(backend, say("a"), say("b"))] == ["default_temperature"] * 2
    assert server.count() == 3
