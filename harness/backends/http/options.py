"""The checks of what a user sets with ``-M``: one clear line for each mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.errors import BackendError


def at_least(name: str, value: object, least: float, kind: type = float) -> None:
    """Check that a value is a number, a whole one if ``kind`` is int, and not too small.

    Raises:
        BackendError: it is not.
    """
    allowed = int if kind is int else int | float
    if isinstance(value, bool) or not isinstance(value, allowed) or not value >= least:
        raise BackendError(f"{name}={value} must be a {'whole ' if kind is int else ''}number of at least {least:g}")


def mapping(name: str, value: object, example: str) -> dict[str, Any]:
    """Return a value that must be a JSON object, a copy of it.

    Raises:
        BackendError: it is none.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise BackendError(f"{name} must be a mapping: -M {name}='{example}'")
    return dict(value)
