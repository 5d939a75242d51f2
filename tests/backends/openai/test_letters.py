"""Labels ranked by the likeliest first tokens of a reply."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from harness.backends.openai import OpenAIBackend
from harness.backends.openai.letters import labels_of
from harness.errors import BackendError
from harness.values import ErrorKind, Message, Option, Request, Response
from tests.backends.openai.conftest import FakeTime, ask
from tests.support.fake_openai_scores import TOPS, FakeScores

PROMPT = "Question: which?\nA. this\nB. that\nC. none\nAnswer:"
OPTIONS = tuple(map(Option, (" A", " B", " C")))
PLAIN = Request("choose", prompt=PROMPT, options=OPTIONS)
TALK = Request("choose", messages=(Message("user", PROMPT),), options=OPTIONS)


@pytest.fixture
def server() -> Iterator[FakeScores]:
    with FakeScores(echo=False) as running:
        yield running


def _assert_ranked(response: Response) -> None:
    assert response.error is None
    assert response.method == "top_logprobs"
    a, b, c = response.options
    assert (a.logprob, b.logprob) == (-1.5, -0.25)  # " A" is likelier than "A"
    lowest = min(TOPS.values())
    assert c.logprob < lowest
    assert math.isclose(c.logprob, lowest)
    assert [option.tokens for option in response.options] == [1, 1, 1]
    assert [option.greedy for option in response.options] == [None, None, None]


@pytest.mark.parametrize("content", [False, True])
def test_by_completions(server: FakeScores, content: bool) -> None:
    server.scores.content = content
    _assert_ranked(ask(OpenAIBackend("m", base_url=server.url, logprobs="top_logprobs"), PLAIN)[0])
    assert server.received[0].path == "/v1/completions"
    assert server.received[0].form == {
        "model": "m", "prompt": PROMPT, "max_tokens": 1, "temperature": 0.0, "logprobs": 20,
    }  # fmt: skip


@pytest.mark.parametrize("request_", [PLAIN, TALK])
def test_by_chat(server: FakeScores, request_: Request) -> None:
    _assert_ranked(ask(OpenAIBackend("m", base_url=server.url, endpoint="chat"), request_)[0])
    assert server.received[0].path == "/v1/chat/completions"
    assert server.received[0].form == {
        "model": "m",
        "messages": [{"role": "user", "content": PROMPT}],
        "max_tokens": 1,
        "temperature": 0.0,
        "logprobs": True,
        "top_logprobs": 20,
    }


def test_conversations_go_to_chat_even_where_texts_are_read(server: FakeScores) -> None:
    server.scores.echo = True
    plain, talk = ask(OpenAIBackend("m", base_url=server.url, concurrency=1), PLAIN, TALK)
    assert plain.method == "echo"
    _assert_ranked(talk)


def test_fewer_where_the_server_allows_no_more(server: FakeScores) -> None:
    server.scores.most_tops = 5
    backend = OpenAIBackend("m", base_url=server.url, endpoint="chat", concurrency=1)
    for response in ask(backend, TALK, PLAIN):
        _assert_ranked(response)
    assert [received.form["top_logprobs"] for received in server.received] == [20, 5, 5]


def test_no_label_among_them_is_an_error_not_chance(server: FakeScores) -> None:
    server.scores.tops = {"The": -0.5, " answer": -1.0, "**": -2.0}
    backend = OpenAIBackend("m", base_url=server.url, endpoint="chat", concurrency=1)
    for response in ask(backend, *[TALK] * 70):  # the model's doing: it does not end the run
        assert response.error is not None
        assert response.error.kind is ErrorKind.REFUSED
        assert "none of the options is among the likeliest first tokens ('The', ' answer'" in response.error.message


@pytest.mark.parametrize("tops", [None, {}, {" A": -0.1}, {" A": 0.0, " B": 0.0}, "refuse"])
def test_a_server_without_them_is_one_line(server: FakeScores, tops: Any) -> None:
    server.scores.tops = tops
    with pytest.raises(BackendError, match="no log-probabilities of a reply's first token; use --formulation generate"):
        ask(OpenAIBackend("m", base_url=server.url, endpoint="chat"), TALK)


def test_probabilities_are_no_log_probabilities(server: FakeScores, time: FakeTime) -> None:
    server.scores.tops = {" A": 0.7, " B": 0.3}
    (response,) = ask(OpenAIBackend("m", base_url=server.url, endpoint="chat"), TALK)
    assert response.error is not None
    assert response.error.kind is ErrorKind.MALFORMED


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ((" A", " B"), ("A", "B")),
        (("Yes", "No"), ("Yes", "No")),
        (("是", "否"), ("是", "否")),
        ((" a rose", " b"), None),
        (("", " b"), None),
        ((" 1", " 10"), None),
        (("A", " A"), None),
        ((" negatively", " x"), None),
    ],
)
def test_what_is_a_label(options: tuple[str, ...], labels: Any) -> None:
    assert labels_of(Request("choose", prompt="x", options=tuple(map(Option, options)))) == labels


def test_contexts_of_their_own_are_no_labels() -> None:
    assert labels_of(Request("choose", prompt="x", options=(Option(" A", "y"), Option(" B", "z")))) is None


def test_texts_are_refused_with_a_way_out(server: FakeScores) -> None:
    words = Request("choose", prompt="x", options=(Option(" a rose"), Option(" the sea")))
    with pytest.raises(BackendError, match=r"short labels only.*--formulation mcf or generate"):
        ask(OpenAIBackend("m", base_url=server.url, logprobs="top_logprobs"), words)
    assert server.count() == 0


def test_an_endpoint_for_texts_takes_no_conversation(server: FakeScores) -> None:
    for logprobs in ("echo", "top_logprobs"):
        with pytest.raises(BackendError, match="this card's prompt is a conversation"):
            ask(OpenAIBackend("m", base_url=server.url, endpoint="completions", logprobs=logprobs), TALK)
    assert server.count() == 0
