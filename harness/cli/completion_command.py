"""``harness completion``."""

from __future__ import annotations

import click


@click.command("completion", epilog='Example: eval "$(harness completion bash)" in ~/.bashrc')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL."""
    from click.shell_completion import get_completion_class

    from harness.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:  # click.Choice has excluded it
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(cli, {}, "harness", "_HARNESS_COMPLETE").source())
