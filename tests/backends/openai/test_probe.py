"""What a server can is found out with three small requests at most, and never believed without a look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harness.backends.base import Capabilities
from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import Option, Request
from tests.backends.openai.conftest import FakeTime, ask
from tests.support.fake_openai import Scripted, error
from tests.support.fake_openai_scores import FakeScores

LETTERS = Request("choose", prompt="Q\nAnswer:", options=(Option(" A"), Option(" B")))


@pytest.fixture
def server() -> Iterator[FakeScores]:
    with FakeScores() as running:
        yield running


def _probe(server: FakeScores, *kinds: Any, **options: Any) -> Capabilities:
    return OpenAIBackend("m", base_url=server.url, **options).probe(kinds or ("choose", "letters"))


def _can(able: Capabilities) -> tuple[bool, bool, bool]:
    return able.choose, able.letters, able.perplexity


@pytest.mark.parametrize(
    ("scores", "can", "note", "requests"),
    [
        ({}, (True, True, True), "echo", 1),
        ({"first_token": "<s>"}, (True, True, True), "echo", 1),
        ({"bare_words": True}, (True, True, True), "echo", 1),
        ({"zero_tokens": False, "lists": False}, (True, True, True), "echo", 1),
        ({"echo": False, "prompt_logprobs": True}, (True, True, True), "prompt_logprobs", 2),
        ({"echo": "refuse", "prompt_logprobs": True, "bare_words": True}, (True, True, True), "prompt_logprobs", 2),
        ({"echo_zeros": True, "prompt_logprobs": True}, (True, True, True), "prompt_logprobs", 2),
        ({"shuffled": True, "prompt_logprobs": True}, (True, True, True), "prompt_logprobs", 2),
        ({"echo": False}, (False, True, False), "top_logprobs of one token by completions", 3),
        ({"echo": False, "content": True}, (False, True, False), "top_logprobs of one token by completions", 3),
        ({"completions": False}, (False, True, False), "top_logprobs of one token by chat", 2),
        ({"completions": False, "tokens_field": "max_completion_tokens"}, (False, True, False), "by chat", 3),
        (
            {"echo": "refuse", "prompt_logprobs": "refuse"},
            (False, True, False),
            "top_logprobs of one token by chat",
            3,
        ),
        ({"echo": False, "tops": None}, (False, False, False), "none that can be trusted", 3),
        ({"echo": False, "tops": "refuse"}, (False, False, False), "none that can be trusted", 3),
        ({"echo": False, "tops": {"The": -1.0, "It": -2.0}}, (False, False, False), "none that can be trusted", 3),
        ({"completions": False, "tops": "refuse"}, (False, False, False), "none that can be trusted", 2),
    ],
    ids=str,
)
def test_the_first_way_that_works(scores: Any, can: Any, note: str, requests: int) -> None:
    with FakeScores(**scores) as server:
        able = _probe(server)
        assert _can(able) == can
        assert note in able.notes[0]
        assert able.generate
        assert able.falls_back
        assert server.count() == requests


def test_nothing_is_asked_where_only_text_is_needed(server: FakeScores) -> None:
    assert _probe(server, "generate").generate
    assert server.count() == 0


def test_first_tokens_are_not_asked_for_texts(server: FakeScores) -> None:
    server.scores.echo = False
    assert _can(_probe(server, "choose")) == (False, False, False)
    assert server.count() == 2


def test_what_was_found_is_used(server: FakeScores) -> None:
    server.scores.completions = False
    backend = OpenAIBackend("m", base_url=server.url)
    backend.probe(("letters",))
    (response,) = ask(backend, LETTERS)
    assert response.method == "top_logprobs"
    assert server.received[-1].path == "/v1/chat/completions"


@pytest.mark.parametrize("method", ["echo", "prompt_logprobs", "top_logprobs", "none"])
def test_a_way_that_is_set_is_not_probed(server: FakeScores, method: Any) -> None:
    able = _probe(server, logprobs=method)
    assert _can(able) == (method not in ("top_logprobs", "none"), method != "none", able.choose)
    assert able.notes == (f"log-probabilities: {method} (as set)",)
    assert server.count() == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"logprobs": "all"}, "logprobs=all is unknown"),
        ({"logprobs": "echo", "endpoint": "chat"}, "logprobs=echo does not go with endpoint=chat"),
        ({"logprobs": "top_logprobs", "batch": True}, "does not go with batch=true: use none"),
    ],
)
def test_ways_that_cannot_be_set(server: FakeScores, options: Any, said: str) -> None:
    with pytest.raises(BackendError, match=said):
        _probe(server, **options)


def test_endpoints_decide_what_is_tried(server: FakeScores) -> None:
    assert _can(_probe(server, endpoint="responses")) == (False, False, False)
    assert server.count() == 0
    assert _can(_probe(server, endpoint="chat")) == (False, True, False)
    assert [received.path for received in server.received] == ["/v1/chat/completions"]


def test_a_server_that_is_away_is_taken_for_able(server: FakeScores, time: FakeTime) -> None:
    server.hang_up()
    able = _probe(server)
    assert _can(able) == (True, True, True)
    assert able.notes[0].startswith("log-probabilities: echo (not probed: cannot reach http://127.0.0.1")


def test_a_server_in_trouble_is_taken_for_able(server: FakeScores, time: FakeTime) -> None:
    server.script = lambda received: Scripted(503)
    assert _can(_probe(server)) == (True, True, True)


def test_a_refused_key_ends_the_run(server: FakeScores) -> None:
    server.scores.key = "right"
    with pytest.raises(BackendError, match="refuses the key"):
        _probe(server, api_key="wrong")


def test_garbage_costs_no_further_requests(server: FakeScores) -> None:
    server.script = lambda received: Scripted(body={"choices": [{"text": 3, "logprobs": [1]}]})
    assert _can(_probe(server)) == (False, False, False)
    assert server.count() == 3


def test_what_the_probe_learns_is_kept(server: FakeScores) -> None:
    server.scores.completions, server.scores.tokens_field = False, "max_completion_tokens"
    backend = OpenAIBackend("m", base_url=server.url)
    backend.probe(("letters",))
    asked = server.count()
    ask(backend, LETTERS)
    assert server.count() == asked + 1


def test_one_refused_question_does_not_hide_a_way(server: FakeScores) -> None:
    server.queue.append(error(400, "odd"))
    server.scores.prompt_logprobs = True
    assert "prompt_logprobs" in _probe(server).notes[0]
