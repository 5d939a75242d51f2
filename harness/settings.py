"""Project settings: ``harness.toml`` in the current folder, read once.

Precedence is option, then ``HARNESS_*`` variable, then ``harness.toml``, then default. The file's top-level keys are
the long option names of ``harness eval`` with ``_`` for ``-``; a table named like a command holds that command's own.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from harness.errors import UserError

FILE = "harness.toml"


def read_settings(folder: Path | None = None) -> dict[str, Any]:
    """Return the settings of a folder; empty without a file.

    Raises:
        UserError: the file is not TOML.
    """
    path = (folder or Path.cwd()) / FILE
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(f"{path}: is not valid TOML: {error}") from None
