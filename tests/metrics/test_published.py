"""Published numbers from the real outputs that gave them: every reply is parsed and scored again."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.prompts.variables import letters
from harness.scoring.metric import Score
from harness.scoring.parsers import ParseContext, Parsed, compile_parsers
from harness.scoring.registry import load_metric
from harness.values import Sample

pytestmark = pytest.mark.shared

LONGBENCH: dict[str, Any] = {
    task: step
    for tasks, step in (
        ("narrativeqa qasper multifieldqa_en hotpotqa 2wikimqa musique triviaqa", {"f1": "longbench"}),
        ("multifieldqa_zh", {"f1": "longbench_zh"}),
        ("gov_report qmsum multi_news samsum", {"rouge_l": "longbench"}),
        ("dureader vcsum", {"rouge_l": "longbench_zh"}),
        ("trec lsht", "longbench_classification"),
        ("passage_count", "longbench_count"),
        ("passage_retrieval_en", "longbench_retrieval"),
        ("passage_retrieval_zh", {"longbench_retrieval": "zh"}),
        ("lcc repobench-p", "code_sim"),
    )
    for task in tasks.split()
}
MMLU_PRO = ("Llama-2-70b-hf", "Mistral-7B-Instruct-v0.2", "Meta-Llama-3_1-8B-Instruct", "Meta-Llama-3-70B")


def lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@pytest.mark.parametrize("task", LONGBENCH)
def test_longbench(shared: Path, task: str) -> None:
    folder = shared / "data" / "outputs" / "longbench" / "llama2-7b-chat-4k"
    published = json.loads((folder / "result.json").read_text())[task]
    parse = compile_parsers(["first_line"] if task in ("trec", "triviaqa", "samsum", "lsht") else [], task)
    metric = load_metric(LONGBENCH[task], task)
    scores = []
    for number, row in enumerate(lines(folder / f"{task}.jsonl.gz")):
        sample = Sample.of(str(number), {"all_classes": row["all_classes"]})
        score = metric.score(parse(row["pred"], ParseContext()).value, row["answers"], sample)
        assert isinstance(score, float)
        scores.append(score)
    assert round(100 * math.fsum(scores) / len(scores), 2) == pytest.approx(published, abs=0.0101)


@pytest.mark.parametrize("model", MMLU_PRO)
def test_mmlu_pro(shared: Path, model: str) -> None:
    folder = shared / "data" / "outputs" / "mmlu_pro"
    expected = json.loads((folder / "expected.json").read_text())[model]
    rows = list(lines(folder / f"{model}.jsonl.gz"))
    parse = compile_parsers(["mmlu_pro"], model)
    parsed = [parse(row["model_outputs"], ParseContext()) for row in rows]
    answers = [row["answer"] for row in rows]

    # The first level alone, and all three, as the published code has them with and without its option.
    first = [p if p.rule == "mmlu_pro:1" else Parsed(None) for p in parsed]
    for level, found in (("l1", first), ("l2", parsed)):
        right = sum(p.value == answer for p, answer in zip(found, answers, strict=True))
        assert sum(p.value is None for p in found) == expected[f"{level}_none"]
        assert round(100 * right / len(rows), 3) == expected[f"{level}_acc_none_wrong"]
        filled = 100 * _official_fill(found, answers) / len(rows)
        assert round(filled, 3) == expected[f"{level}_acc_random_fill_seed12345_qid_order"]

    by_category = Counter(row["category"] for row in rows)
    right_in = Counter(row["category"] for row, p in zip(rows, parsed, strict=True) if p.value == row["answer"])
    shown = {name: round(100 * right_in[name] / by_category[name], 2) for name in by_category}
    assert shown == expected["l2_by_category_none_wrong"]

    # Our own guesses have other draws, so the score differs by their noise only: 4 standard deviations at most.
    metric = load_metric({"choice": "mmlu_pro"}, model)
    total = 0.0
    for row, p in zip(rows, parsed, strict=True):
        sample = Sample.of(str(row["question_id"]), {"choices": ["x"] * row["n_options"]})
        score = metric.score(p.value, [row["answer"]], sample)
        total += score.value or 0.0 if isinstance(score, Score) else score
    noise = 100 * math.sqrt(expected["l2_none"] * 0.1 * 0.9) / len(rows)
    assert 100 * total / len(rows) == pytest.approx(
        expected["l2_acc_random_fill_seed12345_qid_order"], abs=4 * math.sqrt(2) * noise
    )


def _official_fill(found: list[Parsed], answers: list[str]) -> int:
    """The published fill: one generator over the file, ten letters whatever the question has."""
    draw = random.Random(12345)
    right = 0
    for p, answer in zip(found, answers, strict=True):
        value = letters(10)[draw.randint(0, 9)] if p.value is None else p.value
        right += value == answer
    return right


def test_bbh(shared: Path) -> None:
    folder = shared / "data" / "outputs" / "bbh"
    expected = json.loads((folder / "expected.json").read_text())["cot"]
    parse, metric = compile_parsers(["bbh"], "bbh"), load_metric("exact_match", "bbh")
    tasks = {name: part for name, part in expected.items() if isinstance(part, dict)}
    assert len(tasks) == 27
    for task, part in tasks.items():
        (file,) = (folder / "code-davinci-002-cot").glob(f"{task}_few_shot_template_*.json.gz")
        outputs = json.loads(gzip.decompress(file.read_bytes()))["outputs"]
        right = 0.0
        for row in outputs:
            value = parse(row["prediction"], ParseContext()).value
            if value is not None:
                score = metric.score(value, [row["target"]], Sample.of("x", {}))
                assert isinstance(score, float)
                right += score
        assert len(outputs) == part["n"]
        assert 100 * right / len(outputs) == pytest.approx(part["published_metric_file"], abs=0.001), task


@pytest.mark.parametrize("model", ["6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"])
def test_gsm8k_solutions(shared: Path, model: str) -> None:
    file = shared / "data" / "outputs" / "gsm8k" / "openai_example_model_solutions.jsonl.gz"
    parse = compile_parsers([{"after": "A:"}, "number"], "gsm8k")
    metric = load_metric("number_match", "gsm8k")
    wrong = []
    for row in lines(file):
        reference = parse(row["ground_truth"], ParseContext())
        assert reference.value is not None
        found = parse(row[model]["solution"], ParseContext())
        score = 0.0 if found.value is None else metric.score(found.value, [reference.value], Sample.of("x", {}))
        if bool(score) != row[model]["is_correct"]:
            wrong.append((row[model]["solution"][-60:], row["ground_truth"][-20:], row[model]["is_correct"]))
    assert not wrong


def test_gsm8k_gold_answers(shared: Path) -> None:
    import pyarrow.parquet as pq

    folder = shared / "data" / "hub" / "openai" / "gsm8k" / "main"
    strict = compile_parsers(["gsm8k_strict"], "gsm8k")
    flexible = compile_parsers(["gsm8k_flexible"], "gsm8k")
    ours = compile_parsers([{"after": "####"}, "number"], "gsm8k")
    same_text, same_number = load_metric({"exact_match": "gsm8k"}, "gsm8k"), load_metric("number_match", "gsm8k")
    for split, count in (("test", 1319), ("train", 7473)):
        answers = pq.read_table(folder / f"{split}-00000-of-00001.parquet").column("answer").to_pylist()
        assert len(answers) == count
        for answer in answers:
            for parse in (strict, flexible):
                value = parse(answer, ParseContext()).value
                assert same_text.score(value, [answer], Sample.of("x", {})) == 1.0, answer
            value = ours(answer, ParseContext()).value
            gold = answer.rpartition("####")[2].strip()
            assert same_number.score(value, [gold], Sample.of("x", {})) == 1.0, answer
