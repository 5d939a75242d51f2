"""Measure how fast choices are ranked: the ``hf`` backend and lm-eval's ``hf``, on the same weights and texts.

    python benchmarks/likelihood.py --venvs DIR [--questions 40] [--dtype float32,bfloat16] [-n 3]

DIR holds the environment of lm-eval as ``lmeval``. Both rank the choices of MMLU's anatomy questions with five shots,
by letters and by full answers, from the first question to the last answer with the weights loaded beforehand:
tokenising counts, starting and loading do not. Each run is a process of its own, with the same number of threads.
Prints a Markdown table of medians and leaves with 1 when a bar is missed. Compare CPU seconds: wall times depend on
what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from measure import ROOT, line

BARS = {"letters": 4.0, "cloze": 10.0}  # times faster than lm-eval
WITHIN = 1e-3  # of a log-probability, in float32
SIDES = ("harness", "lm-eval")
HEADER = [
    "choices", "dtype", "harness CPU s", "lm-eval CPU s", "ratio", "bar", "harness wall s", "lm-eval wall s", "ratio",
    "accuracy", "greatest difference of a log-probability", "met",
]  # fmt: skip
_WORK = Path(__file__).resolve().with_name("likelihood_work.py")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as both are asked it.

    Attributes:
        context: description, shots and question.
        choices: what may follow.
        answer: the index of the right one.
    """

    context: str
    choices: tuple[str, ...]
    answer: int


def questions(data: Path, count: int, kind: str) -> list[Question]:
    """Return the first questions of the test split behind the five of the dev split.

    Letters are asked in lm-eval's words for MMLU, answers in those of OLMES (``Question: … Answer:``).
    """
    import pyarrow.parquet

    shots, rows = (pyarrow.parquet.read_table(next(data.glob(f"{name}-*"))).to_pylist() for name in ("dev", "test"))
    head = "The following are multiple choice questions (with answers) about anatomy.\n\n"
    head += "".join(f"{_asked(row, kind)}{_choices(row, kind)[row['answer']]}\n\n" for row in shots)
    return [Question(head + _asked(row, kind), _choices(row, kind), row["answer"]) for row in rows[:count]]


def _asked(row: Mapping[str, Any], kind: str) -> str:
    if kind == "cloze":
        return f"Question: {row['question'].strip()}\nAnswer:"
    listed = "".join(f"{letter}. {choice}\n" for letter, choice in zip("ABCD", row["choices"], strict=True))
    return f"{row['question'].strip()}\n{listed}Answer:"


def _choices(row: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    return tuple(f" {choice}" for choice in ("ABCD" if kind == "letters" else row["choices"]))


def run(python: Path, side: str, job: Path, threads: int) -> dict[str, Any]:
    """Let one side do a job in a process of its own; return its seconds and scores."""
    env = {**os.environ, "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    env["PYTHONPATH"] = str(ROOT) if side == "harness" else ""
    done = subprocess.run(
        [python, _WORK, side, job], env=env, cwd=job.parent, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{side} failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(kind: str, dtype: str, asked: Sequence[Question], found: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """Return a line of the table."""
    cpu, wall = ({side: median(run[unit] for run in runs) for side, runs in found.items()} for unit in ("cpu", "wall"))
    ours, theirs = (found[side][0]["scores"] for side in SIDES)
    worst = max(abs(a - b) for x, y in zip(ours, theirs, strict=True) for a, b in zip(x, y, strict=True))
    right = {side: accuracy(asked, scores) for side, scores in (("harness", ours), ("lm-eval", theirs))}
    ratio = cpu["lm-eval"] / cpu["harness"]
    met = ratio >= BARS[kind] and (dtype != "float32" or (worst <= WITHIN and right["harness"] == right["lm-eval"]))
    return [
        kind,
        dtype,
        *(f"{cpu[side]:.2f}" for side in SIDES),
        f"**{ratio:.1f}**",
        f"≥ {BARS[kind]:g}",
        *(f"{wall[side]:.2f}" for side in SIDES),
        f"{wall['lm-eval'] / wall['harness']:.1f}",
        " / ".join(f"{right[side]:.4f}" for side in SIDES),
        f"{worst:.1e}",
        "yes" if met else "**no**",
    ]


def accuracy(asked: Sequence[Question], scores: Sequence[Sequence[float]]) -> float:
    """Return the share of questions whose most probable choice is the right one."""
    right = sum(max(range(len(s)), key=s.__getitem__) == q.answer for q, s in zip(asked, scores, strict=True))
    return right / len(asked)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venvs", type=Path, required=True, help="the folder with lm-eval's environment")
    parser.add_argument("--model", type=Path, help="a model folder; the embedded model by default")
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared/data/hub/cais/mmlu/anatomy", help="Parquet files"
    )
    parser.add_argument("--questions", type=int, default=40, help="how many, of 135")
    parser.add_argument("--kinds", default="letters,cloze")
    parser.add_argument("--dtype", default="float32,bfloat16")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peer-batch", default="1", help="batch size of lm-eval; its default is 1")
    parser.add_argument("-n", "--repeat", type=int, default=3, help="runs of Harness")
    parser.add_argument("--peer-repeat", type=int, default=1, help="runs of lm-eval")
    args = parser.parse_args()
    peer = args.venvs.absolute() / "lmeval" / "bin" / "python"
    if not peer.exists():
        parser.error(f"no environment at {peer.parent.parent}")
    if args.model is None:
        from harness.backends.embedded import embedded_model_folder

        args.model = embedded_model_folder()
    print(line(HEADER))
    print(line(["---"] * len(HEADER)))
    met = True
    with tempfile.TemporaryDirectory(prefix="harness-likelihood-") as folder:
        job = Path(folder) / "job.json"
        for kind in args.kinds.split(","):
            asked = questions(args.data, args.questions, kind)
            for dtype in args.dtype.split(","):
                form = {"model": str(args.model), "dtype": dtype, "batch": args.peer_batch}
                job.write_text(json.dumps({**form, "questions": [(q.context, q.choices) for q in asked]}), "utf-8")
                found: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
                for turn in range(max(args.repeat, args.peer_repeat)):
                    if turn < args.repeat:
                        found["harness"].append(run(Path(sys.executable), "harness", job, args.threads))
                    if turn < args.peer_repeat:
                        found["lm-eval"].append(run(peer, "lm-eval", job, args.threads))
                cells = row(kind, dtype, asked, found)
                met = met and cells[-1] == "yes"
                print(line(cells), flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
