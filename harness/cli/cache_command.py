"""``harness cache``."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import click

from harness.cli.options import json_option

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Age(click.ParamType[timedelta]):
    """``12h``, ``30d`` or ``8w``."""

    name = "30d"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read number and unit."""
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d+)([hdw])", value)
        if match is None:
            self.fail(f"'{value}' is not an age; write 12h, 30d or 8w", param, ctx)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})


@click.group("cache")
@click.option("--store", envvar="HARNESS_STORE", help="Folder of the response store.")
@click.pass_context
def command(ctx: click.Context, store: str | None) -> None:
    """Show and prune the store of answers."""
    from harness.store.store import default_store_folder

    ctx.obj = Path(store).absolute() if store else default_store_folder()


@command.command("size")
@json_option
@click.pass_obj
def size(store: Path, as_json: bool) -> None:
    """Show what the store holds, by model."""
    from dataclasses import asdict

    from harness.cli.output import print_json
    from harness.report.text import count, safe
    from harness.report.text import size as readable
    from harness.store.upkeep import stats

    found = stats(store)
    if as_json:
        print_json({"folder": str(store), **asdict(found)})
        return
    click.echo(f"{store}: {readable(found.bytes)} in {count(found.segments, 'segment')}")
    for who in found.identities:
        errors = f", {count(who.errors, 'error')}" if who.errors else ""
        click.echo(safe(f"  {who.model} ({who.identity[:8]}): {count(who.answers, 'answer')}{errors}"))


@command.command("prune", epilog="Example: harness cache prune --older-than 30d")
@click.option("--older-than", type=Age(), help="Answers stored longer ago.")
@click.option("--errors", is_flag=True, help="Only the records of failed requests.")
@click.option("--model", help="Only this model's, by name or by the digits that `cache size` shows.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.pass_obj
def prune(store: Path, older_than: timedelta | None, errors: bool, model: str | None, everything: bool) -> None:
    """Remove the answers for which everything given holds."""
    from harness.report.text import count
    from harness.store.upkeep import prune as remove

    if older_than is None and not (errors or model or everything):
        raise click.UsageError("say what may go: --older-than, --errors, --model, or --all")
    if everything and older_than is None:
        older_than = timedelta(0)
    done = remove(store, older_than=older_than, errors=errors, identity=model)
    busy = f"; left alone, in use: {', '.join(path.name for path in done.skipped)}" if done.skipped else ""
    click.echo(f"removed {count(done.removed, 'record')}, kept {done.kept:,}{busy}")


@command.command("compact")
@click.pass_obj
def compact(store: Path) -> None:
    """Join many small segments into few, so that looking up is quicker."""
    from harness.report.text import count
    from harness.store.upkeep import compact as join

    done = join(store)
    busy = f"; left alone, in use: {', '.join(path.name for path in done.skipped)}" if done.skipped else ""
    click.echo(f"joined {count(done.joined, 'segment')} into {done.made:,} ({count(done.rows, 'record')}){busy}")


@command.command("path")
@click.pass_obj
def path(store: Path) -> None:
    """Print the store's folder."""
    click.echo(store)
