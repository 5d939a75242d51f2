"""The command line against a loopback server: the whole chain as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fake_openai import FakeOpenAI, Scripted

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A server that answers 'Paris' where the prompt holds France and 'Rome' elsewhere."""
    with FakeOpenAI(reply=lambda prompt: "Paris" if "France" in prompt else "Rome") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one card and its data."""
    (tmp_path / "tasks").mkdir()
    rows = [{"country": c, "capital": k} for c, k in (("France", "Paris"), ("Italy", "Rome"), ("Peru", "Lima"))]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "tasks/capitals.yaml").write_text(
        "name: capitals\nabout: Capitals.\nrandom_baseline: 0.1\n"
        "dataset: {files: ../rows.jsonl}\nid: country\n"
        "columns: {country: country, answer: capital}\nask: generate\n"
        'prompt: "Capital of {{ country }}?"\nmetrics: [exact_match]\nsubsets: {by: country}\n'
    )
    return tmp_path


def harness(project: Path, *args: str, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HARNESS_", "OPENAI_"))}
    done = subprocess.run(
        [sys.executable, "-m", "harness", *args], cwd=project, capture_output=True, text=True, check=False, timeout=120,
        env={**clean, "PYTHONPATH": str(ROOT), **env},
    )  # fmt: skip
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def evaluate(project: Path, server: FakeOpenAI, *args: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    return harness(project, "eval", "-m", "fake", "--base-url", server.url, "-t", "capitals", *args, code=code)


def test_a_run_prints_a_table_and_leaves_a_run_directory(project: Path, server: FakeOpenAI) -> None:
    done = evaluate(project, server, "--subsets")
    assert "0.6667" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr  # no colour where there is no terminal
    run = project / "results" / "latest"
    manifest = json.loads((run / "manifest.json").read_text())
    assert (manifest["status"], manifest["model"]) == ("complete", "fake")
    rows = json.loads((run / "results.json").read_text())["rows"]
    (head,) = [row for row in rows if row["headline"]]
    assert (head["value"], head["n"], head["metric"]) == (pytest.approx(2 / 3), 3, "exact_match")
    assert {row["subset"]: row["value"] for row in rows if row["subset"]} == {"France": 1, "Italy": 1, "Peru": 0}
    assert (run / "samples" / "capitals.parquet").is_file()


def test_the_same_command_again_asks_nothing(project: Path, server: FakeOpenAI) -> None:
    evaluate(project, server)
    asked = len(server.received)
    again = evaluate(project, server, "--json")
    assert len(server.received) == asked == 3
    assert json.loads(again.stdout)["status"] == "complete"


def test_an_option_is_recorded_and_asks_anew(project: Path, server: FakeOpenAI) -> None:
    evaluate(project, server)
    evaluate(
        project, server, "--temperature", "0.5", "--repeats", "2", "--set", "prompt=Name the capital of {{ country }}!"
    )
    assert len(server.received) == 3 + 6
    manifest = json.loads((project / "results/latest/manifest.json").read_text())
    assert manifest["tasks"][0]["overrides"] == {
        "generation": {"temperature": 0.5}, "repeats": 2, "prompt": "Name the capital of {{ country }}!",
    }  # fmt: skip


def test_a_failed_request_is_partial_exits_4_and_is_asked_again(project: Path, server: FakeOpenAI) -> None:
    server.script = lambda received: Scripted(status=400) if "Peru" in str(received.form) else None
    done = evaluate(project, server, code=4)
    assert "(partial)" in done.stdout
    assert "1 error" in done.stdout
    server.script = lambda received: None
    evaluate(project, server)
    assert len(server.received) == 4


def test_an_unreachable_server_is_one_line(project: Path, server: FakeOpenAI) -> None:
    url = server.url
    server.hang_up()
    done = harness(project, "eval", "-m", "x", "--base-url", url, "-t", "capitals", code=2)
    assert done.stderr.strip().splitlines()[-1].startswith("error: cannot reach")
    assert "Traceback" not in done.stderr


def test_a_wrong_key_is_one_line(project: Path, server: FakeOpenAI) -> None:
    server.script = lambda received: Scripted(status=401)
    done = evaluate(project, server, code=2)
    assert "key" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-t", "capitls"], "there is no task 'capitls'; did you mean 'capitals'?"),
        (["-t", "capitals@long"], "there is no variant 'long' of 'capitals'"),
        (["-t", "../x"], "'../x' is not a card name"),
        (["-t", "capitals", "--set", "colums.x=1"], "unknown key 'colums'; did you mean 'columns'?"),
        (["-t", "capitals", "--set", 'dataset.files={"test": "../rows.jsonl"}', "--split", "dev"], "dev"),
        (["-t", "capitals", "--shard", "3/2"], "'3/2' is not a shard"),
        (["-t", "capitals", "-M", "speed=9"], "-M speed: this backend has no such option"),
        (["-t", "capitals", "--backend", "vlm"], "there is no backend 'vlm'"),
        (["-t", "capitals", "--output", "rows.jsonl"], "rows.jsonl"),
        (["-t", "capitals", "--store", "rows.jsonl"], "rows.jsonl"),
        (["-t", "capitals", "--set", "prompt={{ contry }}"], "'contry' is undefined; did you mean 'country'?"),
        (["-t", "capitals", "--set", 'columns.answer="captal"'], "did you mean 'capital'?"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(project: Path, server: FakeOpenAI, args: list[str], said: str) -> None:
    done = harness(project, "eval", "-m", "fake", "--base-url", server.url, *args, code=2)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert said in line
    assert "Traceback" not in done.stderr
    assert server.received == []


def test_a_model_folder_without_weights_is_one_line(project: Path) -> None:
    (project / "model").mkdir()
    done = harness(project, "eval", "-m", "./model", "-t", "capitals", code=2)
    assert "model" in done.stderr
    assert "Traceback" not in done.stderr
    done = harness(project, "eval", "-m", "./nowhere", "-t", "capitals", code=2)
    assert "there is no model folder or file './nowhere'" in done.stderr


def start(project: Path, server: FakeOpenAI) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HARNESS_", "OPENAI_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "harness", "eval", "-m", "fake", "--base-url", server.url, "-t", "capitals", "-M",
         "concurrency=1"],
        cwd=project, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**clean, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def wait_for(server: FakeOpenAI, count: int) -> None:
    until = time.monotonic() + 60
    while len(server.received) < count and time.monotonic() < until:
        time.sleep(0.02)
    assert len(server.received) >= count


@pytest.mark.parametrize("twice", [False, True])
def test_ctrl_c_keeps_what_was_answered(project: Path, server: FakeOpenAI, twice: bool) -> None:
    server.script = lambda received: Scripted(delay=60) if len(server.received) >= 3 else None
    process = start(project, server)
    wait_for(server, 3)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    if twice:
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 4, out + err
    assert "interrupted" in err
    assert "Traceback" not in err
    server.script = lambda received: None
    evaluate(project, server)
    assert len(server.received) == 4  # two were answered, the third was in flight, one was left


def test_kill_9_loses_only_what_was_in_flight(project: Path, server: FakeOpenAI) -> None:
    server.script = lambda received: Scripted(delay=60) if len(server.received) >= 3 else None
    process = start(project, server)
    wait_for(server, 3)
    time.sleep(1.5)  # a write is on its way to the disk within milliseconds
    process.kill()
    process.communicate()
    server.script = lambda received: None
    evaluate(project, server)
    assert len(server.received) == 4


def test_shards_merge_to_the_whole(project: Path, server: FakeOpenAI) -> None:
    whole = json.loads(evaluate(project, server, "--json").stdout)["rows"]
    one = json.loads(evaluate(project, server, "--shard", "1/2", "--json").stdout)["directory"]
    two = json.loads(evaluate(project, server, "--shard", "2/2", "--json").stdout)["directory"]
    harness(project, "merge", one, code=4)
    harness(project, "merge", one, two)
    merged = json.loads((project / "results/latest/results.json").read_text())["rows"]
    assert merged == whole


def test_settings_file_and_variables(project: Path, server: FakeOpenAI) -> None:
    (project / "harness.toml").write_text(f'model = "fake"\nbase_url = "{server.url}"\n[eval]\nlimit = 1\n')
    done = harness(project, "eval", "-t", "capitals", "--json")
    assert json.loads(done.stdout)["rows"][0]["n"] == 1
    done = harness(project, "eval", "-t", "capitals", "--json", HARNESS_LIMIT="2")
    assert json.loads(done.stdout)["rows"][0]["n"] == 2
    (project / "harness.toml").write_text('modl = "fake"\n')
    assert "unknown key 'modl'; did you mean 'model'?" in harness(project, "list", code=2).stderr


def test_show_lists_failures_and_one_sample(project: Path, server: FakeOpenAI) -> None:
    evaluate(project, server)
    failed = harness(project, "show", "--failed").stdout
    assert "Peru" in failed
    assert "France" not in failed
    shown = harness(project, "show", "--sample", "Italy").stdout
    assert "Capital of Italy?" in shown
    assert "reply: Rome" in shown


def test_a_secret_appears_in_no_file(project: Path, server: FakeOpenAI) -> None:
    canary = "sk-canary0123456789abcdef"
    harness(
        project, "eval", "-m", "fake", "--base-url", server.url, "-t", "capitals", "-M", f"api_key={canary}",
        HARNESS_API_KEY=canary, OPENAI_API_KEY=canary,
    )  # fmt: skip
    for path in project.rglob("*"):
        if path.is_file():
            assert canary.encode() not in path.read_bytes(), path


def test_output_cannot_control_the_terminal(project: Path) -> None:
    with FakeOpenAI(reply=lambda prompt: "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e") as server:
        evaluate(project, server)
        shown = harness(project, "show", "--failed").stdout
    assert not any(sign in shown for sign in "\x1b\x07\x9b\u202e")
