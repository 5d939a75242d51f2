"""Reads segments, the damaged ones included: a run never fails because of what another run left behind."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.errors import one_line
from harness.store import segments
from harness.store.recover import recover

T = TypeVar("T")
Warn = Callable[[str], None]
_State = tuple[int, int]


def log_warning(message: str) -> None:
    """Tell the user through ``logging``; what is used where the caller says nothing else."""
    logging.getLogger("harness").warning(message)


class SegmentReader:
    """Runs queries on segments; what is damaged is recovered once, outside the store.

    Args:
        warn: is given one line for each damaged segment.
    """

    def __init__(self, warn: Warn = log_warning) -> None:
        self._warn = warn
        self._recovered: dict[Path, tuple[_State, Path | None]] = {}
        self._workspace: Path | None = None
        self._warned: set[Path] = set()

    def read(self, path: Path, query: Callable[[Path], T]) -> T | None:
        """Return what ``query`` returns for the segment, or for what could be recovered of it; else None.

        Args:
            path: the segment.
            query: opens the segment it is given for reading and raises SQLite's errors as they are.
        """
        try:
            return self._read(path, query)
        except segments.NewerFormatError as error:
            self.warn_of_damage(path, f"{error}; it is left alone")
            return None

    def warn_of_damage(self, path: Path, what: str) -> None:
        """Give the caller one line about a segment, and not a second one."""
        if path not in self._warned:
            self._warned.add(path)
            self._warn(f"the store segment '{path}' {what}")

    def close(self) -> None:
        """Remove what was recovered."""
        self._recovered.clear()
        if self._workspace is not None:
            shutil.rmtree(self._workspace, ignore_errors=True)
            self._workspace = None

    def _read(self, path: Path, query: Callable[[Path], T]) -> T | None:
        state = _state(path)
        if state is None:  # pruned since it was listed
            return None
        known = self._recovered.get(path)
        if known is None or known[0] != state:  # its writer may live and have repaired it
            try:
                return query(path)
            except sqlite3.Error as error:
                if _state(path) is None:
                    return None
                known = self._recovered[path] = (state, self._recover(path, error))
        return None if known[1] is None else query(known[1])

    def _recover(self, path: Path, cause: sqlite3.Error) -> Path | None:
        if self._workspace is None:
            self._workspace = Path(tempfile.mkdtemp(prefix="harness-store-"))
        try:
            recovered = recover(path, self._workspace)
        except (OSError, sqlite3.Error) as error:
            self.warn_of_damage(path, f"cannot be read ({one_line(error)}); what it holds is asked again")
            return None
        if not recovered.whole and recovered.count:
            self.warn_of_damage(
                path,
                f"is damaged ({one_line(cause)}); {recovered.count:,} answers were saved from it, the rest is lost",
            )
        elif not recovered.whole:
            self.warn_of_damage(path, f"holds nothing that can be read ({one_line(cause)}); it may be deleted")
        return recovered.path


def _state(path: Path) -> _State | None:
    """Return what differs when a file has changed, or None when it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
