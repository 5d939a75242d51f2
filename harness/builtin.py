"""Where the cards and metrics that come with Harness lie: in a checkout at the top level, in a wheel inside."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder of the built-in ``tasks`` or ``metrics``."""
    inside = _PACKAGE / "_builtin" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
