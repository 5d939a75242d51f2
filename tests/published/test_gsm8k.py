"""Every gold answer of GSM8K is read as itself, by the official extraction and by ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.scoring.parsers import ParseContext, compile_parsers
from harness.scoring.registry import load_metric
from harness.values import Sample

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(("split", "count"), [("test", 1319), pytest.param("train", 7473, marks=pytest.mark.slow)])
def test_gsm8k_gold_answers(shared: Path, split: str, count: int) -> None:
    import pyarrow.parquet as pq

    folder = shared / "data" / "hub" / "openai" / "gsm8k" / "main"
    strict = compile_parsers(["gsm8k_strict"], "gsm8k")
    flexible = compile_parsers(["gsm8k_flexible"], "gsm8k")
    ours = compile_parsers([{"after": "####"}, "number"], "gsm8k")
    same_text, same_number = load_metric({"exact_match": "gsm8k"}, "gsm8k"), load_metric("number_match", "gsm8k")
    answers = pq.read_table(folder / f"{split}-00000-of-00001.parquet").column("answer").to_pylist()
    assert len(answers) == count
    for answer in answers:
        for parse in (strict, flexible):
            value = parse(answer, ParseContext()).value
            assert same_text.score(value, [answer], Sample.of("x", {})) == 1.0, answer
        value = ours(answer, ParseContext()).value
        gold = answer.rpartition("####")[2].strip()
        assert same_number.score(value, [gold], Sample.of("x", {})) == 1.0, answer
