"""``harness merge``."""

from __future__ import annotations

import click


@click.command("merge", epilog="Example: harness merge results/20260102T030405Z-m results/20260102T040506Z-m")
@click.argument("runs", nargs=-1, required=True)
@click.option("--output", "-o", default="results", envvar="HARNESS_OUTPUT", help="Folder of run directories.")
def command(runs: tuple[str, ...], output: str) -> int:
    """Join RUNS: the shards of one evaluation, or a run and its repair. Answers win over errors, later over earlier."""
    from harness import api
    from harness.cli.output import print_result

    result = api.merge(runs, output)
    print_result(result)
    return 0 if result.complete else 4
