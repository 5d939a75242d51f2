"""Published replies of real models, parsed and scored as the cards say, against the published scores."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.cards.schema import Card
from harness.data.load import DataSource
from harness.engine.task import Limits, join
from harness.prompts.variables import letters, references
from harness.scoring.metric import Score
from harness.scoring.parsers import ParseContext, compile_parsers
from harness.scoring.registry import load_metric
from harness.values import Sample

ROOT = Path(__file__).resolve().parents[2]
INDEX = CardIndex([ROOT / "tasks"])
LONGBENCH = list(load_card("longbench", INDEX).subsets)


def percent(card: Card, samples: Sequence[Sample], replies: Sequence[str], metric: int = 0) -> float:
    """Return 100 times the mean of one of the card's metrics."""
    parse = compile_parsers(card.parse or ("thinking", "strip"), card.name)
    scorer = load_metric(card.metrics[metric], card.name, [ROOT / "metrics"])
    total = 0.0
    for sample, reply in zip(samples, replies, strict=True):
        choices = sample.fields.get("choices")
        parsed = parse(reply, ParseContext(fields=sample.fields, letters=letters(len(choices)) if choices else ()))
        if parsed.value is None and not scorer.takes_unparsed:
            continue
        score = scorer.score(parsed.value, references(sample, "generate"), sample)
        value = score.value if isinstance(score, Score) else score
        assert value is not None
        total += value
    return 100 * total / len(samples)


def read_lines(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.mark.shared
def test_bbh_scores_of_code_davinci_002(shared: Path) -> None:
    folder = shared / "data/outputs/bbh"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))["cot"]
    task = join(load_card("bbh", INDEX), DataSource([shared / "data/hub"]), Limits())
    for part in task.parts:
        (file,) = (folder / "code-davinci-002-cot").glob(f"{part.subset}_few_shot_template_*.json.gz")
        replies = [output["prediction"] for output in json.loads(gzip.decompress(file.read_bytes()))["outputs"]]
        published = expected[part.subset]["published_metric_file"]
        assert percent(part.card, part.samples, replies) == pytest.approx(published, abs=0.001), part.subset


@pytest.mark.shared
@pytest.mark.parametrize("model", ["Llama-2-70b-hf", "Meta-Llama-3-70B"])
def test_mmlu_pro_scores(model: str, shared: Path) -> None:
    """The golds of two or three questions were corrected after these runs; guesses are drawn otherwise."""
    folder = shared / "data/outputs/mmlu_pro"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))[model]
    loaded = load_card("mmlu_pro", INDEX, {"shots": {"count": 0}})
    task = join(loaded, DataSource([shared / "data/hub"]), Limits())
    by_id = {sample.id: sample for part in task.parts for sample in part.samples}
    rows = list(read_lines(folder / f"{model}.jsonl.gz"))
    samples = [by_id[str(row["question_id"])] for row in rows]
    replies = [row["model_outputs"] or "" for row in rows]
    strict, guessed = (percent(task.parts[0].card, samples, replies, metric) for metric in (0, 1))
    assert strict == pytest.approx(expected["l2_acc_none_wrong"], abs=0.03)
    assert guessed == pytest.approx(expected["l2_acc_random_fill_seed12345_qid_order"], abs=0.3)


@pytest.mark.shared
@pytest.mark.parametrize("subset", LONGBENCH)
def test_longbench_scores_of_llama2_chat(subset: str, shared: Path) -> None:
    folder = shared / "data/outputs/longbench/llama2-7b-chat-4k"
    card = load_card("longbench", INDEX).subsets[subset]
    if "zh" in str(card.metrics):
        pytest.importorskip("jieba")
    rows = list(read_lines(folder / f"{subset}.jsonl.gz"))
    samples = [
        Sample.of(str(number), {"answer": row["answers"], "all_classes": row["all_classes"]}, subset)
        for number, row in enumerate(rows)
    ]
    published = json.loads((folder / "result.json").read_text("utf-8"))[subset]
    assert round(percent(card, samples, [row["pred"] for row in rows]), 2) == pytest.approx(published, abs=0.011)
