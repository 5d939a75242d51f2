"""Answers are those of the ``hf`` backend on the same weights, whatever the engine does between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.backends.base import Backend
from harness.backends.hf import HFBackend
from harness.backends.vllm import VLLMBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Option, Request, Response

pytest.importorskip("torch")

CONTEXT = "Question: What is the capital of France?\nAnswer:"
LONG = "The quick brown fox jumps over the lazy dog. " * 4
CHAT = (Message("system", "be brief"), Message("user", "hello world"))


def choose(context: str, *continuations: str, **more: Any) -> Request:
    return Request("choose", prompt=context, options=tuple(Option(c) for c in continuations), **more)


SCORED = {
    "letters": choose(CONTEXT, " A", " B", " C"),
    "cloze": choose(CONTEXT, " Paris", " Paris, of course.", " the lazy dog", " A"),
    "shared beginnings": choose(CONTEXT, " the quick brown fox jumps", " the quick brown fox jumps over the dog"),
    "own contexts": Request(
        "choose", prompt="", options=(Option(" a roof.", "A man is sitting on"), Option(" a roof.", "The dog is on"))
    ),
    "an empty option": choose(CONTEXT, "", " A"),
    "nothing but empty options": choose(CONTEXT, ""),
    "an empty context": choose("", "The answer"),
    "chat": Request("choose", messages=CHAT, prefill="The answer is ", options=(Option("A"), Option("B"))),
    "cut": choose(LONG + CONTEXT, " Paris, of course", max_length=20),
    "full": choose("The lazy dog " * 200, " Paris", " A"),
    "perplexity": Request("perplexity", prompt="The quick brown fox jumps over the lazy dog."),
    "perplexity of nothing": Request("perplexity", prompt=""),
    "perplexity in windows": Request("perplexity", prompt=LONG, max_length=16),
    "too long": choose(CONTEXT, " A", max_length=5, truncation="error"),
    "many continuations": choose(CONTEXT, *(f" {letter}" for letter in "ABCDEFGHIJ")),
}
WRITTEN = {
    "plain": Request("generate", prompt=CONTEXT, generation=Generation(max_tokens=12)),
    "chat": Request("generate", messages=CHAT, prefill="The", generation=Generation(max_tokens=9)),
    "cut": Request("generate", prompt=LONG, generation=Generation(max_tokens=4), max_length=20),
    "too long": Request("generate", prompt=LONG, generation=Generation(max_tokens=4), max_length=9, truncation="error"),
    "empty": Request("generate", prompt="", generation=Generation(max_tokens=5)),
}


@pytest.fixture(scope="module")
def expected(make_model: Callable[..., Path]) -> Iterator[HFBackend]:
    backend = HFBackend(make_model(), dtype="float32", device="cpu")
    yield backend
    backend.close()


def one(backend: Backend, request: Request) -> Response:
    ((index, response),) = backend.answer([request])
    assert index == 0
    return response


def same(got: Response, wanted: Response) -> None:
    assert got.error == wanted.error
    assert (got.text, got.finish, got.clipped) == (wanted.text, wanted.finish, wanted.clipped)
    assert got.completion_tokens == wanted.completion_tokens
    for mine, theirs in zip(got.options, wanted.options, strict=True):
        assert mine.logprob == pytest.approx(theirs.logprob, abs=1e-3)
        assert (mine.tokens, mine.greedy) == (theirs.tokens, theirs.greedy)


def test_it_is_a_backend(backend: VLLMBackend) -> None:
    assert isinstance(backend, Backend)
    able = backend.probe(("choose",))
    assert able.generate
    assert able.choose
    assert able.perplexity
    assert able.chat


def test_answers_are_those_of_hf_one_by_one_and_all_together(backend: VLLMBackend, expected: HFBackend) -> None:
    asked = {**SCORED, **WRITTEN}
    wanted = {name: one(expected, request) for name, request in asked.items()}
    for name, request in asked.items():
        same(one(backend, request), wanted[name])
    names = [*asked, *SCORED]  # the second time prefixes and whole requests are in the cache
    answers = dict(backend.answer(asked[name] for name in names))
    assert sorted(answers) == list(range(len(names)))
    for index, name in enumerate(names):
        same(answers[index], wanted[name])


def test_letters_are_one_sequence(backend: VLLMBackend, stub: Any) -> None:
    assert one(backend, SCORED["letters"]).method == "letters"
    assert len(stub.LLM.started[-1].llm_engine.log) == 1
    assert one(backend, SCORED["cloze"]).method == "full"
    assert one(backend, SCORED["perplexity in windows"]).method == "rolling"


def test_scored_tokens_that_came_from_the_cache_are_asked_again(backend: VLLMBackend, stub: Any) -> None:
    answers = dict(backend.answer([SCORED["cloze"]] * 2))
    engine = stub.LLM.started[-1].llm_engine
    assert answers[0].options == answers[1].options
    assert len(engine.log) > 2 * len({tuple(ids) for _, ids in engine.log})
    assert all(response.error is None for response in answers.values())


def test_a_stop_string_ends_the_reply_and_is_cut_off(backend: VLLMBackend) -> None:
    whole = one(backend, WRITTEN["plain"]).text or ""
    stop = whole[5:8]
    request = Request("generate", prompt=CONTEXT, generation=Generation(max_tokens=12, stop=("never", stop)))
    response = one(backend, request)
    assert (response.text, response.finish) == (whole[: whole.index(stop)], "stop")
    assert (response.completion_tokens or 0) <= 12


def test_sampling_depends_on_seed_repeat_and_prompt_only(backend: VLLMBackend) -> None:
    def sampled(seed: int | None, repeat: int = 0) -> Request:
        generation = Generation(max_tokens=12, temperature=1.0, seed=seed)
        return Request("generate", prompt=CONTEXT, generation=generation, repeat=repeat)

    alone = one(backend, sampled(5)).text
    answers = dict(backend.answer([sampled(5), sampled(5, 1), sampled(6), *WRITTEN.values(), sampled(None)]))
    assert answers[0].text == alone
    assert len({answers[index].text for index in (0, 1, 2)}) == 3


def test_requests_are_taken_as_there_is_room_and_in_their_order(backend: VLLMBackend, stub: Any) -> None:
    taken = 0

    def endless() -> Iterator[Request]:
        nonlocal taken
        while True:
            taken += 1
            yield choose(f"{CONTEXT} {taken}", " A", " B")

    answers = backend.answer(endless())
    for _ in range(5):
        next(answers)
    engine = stub.LLM.started[-1].llm_engine
    assert taken <= engine.most_waiting + 5 <= 300
    assert [int(name) for name, _ in engine.log] == list(range(len(engine.log)))
    answers.close()
    assert not engine.waiting
    assert len(engine.aborted) == taken - 5
    assert one(backend, SCORED["letters"]).error is None


def test_what_the_engine_refuses_is_an_error_of_that_request(backend: VLLMBackend) -> None:
    hot = Request("generate", prompt="A", generation=Generation(max_tokens=2, temperature=3.0))
    answers = dict(backend.answer([WRITTEN["plain"], hot]))
    assert answers[0].error is None
    assert answers[1].error is not None
    assert answers[1].error.kind is ErrorKind.REFUSED
    assert "temperature must be in [0, 2]" in answers[1].error.message


def test_log_probabilities_that_are_left_out_are_an_error(backend: VLLMBackend, stub: Any) -> None:
    one(backend, SCORED["letters"])
    stub.LLM.started[-1].llm_engine.forgets_logprobs = True
    response = one(backend, SCORED["letters"])
    assert response.error is not None
    assert response.error.kind is ErrorKind.INTERNAL


def test_a_reply_that_the_engine_gives_up_is_an_error(backend: VLLMBackend, stub: Any) -> None:
    one(backend, WRITTEN["plain"])
    stub.LLM.started[-1].llm_engine.gives_up = True
    response = one(backend, WRITTEN["plain"])
    assert response.error is not None
    assert response.error.kind is ErrorKind.INTERNAL
    assert "abort" in response.error.message


def test_an_engine_that_dies_ends_the_run_and_the_next_one_has_a_new_one(backend: VLLMBackend, stub: Any) -> None:
    one(backend, SCORED["letters"])
    engine = stub.LLM.started[-1].llm_engine
    engine.dies_after = engine.steps + 3
    answers = []
    with pytest.raises(BackendError, match=r"the vllm engine failed: CUDA error: an illegal memory access .* is kept"):
        answers.extend(backend.answer([SCORED["letters"]] * 9))
    assert len(answers) == 2
    assert engine.is_shut
    assert stub.LLM.started[-1].llm_engine is engine
    assert one(backend, SCORED["letters"]).error is None
    assert stub.LLM.started[-1].llm_engine is not engine


def test_closing_frees_the_engine_and_may_be_done_twice(backend: VLLMBackend, stub: Any) -> None:
    one(backend, SCORED["letters"])
    backend.close()
    backend.close()
    assert stub.LLM.started[-1].llm_engine.is_shut


def test_an_iterator_that_outlives_the_backend_starts_nothing(backend: VLLMBackend, stub: Any) -> None:
    answers = backend.answer([SCORED["letters"]] * 5)
    next(answers)
    backend.close()
    answers.close()
    assert len(stub.LLM.started) == 1


def test_lone_surrogates_are_taken(backend: VLLMBackend) -> None:
    assert one(backend, choose("bad \ud800 text", " A", " B")).error is None
