"""What is done, and who does it: a command for a job, and where it leaves its score."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import made
from measure import ROOT, Done, environment

CONNECTIONS = 128
Kind = Literal["chat", "ranked"]
Phase = Literal["once", "killed", "again"]
"""A run that is left alone; one that will be killed; one that goes on from there."""
Command = list[str | Path]

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Job:
    """What everybody does.

    Attributes:
        kind: text of a chat model, or choices ranked by log-probabilities.
        name: of its files.
        count: questions.
        folder: where its files are.
        score: what it must come to.
    """

    kind: Kind
    name: str
    count: int
    folder: Path
    score: float

    @classmethod
    def make(cls, folder: Path, kind: Kind, count: int, *, short: bool = False) -> Job:
        """Write the files of a job."""
        name = f"{'short' if short else kind}_{count}"
        if kind == "chat":
            _, score = made.write_chat(folder, name, count, short=short)
        else:
            _, score = made.write_ranked(folder, name, count)
        return cls(kind, name, count, folder, score)

    @property
    def card(self) -> Path:
        """The card of Harness."""
        return self.folder / f"{self.name}.yaml"

    @property
    def data(self) -> Path:
        """The rows."""
        return self.folder / f"{self.name}.jsonl"

    @property
    def tokenizer(self) -> Path | None:
        """Tokenizer of the ranked questions, for those who cannot do without."""
        return self.folder / f"{self.name}-tokenizer" if self.kind == "ranked" else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a run says of itself: its score, and the samples behind it."""

    score: float | None
    samples: int


class Column(Protocol):
    """One harness."""

    name: str

    def version(self) -> str:
        """Return what is installed."""
        ...

    def env(self, folder: Path, url: str) -> Mapping[str, str]:
        """Return the environment of its command."""
        ...

    def command(self, job: Job, url: str, folder: Path, phase: Phase) -> Command:
        """Return the command that does a job and leaves everything in ``folder``."""
        ...

    def found(self, job: Job, folder: Path, done: Done) -> Found:
        """Return what came out."""
        ...


class Floor:
    """A bare aiohttp client."""

    name = "floor"

    def version(self) -> str:
        """Return aiohttp's version."""
        return f"aiohttp {installed(sys.executable, 'aiohttp')}"

    def env(self, folder: Path, url: str) -> Mapping[str, str]:
        """Return this checkout's environment."""
        return environment()

    def command(self, job: Job, url: str, folder: Path, phase: Phase) -> Command:
        """Return the client's command."""
        return [sys.executable, _HERE / "floor.py", job.kind, job.data, url, str(CONNECTIONS), folder / "samples.jsonl"]

    def found(self, job: Job, folder: Path, done: Done) -> Found:
        """Return the score it printed."""
        return Found(float(done.stdout), job.count) if done.code == 0 else Found(None, 0)


class Harness:
    """This checkout."""

    name = "harness"

    def version(self) -> str:
        """Return the commit."""
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return f"harness {described.stdout.strip() or 'of no commit'}"

    def env(self, folder: Path, url: str) -> Mapping[str, str]:
        """Return this checkout's environment."""
        return environment()

    def command(self, job: Job, url: str, folder: Path, phase: Phase) -> Command:
        """Return ``harness eval``; going on is the same command again."""
        # The port changes from run to run; with an identity of its own the server stays the same one to the store.
        served: Command = [
            "--model",
            "made",
            "--base-url",
            url,
            "--identity",
            "made",
            "-M",
            f"concurrency={CONNECTIONS}",
        ]
        kept: Command = ["--store", folder / "store", "--output", folder / "results", "--json", "--quiet"]
        return [sys.executable, "-m", "harness", "eval", "--tasks", job.card, *served, *kept]

    def found(self, job: Job, folder: Path, done: Done) -> Found:
        """Return the headline."""
        if done.code not in (0, 4):
            return Found(None, 0)
        (head,) = [row for row in json.loads(done.stdout)["rows"] if row["headline"]]
        return Found(head["value"], head["n"])


def installed(python: str | Path, package: str) -> str:
    """Return the version of a package in the environment of ``python``."""
    code = f"from importlib.metadata import version; print(version('{package}'))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
