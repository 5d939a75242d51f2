"""Prompts of cards against what the authors of their benchmarks published."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.data.load import DataSource
from harness.engine.task import Limits, join
from harness.prompts.ask import Asker
from harness.prompts.shots import ShotPicker
from harness.values import Sample

ROOT = Path(__file__).resolve().parents[2]
INDEX = CardIndex([ROOT / "tasks"])


def prompts(ref: str, hub: Path) -> dict[str, list[str]]:
    """Return the rendered prompts of all samples, by subset."""
    task = join(load_card(ref, INDEX), DataSource([hub]), Limits())
    return {
        part.subset: [part.asker.requests(sample)[0].request.prompt or "" for sample in part.samples]
        for part in task.parts
    }


@pytest.mark.shared
def test_gsm8k_olmes_equals_the_published_requests(shared: Path) -> None:
    """Eight fixed chains of thought, all 1,319 test questions."""
    requests = shared / "data/outputs/olmes_requests/gsm8k/gold_bpb_5shot/requests.jsonl.gz"
    with gzip.open(requests, "rt", encoding="utf-8") as lines:
        published = [json.loads(line)["request"]["context"] for line in lines]
    assert prompts("gsm8k@olmes", shared / "data/hub")[""] == published


@pytest.mark.shared
def test_bbh_equals_the_inputs_of_the_published_run(shared: Path) -> None:
    """Description, three chains of thought and question of 6,511 samples; the text of one is cut short in the data."""
    different = []
    for subset, given in prompts("bbh", shared / "data/hub").items():
        folder = shared / "data/outputs/bbh/code-davinci-002-cot"
        (file,) = folder.glob(f"{subset}_few_shot_template_*.json.gz")
        published = [output["input"] for output in json.loads(gzip.decompress(file.read_bytes()))["outputs"]]
        assert len(given) == len(published)
        different += [(subset, g) for g, p in zip(given, published, strict=True) if g != p]
    assert [subset for subset, _ in different] == ["snarks"]
    assert different[0][1].endswith("(A) The NB\nA: Let's think step by step.")


@pytest.mark.shared
def test_longbench_equals_the_published_configuration(shared: Path) -> None:
    folder = shared / "data/hub/Xnhyacinth/LongBench/config"
    templates: dict[str, str] = json.loads((folder / "dataset2prompt.json").read_text("utf-8"))
    lengths: dict[str, int] = json.loads((folder / "dataset2maxlen.json").read_text("utf-8"))
    subsets = load_card("longbench", INDEX).subsets
    assert list(subsets) == list(templates)
    for name, card in subsets.items():
        fields = {"context": "A long\n\ntext.\n", "question": "What?", "answer": ["this"], "all_classes": None}
        request = Asker(card, "generate", None, chat=False, where=name).requests(Sample.of("0", fields))[0].request
        assert request.prompt == templates[name].format(context=fields["context"], input=fields["question"])
        assert request.generation is not None
        assert request.generation.max_tokens == lengths[name]
        assert request.truncation == "middle"


def test_longbench_asks_few_shot_and_code_subsets_without_chat() -> None:
    plain = {name for name, card in load_card("longbench", INDEX).subsets.items() if card.chat == "never"}
    assert plain == {"trec", "triviaqa", "samsum", "lsht", "lcc", "repobench-p"}


def sample(number: int, **fields: Any) -> Sample:
    return Sample.of(str(number), fields, "computer science")


def test_mmlu_pro_prompt() -> None:
    """The authors' format: head, four line ends, solved questions and the question, a blank line between them."""
    loaded = load_card("mmlu_pro", INDEX, {"shots": {"count": 1}})
    chain = "A: Let's think step by step. One and one is two. The answer is (B)."
    solved = sample(0, question="What is 1 + 1?", choices=["1", "2", "3"], answer=1, reasoning=chain)
    picker = ShotPicker(loaded.card.shots, [solved], "mmlu_pro", "")
    asker = Asker(loaded.card, "generate", picker, chat=False, where="")
    (asked,) = asker.requests(sample(1, question="What is 2 + 2?", choices=["4", "5"], answer=0, reasoning=""))
    assert asked.request.prompt == (
        "The following are multiple choice questions (with answers) about computer science. Think step by step and "
        'then finish your answer with "the answer is (X)" where X is the correct letter choice.\n\n\n\n'
        "Question:\nWhat is 1 + 1?\nOptions:\nA. 1\nB. 2\nC. 3\n"
        "Answer: Let's think step by step. One and one is two. The answer is (B).\n\n"
        "Question:\nWhat is 2 + 2?\nOptions:\nA. 4\nB. 5\n"
        "Answer: Let's think step by step."
    )
    assert asked.request.generation is not None
    assert (asked.request.generation.max_tokens, asked.request.generation.stop) == (2048, ("Question:",))


def test_mmlu_prompt_of_the_authors_and_of_olmes() -> None:
    fields = {"question": "What is 1 + 1?", "choices": ["1", "2"], "answer": 1}
    question = Sample.of("0", fields, "abstract_algebra")
    card = load_card("mmlu", INDEX, {"shots": {"count": 0}}).card
    (asked,) = Asker(card, "mcf", None, chat=False, where="").requests(question)
    assert asked.request.prompt == (
        "The following are multiple choice questions (with answers) about  abstract algebra.\n\n"
        "What is 1 + 1?\nA. 1\nB. 2\nAnswer:"
    )
    card = load_card("mmlu@olmes", INDEX, {"shots": {"count": 0}}).card
    (asked,) = Asker(card, "mcf", None, chat=False, where="").requests(question)
    head = "The following are multiple choice questions (with answers) about abstract algebra.\n\n"
    assert asked.request.prompt == f"{head}Question: What is 1 + 1?\n A. 1\n B. 2\nAnswer:"
    (asked,) = Asker(card, "cf", None, chat=False, where="").requests(question)
    assert asked.request.prompt == f"{head}Question: What is 1 + 1?\nAnswer:"
    assert [option.continuation for option in asked.request.options] == [" 1", " 2"]


def test_truthfulqa_asks_after_six_solved_questions() -> None:
    loaded = load_card("truthfulqa_mc", INDEX)
    question = sample(0, question="Who?", choices=["You.", "Me."], answer=[0])
    for subset, metric in (("mc1", "mc1"), ("mc2", "mc2")):
        card = loaded.subsets[subset]
        (asked,) = Asker(card, "cf", None, chat=False, where="").requests(question)
        assert asked.request.prompt is not None
        assert asked.request.prompt.count("Q: ") == 7
        assert asked.request.prompt.endswith("held in Barcelona, Spain.\n\nQ: Who?\nA:")
        assert card.metrics == (metric,)
