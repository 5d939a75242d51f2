"""The commit of a git checkout, read from its files: git itself may not be installed, or not trust the folder."""

from __future__ import annotations

import re
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit_of(folder: Path) -> str:
    """Return the commit that is checked out in ``folder``, or an empty text where that is no checkout."""
    git = folder / ".git"
    try:
        if git.is_file():  # a worktree or a submodule
            git = folder / git.read_text("utf-8").removeprefix("gitdir:").strip()
        found = (git / "HEAD").read_text("utf-8").strip()
        if found.startswith("ref:"):
            found = _resolve(git, found.removeprefix("ref:").strip())
    except (OSError, ValueError):
        return ""
    return found if _HASH.fullmatch(found) else ""


def _resolve(git: Path, ref: str) -> str:
    """Return what a branch points to: in a file of its own, or in the list of packed ones."""
    shared = git / "commondir"
    common = git / shared.read_text("utf-8").strip() if shared.is_file() else git
    if (common / ref).is_file():
        return (common / ref).read_text("utf-8").strip()
    lines = (line.partition(" ") for line in (common / "packed-refs").read_text("utf-8").splitlines())
    return next((commit for commit, _, name in lines if name == ref), "")
