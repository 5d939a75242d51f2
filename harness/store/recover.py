"""What can still be read of a segment that was cut off, overwritten or left in the middle of a commit.

The segment itself is never touched: a copy is repaired as far as SQLite can, and its rows are read one after the other
around the damage. Rows carry a checksum, so a half-written one is dropped later and not believed.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from harness.store import segments
from harness.store.codec import intact
from harness.store.segments import Row

# Bytes of SQLite's file header: page size at 16, number of pages at 28, application_id at 68
# (sqlite.org/fileformat2.html)
_HEADER = 100
_FARTHEST_JUMP = 1 << 40  # row numbers; beyond it nothing readable follows


@dataclass(frozen=True, slots=True)
class Recovered:
    """A healthy segment made of what was readable.

    Attributes:
        path: the new segment.
        count: its rows.
        whole: nothing is missing (only an unfinished commit was undone).
    """

    path: Path
    count: int
    whole: bool


def recover(path: Path, workspace: Path) -> Recovered:
    """Make a healthy segment in ``workspace`` of what is readable in ``path``.

    Raises:
        OSError: the segment cannot be copied.
        sqlite3.Error: the new segment cannot be written.
        NewerFormatError: a newer Harness wrote it.
    """
    raw = workspace / f"raw-{path.name}"
    journal = path.with_name(path.name + "-journal")
    shutil.copyfile(path, raw)
    if journal.is_file():
        shutil.copyfile(journal, raw.with_name(raw.name + "-journal"))
        _roll_back(raw)
    cut = _pad(raw)
    scan = _Scan(raw)
    healthy = workspace / path.name
    count = 0
    with closing(segments.create(healthy)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        identities: dict[tuple[str, str], int] = {}
        batch: list[Row] = []
        for row in scan:
            batch.append(row)
            if len(batch) >= 1000:
                segments.append(connection, batch, identities)
                count, batch = count + len(batch), []
        segments.append(connection, batch, identities)
        count += len(batch)
    for left in workspace.glob(f"{raw.name}*"):
        left.unlink()
    return Recovered(healthy, count, whole=not (cut or scan.damaged))


def _roll_back(path: Path) -> None:
    """Let SQLite undo the commit that was under way; it does so before the first read."""
    with closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.Error):
        connection.execute("SELECT count(*) FROM sqlite_master")


def _pad(path: Path) -> bool:
    """Fill a cut-off file up to the length its header gives, since SQLite opens no shorter one; say if it was cut."""
    with path.open("r+b") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return bool(header)
        segments.check_format(int.from_bytes(header[68:72], "big"))
        page = int.from_bytes(header[16:18], "big")
        length = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
        cut = file.seek(0, 2) < length
        if cut and length < 1 << 44:  # a damaged header may say anything; the hole takes no room
            file.truncate(length)
    return cut


class _Scan:
    """The readable rows of a file, in the order written.

    Attributes:
        damaged: set while iterating when something could not be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.damaged = False

    def __iter__(self) -> Iterator[Row]:
        with closing(sqlite3.connect(self._path)) as connection:
            names = self._names(connection)
            last, jump = 0, 1
            while jump < _FARTHEST_JUMP:
                try:
                    cursor = connection.execute(
                        "SELECT rowid, key, payload, error, identity, created FROM answers NOT INDEXED "
                        "WHERE rowid > ? ORDER BY rowid",
                        (last,),
                    )
                    for number, key, payload, error, identity, created in cursor:
                        last, jump = number, 1
                        if _sound(key, payload, created):
                            yield Row(key, payload, bool(error), *names.get(identity, ("", "")), created)
                        else:
                            self.damaged = True
                    return
                except sqlite3.Error:  # step over the damage, twice as far each time nothing is found
                    self.damaged = True
                    last, jump = last + jump, jump * 2

    def _names(self, connection: sqlite3.Connection) -> dict[int, tuple[str, str]]:
        try:
            return {n: (digest, model) for n, digest, model in connection.execute("SELECT * FROM identities")}
        except sqlite3.Error:
            self.damaged = True
            return {}


def _sound(key: object, payload: object, created: object) -> bool:
    return isinstance(key, bytes) and isinstance(payload, bytes) and isinstance(created, int) and intact(key, payload)
