"""Runs a job in every column, turn by turn, each run with a server of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import server
from columns import Column, Found, Job, Phase
from measure import Cost, run

_SHARE = re.compile(r"^Pss: +(\d+) kB", re.M)
_SECONDS = 1500


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of one column.

    Attributes:
        cost: of the whole process tree.
        memory: the most that the tree held at a time, in MiB.
        served: what the server saw.
        found: what the run says of itself.
        disk: bytes that it left.
        code: its exit code.
    """

    cost: Cost
    memory: float
    served: server.Served
    found: Found
    disk: int
    code: int


@dataclass(slots=True)
class TreeMemory:
    """Looks at the resident memory of a process and all below it; Linux only, 0 elsewhere."""

    peak: int = 0
    _turn: int = field(default=0)

    def __call__(self, process: int) -> None:
        """Look, five times a second."""
        self._turn += 1
        if self._turn % 10 == 0:
            self.peak = max(self.peak, _resident(process))


@dataclass(frozen=True, slots=True)
class Killer:
    """Kills a process when half of the questions are answered."""

    running: server.Server
    prompts: int

    def __call__(self, process: int) -> None:
        """Ask the server how far it is."""
        if self.running.served().prompts >= self.prompts:
            os.kill(process, signal.SIGKILL)


class Race:
    """What one workload needs to run its columns.

    Args:
        folder: for the files of jobs and runs.
        columns: who takes part.
        times: repetitions of the floor and of Harness.
        peer_times: repetitions of the others, which take so much longer.
    """

    def __init__(self, folder: Path, columns: Sequence[Column], times: int, peer_times: int) -> None:
        self.folder = folder
        self.columns = columns
        self._times = {c.name: times if c.name in ("floor", "harness") else peer_times for c in columns}

    def job(self, kind: str, count: int, *, short: bool = False) -> Job:
        """Write the files of a job."""
        return Job.make(self.folder, "ranked" if kind == "ranked" else "chat", count, short=short)

    def names(self, *, without: Sequence[str] = ()) -> list[str]:
        """Return the columns."""
        return [column.name for column in self.columns if column.name not in without]

    def run(
        self,
        job: Job,
        names: Sequence[str],
        *,
        times: int | None = None,
        latency_ms: float = 0,
        faults: server.Faults | None = None,
    ) -> dict[str, list[Outcome]]:
        """Run the named columns in turns: each once, then each once more.

        Raises:
            SystemExit: without faults, somebody failed, asked something else, or came to another score.
        """
        outcomes: dict[str, list[Outcome]] = {name: [] for name in names}
        for turn in range(max(self._times.values())):
            for column in self.columns:
                if column.name in names and turn < (times or self._times[column.name]):
                    with self._server(job, latency_ms, faults) as running:
                        outcome = self._once(column, job, running, "once", TreeMemory())
                    outcomes[column.name].append(outcome)
        if faults is None:
            check(job, outcomes)
        return outcomes

    def killed(self, job: Job, names: Sequence[str], *, latency_ms: float) -> dict[str, list[Outcome]]:
        """Run each named column until half is answered, kill it with signal 9, and run it again."""
        outcomes: dict[str, list[Outcome]] = {}
        for column in self.columns:
            if column.name not in names:
                continue
            with self._server(job, latency_ms, None) as running:
                first = self._once(column, job, running, "killed", Killer(running, job.count // 2))
                if first.code != -signal.SIGKILL:
                    raise SystemExit(f"{column.name} ended before it could be killed")
                again = self._once(column, job, running, "again", TreeMemory())
            outcomes[column.name] = [first, again]
        check(job, {name: [again] for name, (_, again) in outcomes.items()})
        return outcomes

    def _server(
        self, job: Job, latency_ms: float, faults: server.Faults | None
    ) -> AbstractContextManager[server.Server]:
        words = job.tokenizer / "tokenizer.json" if job.tokenizer else None
        most = 10 * job.count + 1000
        return server.running(latency_ms=latency_ms, faults=faults, vocabulary=words, most=most, seconds=2 * _SECONDS)

    def _once(
        self, column: Column, job: Job, running: server.Server, phase: Phase, beside: Callable[[int], None]
    ) -> Outcome:
        folder = self.folder / f"{column.name}-run"
        if phase != "again":
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        command = column.command(job, running.url, folder, phase)
        env = column.env(folder, running.url)
        done = run(command, folder, seconds=_SECONDS, code=None, env=env, beside=beside)
        memory = beside.peak / 2**20 if isinstance(beside, TreeMemory) else 0.0
        disk = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        found = column.found(job, folder, done) if phase != "killed" else Found(None, 0)
        if done.code > 0:
            print(f"{column.name} left with {done.code}: {(done.stderr or done.stdout)[-600:]}")
        return Outcome(done.cost, max(memory, done.cost.rss), running.served(), found, disk, done.code)


def check(job: Job, outcomes: dict[str, list[Outcome]]) -> None:
    """Refuse runs that did not do the same job.

    Raises:
        SystemExit: one failed, asked something else, or came to another score.
    """
    digests = {outcome.served.digest for runs in outcomes.values() for outcome in runs}
    for name, runs in outcomes.items():
        for each in runs:
            if each.code or each.found.score is None or abs(each.found.score - job.score) > 1e-6:
                raise SystemExit(f"{name} on {job.name}: {each.found} instead of {job.score}; it left with {each.code}")
    if len(digests) > 1:
        asked = {name: (runs[-1].served.prompts, runs[-1].served.digest) for name, runs in outcomes.items()}
        raise SystemExit(f"{job.name}: the columns asked different questions: {asked}")


def middle(runs: Sequence[Outcome], figure: Callable[[Outcome], float]) -> float:
    """Return the median of a figure."""
    return median(figure(run) for run in runs)


def _resident(root: int) -> int:
    """Return the resident bytes of a process and its descendants, shared ones counted once."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    total, todo = 0, [root]
    while todo:
        process = todo.pop()
        todo += children.get(process, [])
        # Not the resident set: a process that has just been forked has all of its parent's.
        with suppress(OSError):
            found = _SHARE.search(Path(f"/proc/{process}/smaps_rollup").read_text())
            total += int(found[1]) * 1024 if found else 0
    return total
