"""Log-probabilities by vLLM's own field: the same numbers as by echo."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Option, Request
from tests.backends.openai.conftest import FakeTime, ask
from tests.support.fake_openai import Scripted, is_likeliest, logprob_of, words_of
from tests.support.fake_openai_scores import FakeScores

CONTEXT = "Question: what is red?\nAnswer:"
OPTIONS = (" a rose", " the sea", " blood", " aa")
CHOOSE = Request("choose", prompt=CONTEXT, options=tuple(map(Option, OPTIONS)))


@pytest.fixture
def vllm() -> Iterator[FakeScores]:
    with FakeScores(echo="refuse", prompt_logprobs=True) as server:
        yield server


def _backend(server: FakeScores) -> OpenAIBackend:
    return OpenAIBackend("m", base_url=server.url, logprobs="prompt_logprobs", concurrency=1)


@pytest.mark.parametrize("bare_words", [False, True])
@pytest.mark.parametrize("likeliest_too", [False, True])
@pytest.mark.parametrize("lists", [False, True])
def test_options_are_scored(vllm: FakeScores, bare_words: bool, likeliest_too: bool, lists: bool) -> None:
    vllm.scores.bare_words, vllm.scores.likeliest_too, vllm.scores.lists = bare_words, likeliest_too, lists
    (response,) = ask(_backend(vllm), CHOOSE)
    assert response.error is None
    assert response.method == "prompt_logprobs"
    for score, option in zip(response.options, OPTIONS, strict=True):
        words = words_of(option)
        assert math.isclose(score.logprob, sum(map(logprob_of, words)))
        assert score.tokens == len(words)
        assert score.greedy == all(map(is_likeliest, words))
    assert {score.greedy for score in response.options} == {True, False}


def test_what_is_sent(vllm: FakeScores) -> None:
    ask(_backend(vllm), CHOOSE)
    assert vllm.received[0].form == {
        "model": "m",
        "prompt": [CONTEXT + option for option in OPTIONS],
        "max_tokens": 1,
        "temperature": 0.0,
        "prompt_logprobs": 0,
    }
    assert vllm.count() == 1


def test_perplexity_leaves_out_the_first_token(vllm: FakeScores) -> None:
    text = "The sea is red.\nOr is it?"
    (response,) = ask(_backend(vllm), Request("perplexity", prompt=text))
    (score,) = response.options
    assert math.isclose(score.logprob, sum(map(logprob_of, words_of(text)[1:])))
    assert score.tokens == len(words_of(text)) - 1


@pytest.mark.parametrize("table", [None, [], [None, {"1": {"logprob": 0.0}}, {"2": {"logprob": 0.0}}]])
def test_nothing_and_zeros_are_no_log_probabilities(vllm: FakeScores, table: object) -> None:
    vllm.queue.append(Scripted(body={"choices": [{"index": 0, "text": "x", "prompt_logprobs": table}]}))
    with pytest.raises(BackendError, match="gives no log-probabilities of a prompt"):
        ask(_backend(vllm), Request("choose", prompt="a b", options=(Option(" c"),)))


@pytest.mark.parametrize("own", [{"rank": 1}, {"logprob": "-1"}, {"logprob": None}])
def test_other_shapes_are_errors_of_one_request(vllm: FakeScores, time: FakeTime, own: dict[str, object]) -> None:
    table = [None, {"1": {"logprob": -1.0, "decoded_token": " b"}}, {"2": {"decoded_token": " c", **own}}]
    bad = Scripted(body={"choices": [{"index": 0, "text": "x", "prompt_logprobs": table}]})
    vllm.script = lambda received: bad if received.form["prompt"] == "a b c" else None
    good, odd = ask(_backend(vllm), CHOOSE, Request("choose", prompt="a b", options=(Option(" c"),)))
    assert good.error is None
    assert odd.error is not None
    assert odd.error.kind is ErrorKind.MALFORMED
