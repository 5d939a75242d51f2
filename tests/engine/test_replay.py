"""Another run's answers, scored anew: through the Python API and the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import harness
from harness import ScriptedBackend, StoreError
from harness.backends.base import Capabilities
from harness.backends.resolve import open_backend
from harness.values import ErrorKind, Generation, Option, OptionScore, Request, Response
from tests.cli.command import Harness

CAPITALS = (("France", "Paris"), ("Italy", "Rome"), ("Peru", "Lima"))
GENERATE = """\
name: capitals
about: Capitals.
dataset: {files: rows.jsonl}
columns: {country: country, answer: capital}
ask: generate
prompt: "Capital of {{ country }}?"
metrics: [exact_match]
"""
CHOOSE = """\
name: cities
about: Cities.
dataset: {files: rows.jsonl}
columns: {question: country, choices: both, answer: gold}
ask: choose
formulation: cf
prompt: "Capital of {{ question }}:"
metrics: [accuracy]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    rows = [{"country": c, "capital": k, "both": [k, "Oslo"], "gold": 0} for c, k in CAPITALS]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "capitals.yaml").write_text(GENERATE)
    (tmp_path / "contains.yaml").write_text(
        GENERATE.replace("name: capitals", "name: contains").replace("exact_match", "contains")
    )
    (tmp_path / "cities.yaml").write_text(CHOOSE)
    (tmp_path / "pmi.yaml").write_text(
        CHOOSE.replace("name: cities", "name: pmi").replace(
            "formulation: cf", "formulation: cf\nformulations: {cf: {normalize: pmi}}"
        )
    )
    return tmp_path


def wordy(request: Request) -> str | list[float]:
    """A model that wraps the right answer in a sentence, and prefers Oslo a little everywhere but in Peru."""
    asked = str(request.prompt or request.messages[-1].content)
    if request.kind == "choose":
        return [-3.0, -2.5] if "Peru" not in asked else [-1.0, -4.0]
    return next((f"It is {capital}." for country, capital in CAPITALS if country in asked), "")


def ask(card: str, **options: Any) -> harness.Result:
    return harness.evaluate(ScriptedBackend(wordy, "wordy", chat=True), card, **options)


def test_the_same_replies_get_another_metric(project: Path) -> None:
    first = ask("capitals.yaml")
    assert first.scores == {"capitals": 0.0}
    again = harness.evaluate("replay:latest", "contains.yaml")
    assert again.scores == {"contains": 1.0}
    assert again.complete
    assert (again.manifest.model, again.manifest.backend) == ("wordy", "replay")
    assert again.manifest.identity_details == {"source": first.manifest.identity}
    assert [r.reply for r in again.samples()] == [r.reply for r in first.samples()]
    assert again.manifest.tasks[0].chat  # asked as the run asked


def test_a_replay_can_be_replayed(project: Path) -> None:
    ask("capitals.yaml")
    harness.evaluate("replay:latest", "contains.yaml")
    assert harness.evaluate("replay:latest", "capitals.yaml").complete


def test_without_its_store_a_run_answers_from_its_samples(project: Path) -> None:
    first = ask("cities.yaml")
    assert first.scores == {"cities": pytest.approx(1 / 3)}
    shutil.rmtree(project / "store")
    again = harness.evaluate(f"replay:{first.directory.name}", "cities.yaml")
    assert again.scores == first.scores
    assert [r.option_logprobs for r in again.samples()] == [r.option_logprobs for r in first.samples()]
    shutil.move(first.directory, project / "elsewhere")
    assert harness.evaluate(f"replay:{project / 'elsewhere'}", "cities.yaml").scores == first.scores


def test_pmi_finds_its_unconditional_half_in_the_store(project: Path) -> None:
    first = ask("pmi.yaml")
    again = harness.evaluate("replay:latest", "pmi.yaml")
    assert again.complete
    assert again.scores == first.scores
    moved = project / "moved"
    shutil.move(project / "store", moved)
    replayed = harness.evaluate("replay:latest", "pmi.yaml", model_options={"store": str(moved)}, store="new")
    assert replayed.complete


def test_what_the_run_does_not_hold_is_counted(project: Path) -> None:
    ask("capitals.yaml", limit=2)
    again = harness.evaluate("replay:latest", "contains.yaml")
    assert not again.complete
    (row,) = [row for row in again.rows if row.headline]
    assert (row.n, row.errors) == (2, 1)
    (error,) = [r.error for r in again.samples() if r.error]
    assert error.startswith("refused: not in the run '")


def test_errors_of_the_run_are_not_answers(project: Path) -> None:
    broken = ScriptedBackend(lambda request: Response.failed(ErrorKind.UNAVAILABLE, "busy"), "broken")
    harness.evaluate(broken, "capitals.yaml")
    again = harness.evaluate("replay:latest", "capitals.yaml")
    assert "it holds only an error: busy" in str(next(iter(again.samples())).error)


def test_answers_are_whole(project: Path) -> None:
    """Counts, finish and the rest travel as well, from the store and from the samples."""
    whole = Response(
        text="Paris",
        finish="length",
        method="m",
        clipped=3,
        prompt_tokens=7,
        completion_tokens=2,
        latency=0.5,
        retries=1,
    )
    scored = Response(options=(OptionScore(-1.0, 2, True), OptionScore(float("-inf"), 1, None)), prompt_tokens=9)
    script = ScriptedBackend(lambda request: scored if request.kind == "choose" else whole, "whole")
    harness.evaluate(script, ["capitals.yaml", "cities.yaml"], limit=1)
    for options in ({}, {"store": str(project / "nowhere")}):
        backend = open_backend("replay:latest", options=options)
        assert [response for _, response in backend.answer(script.asked)] == [
            scored if request.kind == "choose" else whole for request in script.asked
        ]
        backend.close()
        backend.close()


def test_requests_are_taken_lazily(project: Path) -> None:
    ask("capitals.yaml")
    taken = 0

    def requests() -> Any:
        nonlocal taken
        for number in range(5000):
            taken += 1
            yield Request("generate", prompt=str(number), generation=Generation())

    answers = open_backend("replay:latest").answer(requests())
    index, response = next(answers)
    assert (index, response.text) == (0, None)
    assert taken <= 1000
    answers.close()


def test_it_can_what_the_run_shows(project: Path) -> None:
    def able() -> Capabilities:
        return open_backend("replay:latest").probe(())

    ask("capitals.yaml")
    assert able().chat
    assert able().choose
    assert not able().falls_back
    ask("cities.yaml")
    assert (able().chat, able().choose, able().letters) == (False, True, False)
    ask("cities.yaml", formulation="generate")  # as where a server gives no log-probabilities
    assert (able().choose, able().letters, able().falls_back) == (False, False, True)


def test_a_model_that_knows_only_messages_is_asked_in_messages_again(project: Path) -> None:
    class OnlyChat(ScriptedBackend):
        def probe(self, kinds: Any) -> Capabilities:
            return Capabilities(choose=True, chat=True, plain=False)

    first = harness.evaluate(OnlyChat(wordy, "chatty"), "cities.yaml")
    assert "messages" in json.loads(next(iter(first.samples())).request)
    assert harness.evaluate("replay:latest", "cities.yaml").complete


def test_no_such_run_is_one_line(project: Path) -> None:
    with pytest.raises(StoreError, match="there is no latest run"):
        open_backend("replay:latest")
    with pytest.raises(StoreError, match="there is no run 'nothing'"):
        open_backend("replay:nothing")


def test_the_command_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask("capitals.yaml", limit=2)
    command = Harness(project, capsys)
    done = command("eval", "-m", "replay:latest", "-t", "contains.yaml", "--limit", 2)
    assert "1.0000" in done.stdout
    partial = command("eval", "-m", "replay:latest", "-t", "contains.yaml", code=4)
    assert "1 error" in partial.stdout
    wrong = command("eval", "-m", "replay:absent", "-t", "contains.yaml", code=2)
    assert wrong.error.startswith("there is no run 'absent'")


def test_a_request_with_other_options_is_another_request(project: Path) -> None:
    ask("cities.yaml")
    ((_, response),) = open_backend("replay:latest").answer(
        [Request("choose", prompt="Capital of France:", options=(Option(" Paris"),))]
    )
    assert response.error is not None
    assert response.error.kind is ErrorKind.REFUSED
