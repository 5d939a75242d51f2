"""Data, options, settings and servers that are wrong: one line, the right exit code, and nothing is lost."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from tests.cli.cards import change, write_cities
from tests.cli.command import Harness, run_process
from tests.data.hub_server import Repository, serve
from tests.support.fake_openai import FakeOpenAI, Quirks, Received, Scripted


class TestData:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("rows.jsonl", b'{"country": "A", "capital": "B"}\n{"country": \n', "rows.jsonl:2: is not JSON"),
            ("rows.jsonl", b'[1, 2]\n', "rows.jsonl:1: each line must hold one object, and this is a list"),
            ("rows.jsonl", b"", "the split 'test' has no rows"),
            ("rows.jsonl", b'{"country": "\xff"}\n', "rows.jsonl: is not UTF-8 text"),
            ("rows.csv", b"country,capital\nA,B\nC\n", "rows.csv:3: has 1 cells for 2 columns"),
            ("rows.csv", b"country,capital\nA,B,C\n", "rows.csv:2: has 3 cells for 2 columns"),
            ("rows.csv", b'country,capital\nA,"B\n', "rows.csv:2: is not a table: unexpected end of data"),
            ("rows.csv", b"country,country\nA,B\n", "rows.csv:1: names a column twice"),
            ("rows.json", b'"text"', "rows.json: must hold a list of objects, and holds text"),
            ("rows.parquet", b"PAR1 not really PAR1", "rows.parquet: "),
            ("rows.jsonl.gz", b"\x1f\x8b\x08\x00cut", "rows.jsonl.gz: cannot be read"),
            ("rows.txt", b"a", "rows.txt: its ending tells no format"),
            ("other.jsonl", b"{}", "there is no file '../rows.jsonl' (seen from "),
        ],
    )  # fmt: skip
    def test_a_broken_file(
        self, harness: Harness, project: Path, server: FakeOpenAI, name: str, content: bytes, said: str
    ) -> None:
        (project / "rows.jsonl").unlink()
        (project / name).write_bytes(content)
        if name.startswith("rows"):
            change(project, "rows.jsonl", name)
        assert said in harness.eval(server, code=2).error
        assert server.received == []

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("{files: {test: ../rows.jsonl}, split: tset}", "capitals: 'files' has no split 'tset'; did you mean"),
            ("{files: ../rows.jsonl, hub: a/b}", "needs exactly one of 'hub', 'files', 'package' and 'generator'"),
            ("{hub: org/data}", "'hub' needs 'revision': a commit, or 'unpinned'"),
            ("{hub: ../../etc, revision: unpinned}", "no rows for '../../etc'"),
            ("{generator: microwords}", "capitals: there is no generator 'microwords'; did you mean 'microworlds'?"),
            ("{generator: microworlds, params: {sed: 1}}", "unknown parameter 'sed'; did you mean 'seed'?"),
            (
                "{generator: microworlds, params: {skill: one_fact, count: -1}}",
                "'count' must be a whole number above 0, not -1",
            ),
            ("{package: no-such-package, path: x.jsonl}", "'no-such-package'"),
            ("{package: pytest, path: ../../x.jsonl}", "x.jsonl"),
        ],
    )
    def test_a_source_that_is_not_there(
        self, harness: Harness, project: Path, server: FakeOpenAI, source: str, said: str
    ) -> None:
        change(project, "{files: ../rows.jsonl}", source)
        assert said in harness.eval(server, code=2, HF_HUB_OFFLINE="1").error
        assert server.received == []

    def test_a_split_that_a_mirror_lacks(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        folder = project / "hub/org/data"
        folder.mkdir(parents=True)
        (project / "rows.jsonl").rename(folder / "validation.jsonl")
        change(project, "{files: ../rows.jsonl}", "{hub: org/data, revision: unpinned, split: validaton}")
        line = harness.eval(server, "--mirror", "hub", code=2, HF_HUB_OFFLINE="1").error
        assert "no rows for 'org/data' split 'validaton': mirror hub has only the split 'validation'" in line
        assert "--mirror" in line
        harness.eval(server, "--mirror", "hub", "--split", "validation", HF_HUB_OFFLINE="1")
        assert "there is no folder 'hob'" in harness.eval(server, "--mirror", "hob", code=2).error

    def test_a_subset_without_data_leaves_the_rest(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        change(project, "{files: ../rows.jsonl}", "{hub: org/data, config: '{subset}', revision: unpinned}")
        change(project, "{by: country}", "[a, b]")
        (project / "hub/org/data/a").mkdir(parents=True)
        (project / "rows.jsonl").rename(project / "hub/org/data/a/test.jsonl")
        done = harness.eval(server, "--mirror", "hub", code=4, HF_HUB_OFFLINE="1")
        assert "capitals: no data for 1 of 2 subsets (b)" in done.stderr
        assert "(partial)" in done.stdout

    def test_a_hub_that_cannot_be_reached(self, project: Path, server: FakeOpenAI) -> None:
        change(project, "{files: ../rows.jsonl}", "{hub: org/data, revision: unpinned}")
        start = time.monotonic()
        done = run_process(
            project, "eval", "-m", "fake", "--base-url", server.url, "-t", "capitals", code=2,
            HF_ENDPOINT="http://127.0.0.1:9", HF_HOME=str(project / "hf"),
        )  # fmt: skip
        assert time.monotonic() - start < 10
        assert "http://127.0.0.1:9 cannot be reached" in done.error
        for way in ("--mirror FOLDER", "HARNESS_MIRRORS", "HF_TOKEN"):
            assert way in done.error
        assert done.stderr.count("\n") == 1

    def test_a_gated_data_set(self, project: Path, server: FakeOpenAI) -> None:
        change(project, "{files: ../rows.jsonl}", "{hub: org/gated, revision: unpinned}")
        rows = (project / "rows.jsonl").read_bytes()
        with serve({"org/gated": Repository({"test.jsonl": rows}, gated=True, token="hf_right")}) as hub:
            done = run_process(
                project, "eval", "-m", "fake", "--base-url", server.url, "-t", "capitals", code=2,
                HF_ENDPOINT=hub.url, HF_HOME=str(project / "hf"), HF_TOKEN="hf_wrong0123456789",
            )  # fmt: skip
        assert (
            f"'org/gated' is gated: accept its licence at {hub.url}/datasets/org/gated and set HF_TOKEN" in done.error
        )
        assert done.stderr.count("\n") == 1
        assert "hf_wrong" not in done.stderr


class TestOptions:
    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["-M", "concurrency"], "-M takes key=value, not 'concurrency'"),
            (["-M", "concurrency=0"], "concurrency"),
            (["-M", "concurrency=many"], "concurrency"),
            (["--base-url", "localhost:8000"], "write it like http://localhost:8000/v1"),
            (["-m", "openai:"], "needs the model's name after the colon"),
            (["--set", "prompt"], "--set takes KEY=VALUE, not 'prompt'"),
            (["--set", "prompt=5"], "option prompt: 'prompt' must be text, not 5"),
            (["--set", "name=other"], "'name: other' must equal the file's name, 'capitals'"),
            (["--shots", "5"], "option shots: 'shots' shots need a 'split' or a 'dataset' to come from"),
            (["--limit", "0"], "0 is not in the range x>=1"),
            (["--limit", "few"], "'few' is not a valid integer range"),
            (["--temperature", "-1"], "-1.0 is not in the range"),
            (["--temperature", "nan"], "temperature"),
            (["--temperature", "inf"], "temperature"),
            (["--formulation", "best"], "'best' is not one of 'mcf', 'cf', 'generate', 'max'"),
            (["--lmit", "3"], "--limit"),
            (["-t", ","], "--tasks"),
            (["-t", "zzz*"], "no task matches 'zzz*'"),
            (["-t", "./x.yaml"], "there is no file 'x.yaml'"),
            (["-t", "../x.yaml"], "there is no file '../x.yaml'"),
            (["--task-path", "nowhere"], "'nowhere' does not exist"),
            (["--seed", "x"], "'x' is not a valid integer"),
            (["--store", "rows.jsonl/store"], "cannot read the store 'rows.jsonl/store/segments': not a directory"),
            (["--output", "rows.jsonl/runs"], "cannot create the folder"),
        ],
    )
    def test_a_wrong_option(self, harness: Harness, server: FakeOpenAI, args: list[str], said: str) -> None:
        assert said in harness.eval(server, *args, code=2).error
        assert server.received == []

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["evla"], "there is no command 'evla'; did you mean 'eval'?"),
            (["eval", "-t", "capitals"], "Missing option '--model' / '-m'"),
            (["eval", "-m", "", "-t", "capitals", "--base-url", "http://localhost:1/v1"], "needs the model's name"),
            (["describe", "capitls"], "there is no task 'capitls'; did you mean 'capitals'?"),
            (["render", "capitals", "--sample", "Chile"], "no sample matches"),
            (["render", "capitals", "--subset", "Chile"], "no sample matches"),
            (["check", "capitls", "--limit", "0"], "0 is not in the range"),
            (["schema", "-o", "rows.jsonl/x"], "cannot write 'rows.jsonl/x'"),
            (["merge"], "Missing argument 'RUNS...'"),
            (["cache", "prune"], "say what may go: --older-than, --errors, --model, or --all"),
            (["cache", "prune", "--older-than", "5 days"], "'5 days' is not an age; write 12h, 30d or 8w"),
            (["cache", "--store", "rows.jsonl", "size"], "rows.jsonl"),
        ],
    )
    def test_a_wrong_command(self, harness: Harness, args: list[str], said: str) -> None:
        assert said in harness(*args, code=2).error

    def test_a_number_beyond_64_bits_is_one(self, harness: Harness, server: FakeOpenAI) -> None:
        harness.eval(server, "--seed", 10**20)
        assert server.received[0].form["seed"] == 10**20

    def test_a_formulation_does_not_concern_generated_text(self, harness: Harness, server: FakeOpenAI) -> None:
        harness.eval(server, "--formulation", "mcf")
        assert len(server.received) == 3

    def test_a_task_asked_for_twice_is_one(self, harness: Harness, server: FakeOpenAI) -> None:
        for names in ("capitals", "capitals,capitals", "capitals,tasks/capitals.yaml"):
            (row,) = (r for r in json.loads(harness.eval(server, "--json", task=names).stdout)["rows"] if r["headline"])
            assert (row["n"], row["ok"]) == (3, 3)
        assert len(server.received) == 3

    def test_two_cards_of_one_name(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        (project / "more").mkdir()
        (project / "more/capitals.yaml").write_text((project / "tasks/capitals.yaml").read_text())
        line = harness.eval(server, task="capitals,more/capitals.yaml", code=2).error
        assert "two tasks are called 'capitals'" in line
        assert "more/capitals.yaml" in line

    def test_a_server_that_only_chats(self, harness: Harness, project: Path) -> None:
        write_cities(project)
        with FakeOpenAI(quirks=Quirks(echo="refuse")) as server:
            done = harness.eval(server, task="cities")
            scripted = json.loads(harness.eval(server, "--json", task="cities").stdout)
        note = "cities: asked as 'generate' instead of 'cf': the model's server gives no log-probabilities"
        assert note in done.stderr  # before anything is asked, and again
        assert note in done.stdout  # below the table
        assert scripted["notes"][0].startswith(note)

    def test_a_key_that_is_refused_midway(self, harness: Harness, server: FakeOpenAI) -> None:
        server.script = lambda received: Scripted(status=401) if received.index >= 2 else None
        assert "refuses the key" in harness.eval(server, "-M", "concurrency=1", code=2).error
        assert json.loads(harness("show", "--json").stdout)["manifest"]["status"] == "incomplete"
        server.script = lambda received: None
        harness.eval(server)
        assert len(server.received) == 4  # two were answered, one was refused
        assert "nothing to ask: 3 answers known" in harness.eval(server).stderr

    def test_a_server_that_goes_away(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        def leave(received: Received) -> Scripted | None:
            if received.index < 2:
                return None
            threading.Thread(target=server.hang_up).start()
            return Scripted(delay=60)

        server.script = leave
        line = run_process(
            project, "eval", "-m", "fake", "--base-url", server.url, "-t", "capitals", "-M", "concurrency=1",
            "-M", "patience=0.2", code=2,
        ).error  # fmt: skip
        assert "cannot reach http://127.0.0.1" in line
        server.listen()
        server.script = lambda received: None
        harness.eval(server)
        assert len(server.received) == 4

    def test_a_model_folder_with_a_configuration_and_no_weights(
        self, harness: Harness, project: Path, embedded_model: str
    ) -> None:
        (project / "model").mkdir()
        (project / "model/config.json").write_text('{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')
        line = harness("eval", "-m", "./model", "-t", "capitals", code=2).error
        assert "model" in line
        assert embedded_model not in line


class TestSettings:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"limit = [1,\n", "harness.toml: is not valid TOML: "),
            (b"model = 'caf\xe9'\n", "harness.toml: is not valid TOML: "),
            (b"modl = 'x'\n", "harness.toml: unknown key 'modl'; did you mean 'model'?"),
            (b"[eval]\nlimt = 1\n", "harness.toml: unknown key 'eval.limt'; did you mean 'limit'?"),
            (b"[evl]\nlimit = 1\n", "harness.toml: unknown key 'evl'; did you mean 'eval'?"),
            (b"eval = 3\n", "harness.toml: 'eval' must be a table"),
            (b"limit = 'many'\n", "harness.toml: Invalid value for '--limit' / '-n': 'many' is not a valid integer"),
            (b"[eval]\nformulation = 'best'\n", "harness.toml: Invalid value for '--formulation': 'best' is not one"),
            (b"mirrors = 'hob'\n", "harness.toml: 'mirrors' must be a list"),
        ],
    )
    def test_wrong_settings(
        self, harness: Harness, project: Path, server: FakeOpenAI, content: bytes, said: str
    ) -> None:
        (project / "harness.toml").write_bytes(content)
        assert said in harness.eval(server, code=2).error

    @pytest.mark.parametrize(("name", "value"), [("HARNESS_LIMIT", "many"), ("HARNESS_FORMULATION", "best")])
    def test_a_wrong_variable(self, harness: Harness, server: FakeOpenAI, name: str, value: str) -> None:
        line = harness.eval(server, code=2, **{name: value}).error
        assert line.startswith(f"{name}: ")
        assert f"'{value}' is not" in line
