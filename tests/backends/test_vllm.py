"""The ``vllm`` backend with the library itself and real weights; what needs neither is tested in ``vllm/``.

They are run in an environment of their own (``make vllm``), since vLLM pins torch.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness
from harness.backends.embedded import embedded_model_folder
from harness.backends.vllm import VLLMBackend
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Option, Request, Response

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed (make vllm)"),
]

SENTENCE = ("The", " capital", " of", " France", " is", " Paris")
# Measured with plain transformers in float32, each token after "The", when the weights were first examined.
MEASURED = (-11.55, -0.34, -2.42, -0.45, -0.26)
LIMIT = 256


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return embedded_model_folder()  # it may have been made elsewhere
    except BackendError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def backend(folder: Path) -> Iterator[VLLMBackend]:
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    opened = VLLMBackend(folder, dtype="bfloat16", max_length=LIMIT, max_num_seqs=32, display_name="smollm2")
    yield opened
    opened.close()


def one(backend: VLLMBackend, request: Request) -> Response:
    ((index, response),) = backend.answer([request])
    assert index == 0
    return response


def test_log_probabilities_are_those_measured_elsewhere(backend: VLLMBackend) -> None:
    beginnings = list(itertools.accumulate(SENTENCE[1:]))
    response = one(backend, Request("choose", prompt="The", options=tuple(map(Option, beginnings))))
    assert [option.tokens for option in response.options] == [1, 2, 3, 4, 5]
    sums = [0.0, *(option.logprob for option in response.options)]
    found = [after - before for before, after in itertools.pairwise(sums)]
    assert found == pytest.approx(MEASURED, abs=0.3)  # bfloat16: 0.15 a token in the mean, more on unlikely ones


def test_letters_and_continuations_agree_with_each_other(backend: VLLMBackend) -> None:
    prompt = "Question: What is the capital of France?\n A. Berlin\n B. Paris\nAnswer:"
    letters = one(backend, Request("choose", prompt=prompt, options=(Option(" A"), Option(" B"))))
    longer = one(backend, Request("choose", prompt=prompt, options=(Option(" A"), Option(" B\n"), Option(" B\n\n"))))
    assert (letters.method, longer.method) == ("letters", "full")
    assert longer.options[0].logprob == pytest.approx(letters.options[0].logprob, abs=0.1)
    assert longer.options[2].logprob <= longer.options[1].logprob <= letters.options[1].logprob + 0.1


def test_long_shared_prefixes_change_nothing(backend: VLLMBackend) -> None:
    prefix = "The quick brown fox jumps over the lazy dog. " * 15
    ends = (" It then rests in the shade of a tree.", " It then rests in the shade of a house.", " Paris")
    request = Request("choose", prompt=prefix, options=tuple(map(Option, ends)))
    first = one(backend, request)
    again = dict(backend.answer([request] * 5))  # now every block is in the cache, those of the endings too
    for response in again.values():
        for got, wanted in zip(response.options, first.options, strict=True):
            assert got.logprob == pytest.approx(wanted.logprob, abs=0.02 * wanted.tokens)
            assert got.tokens == wanted.tokens


def test_a_context_that_fills_the_model_is_scored(backend: VLLMBackend) -> None:
    request = Request("choose", prompt="one two " * 400, options=(Option(" three"), Option(" three four")))
    response = one(backend, request)
    assert response.error is None
    assert response.clipped > 0
    assert response.prompt_tokens == 2 * LIMIT


def test_perplexity_is_the_sum_over_the_text(backend: VLLMBackend) -> None:
    text = "The capital of France is Paris."
    whole = one(backend, Request("perplexity", prompt=text))
    assert whole.options[0].tokens == 7
    windows = one(backend, Request("perplexity", prompt=text * 20, max_length=32))
    assert windows.method == "rolling"
    assert windows.options[0].tokens == 140
    assert windows.options[0].logprob < whole.options[0].logprob < 0


def test_conversations_are_answered_and_end_by_themselves(backend: VLLMBackend) -> None:
    generation = Generation(max_tokens=12)
    asked = [
        Request("generate", messages=(Message("user", "What is the capital of France?"),), generation=generation),
        Request("generate", prompt="The capital of France is", generation=Generation(max_tokens=8, stop=("\n",))),
        Request("generate", messages=(Message("user", "Count."),), prefill="1 2 3 4 5", generation=generation),
    ]
    answers = dict(backend.answer(asked))
    assert (answers[0].text, answers[0].finish) == ("The capital of France is Paris.", "stop")
    assert (answers[1].text, answers[1].finish) == (" Paris.", "stop")
    assert (answers[2].text or "").lstrip(",").startswith(" 6")


def test_a_special_token_may_be_a_stop_string(backend: VLLMBackend) -> None:
    asked = Request(
        "generate",
        messages=(Message("user", "What is the capital of France?"),),
        generation=Generation(max_tokens=30, stop=("<|im_end|>", " Paris")),
    )
    response = one(backend, asked)
    assert (response.text, response.finish) == ("The capital of France is", "stop")


def test_samples_are_repeatable_and_repeats_differ(backend: VLLMBackend) -> None:
    def sampled(seed: int, repeat: int = 0) -> Request:
        generation = Generation(max_tokens=16, temperature=1.0, top_p=0.9, seed=seed)
        return Request("generate", prompt="Once upon a time", generation=generation, repeat=repeat)

    alone = one(backend, sampled(1)).text
    answers = dict(backend.answer([sampled(2), sampled(1, 1), sampled(1), sampled(1, 2)]))
    assert answers[2].text == alone
    assert len({answers[index].text for index in range(4)}) == 4


def test_long_prompts_are_cut_or_refused(backend: VLLMBackend) -> None:
    generation = Generation(max_tokens=4)
    cut = one(backend, Request("generate", prompt="one two " * 400, generation=generation))
    assert (cut.prompt_tokens, cut.error) == (LIMIT - 4, None)
    assert cut.clipped > 0
    kept = one(backend, Request("generate", prompt="one two " * 400, generation=generation, truncation="error"))
    assert kept.error is not None
    assert kept.error.kind is ErrorKind.TOO_LONG


def test_more_requests_than_fit_at_once(backend: VLLMBackend) -> None:
    asked = (
        Request("choose", prompt=f"{number} plus one is", options=(Option(" 1"), Option(" 2"))) for number in range(400)
    )
    answers = dict(backend.answer(asked))
    assert sorted(answers) == list(range(400))
    assert all(response.error is None for response in answers.values())


def test_what_is_taken_back_does_not_disturb_what_follows(backend: VLLMBackend) -> None:
    many = (Request("generate", prompt=f"{n} and", generation=Generation(max_tokens=100)) for n in range(50))
    short = Request("generate", prompt="The capital of France is", generation=Generation(max_tokens=2))
    answers = backend.answer(itertools.chain([short], many))
    assert next(answers)[0] == 0
    answers.close()
    assert one(backend, short).text == " Paris."


def test_a_run_from_card_to_score(backend: VLLMBackend, tmp_path: Path) -> None:
    card = tmp_path / "capitals.yaml"
    (tmp_path / "capitals.jsonl").write_text(
        '{"question": "What is the capital of France?", "choices": ["Paris", "Berlin"], "answer": 0}\n'
        '{"question": "What is the capital of Germany?", "choices": ["Paris", "Berlin"], "answer": 1}\n'
    )
    card.write_text(
        "name: capitals\nversion: 1\nabout: Two capitals.\ndataset: {files: capitals.jsonl}\n"
        "columns: {question: question, choices: choices, answer: answer}\nask: choose\n"
        'prompt: "Question: {{ question }}\\n{{ options }}Answer:"\n'
    )
    found = harness.evaluate(
        backend, str(card), formulation="cf", output=tmp_path / "results", store=tmp_path / "store"
    )
    assert found.complete
    assert found.scores == {"capitals": 1.0}


def test_an_engine_that_was_closed_starts_again(backend: VLLMBackend) -> None:
    request = Request("choose", prompt="The capital of France is", options=(Option(" Paris"), Option(" Berlin")))
    before = one(backend, request)
    backend.close()
    assert one(backend, request).options == before.options
