"""Running ``harness``: inside this process, or in one of its own where signals, limits or closed pipes matter."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from tests.support.fake_openai import FakeOpenAI

ROOT = Path(__file__).resolve().parents[2]
OWN_VARIABLES = ("HARNESS_", "OPENAI_", "HF_")


@dataclass(frozen=True)
class Done:
    """How a command left."""

    code: int
    stdout: str
    stderr: str

    @property
    def error(self) -> str:
        """The one line in which it says what is wrong, without ``error: ``."""
        assert "Traceback" not in self.stderr
        (line,) = [line for line in self.stderr.splitlines() if line.startswith("error: ")]
        assert self.stderr.splitlines()[-1] == line
        return line.removeprefix("error: ")


class Harness:
    """The command line inside this process: a tenth of the time of a process of its own.

    Args:
        folder: the current folder.
        capsys: pytest's.
    """

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *args: object, code: int = 0, **env: str) -> Done:
        """Run one command and check its exit code."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["harness", *map(str, args)])
            patch.setattr(logging.root, "handlers", [])  # pytest's own would swallow what goes to standard error
            for name in _own_variables():
                patch.delenv(name)
            for name, value in {"HARNESS_CACHE": str(self.folder / ".cache"), **env}.items():
                patch.setenv(name, value)
            self._capsys.readouterr()
            on_interrupt = signal.getsignal(signal.SIGINT)
            with pytest.raises(SystemExit) as left:
                main()
            signal.signal(signal.SIGINT, on_interrupt)
        out, err = self._capsys.readouterr()
        print(out, err, sep="\n")  # pytest shows it where the test fails
        assert left.value.code == code, f"exit {left.value.code}\n{out}\n{err}"
        return Done(code, out, err)

    def eval(self, server: FakeOpenAI, *args: object, code: int = 0, task: str = "capitals", **env: str) -> Done:
        """Evaluate a task on a loopback server."""
        return self("eval", "-m", "fake", "--base-url", server.url, "-t", task, *args, code=code, **env)


def start_process(
    folder: Path, *args: object, before: Callable[[], Any] | None = None, **env: str
) -> subprocess.Popen[str]:
    """Start ``harness`` in a process of its own; ``before`` runs in it first."""
    inherited = {name: value for name, value in os.environ.items() if name not in _own_variables()}
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *map(str, args)], cwd=folder, text=True, preexec_fn=before,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**inherited, "PYTHONPATH": str(ROOT), **env},
    )  # fmt: skip


def run_process(
    folder: Path, *args: object, code: int = 0, before: Callable[[], Any] | None = None, **env: str
) -> Done:
    """Run ``harness`` in a process of its own and check its exit code."""
    process = start_process(folder, *args, before=before, **env)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, f"exit {process.returncode}\n{out}\n{err}"
    return Done(code, out, err)


def _own_variables() -> list[str]:
    return [name for name in os.environ if name.startswith(OWN_VARIABLES)]
