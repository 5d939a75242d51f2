"""From answers to rows: statuses, repeats, subsets, formulations, suites, and what makes a number partial."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.api import result_rows
from harness.backends.scripted import ScriptedBackend
from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.cards.schema import Suite
from harness.data.load import DataSource
from harness.engine.execute import execute
from harness.engine.plan import make_plan
from harness.engine.task import Limits, join
from harness.scoring.aggregate import Verdict
from harness.scoring.score import PartScorer
from harness.scoring.summary import summarize
from harness.store.records import ResultRow, SampleRecord
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Request, Response

Reply = Callable[[Request], Any]


def score(
    folder: Path, reply: Reply, rows: Sequence[dict[str, Any]], suites: Sequence[Suite] = (), **card: Any
) -> tuple[list[ResultRow], list[SampleRecord]]:
    """Run a card on rows with scripted replies and aggregate."""
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    base = {
        "name": "quiz",
        "about": "Quiz.",
        "dataset": {"files": "rows.jsonl"},
        "id": "id",
        "ask": "generate",
        "columns": {"question": "q", "answer": "a"},
        "prompt": "{{ question }}",
        "metrics": ["exact_match"],
    }
    (folder / "quiz.yaml").write_text(json.dumps({**base, **card}))
    backend = ScriptedBackend(reply)
    task = join(load_card("quiz", CardIndex([folder])), DataSource(offline=True), Limits())
    plan = make_plan([task], backend.identity.digest, backend.capabilities)
    with ResponseStore(folder / "store") as store:
        answers = execute(plan, backend, store)
    records = [r for part in plan.parts for r in PartScorer(part).score(answers.responses, plan.requests)]
    rows_out = result_rows([summarize(task)], {"quiz": [Verdict.of(record) for record in records]}, suites)
    return rows_out, records


def head(rows: Sequence[ResultRow]) -> ResultRow:
    (row,) = [row for row in rows if row.headline]
    return row


def quiz(n: int, **extra: Any) -> list[dict[str, Any]]:
    return [{"id": f"s{i}", "q": f"q{i}", "a": "yes", **extra} for i in range(n)]


def test_statuses_are_counted_and_errors_are_not_scored(tmp_path: Path) -> None:
    replies = {
        "q0": Response(text="answer: yes", finish="stop"),
        "q1": Response(text="answer: no", finish="stop"),
        "q2": Response(text="no idea", finish="stop"),
        "q3": Response(text="answer: yes", finish="length"),
        "q4": Response.failed(ErrorKind.UNAVAILABLE, "503"),
    }
    parse = [{"regex": {"pattern": "answer: (\\w+)"}}]
    rows, records = score(tmp_path, lambda r: replies[str(r.prompt)], quiz(5), parse=parse)
    row = head(rows)
    assert (row.n, row.total, row.value) == (4, 5, pytest.approx(2 / 4))
    assert (row.ok, row.unparsed, row.truncated, row.errors, row.partial) == (2, 1, 1, 1, True)
    assert [record.status for record in records] == ["ok", "ok", "unparsed", "truncated", "error"]
    assert records[4].error == "unavailable: 503"
    assert records[4].scores == {"exact_match": None}


def test_repeats_are_averaged_within_their_sample(tmp_path: Path) -> None:
    rows, records = score(
        tmp_path, lambda r: "yes" if r.repeat == 0 else "no", quiz(4), repeats=2, generation={"temperature": 1.0}
    )
    row = head(rows)
    assert (len(records), row.n, row.value, row.stderr) == (8, 4, 0.5, 0.0)


def test_macro_and_micro_differ_where_subsets_do(tmp_path: Path) -> None:
    rows = [{"id": f"a{i}", "q": "right", "a": "yes", "s": "a"} for i in range(9)]
    rows += [{"id": "b", "q": "wrong", "a": "yes", "s": "b"}]
    reply: Reply = lambda r: "yes" if r.prompt == "right" else "no"  # noqa: E731
    macro, _ = score(tmp_path, reply, rows, subsets={"by": "s"})
    micro, _ = score(tmp_path, reply, rows, subsets={"by": "s"}, aggregate="micro")
    assert (head(macro).value, head(micro).value) == (0.5, 0.9)
    assert {row.subset: row.value for row in macro if row.subset} == {"a": 1.0, "b": 0.0}
    none, _ = score(tmp_path, reply, rows, subsets={"by": "s"}, aggregate="none")
    assert [(row.label, row.value) for row in none if row.headline] == [("quiz/a", 1.0), ("quiz/b", 0.0)]


def test_subsets_with_different_metrics_have_a_mean_called_score(tmp_path: Path) -> None:
    subsets = {"exact": {"metrics": ["exact_match"]}, "loose": {"metrics": ["contains"]}}
    rows, _ = score(tmp_path, lambda r: "yes!", quiz(2), subsets=subsets)
    assert (head(rows).metric, head(rows).value) == ("score", 0.5)


CHOICES = {
    "ask": "choose",
    "columns": {"question": "q", "choices": {"constant": ["no", "yes"]}, "answer": {"constant": 1}},
    "prompt": "{{ question }}\n{{ options }}",
    "metrics": ["accuracy"],
}


def test_max_takes_the_better_formulation_and_letters_on_a_tie(tmp_path: Path) -> None:
    cloze_knows: Reply = lambda r: [-2.0, -1.0] if r.options[1].continuation == " yes" else [-1.0, -2.0]  # noqa: E731
    rows, _ = score(tmp_path, cloze_knows, quiz(2), **CHOICES, formulation="max")
    assert (head(rows).formulation, head(rows).value) == ("max", 1.0)
    assert head(rows).notes.startswith("cf, better than mcf 0.0000")
    assert [(row.formulation, row.value) for row in rows if not row.headline] == [("mcf", 0.0), ("cf", 1.0)]
    (tmp_path / "tie").mkdir()
    tied, _ = score(tmp_path / "tie", lambda r: [-2.0, -1.0], quiz(2), **CHOICES, formulation="max")
    assert head(tied).notes.startswith("mcf")


def test_pmi_subtracts_the_bare_context(tmp_path: Path) -> None:
    def reply(request: Request) -> list[float]:
        return [-1.0, -5.0] if request.prompt == "Answer:" else [-1.0, -2.0]

    formulations = {"cf": {"normalize": "pmi"}}
    rows, records = score(tmp_path, reply, quiz(1), **CHOICES, formulations=formulations)
    assert head(rows).value == 1.0  # −2 − (−5) beats −1 − (−1)
    assert records[0].unconditional_logprobs == (-1.0, -5.0)


def test_an_unanswered_half_of_pmi_is_an_error(tmp_path: Path) -> None:
    def reply(request: Request) -> Any:
        return Response.failed(ErrorKind.UNAVAILABLE, "x") if request.prompt == "Answer:" else [-1.0, -2.0]

    rows, _ = score(tmp_path, reply, quiz(1), **CHOICES, formulations={"cf": {"normalize": "pmi"}})
    assert (head(rows).errors, head(rows).partial) == (1, True)


def test_a_choice_card_asked_to_generate_compares_letters(tmp_path: Path) -> None:
    rows, records = score(tmp_path, lambda r: "The answer is B.", quiz(2), **CHOICES, formulation="generate")
    assert (head(rows).metric, head(rows).value, records[0].prediction) == ("choice", 1.0, "B")


def test_dependent_samples_have_a_larger_error(tmp_path: Path) -> None:
    rows = [{**row, "p": f"passage {i // 5}", "q": f"{i // 5 % 2} {i}"} for i, row in enumerate(quiz(40))]
    columns = {"question": "q", "answer": "a", "passage": "p"}
    reply: Reply = lambda r: "yes" if str(r.prompt).startswith("0") else "no"  # noqa: E731
    plain, _ = score(tmp_path, reply, rows, columns=columns)
    clustered, _ = score(tmp_path, reply, rows, columns=columns, cluster="passage")
    assert head(plain).value == head(clustered).value == 0.5
    # All five samples of a passage agree, so the error is that of 8 independent ones.
    assert head(clustered).stderr == pytest.approx((0.25 / 7) ** 0.5)
    assert head(plain).stderr == pytest.approx((0.25 / 39) ** 0.5)


def test_a_metric_that_raises_is_an_error_of_its_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/broken.py").write_text(
        "from dataclasses import dataclass\nfrom harness import Metric, metric\n\n"
        "@metric('breaks')\n@dataclass(frozen=True)\nclass Breaks(Metric):\n    'Breaks.'\n"
        "    def score(self, prediction, references, sample):\n        return 1 / (prediction == 'yes')\n"
    )
    monkeypatch.setenv("HARNESS_METRICS", str(tmp_path / "metrics"))
    rows, _ = score(tmp_path, lambda r: "yes" if r.prompt == "q0" else "no", quiz(3), metrics=["breaks"])
    assert (head(rows).n, head(rows).errors, head(rows).value) == (1, 2, 1.0)


def test_a_suite_weighs_its_members(tmp_path: Path) -> None:
    suite = {"name": "all", "about": "All.", "tasks": ["quiz", {"task": "quiz", "weight": 3}], "aggregate": "weighted"}
    rows, _ = score(tmp_path, lambda r: "yes", quiz(2), [Suite.model_validate(suite)])
    (row,) = [row for row in rows if row.task == "all"]
    assert (row.value, row.headline, row.n) == (1.0, True, 4)
