from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.backends.hf import HFBackend
from harness.backends.hf.generate import Row, Writer
from harness.backends.local.sampling import sampling_seed
from harness.values import ErrorKind, Generation, Message, Request, Response

torch = pytest.importorskip("torch")

PROMPTS = (
    "The quick",
    "Question: What is the capital of France?\nAnswer:",
    "hello world, the lazy dog jumps over",
    "A",
)


@pytest.fixture(scope="module")
def backend(make_model: Callable[..., Path]) -> HFBackend:
    return HFBackend(make_model(), dtype="float32", device="cpu")


def write(naive: Any, rows: list[Row], ends: tuple[int, ...] = ()) -> list[Any]:
    def decode(ids: list[int], special: bool = False) -> str:
        return str(naive.tokenizer.decode(ids, skip_special_tokens=not special))

    return Writer(naive.model, 0, ends, decode).write(rows)


def row(naive: Any, prompt: str, generation: Generation, repeat: int = 0) -> Row:
    ids = tuple(naive.ids(prompt))
    return Row(0, ids, generation, sampling_seed(generation, repeat, ids))


def one(backend: HFBackend, request: Request) -> Response:
    ((_, response),) = backend.answer([request])
    return response


def test_greedy_text_is_that_of_decoding_without_a_batch(naive: Any) -> None:
    limits = (5, 12, 1, 20)
    rows = [row(naive, p, Generation(max_tokens=n)) for p, n in zip(PROMPTS, limits, strict=True)]
    for prompt, limit, written in zip(PROMPTS, limits, write(naive, rows), strict=True):
        assert written.text == naive.tokenizer.decode(naive.greedy(naive.ids(prompt), limit), skip_special_tokens=True)
        assert (written.tokens, written.finish) == (limit, "length")


def test_a_stop_string_ends_the_reply_and_is_cut_off(naive: Any) -> None:
    prompt = PROMPTS[1]
    ids = naive.greedy(naive.ids(prompt), 20)
    text = naive.tokenizer.decode(ids, skip_special_tokens=True)
    stop = text[7:10]
    rows = [row(naive, prompt, Generation(max_tokens=20, stop=("never there", stop))), row(naive, "A", Generation(20))]
    written, other = write(naive, rows)
    assert written.text == text[: text.index(stop)]
    assert written.finish == "stop"
    assert written.tokens == next(n for n in range(20) if stop in naive.tokenizer.decode(ids[:n]))
    assert (other.tokens, other.finish) == (20, "length")


def test_an_end_token_ends_the_reply(naive: Any) -> None:
    ids = naive.greedy(naive.ids(PROMPTS[0]), 8)
    end = ids[4]
    length = ids.index(end) + 1
    written, _ = write(
        naive,
        [row(naive, PROMPTS[0], Generation(max_tokens=20)), row(naive, PROMPTS[1], Generation(max_tokens=30))],
        ends=(end,),
    )
    assert written.text == naive.tokenizer.decode(ids[: length - 1], skip_special_tokens=True)
    assert (written.tokens, written.finish) == (length, "stop")


def test_sampling_depends_on_seed_repeat_and_prompt_only(naive: Any) -> None:
    generation = Generation(max_tokens=12, temperature=1.0, seed=5)
    alone = write(naive, [row(naive, PROMPTS[1], generation)])[0].text
    crowd = [row(naive, p, generation) for p in PROMPTS] + [row(naive, PROMPTS[1], Generation(max_tokens=3))]
    assert write(naive, crowd)[1].text == alone
    assert write(naive, [row(naive, PROMPTS[1], generation, repeat=1)])[0].text != alone
    other = Generation(max_tokens=12, temperature=1.0, seed=6)
    assert write(naive, [row(naive, PROMPTS[1], other)])[0].text != alone


def test_samples_follow_the_model_s_distribution(naive: Any) -> None:
    context = tuple(naive.ids(PROMPTS[1]))
    with torch.no_grad():
        scores = naive.model(torch.tensor([context])).logits[0, -1].double()
    for temperature, top_p in ((1.0, 1.0), (0.5, 1.0), (1.0, 0.6)):
        expected = (scores / temperature).softmax(-1)
        if top_p < 1:
            ordered, order = expected.sort(descending=True)
            count = int((ordered.cumsum(-1) < top_p).sum()) + 1  # the fewest tokens that reach top_p
            nucleus = torch.zeros_like(expected)
            nucleus[order[:count]] = expected[order[:count]]
            expected = nucleus / nucleus.sum()
        generation = Generation(max_tokens=1, temperature=temperature, top_p=top_p)
        rows = [Row(0, context, generation, sampling_seed(generation, n, context)) for n in range(2000)]
        drawn = _first_tokens(naive, rows)
        assert expected[drawn].min() > 0
        observed = torch.bincount(drawn, minlength=len(expected)).double() / len(drawn)
        # The expected distance of 2,000 draws is about sqrt(k / (2 pi n)) for k likely tokens: 0.1 for 100 of them.
        assert 0.5 * (observed - expected).abs().sum() < 0.15


def _first_tokens(naive: Any, rows: list[Row]) -> Any:
    tokens: list[int] = []
    Writer(naive.model, 0, (), lambda ids, special=False: tokens.append(ids[0]) or "").write(rows)
    return torch.tensor(tokens)


def test_a_nucleus_of_one_token_is_greedy(naive: Any) -> None:
    narrow = Generation(max_tokens=8, temperature=2.0, top_p=1e-6)
    greedy = Generation(max_tokens=8)
    assert write(naive, [row(naive, "A", narrow)])[0].text == write(naive, [row(naive, "A", greedy)])[0].text


def test_replies_come_back_with_their_counts(backend: HFBackend, naive: Any) -> None:
    generation = Generation(max_tokens=6)
    requests = [Request("generate", prompt=p, generation=generation) for p in PROMPTS]
    for index, response in backend.answer(requests):
        assert response.prompt_tokens == len(naive.ids(PROMPTS[index]))
        assert response.completion_tokens is not None
        assert 0 < response.completion_tokens <= 6
        assert response.latency is not None
        assert response.clipped == 0


def test_the_checkpoint_s_own_sampling_defaults_do_not_count(make_model: Callable[..., Path], tmp_path: Path) -> None:
    import json
    import shutil

    folder = tmp_path / "model"
    shutil.copytree(make_model(), folder)
    plain = one(HFBackend(folder, dtype="float32", device="cpu"), greedy_request())
    settings = {"do_sample": True, "temperature": 3.0, "repetition_penalty": 5.0, "eos_token_id": [1, 3], "top_k": 3}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    backend = HFBackend(folder, dtype="float32", device="cpu")
    assert one(backend, greedy_request()).text == plain.text
    assert backend._weights().generation_config.eos_token_id == [1, 3]


def greedy_request() -> Request:
    return Request("generate", prompt=PROMPTS[1], generation=Generation(max_tokens=16))


def test_plain_prompts_are_cut_to_leave_room_for_the_reply(backend: HFBackend, naive: Any) -> None:
    prompt = "".join(f" {n}" for n in range(200))
    ids = naive.ids(prompt)
    generation = Generation(max_tokens=28)
    left = one(backend, Request("generate", prompt=prompt, generation=generation))
    assert (left.prompt_tokens, left.clipped) == (100, len(ids) - 100)  # the model has 128 positions
    end = naive.tokenizer.decode(naive.greedy(ids[-100:], 28), skip_special_tokens=True)
    assert left.text is not None
    assert end.startswith(left.text)
    middle = one(backend, Request("generate", prompt=prompt, generation=generation, max_length=59, truncation="middle"))
    assert (middle.prompt_tokens, middle.clipped) == (30, len(ids) - 30)
    refused = one(backend, Request("generate", prompt=prompt, generation=generation, truncation="error"))
    assert refused.error is not None
    assert refused.error.kind is ErrorKind.TOO_LONG
    hopeless = one(backend, Request("generate", prompt="A", generation=Generation(max_tokens=128)))
    assert hopeless.error is not None
    assert "leaves no room" in hopeless.error.message


def test_messages_need_a_chat_template(make_model: Callable[..., Path]) -> None:
    backend = HFBackend(make_model(template=None), dtype="float32", device="cpu")
    assert not backend.probe(()).chat
    response = one(backend, Request("generate", messages=(Message("user", "hello"),), generation=Generation(4)))
    assert response.error is not None
    assert response.error.kind is ErrorKind.REFUSED


def test_out_of_memory_while_writing_halves_the_batch(make_model: Callable[..., Path], monkeypatch: Any) -> None:
    backend = HFBackend(make_model(), dtype="float32", device="cpu", batch_size=4)
    requests = [Request("generate", prompt=p, generation=Generation(max_tokens=5)) for p in PROMPTS]
    expected = {index: r.text for index, r in backend.answer(requests)}
    real = Writer.write

    failures: list[int] = []

    def narrow(self: Writer, rows: Any) -> Any:
        if len(rows) > 1:
            failures.append(len(rows))
            raise RuntimeError("MPS backend out of memory")
        return real(self, rows)

    monkeypatch.setattr(Writer, "write", narrow)
    for _ in range(2):  # and the next time it is known
        assert {index: r.text for index, r in backend.answer(requests)} == expected
    assert failures == [4, 2]


def test_rows_of_different_limits_keep_within_the_model_s_positions(make_model: Callable[..., Path]) -> None:
    """Each fits by itself; the longest prompt with the longest reply would not."""
    backend = HFBackend(make_model("gpt2"), dtype="float32", device="cpu")
    requests = [
        Request("generate", prompt="A B C D " * 40, generation=Generation(max_tokens=8)),
        Request("generate", prompt="hello", generation=Generation(max_tokens=100)),
    ]
    together = dict(backend.answer(requests))
    for index, request in enumerate(requests):
        alone = one(backend, request)
        assert alone.error is None
        assert (together[index].text, together[index].finish) == (alone.text, alone.finish)


def test_an_empty_stop_string_stops_nothing(backend: HFBackend) -> None:
    plain = one(backend, Request("generate", prompt="A", generation=Generation(max_tokens=5)))
    empty = one(backend, Request("generate", prompt="A", generation=Generation(max_tokens=5, stop=("",))))
    assert (empty.text, empty.completion_tokens, empty.finish) == (plain.text, 5, plain.finish)
