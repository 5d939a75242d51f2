"""Files that a pattern names, the same way wherever a card or a README may write one."""

from __future__ import annotations

import glob
from pathlib import Path, PurePosixPath


def matching_files(root: Path, pattern: str) -> list[Path]:
    """Return the files below ``root`` that a path or glob names, sorted.

    ``*`` stays within a folder, ``**`` does not; hidden files are not matched. A name that looks like a glob and is a
    file is that file.
    """
    if (root / pattern).is_file():
        return [root / pattern]
    # Not Path.glob (PTH207), which raises on "**.csv": the hub takes that.
    found = (root / name for name in glob.iglob(pattern, root_dir=root, recursive=True))  # noqa: PTH207
    return sorted(path for path in found if path.is_file())


def stays_inside(path: str) -> bool:
    """Return whether a relative path does not leave the folder that it starts from."""
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts
