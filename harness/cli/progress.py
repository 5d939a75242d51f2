"""Progress of a run: a bar on a terminal, a plain line now and then elsewhere, on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from harness.report.text import count, duration, safe

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from harness.engine.progress import Progress

PLAIN_SECONDS = 15.0  # between two plain lines


class Display(Protocol):
    """Shows how far a run is."""

    def observe(self, progress: Progress) -> None:
        """Show the new state."""

    def notice(self, text: str) -> None:
        """Show one line that the user should see."""


@contextmanager
def progress_display(*, quiet: bool) -> Iterator[Display]:
    """Give the display that fits the terminal."""
    if quiet:
        yield _Quiet()
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Bar(*columns, console=Console(stderr=True, markup=False), refresh_per_second=5, transient=True) as bar:
            yield _Terminal(bar)
    else:
        yield _Plain()


class _Quiet:
    def observe(self, progress: Progress) -> None:
        pass

    def notice(self, text: str) -> None:
        click.echo(safe(text), err=True)


class _Plain:
    def __init__(self) -> None:
        self._next = time.monotonic() + PLAIN_SECONDS
        self._started = False

    def observe(self, progress: Progress) -> None:
        last = progress.done == progress.asked
        if not progress.asked:
            click.echo(f"nothing to ask: {count(progress.reused, 'answer')} known", err=True)
        elif not self._started:
            self._started = True
            reused = f", {progress.reused:,} known" if progress.reused else ""
            click.echo(f"asking {count(progress.asked, 'request')}{reused}", err=True)
        elif last or time.monotonic() >= self._next:
            self._next = time.monotonic() + PLAIN_SECONDS
            click.echo(f"{progress.done:,} of {progress.asked:,} answered, {rate(progress)}", err=True)

    def notice(self, text: str) -> None:
        click.echo(safe(text), err=True)


class _Terminal:
    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._next = 0.0

    def observe(self, progress: Progress) -> None:
        if self._task is None:
            self._task = self._bar.add_task("asking", total=progress.asked, rate="")
        now = time.monotonic()
        if now >= self._next or progress.done == progress.asked:
            self._next = now + 0.1
            self._bar.update(self._task, completed=progress.done, rate=rate(progress))

    def notice(self, text: str) -> None:
        self._bar.console.print(safe(text))


def rate(progress: Progress) -> str:
    """Return speed, time left, tokens and errors in words."""
    parts = []
    if progress.done and progress.seconds > 0:
        speed = progress.done / progress.seconds
        parts.append(f"{speed:,.1f}/s")
        if progress.done < progress.asked:
            parts.append(f"{duration((progress.asked - progress.done) / speed)} left")
    tokens = progress.prompt_tokens + progress.completion_tokens
    if tokens:
        parts.append(f"{tokens:,} tokens")
    parts.append(count(progress.errors, "error"))
    return ", ".join(parts)
