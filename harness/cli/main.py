"""The command ``harness``: a group whose commands are imported when they run, so that help is immediate."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, ClassVar

import click

from harness import __version__
from harness.errors import HarnessError, did_you_mean, one_line

COMMANDS = {
    "eval": "Evaluate a model on tasks.",
    "list": "List the tasks.",
    "describe": "Show what a task is: data, prompt, scoring, hashes.",
    "render": "Print the exact prompts of some samples.",
    "check": "Prove that cards are right.",
    "show": "Show a finished run: tables, failures, single samples.",
    "merge": "Join the shards of a run.",
    "cache": "Show and prune the store of answers.",
    "schema": "Print the JSON Schema of cards, for editors.",
    "completion": "Print the shell's completion script.",
}


class LazyGroup(click.Group):
    """Imports ``harness.cli.<command>`` when the command is asked for."""

    short: ClassVar[dict[str, str]] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of use."""
        return list(self.short)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.short:
            return None
        module = importlib.import_module(f"harness.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Add a suggestion to an unknown command's error."""
        if args[0] not in self.short and not args[0].startswith("-"):
            hint = did_you_mean(args[0], self.short) or f"; there are: {', '.join(self.short)}"
            raise click.UsageError(f"there is no command '{args[0]}'{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.short.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Example: harness eval --model smollm2 --tasks hellaswag,microworlds --limit 100",
)
@click.version_option(__version__, prog_name="harness")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Evaluate language models: YAML task cards, any backend, scores that say how sure they are.

    Exit codes: 0 fine, 1 a gate said no, 2 usage or bad card, 3 inconclusive, 4 the run is incomplete.
    """
    from harness.settings import FILE, read_settings

    settings = read_settings()
    flat = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    own = {key: value for key, value in settings.items() if isinstance(value, dict)}
    # Top-level keys are defaults of every command that knows them.
    ctx.default_map = {name: {**flat, **own.get(name, {})} for name in COMMANDS}
    known = _option_names() if settings else set()
    for key in settings:
        if key not in known:
            raise click.UsageError(f"{FILE}: unknown key '{key}'{did_you_mean(key, known)}")


def _option_names() -> set[str]:
    from harness.cli import eval_command

    return {param.name for param in eval_command.command.params if param.name} | set(COMMANDS)


def main() -> None:
    """Run the command line and leave with its exit code; a user's mistake is one line without a traceback."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _fail("interrupted", 4)
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and error.ctx is not None:
            hint = f" (see '{error.ctx.command_path} --help')"
        else:
            hint = ""
        _fail(" ".join(error.format_message().split()) + hint, 2)
    except HarnessError as error:
        _fail(one_line(error, 1000), error.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted; every answer until now is kept, run it again to go on", 4)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    from harness.report.text import safe

    prefix = click.style("error:", fg="red", bold=True) if sys.stderr.isatty() else "error:"
    click.echo(f"{prefix} {safe(message)}", err=True)
    sys.exit(code)
