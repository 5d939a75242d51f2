"""Stores, disks and run directories that are damaged, full, read-only or not there: what was answered is kept."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.command import Harness, run_process, start_process
from tests.support.fake_openai import FakeOpenAI

MANY = 200
Mount = Callable[..., Path]


@pytest.fixture
def many(project: Path) -> Iterator[FakeOpenAI]:
    """The project with many rows, and a server whose replies are long and do not compress."""
    rows = (json.dumps({"country": f"land {number}", "capital": "Rome"}) for number in range(MANY))
    (project / "rows.jsonl").write_text("\n".join(rows))
    card = project / "tasks/capitals.yaml"
    card.write_text(card.read_text().replace("subsets: {by: country}\n", ""))

    def reply(prompt: str) -> str:
        return "".join(hashlib.sha256(f"{prompt}{part}".encode()).hexdigest() for part in range(64))

    with FakeOpenAI(reply) as server:
        yield server


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts a file system of its own: ``mount("name", "size=64k")``; again with other options to change it."""
    mounted: list[Path] = []

    def make(name: str, options: str) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        again = ["-o", f"remount,{options}"] if folder in mounted else ["-t", "tmpfs", "-o", options, "tmpfs"]
        try:
            done = subprocess.run(["mount", *again, folder], check=False, capture_output=True)
        except OSError:
            pytest.skip("there is no 'mount' here")
        if done.returncode:
            pytest.skip("this needs the right to mount a file system")
        mounted.append(folder)
        return folder

    yield make
    for folder in set(mounted):
        subprocess.run(["umount", "-l", folder], check=True)


def segment(project: Path) -> Path:
    """The store's only segment."""
    (path,) = (project / ".harness/store/segments").glob("*.sqlite")
    return path


def scores(harness: Harness) -> object:
    """The latest run's table."""
    rows = json.loads(harness("show", "--json").stdout)["rows"]
    return [(row["metric"], row["value"], row["n"], row["partial"]) for row in rows]


class TestStore:
    def test_a_half_written_segment(self, harness: Harness, project: Path, many: FakeOpenAI) -> None:
        harness.eval(many)
        whole = scores(harness)
        path = segment(project)
        os.truncate(path, path.stat().st_size // 2)
        done = harness.eval(many)
        again = len(many.received) - MANY
        assert MANY * 0.3 < again < MANY * 0.7
        (line,) = [line for line in done.stderr.splitlines() if path.name in line]
        assert f"is damaged (database disk image is malformed); {MANY - again} answers were saved from it" in line
        assert scores(harness) == whole
        harness.eval(many)
        assert len(many.received) == MANY + again  # nothing is asked a third time

    def test_a_segment_that_is_none(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        harness.eval(server)
        path = segment(project)
        path.write_bytes(b"not a segment " * 1000)
        done = harness.eval(server)
        assert len(server.received) == 6
        (line,) = [line for line in done.stderr.splitlines() if path.name in line]
        assert "holds nothing that can be read" in line
        assert "1 segment" not in harness("cache", "size").stdout

    @pytest.mark.parametrize("option", ["--output", "--store"])
    def test_a_read_only_folder(
        self, harness: Harness, project: Path, server: FakeOpenAI, mount: Mount, option: str
    ) -> None:
        mount("locked", "ro")
        line = harness.eval(server, option, "locked/new", code=2).error
        assert "'locked/new" in line
        assert "read-only file system; " in line
        assert server.received == []

    def test_what_is_known_needs_no_writing(self, harness: Harness, server: FakeOpenAI, mount: Mount) -> None:
        mount("shared", "size=1m")
        harness.eval(server, "--store", "shared")
        mount("shared", "ro")
        harness.eval(server, "--store", "shared")
        assert len(server.received) == 3

    def test_a_disk_that_fills_up_while_answering(self, harness: Harness, many: FakeOpenAI, mount: Mount) -> None:
        mount("disk", "size=400k")
        line = harness.eval(many, "--store", "disk", code=2).error
        assert "the disk is full" in line
        assert "run again: only what is missing is asked" in line
        saved = int(line.partition(" answers are saved")[0].rpartition(" ")[2])
        assert saved > 20
        assert json.loads(harness("show", "--json").stdout)["manifest"]["status"] == "incomplete"
        mount("disk", "size=8m")
        before = len(many.received)
        harness.eval(many, "--store", "disk")
        assert len(many.received) - before <= MANY - saved
        assert scores(harness)[0][2:] == (MANY, False)

    def test_a_size_limit_while_answering(self, harness: Harness, project: Path, many: FakeOpenAI) -> None:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

        line = run_process(
            project, "eval", "-m", "fake", "--base-url", many.url, "-t", "capitals", code=2, before=limit
        ).error  # fmt: skip
        assert "the disk is full or a size limit is reached" in line
        saved = int(line.partition(" answers are saved")[0].rpartition(" ")[2])
        before = len(many.received)
        harness.eval(many)
        assert 0 < len(many.received) - before <= MANY - saved < MANY

    def test_a_disk_that_is_full_when_results_are_written(
        self, harness: Harness, project: Path, many: FakeOpenAI, mount: Mount
    ) -> None:
        mount("runs", "size=64k")
        line = harness.eval(many, "--output", "runs", code=2).error
        assert "cannot write 'runs/" in line
        assert "no space left on device" in line
        assert "the answers are in the response store, so run again" in line
        assert not list((project / "runs").glob("*/samples/*"))  # nothing half-written
        harness.eval(many)
        assert len(many.received) == MANY

    def test_one_full_disk_for_everything(self, harness: Harness, many: FakeOpenAI, mount: Mount) -> None:
        mount("disk", "size=400k")
        line = harness.eval(many, "--store", "disk/store", "--output", "disk/runs", code=2).error
        assert "cannot write the store segment" in line  # the first thing that failed, not what followed from it
        saved = int(line.partition(" answers are saved")[0].rpartition(" ")[2])
        mount("disk", "size=8m")
        before = len(many.received)
        harness.eval(many, "--store", "disk/store", "--output", "disk/runs")
        assert len(many.received) - before <= MANY - saved < MANY

    def test_a_disk_that_is_full_from_the_start(self, harness: Harness, server: FakeOpenAI, mount: Mount) -> None:
        folder = mount("disk", "size=16k")
        (folder / "filler").write_bytes(b"x" * 12_288)
        assert "free some space" in harness.eval(server, "--store", "disk", code=2).error
        assert server.received == []


class TestRuns:
    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["show"], "there is no latest run in 'results'; run 'harness eval' first"),
            (["show", "nowhere"], "there is no run 'nowhere' here or in 'results'"),
            (["show", "tasks"], "'tasks' is not a run directory: it has no manifest.json"),
            (["show", "rows.jsonl"], "there is no run 'rows.jsonl'"),
            (["show", "--results", "rows.jsonl"], "there is no latest run in 'rows.jsonl'"),
            (["merge", "nowhere"], "there is no run 'nowhere'"),
        ],
    )
    def test_a_run_that_is_not_there(self, harness: Harness, args: list[str], said: str) -> None:
        assert said in harness(*args, code=2).error

    @pytest.mark.parametrize(
        ("file", "content", "said"),
        [
            ("manifest.json", b"{", "manifest.json' is not the manifest of a run (Expecting property name"),
            ("manifest.json", b"[1]", "manifest.json' is not the manifest of a run"),
            ("manifest.json", b"null", "manifest.json' is not the manifest of a run"),
            ("manifest.json", b'{"schema_version": 1}', "manifest.json' is not the manifest of a run ('tasks')"),
            ("manifest.json", b'{"schema_version": 1, "tasks": []}', "manifest.json' is not the manifest of a run ("),
            ("manifest.json", b'{"schema_version": 99}', "was written by a newer Harness (schema 99, this one reads"),
            ("manifest.json", b"\xff\xfe", "manifest.json' is not the manifest of a run"),
            ("results.json", b"{", "results.json' is not a results table"),
            ("results.json", b'{"schema_version": 1, "rows": [{}]}', "results.json' is not a results table"),
            ("results.json", b'{"schema_version": 1, "rows": 5}', "results.json' is not a results table"),
            ("results.json", b"[]", "results.json' is not a results table"),
            ("results.json", None, "has no results (status: complete); run the same command again"),
        ],
    )  # fmt: skip
    def test_a_damaged_run(
        self, harness: Harness, project: Path, server: FakeOpenAI, file: str, content: bytes | None, said: str
    ) -> None:
        harness.eval(server)
        path = project / "results/latest" / file
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        assert said in harness("show", code=2).error

    def test_a_number_that_is_none(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        harness.eval(server)
        path = project / "results/latest/results.json"
        text = path.read_text()
        assert '"value": 0.6' in text
        path.write_text(text.replace('"value": 0.6', '"value": "high", "was": 0.6'))
        assert "results.json' is not a results table" in harness("show", code=2).error

    def test_damaged_samples(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        harness.eval(server)
        path = project / "results/latest/samples/capitals.parquet"
        os.truncate(path, path.stat().st_size // 2)
        line = harness("show", "--failed", code=2).error
        assert "capitals.parquet' is damaged or no Parquet file" in line
        assert "run the evaluation again to write it anew" in line
        assert "capitals.parquet' is damaged" in harness("merge", "latest", code=2).error
        assert "0.6667" in harness("show").stdout
        path.unlink()
        assert "samples" in harness("show", "--failed", "--task", "capitals", code=2).error

    def test_a_task_or_sample_that_a_run_has_not(self, harness: Harness, server: FakeOpenAI) -> None:
        harness.eval(server)
        assert "the run has no task 'capitls'" in harness("show", "--failed", "--task", "capitls", code=2).error
        assert "the run has no task 'capitls'" in harness("show", "--task", "capitls", code=2).error
        assert "the run has no sample 'Chile'" in harness("show", "--sample", "Chile", code=2).error

    def test_runs_that_do_not_belong_together(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        def made(*args: object) -> str:
            return str(json.loads(harness.eval(server, "--json", *args).stdout)["directory"])

        one = made()
        other = made("-m", "other")
        assert "they asked different models or settings (fake and other)" in harness("merge", one, other, code=2).error
        warm = made("--temperature", "1")
        assert "the card of capitals differs in its prompts" in harness("merge", one, warm, code=2).error
        (project / "rows.jsonl").write_text((project / "rows.jsonl").read_text().replace("Lima", "Quito"))
        line = harness("merge", one, made(), code=2).error
        assert "the data of sample 'Peru' of capitals differs" in line
        assert len(list((project / "results").glob("*Z-*"))) == 4  # what failed leaves nothing behind
        assert "0.6667" in harness("show").stdout  # and the latest run is still the latest
        line = harness("merge", one, "-o", "rows.jsonl", code=2).error
        assert "cannot create the folder 'rows.jsonl': file exists" in line

    def test_a_run_merged_with_itself(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        harness.eval(server)
        before = scores(harness)
        harness("merge", "latest", "latest")
        assert scores(harness) == before


class TestCache:
    def test_pruning(self, harness: Harness, server: FakeOpenAI) -> None:
        harness.eval(server)
        assert "no answers of 'other' in the store" in harness("cache", "prune", "--model", "other", code=2).error
        assert "removed 0 records" in harness("cache", "prune", "--older-than", "1h").stdout
        assert "removed 3 records" in harness("cache", "prune", "--all").stdout
        harness.eval(server)
        assert len(server.received) == 6

    def test_pruning_one_model(self, harness: Harness, server: FakeOpenAI) -> None:
        harness.eval(server)
        assert "fake (" in harness("cache", "size").stdout
        assert "removed 3 records" in harness("cache", "prune", "--model", "fake").stdout

    def test_an_age_of_nothing_is_an_age(self, harness: Harness, server: FakeOpenAI) -> None:
        harness.eval(server)
        harness("cache", "prune", "--older-than", "0d")

    def test_a_store_that_does_not_exist_is_empty(self, harness: Harness) -> None:
        assert "0 segments" in harness("cache", "size").stdout
        assert "removed 0 records" in harness("cache", "prune", "--errors").stdout


class TestPipes:
    @pytest.mark.parametrize("args", [("list",), ("show",)])
    def test_a_closed_pipe_is_left_quietly(
        self, harness: Harness, project: Path, server: FakeOpenAI, args: tuple[str, ...]
    ) -> None:
        if args[0] == "show":
            harness.eval(server)
        process = start_process(project, *args)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()  # as `head` does once it has its lines
        assert process.stderr.read() == ""
        assert process.wait(60) == 0
