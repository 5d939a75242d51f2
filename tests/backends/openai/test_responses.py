"""Text by the Responses API: what is sent, what is made of the reply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Request
from tests.backends.openai.conftest import FakeTime, ask, say
from tests.support.fake_openai import Scripted
from tests.support.fake_openai_scores import FakeScores


@pytest.fixture
def server() -> Iterator[FakeScores]:
    with FakeScores() as running:
        yield running


def _backend(server: FakeScores, **options: Any) -> OpenAIBackend:
    return OpenAIBackend("m", base_url=server.url, endpoint="responses", concurrency=1, **options)


def _output(*items: dict[str, Any], **fields: Any) -> Scripted:
    return Scripted(body={"status": "completed", "output": list(items), **fields})


def _message(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "content": list(parts)}


def test_a_conversation(server: FakeScores) -> None:
    talk = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Ho"), Message("user", "Well?"))
    generation = Generation(max_tokens=99, stop=("?",), temperature=0.5, top_p=0.9, seed=3)
    (response,) = ask(_backend(server), Request("generate", messages=talk, generation=generation))
    assert response.text == "echo: Well"  # cut at the stop string, which this interface does not know
    assert response.finish == "stop"
    assert (response.prompt_tokens, response.completion_tokens) == (7, 3)
    assert server.received[0].path == "/v1/responses"
    assert server.received[0].form == {
        "model": "m",
        "instructions": "Be brief.",
        "input": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Ho"},
            {"role": "user", "content": "Well?"},
        ],
        "max_output_tokens": 99,
        "temperature": 0.5,
        "top_p": 0.9,
        "store": False,
    }


def test_a_plain_prompt_and_a_small_limit(server: FakeScores) -> None:
    ask(_backend(server), Request("generate", prompt="Hi", generation=Generation(max_tokens=3)))
    form = server.received[0].form
    assert form["input"] == [{"role": "user", "content": "Hi"}]
    assert form["max_output_tokens"] == 16
    assert "instructions" not in form


def test_pictures_come_before_the_text(server: FakeScores) -> None:
    picture = "data:image/png;base64,AA=="
    ask(_backend(server), Request("generate", messages=(Message("user", "What?", (picture,)),)))
    assert server.received[0].form["input"][0]["content"] == [
        {"type": "input_image", "image_url": picture},
        {"type": "input_text", "text": "What?"},
    ]


def test_thoughts_are_not_the_reply(server: FakeScores) -> None:
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    text = [{"type": "output_text", "text": "4"}, {"type": "output_text", "text": "2"}]
    limit = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    server.queue.extend([_output(thought, _message(*text)), _output(thought, **limit), _output(_message(), **limit)])
    said, thinking, empty = ask(_backend(server), say("a"), say("b"), say("c"))
    assert (said.text, said.finish) == ("42", "stop")
    assert (thinking.text, thinking.finish) == ("", "length")
    assert (empty.text, empty.finish) == ("", "length")


@pytest.mark.parametrize(
    ("scripted", "said"),
    [
        (_output(_message({"type": "refusal", "refusal": "I can't"})), "the model refuses: I can't"),
        (
            _output(status="incomplete", incomplete_details={"reason": "content_filter"}),
            "the server's content filter stopped the reply",
        ),
    ],
)
def test_refusals(server: FakeScores, scripted: Scripted, said: str) -> None:
    server.queue.append(scripted)
    (response,) = ask(_backend(server), say("a"))
    assert response.error is not None
    assert (response.error.kind, response.error.message) == (ErrorKind.REFUSED, said)


def test_failures_are_tried_again(server: FakeScores, time: FakeTime) -> None:
    server.queue.append(_output(status="failed", error={"code": "server_error", "message": "oh"}))
    server.queue.append(_output())
    (response,) = ask(_backend(server), say("a"))
    assert (response.text, response.retries) == ("echo: a", 2)


def test_a_model_with_a_temperature_of_its_own(server: FakeScores) -> None:
    server.scores.default_temperature = True
    backend = _backend(server)
    assert [r.method for r in ask(backend, say("a"), say("b"))] == ["default_temperature"] * 2
    assert ["temperature" in received.form for received in server.received] == [True, False, False]
    assert backend.probe(()).notes == ("the server takes no temperature of 0: replies are sampled at its own default",)
    (warm,) = ask(backend, say("c", temperature=0.5))
    assert (warm.text, warm.method) == ("echo: c", None)


def test_it_cannot_begin_a_reply(server: FakeScores) -> None:
    with pytest.raises(BackendError, match="cannot begin the assistant's reply"):
        ask(_backend(server), Request("generate", prompt="Hi", prefill="Sure"))


def test_it_has_an_identity_of_its_own(server: FakeScores) -> None:
    assert _backend(server).identity.digest != OpenAIBackend("m", base_url=server.url).identity.digest
