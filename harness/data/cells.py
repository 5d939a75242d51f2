"""Reading one value out of a row: by a column's name or by a path into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.data.rows import Row
from harness.errors import DataError, did_you_mean

Getter = Callable[[Row], Any]


def compile_path(path: str, where: str) -> Getter:
    """Return a function that reads ``path`` from a row.

    ``choices.text`` is the entry ``text`` of the column ``choices``; ``answers.0`` its first item; a name below a list
    of objects is read from each of them. A column whose own name has dots is found by its whole name.

    Raises:
        DataError: by the returned function, when the row has no such column or the column no such part.
    """
    head, *steps = path.split(".")

    def plain(row: Row) -> Any:
        try:
            return row[path]
        except KeyError:
            raise _missing(path, row, where) from None

    def nested(row: Row) -> Any:
        if path in row:
            return row[path]
        if head not in row:
            raise _missing(head, row, where)
        value = row[head]
        for step in steps:
            value = _descend(value, step, path, where)
        return value

    return nested if steps else plain


def has_column(path: str, row: Row) -> bool:
    """Return whether ``path`` begins with a column of the row."""
    return path in row or path.partition(".")[0] in row


def as_text(value: Any) -> str:
    """Return a cell as the text that cards compare it with: ``true`` for True, ``null`` for None, ``1`` for 1.0."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def named(words: Sequence[str], limit: int = 12) -> str:
    """Return words for a message: in quotes, with commas, and with the rest counted beyond ``limit``."""
    shown = ", ".join(f"'{word}'" for word in words[:limit])
    return f"{shown} and {len(words) - limit} more" if len(words) > limit else shown


def _missing(column: str, row: Row, where: str) -> DataError:
    hint = did_you_mean(column, row) or f"; there are {named(list(row))}"
    return DataError(f"{where}: there is no column '{column}'{hint}")


def _descend(value: Any, step: str, path: str, where: str) -> Any:
    if isinstance(value, dict):
        if step in value:
            return value[step]
        raise DataError(f"{where}: '{path}': there is no '{step}'{did_you_mean(step, value) or _parts(value)}")
    if isinstance(value, list | tuple):
        if not step.isdigit():
            return [_descend(item, step, path, where) for item in value]
        if int(step) < len(value):
            return value[int(step)]
        raise DataError(f"{where}: '{path}': there is no item {step} in a list of {len(value)}")
    kind = "null" if value is None else type(value).__name__
    raise DataError(f"{where}: '{path}': '{step}' is read from an object or a list, and this is {kind}")


def _parts(value: dict[str, Any]) -> str:
    return f"; there are {named([str(key) for key in value])}" if value else "; it is empty"
