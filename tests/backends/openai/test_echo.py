"""Log-probabilities by echo: whose tokens are counted, and what is done for servers that differ."""

from __future__ import annotations

import math
from typing import Any

import pytest

from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Option, Request, Response
from tests.backends.openai.conftest import FakeTime, ask, say
from tests.support.fake_openai import FakeOpenAI, Quirks, Scripted, error, is_likeliest, logprob_of, words_of

CONTEXT = "Question: what is red?\nAnswer:"
OPTIONS = (" a rose", " the sea", " blood")


def _choose(context: str = CONTEXT, options: tuple[str, ...] = OPTIONS) -> Request:
    return Request("choose", prompt=context, options=tuple(map(Option, options)))


def _assert_scores(response: Response, options: tuple[str, ...] = OPTIONS) -> None:
    assert response.error is None
    for score, option in zip(response.options, options, strict=True):
        words = words_of(option)
        assert math.isclose(score.logprob, sum(map(logprob_of, words)))
        assert score.tokens == len(words)
        assert score.greedy == all(map(is_likeliest, words))


def test_all_options_travel_in_one_request(server: FakeOpenAI) -> None:
    (response,) = ask(OpenAIBackend("m", base_url=server.url), _choose())
    _assert_scores(response)
    assert response.method == "echo"
    assert response.prompt_tokens == sum(len(words_of(CONTEXT + option)) for option in OPTIONS)
    assert server.received[0].path == "/v1/completions"
    assert server.received[0].form == {
        "model": "m",
        "prompt": [CONTEXT + option for option in OPTIONS],
        "max_tokens": 0,
        "temperature": 0.0,
        "echo": True,
        "logprobs": 1,
    }
    assert server.count() == 1


def test_greedy_is_told_from_the_tops(server: FakeOpenAI) -> None:
    words = [" " + letter * n for letter in "abc" for n in range(1, 5)]
    (response,) = ask(OpenAIBackend("m", base_url=server.url), _choose(options=tuple(words)))
    assert {score.greedy for score in response.options} == {True, False}
    _assert_scores(response, tuple(words))


def test_options_may_have_contexts_of_their_own(server: FakeOpenAI) -> None:
    request = Request("choose", prompt="unused", options=(Option(" it", "Ann said"), Option(" it", "Bob often said")))
    (response,) = ask(OpenAIBackend("m", base_url=server.url), request)
    _assert_scores(response, (" it", " it"))
    assert server.received[0].form["prompt"] == ["Ann said it", "Bob often said it"]


def test_perplexity_leaves_out_the_first_token(server: FakeOpenAI) -> None:
    text = "The sea is red.\nOr is it?"
    (response,) = ask(OpenAIBackend("m", base_url=server.url), Request("perplexity", prompt=text))
    words = words_of(text)[1:]
    (score,) = response.options
    assert math.isclose(score.logprob, sum(map(logprob_of, words)))
    assert score.tokens == len(words)
    assert server.received[0].form["prompt"] == text


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(lists=False),
        Quirks(zero_tokens=False),
        Quirks(lists=False, zero_tokens=False),
        Quirks(first_token="<s>"),
        Quirks(first_token="<s>", zero_tokens=False),
        Quirks(bare_words=True),
        Quirks(bare_words=True, first_token="<s>"),
        Quirks(bare_words=True, first_token="<s>", lists=False, zero_tokens=False),
    ],
    ids=str,
)
def test_servers_differ_and_scores_do_not(server: FakeOpenAI, quirks: Quirks) -> None:
    server.quirks = quirks
    backend = OpenAIBackend("m", base_url=server.url)
    for response in ask(backend, *(_choose(f"{n} is\n\nA:") for n in range(50))):
        _assert_scores(response)
    text = "The sea is red."
    (response,) = ask(backend, Request("perplexity", prompt=text))
    words = words_of(text) if quirks.first_token else words_of(text)[1:]
    assert math.isclose(response.options[0].logprob, sum(map(logprob_of, words)))


def test_what_a_server_wants_is_learnt_once(server: FakeOpenAI) -> None:
    server.quirks = Quirks(lists=False, zero_tokens=False)
    ask(OpenAIBackend("m", base_url=server.url, concurrency=1), _choose("1"), _choose("2"))
    sent = [(isinstance(r.form["prompt"], list), r.form["max_tokens"]) for r in server.received]
    assert sent == [(True, 0), (True, 1)] + [(False, 1)] * 6


def test_one_refused_prompt_does_not_teach_anything(server: FakeOpenAI) -> None:
    def script(received: Any) -> Scripted | None:
        return error(400, "unpleasant prompt") if "bad" in str(received.form["prompt"]) else None

    server.script = script
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    good, bad, again = ask(backend, _choose("1"), _choose("bad"), _choose("2"))
    _assert_scores(good)
    _assert_scores(again)
    assert bad.error is not None
    assert bad.error.kind is ErrorKind.REFUSED
    assert server.count() == 3


def test_a_server_that_answers_only_the_first_of_a_list(server: FakeOpenAI) -> None:
    def script(received: Any) -> Scripted | None:
        prompt = received.form["prompt"]
        if not isinstance(prompt, list):
            return None
        return Scripted(
            body=server._answer(type(received)(0, received.path, {}, {**received.form, "prompt": prompt[0]}))[1]
        )

    server.script = script
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    for response in ask(backend, _choose("1"), _choose("2")):
        _assert_scores(response)
    assert server.count() == 1 + 2 * len(OPTIONS)


@pytest.mark.parametrize("zero_tokens", [True, False])
@pytest.mark.parametrize("echo", [False, "refuse"])
def test_a_server_without_echo_is_one_line(server: FakeOpenAI, echo: Any, zero_tokens: bool) -> None:
    server.quirks = Quirks(echo=echo, zero_tokens=zero_tokens)
    with pytest.raises(BackendError, match="gives no log-probabilities of a prompt; use --formulation generate"):
        ask(OpenAIBackend("m", base_url=server.url), _choose())


def _scored(table: Any) -> Scripted:
    return Scripted(body={"choices": [{"index": 0, "text": "a b c", "logprobs": table}]})


@pytest.mark.parametrize(
    "table",
    [None, {}, {"tokens": [], "token_logprobs": []}, {"tokens": ["a", " b", " c"], "token_logprobs": [None, 0.0, 0.0]}],
)
def test_zeros_and_nothing_are_no_log_probabilities(server: FakeOpenAI, table: Any) -> None:
    server.queue.append(_scored(table))
    with pytest.raises(BackendError, match="gives no log-probabilities"):
        ask(OpenAIBackend("m", base_url=server.url), _choose("a b", (" c",)))


def test_echoing_something_else_is_no_echo(server: FakeOpenAI) -> None:
    server.queue.append(_scored({"tokens": ["a", " b", " c"], "token_logprobs": [None, -1.0, -1.0]}))
    with pytest.raises(BackendError, match="gives no log-probabilities"):
        ask(OpenAIBackend("m", base_url=server.url), _choose("another", (" text",)))


@pytest.mark.parametrize(
    "table",
    [
        {"tokens": ["a", " b", " c"], "token_logprobs": [None, -1.0]},
        {"tokens": ["a", " b", " c"], "token_logprobs": [None, -1.0, "-2"]},
        {"tokens": [1, 2, 3], "token_logprobs": [None, -1.0, -2.0]},
        {"tokens": ["a", " b", " c"], "token_logprobs": [None, -1.0, None]},
        {"tokens": {"a": 1}, "token_logprobs": {"a": 1}},
        [1, 2],
        "no",
    ],
)
def test_other_shapes_are_errors_of_one_request(server: FakeOpenAI, time: FakeTime, table: Any) -> None:
    server.script = lambda received: _scored(table) if "a b c" in str(received.form["prompt"]) else None
    backend = OpenAIBackend("m", base_url=server.url, concurrency=1)
    good, bad = ask(backend, _choose("x y", (" z",)), _choose("a b", (" c",)))
    _assert_scores(good, (" z",))
    assert bad.error is not None
    assert bad.error.kind is ErrorKind.MALFORMED


def test_a_server_that_stops_echoing_is_malformed_not_fatal(server: FakeOpenAI, time: FakeTime) -> None:
    server.script = lambda received: _scored(None) if received.form["prompt"] == "a b c" else None
    good, bad = ask(OpenAIBackend("m", base_url=server.url, concurrency=1), _choose("x"), _choose("a b", (" c",)))
    assert good.error is None
    assert bad.error is not None
    assert bad.error.kind is ErrorKind.MALFORMED
    assert bad.retries == 5


def test_a_single_token_cannot_be_scored(server: FakeOpenAI) -> None:
    (response,) = ask(OpenAIBackend("m", base_url=server.url), _choose("", ("one", "two")))
    assert response.error is not None
    assert "first token" in response.error.message


def test_an_empty_text_is_not_sent(server: FakeOpenAI) -> None:
    (response,) = ask(OpenAIBackend("m", base_url=server.url), Request("perplexity", prompt=""))
    assert response.error is not None
    assert response.error.kind is ErrorKind.REFUSED
    assert server.count() == 0


def test_chat_has_no_log_probabilities_of_texts(server: FakeOpenAI) -> None:
    with pytest.raises(BackendError, match="endpoint=chat: log-probabilities are given of short labels only"):
        ask(OpenAIBackend("m", base_url=server.url, endpoint="chat"), _choose())
    with pytest.raises(BackendError, match="endpoint=chat gives no log-probabilities of texts"):
        ask(OpenAIBackend("m", base_url=server.url, endpoint="chat"), Request("perplexity", prompt="a b"))
    words = tuple(map(Option, OPTIONS))
    with pytest.raises(BackendError, match="conversation"):
        ask(OpenAIBackend("m", base_url=server.url), Request("choose", messages=say("x").messages, options=words))


def test_a_server_that_only_chats_names_the_way_out(server: FakeOpenAI) -> None:
    server.script = lambda received: None if "chat" in received.path else Scripted(404, {"detail": "Not Found"})
    with pytest.raises(BackendError, match=r"no /completions at .*--formulation generate"):
        ask(OpenAIBackend("m", base_url=server.url), _choose())
