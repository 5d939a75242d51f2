"""``harness schema``."""

from __future__ import annotations

import click


@click.command(
    "schema",
    epilog="""\b
Put it where the editor finds it, and name it in the card's first line:
  harness schema -o card.schema.json
  # yaml-language-server: $schema=card.schema.json""",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to a file.")
def command(output: str | None) -> None:
    """Print the JSON Schema of cards and suites, for editors."""
    from harness.cards.jsonschema import schema_text

    if output is None:
        click.echo(schema_text(), nl=False)
        return
    from pathlib import Path

    from harness.errors import StoreError

    try:
        Path(output).write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write '{output}': {error.strerror}") from None
