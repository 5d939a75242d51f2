"""What ``compare.py`` prints, and the page that it writes."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from measure import line, number
from race import Outcome, middle

HEAD = """\
# Side by side with other harnesses

The same questions, asked of the same server, by Harness, lm-evaluation-harness and Inspect, each in an environment of
its own. Written by `benchmarks/compare.py`; every section says when and where it was measured. To repeat:

```sh
python -m venv V/lmeval  && V/lmeval/bin/pip install "torch==2.13.0" \\
                         && V/lmeval/bin/pip install "lm-eval[api]==0.4.13" transformers tokenizers accelerate
python -m venv V/inspect && V/inspect/bin/pip install "inspect-ai==0.3.285" openai
python benchmarks/compare.py --peers lmeval,inspect --venvs V      # about half an hour; or name some workloads
```

* The server runs on the loopback interface and plays a model that answers at once (or after 50 ms) from what the prompt
  holds. It is no part of what is measured.
* *CPU s* are user and system seconds of the whole process tree, Python's start, loading, scoring and writing included.
  Compare these: wall times depend on what else the machine does. CPU seconds of a busy machine vary by a third.
* *MiB* is the most that the process tree held at a time.
* *floor* is a bare aiohttp client that asks the same, scores and writes a line a sample, and does nothing else.
* A run counts only if it is complete, its score is the one known beforehand, and the set of prompts that the server
  answered is the same for all columns, character by character.
* Medians of *n* runs, taken in turns. The others run once, since a run of theirs takes minutes; what Inspect does with
  1,000 questions is in proportion for more.
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """What Harness must reach.

    Attributes:
        what: is judged.
        value: measured.
        limit: the most it may be, or the least.
        unit: of both.
        least: whether the limit is one from below.
    """

    what: str
    value: float
    limit: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.value >= self.limit if self.least else self.value <= self.limit

    def text(self) -> str:
        """Return it as a line of a list."""
        sign = "≥" if self.least else "≤"
        judged = "met" if self.met else "**missed**"
        return f"* {self.what}: {number(self.value)} {self.unit}".rstrip() + f" (bar {sign} {self.limit:g}: {judged})"


@dataclass(frozen=True, slots=True)
class Section:
    """One workload's part of the page.

    Attributes:
        title: its heading.
        text: what was done.
        tables: header and rows each.
        bars: what is judged.
    """

    title: str
    text: str
    tables: Sequence[Sequence[Sequence[str]]]
    bars: Sequence[Bar] = ()

    def markdown(self, made: str) -> str:
        """Return it as Markdown; ``made`` says when, where and with what."""
        parts = [f"## {self.title}", self.text]
        for header, *rows in self.tables:
            parts.append("\n".join([line(header), line(["---"] * len(header)), *map(line, rows)]))
        if self.bars:
            parts.append("\n".join(bar.text() for bar in self.bars))
        return "\n\n".join([*parts, f"*{made}*"]) + "\n"


def table(outcomes: dict[str, list[Outcome]], *, floor: str | None = "floor") -> list[list[str]]:
    """Return the table of a race: costs, what the server saw, and how many times Harness's cost the others need."""
    header = ["", "n", "CPU s", "least – most", "× floor", "× harness", "wall s", "MiB", "requests", "score"]
    rows = [header]
    harness = middle(outcomes["harness"], lambda o: o.cost.cpu)
    least = middle(outcomes[floor], lambda o: o.cost.cpu) if floor in outcomes else None
    for name, runs in outcomes.items():
        cpu = [run.cost.cpu for run in runs]
        typical = middle(runs, lambda o: o.cost.cpu)
        spread = f"{number(min(cpu))} – {number(max(cpu))}" if len(cpu) > 1 else ""
        costs = [number(typical), spread, number(typical / least) if least else "", number(typical / harness)]
        sizes = [number(middle(runs, lambda o: o.cost.wall)), number(middle(runs, lambda o: o.memory))]
        last = runs[-1]
        score = "" if last.found.score is None else f"{last.found.score:.4f}"
        rows.append([name, str(len(runs)), *costs, *sizes, f"{last.served.requests:,}", score])
    return rows


def conditions(versions: Sequence[str]) -> str:
    """Return when, where and with what was measured."""
    cores = os.cpu_count()
    machine = f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return f"Measured {when}; {machine}, load {os.getloadavg()[0]:.1f}; {', '.join(versions)}."


def write(path: Path, sections: Sequence[str]) -> None:
    """Write sections into the page, each in the place of the one with its heading."""
    old = path.read_text("utf-8") if path.exists() else ""
    kept = {part.split("\n", 1)[0]: part for part in re.split(r"^(?=## )", old, flags=re.M)[1:]}
    kept |= {section.split("\n", 1)[0]: section for section in sections}
    path.write_text(HEAD + "\n" + "\n".join(part.rstrip() + "\n" for part in kept.values()), "utf-8")
