from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.backends.base import Backend
from harness.backends.hf import HFBackend
from harness.backends.hf.cached import CachedRows
from harness.backends.hf.full import FullRows
from harness.backends.hf.logprobs import Pass
from harness.values import ErrorKind, Message, Option, Request, Response

torch = pytest.importorskip("torch")

CONTEXT = "Question: What is the capital of France?\nAnswer:"


@pytest.fixture(scope="module")
def backend(make_model: Callable[..., Path]) -> HFBackend:
    return HFBackend(make_model(), dtype="float32", device="cpu")


def choose(context: str, *continuations: str, **more: Any) -> Request:
    return Request("choose", prompt=context, options=tuple(Option(c) for c in continuations), **more)


def one(backend: Backend, request: Request) -> Response:
    ((index, response),) = backend.answer([request])
    assert index == 0
    return response


def test_it_is_a_backend(backend: HFBackend) -> None:
    assert isinstance(backend, Backend)
    assert backend.probe(()).choose
    assert backend.probe(()).perplexity
    assert backend.probe(()).chat


def test_letters_are_one_pass_and_right(backend: HFBackend, naive: Any) -> None:
    response = one(backend, choose(CONTEXT, " A", " B", " C"))
    assert response.method == "letters"
    context = naive.ids(CONTEXT)
    assert response.prompt_tokens == len(context)
    for option, letter in zip(response.options, (" A", " B", " C"), strict=True):
        (token,) = naive.ids(letter)
        expected, greedy = naive.logprob(context, [token])
        assert option.logprob == pytest.approx(expected, abs=1e-4)
        assert (option.tokens, option.greedy) == (1, greedy)


def test_continuations_of_different_lengths_are_right(backend: HFBackend, naive: Any) -> None:
    endings = (" Paris", " Paris, of course.", " the lazy dog", " A")
    response = one(backend, choose(CONTEXT, *endings))
    assert response.method == "full"
    for option, ending in zip(response.options, endings, strict=True):
        ids = naive.ids(ending)
        expected, greedy = naive.logprob(naive.ids(CONTEXT), ids)
        assert option.logprob == pytest.approx(expected, abs=1e-4)
        assert (option.tokens, option.greedy) == (len(ids), greedy)


def test_the_greedy_continuation_is_known_as_such(naive: Any) -> None:
    context = tuple(naive.ids(CONTEXT))
    best = tuple(naive.greedy(context, 3))
    rows = [
        Pass(0, (*context, *best[:2]), (0, 1), (best, (*best[:2], best[2] + 1))),
        Pass(0, context, (2,), (best[:1],)),
    ]
    (right, wrong), (first,) = FullRows(naive.model, pad=0).score(rows)
    assert (right.greedy, wrong.greedy, first.greedy) == (True, False, True)
    assert right.logprob == pytest.approx(naive.logprob(context, best)[0], abs=1e-4)


def test_whitespace_at_the_end_of_the_context_belongs_to_the_continuation(backend: HFBackend) -> None:
    moved = one(backend, choose(CONTEXT + " ", "Paris", "A"))
    plain = one(backend, choose(CONTEXT, " Paris", " A"))
    assert moved.options == plain.options


def test_an_empty_context_is_one_bos_token(backend: HFBackend, naive: Any) -> None:
    response = one(backend, choose("", "The answer"))
    expected, _ = naive.logprob([naive.tokenizer.bos_token_id], naive.ids("The answer"))
    assert response.options[0].logprob == pytest.approx(expected, abs=1e-4)


def test_a_tokenizer_that_adds_bos_adds_it_once(make_model: Callable[..., Path], naive: Any) -> None:
    backend = HFBackend(make_model(bos=True), dtype="float32", device="cpu")
    assert backend.identity.details["special_tokens"] == ["<s>"]
    for context, ids in ((CONTEXT, [0, *naive.ids(CONTEXT)]), ("", [0])):
        response = one(backend, choose(context, " Paris"))
        assert response.options[0].logprob == pytest.approx(naive.logprob(ids, naive.ids(" Paris"))[0], abs=1e-4)
    text = one(backend, Request("perplexity", prompt="The answer"))
    assert text.options[0].logprob == pytest.approx(naive.logprob([0], naive.ids("The answer"))[0], abs=1e-4)
    chat = one(backend, Request("choose", messages=(Message("user", "hello"),), options=(Option("A"),)))
    rendered = naive.ids("<s><|user|>\nhello</s><|assistant|>\n")
    assert chat.options[0].logprob == pytest.approx(naive.logprob(rendered, naive.ids("A"))[0], abs=1e-4)


def test_a_reply_is_scored_after_the_whitespace_of_the_chat_template(backend: HFBackend, naive: Any) -> None:
    request = Request(
        "choose", messages=(Message("user", "hello"),), prefill="The answer is ", options=(Option("A"), Option("B"))
    )
    response = one(backend, request)
    assert response.method == "letters"
    rendered = naive.ids("<s><|user|>\nhello</s><|assistant|>\nThe answer is")
    assert response.options[0].logprob == pytest.approx(naive.logprob(rendered, naive.ids(" A"))[0], abs=1e-4)


def test_options_with_contexts_of_their_own(backend: HFBackend, naive: Any) -> None:
    contexts = ("A man is sitting on", "The quick brown fox is on")
    request = Request("choose", prompt="unused", options=tuple(Option(" a roof.", context=c) for c in contexts))
    response = one(backend, request)
    for option, context in zip(response.options, contexts, strict=True):
        expected, _ = naive.logprob(naive.ids(context), naive.ids(" a roof."))
        assert option.logprob == pytest.approx(expected, abs=1e-4)


def test_too_long_spans_keep_the_last_tokens(backend: HFBackend, naive: Any) -> None:
    request = choose("The quick brown fox. " * 5 + CONTEXT, " Paris, of course", max_length=20)
    response = one(backend, request)
    ids = naive.ids("The quick brown fox. " * 5 + CONTEXT + " Paris, of course")
    tail = naive.ids(" Paris, of course")
    last = ids[-21:]  # OLMES: the last max_length + 1 tokens, of which the last is no input
    assert response.options[0].logprob == pytest.approx(naive.logprob(last[: -len(tail)], tail)[0], abs=1e-4)
    assert response.clipped == len(ids) - 21
    assert response.prompt_tokens == 20


def test_a_span_that_must_not_be_cut_is_an_error(backend: HFBackend) -> None:
    response = one(backend, choose(CONTEXT, " A", max_length=5, truncation="error"))
    assert response.error is not None
    assert response.error.kind is ErrorKind.TOO_LONG
    response = one(backend, choose(CONTEXT, " A" * 40, max_length=20))
    assert response.error is not None
    assert response.error.kind is ErrorKind.TOO_LONG


def test_an_empty_continuation_is_certain(backend: HFBackend) -> None:
    (option,) = one(backend, choose(CONTEXT, "")).options
    assert (option.logprob, option.tokens) == (0.0, 0)


def test_perplexity_scores_the_whole_text_after_bos(backend: HFBackend, naive: Any) -> None:
    text = "The quick brown fox jumps over the lazy dog."
    response = one(backend, Request("perplexity", prompt=text))
    ids = naive.ids(text)
    assert response.options[0].tokens == len(ids)
    assert response.options[0].logprob == pytest.approx(naive.logprob([0], ids)[0], abs=1e-4)
    assert one(backend, Request("perplexity", prompt="")).options[0].tokens == 0


def test_perplexity_of_a_long_text_is_summed_over_windows(backend: HFBackend, naive: Any) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 4
    ids = naive.ids(text)
    limit = 16
    assert len(ids) % limit
    expected = naive.logprob([0], ids[:limit])[0]
    for start in range(limit, len(ids), limit):
        end = min(start + limit, len(ids))
        expected += naive.logprob(ids[end - limit - 1 : start], ids[start:end])[0]
    response = one(backend, Request("perplexity", prompt=text, max_length=limit))
    assert response.method == "rolling"
    assert response.options[0].tokens == len(ids)
    assert response.options[0].logprob == pytest.approx(expected, abs=1e-3)


def test_perplexity_of_a_conversation_is_refused(backend: HFBackend) -> None:
    response = one(backend, Request("perplexity", messages=(Message("user", "hello"),)))
    assert response.error is not None
    assert response.error.kind is ErrorKind.REFUSED


def many(count: int) -> list[Request]:
    """Questions of all lengths, some with letters, some with endings."""
    rng = random.Random(3)
    words = CONTEXT.split()
    requests = []
    for _ in range(count):
        context = " ".join(rng.choices(words, k=rng.randint(1, 60)))
        endings = (" A", " B") if rng.random() < 0.5 else (" Paris of course", " the lazy dog jumps", " A")
        requests.append(choose(context, *endings))
    return requests


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_answers_do_not_depend_on_the_batch(make_model: Callable[..., Path], kind: str) -> None:
    folder = make_model(kind)
    requests = many(40)
    alone = HFBackend(folder, dtype="float32", device="cpu", batch_size=1)
    expected = dict(alone.answer(requests))
    for batch_size in (3, 64, "auto"):
        together = dict(HFBackend(folder, dtype="float32", device="cpu", batch_size=batch_size).answer(requests))
        assert sorted(together) == list(range(40))
        for index, response in together.items():
            for got, wanted in zip(response.options, expected[index].options, strict=True):
                assert got.logprob == pytest.approx(wanted.logprob, abs=1e-4)


def test_long_sequences_of_positions_are_chunked(backend: HFBackend, naive: Any, monkeypatch: Any) -> None:
    request = Request("perplexity", prompt="The quick brown fox jumps over the lazy dog. " * 3)
    whole = one(backend, request)
    monkeypatch.setattr("harness.backends.hf.logprobs._CHUNK", 7)
    assert one(backend, request).options[0].logprob == pytest.approx(whole.options[0].logprob, abs=1e-4)


def test_models_that_take_neither_positions_nor_a_number_of_logits(backend: HFBackend, monkeypatch: Any) -> None:
    requests = many(10)
    expected = dict(backend.answer(requests))
    model = backend._weights()

    class Plain:
        device = model.device

        def forward(self, input_ids: Any, attention_mask: Any, use_cache: bool) -> Any:
            return model(input_ids=input_ids, attention_mask=attention_mask, use_cache=use_cache)

        __call__ = forward
        generation_config = model.generation_config
        get_output_embeddings = model.get_output_embeddings

    # Rows of equal length only: such a model has to find positions by itself.
    monkeypatch.setattr(backend, "_model", Plain())
    plain = dict(backend.answer(requests[:1]))
    assert plain[0].options[0].logprob == pytest.approx(expected[0].options[0].logprob, abs=1e-4)


def test_out_of_memory_halves_the_batch_and_goes_on(make_model: Callable[..., Path], monkeypatch: Any) -> None:
    backend = HFBackend(make_model(), dtype="float32", device="cpu", batch_size=16)
    requests = many(30)
    expected = dict(backend.answer(requests))
    read = CachedRows._read
    sizes: list[int] = []

    def narrow(self: CachedRows, tree: Any, *rest: Any) -> Any:
        sizes.append(len(tree.paths))
        if len(tree.paths) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return read(self, tree, *rest)

    monkeypatch.setattr(CachedRows, "_read", narrow)
    answers = dict(backend.answer(requests))
    assert len([size for size in sizes if size > 3]) in (2, 3)  # a batch of 16 at most, one of 8, one of 4
    assert max(sizes[4:]) <= 3
    again = len(sizes)
    dict(backend.answer(requests))
    assert max(sizes[again:]) <= 3  # what did not fit is not tried again
    for index, response in answers.items():
        for got, wanted in zip(response.options, expected[index].options, strict=True):
            assert got.logprob == pytest.approx(wanted.logprob, abs=1e-4)


def test_a_batch_that_fails_becomes_error_responses(make_model: Callable[..., Path], monkeypatch: Any) -> None:
    backend = HFBackend(make_model(), dtype="float32", device="cpu", batch_size=1)
    score = CachedRows.score

    def fragile(self: CachedRows, batch: Any) -> Any:
        if len(batch.rows[0].inputs) > 30:
            raise RuntimeError("the kernel\nfailed")
        return score(self, batch)

    monkeypatch.setattr(CachedRows, "score", fragile)
    answers = dict(
        backend.answer([choose(CONTEXT, " A", " B"), choose("The answer is " * 20, " A", " Paris of course")])
    )
    assert answers[0].error is None
    assert answers[1].error is not None
    assert answers[1].error.kind is ErrorKind.INTERNAL
    assert "the kernel failed" in answers[1].error.message


def test_numbers_that_are_not_finite_are_an_error(make_model: Callable[..., Path]) -> None:
    backend = HFBackend(make_model(), dtype="float32", device="cpu")
    model = backend._weights()
    with torch.no_grad():
        model.lm_head.weight.fill_(float("nan"))
    response = one(backend, choose(CONTEXT, " A", " B"))
    assert response.error is not None
    assert "not finite" in response.error.message


def test_lone_surrogates_are_taken(backend: HFBackend) -> None:
    assert one(backend, choose("bad \ud800 text", " A", " B")).error is None


def test_closing_the_iterator_stops_and_closing_the_backend_twice_is_fine(make_model: Callable[..., Path]) -> None:
    backend = HFBackend(make_model(), dtype="float32", device="cpu", batch_size=1)
    answers = backend.answer(many(5))
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    backend.close()
    backend.close()
