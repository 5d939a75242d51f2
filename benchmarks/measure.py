"""What a command costs, and how costs are judged and shown."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work cost.

    Attributes:
        cpu: user and system seconds of the process and all that it started.
        wall: seconds.
        rss: the most memory that one process held, in MiB.
    """

    cpu: float
    wall: float
    rss: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        name: what was done.
        costs: one for each repetition; none where nothing was timed.
        figures: what is judged, one for each repetition.
        unit: of the figures.
        bar: the most that the median may be, or None.
    """

    name: str
    costs: Sequence[Cost]
    figures: Sequence[float]
    unit: str = "CPU s"
    bar: float | None = None

    @property
    def met(self) -> bool:
        """Whether the bar is met; a row without one meets it."""
        return self.bar is None or median(self.figures) <= self.bar

    def cells(self) -> list[str]:
        """Return the row as the table shows it."""
        columns = [[cost.cpu for cost in self.costs], [cost.wall for cost in self.costs], [c.rss for c in self.costs]]
        cost = [number(median(column)) if column else "" for column in columns]
        spread = f"{number(min(self.figures))} – {number(max(self.figures))}" if len(self.figures) > 1 else ""
        judged = f"{number(median(self.figures))} {self.unit}".rstrip()
        bar = "" if self.bar is None else f"≤ {self.bar:g}"
        met = "" if self.bar is None else "yes" if self.met else "**no**"
        return [self.name, str(len(self.figures)), *cost, judged, spread, bar, met]


HEADER = ["workload", "n", "CPU s", "wall s", "peak MiB", "median", "least – most", "bar", "met"]


def number(value: float) -> str:
    """Return three digits that matter."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:#.3g}"


def line(cells: Sequence[str]) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def environment() -> dict[str, str]:
    """Return the environment of what is measured: this checkout's code, none of the user's settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HARNESS", "PYTHON", "OPENAI"))}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}


def peak_mib(usage: resource.struct_rusage) -> float:
    """Return the most memory that one process held."""
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended: what it cost and said, and its exit code."""

    cost: Cost
    stdout: str
    stderr: str
    code: int = 0


def run(
    command: Sequence[str | Path],
    folder: Path,
    *,
    seconds: float = 300,
    code: int | None = 0,
    env: Mapping[str, str] | None = None,
    beside: Callable[[int], None] | None = None,
) -> Done:
    """Run a command and measure it.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        seconds: after which it is stopped.
        code: its exit code when all is well; None takes any.
        env: its environment; by default that of this checkout.
        beside: is called with the process's number some fifty times a second while it runs.

    Raises:
        SystemExit: it failed or was stopped; says what it wrote last.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        arguments = [str(part) for part in command]
        process = subprocess.Popen(
            arguments, cwd=folder, env=env or environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        guard = threading.Timer(seconds, process.kill)
        guard.start()
        ended = threading.Event()
        companion = threading.Thread(target=_accompany, args=(process.pid, beside, ended), daemon=True)
        companion.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            guard.cancel()
            ended.set()
            companion.join()
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        cost = Cost(usage.ru_utime + usage.ru_stime, wall, peak_mib(usage))
        done = Done(cost, out.read(), err.read(), process.returncode)
    if code is not None and process.returncode != code:
        raise SystemExit(f"'{' '.join(arguments)}' left with {process.returncode}: {done.stderr[-2000:]}")
    return done


def _accompany(process: int, beside: Callable[[int], None] | None, ended: threading.Event) -> None:
    while beside is not None and not ended.wait(0.02):
        beside(process)
