"""What every mirror answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A split's files.

    Attributes:
        files: in order.
        root: the folder their names are shown from.
        notes: what a reader of the result should know.
    """

    files: tuple[Path, ...]
    root: Path
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The first file below the root, and how many more there are."""
        first = self.files[0]
        name = first.relative_to(self.root).as_posix() if first.is_relative_to(self.root) else first.name
        return f"{name} (and {len(self.files) - 1} more)" if len(self.files) > 1 else name


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why a mirror has no files for a split: what it has instead; empty when it does not know the data set at all."""

    reason: str = ""


class Mirror(Protocol):
    """A place that has copies of data sets of the hub."""

    @property
    def name(self) -> str:
        """How people call it."""
        ...

    def split(self, hub: str, config: str | None, split: str) -> Found | Lacking:
        """Return the files of one split of ``org/name``; ``config`` None asks for the only or default one."""
        ...

    def files(self, hub: str, path: str) -> Found | Lacking:
        """Return the files that a path or glob names inside the folder of ``org/name``."""
        ...
