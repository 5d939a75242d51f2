"""What is measured, and the bars."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

import made
import server
from columns import CONNECTIONS, Harness, Job
from measure import ROOT, Cost, Row, run

HARNESS = (sys.executable, "-m", "harness")
SCRIPTED = (sys.executable, str(ROOT / "benchmarks" / "scripted.py"))
CARDS = 1000
ONE_SAMPLE = 1.5
"""CPU seconds that a run of one sample may cost."""
REPLIES = 100_000
# What reading a local file and asking a server does not need.
HEAVY = ("torch", "transformers", "datasets", "pandas", "vllm", "openai", "huggingface_hub", "ray")
LAZY = (
    *HEAVY,
    "scipy",
    "sacrebleu",
    "jsonschema",
    "sympy",
    "nltk",
)  # installed, perhaps, and imported by what needs them

Workload = Callable[[Path, int], Iterator[Row]]


def start(folder: Path, times: int) -> Iterator[Row]:
    """Help, and a list of 1,000 cards."""
    made.write_cards(folder, CARDS)
    yield _command("harness --help", folder, times, "--help", bar=0.2)
    listing = ("list", "--task-path", folder)
    known = len(run([*HARNESS, *listing], folder).stdout.splitlines())
    if known < CARDS:
        raise SystemExit(f"harness list shows {known} tasks of at least {CARDS}")
    yield _command(f"harness list, {known:,} cards", folder, times, *listing, bar=0.5)


def one(folder: Path, times: int) -> Iterator[Row]:
    """One sample of a local JSONL file, asked of a local server."""
    job = Job.make(folder, "chat", 1)
    with server.running() as running:
        # The first run writes the byte code and tells what is imported; every run has a store, so that it asks.
        commands = [Harness().command(job, running.url, folder / f"one-{i}", "once") for i in range(times + 1)]
        program, *first = commands[0]
        loaded = run([program, "-X", "importtime", *first], folder).stderr
        costs = [run(command, folder).cost for command in commands[1:]]
        requests = running.served().requests
    if requests != 1 + times:
        raise SystemExit(f"{requests} requests instead of {1 + times}")
    yield Row("eval, one sample, local file and server", costs, [cost.cpu for cost in costs], bar=ONE_SAMPLE)
    heavy = [name for name in LAZY if re.search(rf"\| +{name}$", loaded, re.M)]
    yield _heavy("— heavy modules that it imports", heavy)


def likelihood(folder: Path, times: int) -> Iterator[Row]:
    """Planning and scoring 14,042 four-choice questions with five shots; the model costs nothing."""
    card = made.write_likelihood(folder)
    for variant, formulation in (("", "mcf"), ("", "cf"), ("@jinja", "mcf")):
        said = [json.loads(run([*SCRIPTED, f"{card}{variant}", formulation], folder).stdout) for _ in range(times)]
        plan, score = ([Cost(*each[stage]) for each in said] for stage in ("plan", "score"))
        both = [Cost(p.cpu + s.cpu, p.wall + s.wall, s.rss) for p, s in zip(plan, score, strict=True)]
        name = f"{made.QUESTIONS:,} likelihood samples, {formulation}{variant.replace('@', ' by ')}"
        yield _per_sample(f"{name}: plan", plan, made.QUESTIONS)
        yield _per_sample(f"{name}: score", score, made.QUESTIONS)
        yield _per_sample(f"{name}: both", both, made.QUESTIONS, bar=0.3)


def scripted(folder: Path, times: int) -> Iterator[Row]:
    """A whole run on 14,042 four-choice questions, store and results included, and the same run again."""
    card = made.write_likelihood(folder)
    for name, asked in (("a whole run", made.QUESTIONS), ("again, all answers known", 0)):
        done = [run([*SCRIPTED, card, "mcf", f"run-{i}"], folder) for i in range(times)]
        if any(json.loads(each.stdout) != {"samples": made.QUESTIONS, "asked": asked} for each in done):
            raise SystemExit(f"{name}: {done[0].stdout}")
        costs = [each.cost for each in done]
        yield _per_sample(f"{made.QUESTIONS:,} likelihood samples: {name}", costs, made.QUESTIONS)


def chat(folder: Path, times: int) -> Iterator[Row]:
    """12,032 chat questions over 128 connections, answered at once, and the same run again."""
    job = Job.make(folder, "chat", made.CHATS)
    name = f"{made.CHATS:,} chat questions"
    costs = [_chat(job, folder / f"chat-{i}", made.CHATS) for i in range(times)]
    yield Row(f"{name}, {CONNECTIONS} connections, 0 ms", costs, [cost.cpu for cost in costs], bar=8)
    costs = [_chat(job, folder / f"chat-{i}", 0) for i in range(times)]
    yield _per_sample(f"{name}: again, all answers known", costs, made.CHATS)


def scoring(folder: Path, times: int) -> Iterator[Row]:
    """100,000 logged replies: parsed, matched, written; with a pattern of the card's own, in worker processes."""
    card, replies, expected = made.write_replies(folder, REPLIES)
    pattern = ["--set", 'parse=[{"regex": "answer is ([0-9]+)"}]']
    for name, options in (("exact match", []), ("exact match, the card's own pattern", pattern)):
        command: list[str | Path] = [*HARNESS, "score", "--task", card, "--responses", replies, "--json", *options]
        done = [run(command, folder) for _ in range(times)]
        for each in done:
            (head,) = [row for row in json.loads(each.stdout)["rows"] if row["headline"]]
            if head["n"] != REPLIES or abs(head["value"] - expected) > 1e-9:
                raise SystemExit(f"{name}: {head['value']} of {head['n']} instead of {expected}")
        costs = [each.cost for each in done]
        bar = None if options else 10
        yield Row(f"{REPLIES:,} logged replies: {name}", costs, [cost.cpu for cost in costs], bar=bar)


def bootstrap(folder: Path, times: int) -> Iterator[Row]:
    """Corpus metrics of 100,000 samples with their intervals: 2,000 bootstrap draws, or 200 jackknife groups."""
    said = [
        json.loads(run([sys.executable, str(ROOT / "benchmarks" / "bootstrap.py")], folder).stdout)
        for _ in range(times)
    ]
    for name in said[0]:
        costs = [Cost(*each[name]) for each in said]
        yield Row(f"100,000 samples: interval of {name}", costs, [cost.cpu for cost in costs], bar=10)


def hang(folder: Path, times: int) -> Iterator[Row]:
    """200 answers to a task of symbolic mathematics, one of which never ends: it costs its deadline."""
    card, replies = made.write_mathematics(folder, 200)
    command: list[str | Path] = [*HARNESS, "score", "--task", card, "--responses", replies, "--json"]
    done = [run(command, folder, code=4) for _ in range(times)]
    for each in done:
        (head,) = [row for row in json.loads(each.stdout)["rows"] if row["headline"]]
        if (head["n"], head["timeouts"]) != (199, 1):
            raise SystemExit(f"{head['n']} scored, {head['timeouts']} timeouts instead of 199 and 1")
    costs = [each.cost for each in done]
    yield Row("200 symbolic answers, one without end", costs, [cost.wall for cost in costs], "s", bar=30)


def install(folder: Path, times: int) -> Iterator[Row]:
    """What the default install brings: the project's dependencies (hatchling copies them into the wheel) and theirs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[str, metadata.Distribution] = {}
    for requirement in project["dependencies"]:
        _follow(requirement, found)
    paths = [Path(str(file.locate())) for each in found.values() for file in each.files or ()]
    size = sum(path.stat().st_size for path in paths if path.is_file())
    yield Row("default install: its dependencies", (), (size / 2**20,), f"MiB in {len(found)} packages")
    yield _heavy("— heavy packages among them", [name for name in HEAVY if name.replace("_", "-") in found])


WORKLOADS: dict[str, Workload] = {
    each.__name__: each for each in (start, one, likelihood, scripted, chat, scoring, bootstrap, hang, install)
}


def _command(name: str, folder: Path, times: int, *arguments: str | Path, bar: float) -> Row:
    run([*HARNESS, *arguments], folder)  # writes the byte code
    costs = [run([*HARNESS, *arguments], folder).cost for _ in range(times)]
    return Row(name, costs, [cost.cpu for cost in costs], bar=bar)


def _chat(job: Job, folder: Path, asks: int) -> Cost:
    """Run all chat questions; what ``folder`` knows already is not asked."""
    harness = Harness()
    with server.running() as running:
        done = run(harness.command(job, running.url, folder, "once"), job.folder)
        requests = running.served().requests
    found = harness.found(job, folder, done)
    if requests != asks or found.score is None or abs(found.score - job.score) > 1e-9:
        raise SystemExit(f"{requests:,} requests instead of {asks:,}, score {found.score} instead of {job.score}")
    return done.cost


def _per_sample(name: str, costs: Sequence[Cost], samples: int, bar: float | None = None) -> Row:
    return Row(name, costs, [1000 * cost.cpu / samples for cost in costs], "CPU ms a sample", bar)


def _heavy(name: str, found: Sequence[str]) -> Row:
    return Row(name, (), (float(len(found)),), f"({', '.join(found)})" if found else "", 0)


def _follow(requirement: str, found: dict[str, metadata.Distribution]) -> None:
    """Add a requirement's package and all that it requires here, without extras."""
    match = re.match(r"[\w.-]+", requirement)
    name = re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""
    if name in found or re.search(r"\bextra *==", requirement):
        return
    try:
        found[name] = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # for another system or an older Python
        return
    for inner in found[name].requires or ():
        _follow(inner, found)
