"""The workloads of ``compare.py``, and the bars of Harness."""

from __future__ import annotations

from collections.abc import Callable

import made
from columns import CONNECTIONS
from measure import number
from race import Outcome, Race, middle
from report import Bar, Section, table
from server import Faults
from workloads import ONE_SAMPLE

FEW = 1_000
_LATENCY_MS = 50
_SLOW_COLUMNS = ("inspect",)  # 30 ms of CPU a question

Contest = Callable[[Race], Section]


def chat(race: Race) -> Section:
    """12,032 ten-option questions over 128 connections, answered at once; 1,000 of the kind for all columns."""
    whole, part = race.job("chat", made.CHATS), race.job("chat", FEW)
    full = race.run(whole, race.names(without=_SLOW_COLUMNS))
    few = race.run(part, race.names())
    floor, harness = middle(full["floor"], _cpu), middle(full["harness"], _cpu)
    bars = [
        Bar("Harness against the floor", harness / floor, 3, "× its CPU seconds"),
        Bar("Harness's results and store", middle(full["harness"], _disk) / made.CHATS, 1200, "bytes a sample"),
    ]
    if "lm-eval" in full:
        times = middle(full["lm-eval"], _cpu) / harness
        bars.append(Bar("lm-eval against Harness", times, 8, "× its CPU seconds", least=True))
    disk = [
        ["bytes a sample on disk", *full],
        [f"{made.CHATS:,}", *(number(_disk(r[-1]) / made.CHATS) for r in full.values())],
    ]
    disk.append([f"{FEW:,}", *(number(_disk(few[name][-1]) / FEW) for name in full)])
    text = (
        f"{made.CHATS:,} questions with ten options each (1,200 characters), {CONNECTIONS} connections, answered at "
        f"once, the letter found by a regular expression. Then {FEW:,} of the kind."
    )
    return Section("Chat questions, answered at once", text, [table(full), table(few), disk], bars)


def slow(race: Race) -> Section:
    """The same, answered after 50 ms: how long the asking takes against the shortest time possible."""
    whole, part = race.job("chat", made.CHATS), race.job("chat", FEW)
    full = race.run(whole, ["floor", "harness"], latency_ms=_LATENCY_MS)
    few = race.run(part, race.names(), latency_ms=_LATENCY_MS)
    rows = [["", "questions", "n", "s of asking", "shortest possible", "×", "most under way", "CPU s"]]
    bars = []
    for count, outcomes in ((made.CHATS, full), (FEW, few)):
        least = -(-count // CONNECTIONS) * _LATENCY_MS / 1000
        for name, runs in outcomes.items():
            seconds = middle(runs, lambda o: o.served.seconds)
            under_way = str(max(run.served.connections for run in runs))
            cells = [name, f"{count:,}", str(len(runs)), number(seconds), number(least), f"{seconds / least:.2f}"]
            rows.append([*cells, under_way, number(middle(runs, _cpu))])
            if name == "harness" and count == made.CHATS:
                bars.append(Bar("Harness's time of asking", seconds / least, 1.15, "× the shortest possible"))
    text = (
        "The server sees when the first request comes and the last reply goes; nobody is faster than full rounds of "
        f"{CONNECTIONS} connections."
    )
    return Section("Chat questions, answered after 50 ms", text, [rows], bars)


def ranked(race: Race) -> Section:
    """3,000 questions with four choices each, ranked by log-probabilities of `/completions` with echo."""
    job = race.job("ranked", made.RANKED)
    outcomes = race.run(job, race.names(without=_SLOW_COLUMNS))
    requests = middle(outcomes["harness"], lambda o: o.served.requests)
    bars = [
        Bar("Harness", middle(outcomes["harness"], _cpu), 15, "CPU s"),
        Bar("Harness's requests beyond one a question", requests - made.RANKED, 10, "(probes)"),
    ]
    text = (
        f"{made.RANKED:,} questions, five shots, prompts of 2,500 characters, four choices each. lm-eval sends token "
        "numbers, which the server reads with the same tokenizer. Inspect has no such tasks."
    )
    return Section("Ranked choices over completions", text, [table(outcomes)], bars)


def one(race: Race) -> Section:
    """A run of one sample: what everything else costs."""
    outcomes = race.run(race.job("chat", 1), race.names())
    bars = [Bar("Harness", middle(outcomes["harness"], _cpu), ONE_SAMPLE, "CPU s")]
    text = "A local file, a local server, one question: start, imports, planning, writing."
    return Section("One sample", text, [table(outcomes)], bars)


def memory(race: Race) -> Section:
    """Peak memory at 1,000, 10,000 and (Harness) 100,000 short questions."""
    counts = {1_000: race.names(without=["floor"]), 10_000: race.names(without=["floor", *_SLOW_COLUMNS])}
    counts[100_000] = ["harness"]
    peaks: dict[str, dict[int, float]] = {}
    for count, names in counts.items():
        for name, runs in race.run(race.job("chat", count, short=True), names, times=1).items():
            peaks.setdefault(name, {})[count] = middle(runs, lambda o: o.memory)
    rows = [["MiB of the process tree", *(f"{count:,}" for count in counts), "KiB a sample"]]
    slopes = {}
    for name, known in peaks.items():
        (low, least), (high, most) = min(known.items()), max(known.items())
        slopes[name] = (most - least) * 1024 / (high - low) if high > low else None
        cells = [number(known[count]) if count in known else "" for count in counts]
        rows.append([name, *cells, "" if slopes[name] is None else f"{slopes[name]:.2f}"])
    harness = peaks["harness"]
    between = (harness[100_000] - harness[10_000]) * 1024 / 90_000
    bars = [
        Bar("Harness, between 10,000 and 100,000", between, 4, "KiB a sample"),
        Bar("Harness, 100,000 samples", harness[100_000], 600, "MiB"),
    ]
    return Section("Memory", "Prompts of 240 characters; KiB between the first and the last figure.", [rows], bars)


def killed(race: Race) -> Section:
    """1,000 questions at 50 ms, killed with signal 9 at half and run again."""
    job = race.job("chat", FEW)
    outcomes = race.killed(job, race.names(without=["floor"]), latency_ms=_LATENCY_MS)
    rows = [["", "answered before", "asked again in vain", "score at the end", "CPU s of the second run"]]
    for name, (first, again) in outcomes.items():
        score = f"{again.found.score:.4f}"
        rows.append([name, str(first.served.prompts), str(again.served.repeats), score, number(again.cost.cpu)])
    repeats = outcomes["harness"][1].served.repeats
    bars = [Bar("Harness's requests made twice", repeats, CONNECTIONS)]
    text = (
        f"{FEW:,} questions; the process is killed when half are answered. The second run must end with the score "
        "of a run that was left alone, and all prompts asked. lm-eval keeps nothing unless it is told to "
        "(`--use_cache`, used here); Inspect goes on with `eval-retry`."
    )
    return Section("Killed at half, and run again", text, [rows], bars)


def faults(race: Race) -> Section:
    """1,000 questions of a server with 5 % 429, 2 % 500, 1 % broken connections and 0.5 % broken JSON."""
    job = race.job("chat", FEW)
    wrong = Faults(limited=0.05, broken=0.02, dropped=0.01, cut=0.005)
    outcomes = race.run(job, race.names(without=["floor"]), times=1, faults=wrong)
    rows = [["", "scored", "exit code", "score", "requests", "wall s", "CPU s"]]
    for name, (run,) in outcomes.items():
        score = "" if run.found.score is None else f"{run.found.score:.4f}"
        costs = [number(run.cost.wall), number(run.cost.cpu)]
        rows.append([name, f"{run.found.samples:,}", str(run.code), score, f"{run.served.requests:,}", *costs])
    (harness,) = outcomes["harness"]
    bars = [
        Bar("Harness's scored samples", harness.found.samples, FEW, least=True),
        Bar("its exit code", harness.code, 0),
    ]
    text = (
        f"{FEW:,} questions with everybody's defaults: 5 % 429 (`Retry-After: 1`), 2 % 500, 1 % broken connections, "
        "0.5 % broken JSON, drawn for each attempt."
    )
    return Section("A server with faults", text, [rows], bars)


CONTESTS: dict[str, Contest] = {each.__name__: each for each in (chat, slow, ranked, one, memory, killed, faults)}


def _cpu(outcome: Outcome) -> float:
    return outcome.cost.cpu


def _disk(outcome: Outcome) -> float:
    return outcome.disk
