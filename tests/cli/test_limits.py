"""Runs that end early, cost something, fall back, or are two at once: as a user sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Harness, start_process
from tests.support.fake_openai import FakeOpenAI, Scripted


@pytest.fixture
def many(project: Path) -> str:
    """A card of forty questions."""
    (project / "rows.jsonl").write_text(
        "".join(json.dumps({"q": f"Question {n}?", "a": "Rome"}) + "\n" for n in range(40))
    )
    (project / "tasks/many.yaml").write_text(
        "name: many\nabout: Many.\ndataset: {files: ../rows.jsonl}\ncolumns: {question: q, answer: a}\nask: generate\n"
        'prompt: "{{ question }}"\nmetrics: [exact_match]\n'
    )
    return "many"


def test_too_many_errors_end_the_run_and_keep_its_answers(harness: Harness, server: FakeOpenAI, many: str) -> None:
    server.script = lambda received: Scripted(status=400) if "Question 3" in str(received.form) else None
    done = harness.eval(server, "--max-errors", "2", "-M", "concurrency=1", task=many, code=4)
    assert done.error.startswith("stopped: 3 of ")
    assert "requests have no answer, more than --max-errors allows" in done.error
    assert "(partial)" not in done.stdout  # no table of a run that was stopped, but its files are there
    (head,) = json.loads((harness.folder / "results/latest/results.json").read_text())["rows"]
    assert head["partial"]
    server.script = lambda received: None
    before = len(server.received)
    harness.eval(server, task=many)
    assert len(server.received) - before < 40


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--max-errors", "none"], "'none' is neither a number of requests nor a share like 5%"),
        (["--max-errors", "120%"], "'120%' is neither"),
        (["--max-cost", "3"], "--max-cost needs to know the prices: --price IN,OUT"),
        (["--price", "cheap"], "'cheap' is no price; write 0.4,1.6"),
        (["--deadline", "soon"], "'soon' is no length of time; write 90s, 30m or 2h"),
        (["--replicas", "2"], "--replicas and -R belong to --executor ray"),
    ],
)
def test_bounds_that_make_no_sense(harness: Harness, server: FakeOpenAI, option: list[str], said: str) -> None:
    assert said in harness.eval(server, *option, code=2).error
    assert server.received == []


def test_a_dry_run_asks_nothing_and_says_what_it_would(harness: Harness, server: FakeOpenAI, many: str) -> None:
    harness.eval(server, "--limit", "10", task=many)
    asked = len(server.received)
    said = harness.eval(server, "--dry-run", "--json", "--price", "1,2", "--max-tokens", "256", task=many)
    (form,) = json.loads(said.stdout)
    assert (form["requests"], form["known"], form["to_ask"]) == (40, 10, 30)
    assert form["most_completion_tokens"] == 30 * 256
    assert form["most_cost"] == pytest.approx(form["least_cost"] + 2 * 30 * 256 / 1e6)
    assert "≈ $" in harness.eval(server, "--dry-run", "--price", "1,2", task=many).stdout
    assert len(server.received) == asked


def test_the_cost_is_counted_and_bounded(harness: Harness, server: FakeOpenAI, many: str) -> None:
    done = harness.eval(server, "--price", "1e6,1e6", "--max-cost", "30", "-M", "concurrency=1", task=many, code=4)
    assert "--max-cost is reached" in done.error
    manifest = json.loads((harness.folder / "results/latest/manifest.json").read_text())
    tokens = manifest["totals"]["prompt_tokens"] + manifest["totals"]["completion_tokens"]
    assert manifest["totals"]["cost"] == pytest.approx(tokens)
    assert 0 < len(server.received) < 40


def test_two_processes_share_an_output_folder_and_a_store(project: Path, server: FakeOpenAI, many: str) -> None:
    args = ("eval", "-m", "fake", "--base-url", server.url, "-t", many)
    both = [start_process(project, *args, *more) for more in ((), ("--limit", "30"))]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    runs = [path for path in (project / "results").iterdir() if not path.is_symlink()]
    assert len(runs) == 2
    heads = [json.loads((run / "results.json").read_text())["rows"][0] for run in runs]
    assert sorted((head["n"], head["value"]) for head in heads) == [(30, 1.0), (40, 1.0)]
    assert (project / "results/latest").resolve() in [run.resolve() for run in runs]
    before = len(server.received)
    process = start_process(project, *args)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert len(server.received) == before
