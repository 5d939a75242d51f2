"""One segment of the response store: a SQLite file that one process appends to and nobody else ever writes.

Its name says who wrote it and sorts by time: ``<UTC>-<host>-<process>-<random>.sqlite``.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.store import files

SUFFIX = ".sqlite"
FORMAT = 1
"""The form of a segment and of what its rows hold; raised when an older Harness would misread it."""
_APPLICATION = 0x48524E00  # "HRN" and the format: SQLite's ``application_id``
SCHEMA = f"""
PRAGMA application_id = {_APPLICATION + FORMAT};
CREATE TABLE answers (
    key BLOB NOT NULL,
    payload BLOB NOT NULL,
    error INTEGER NOT NULL,
    identity INTEGER NOT NULL,
    created INTEGER NOT NULL
);
CREATE INDEX answers_key ON answers (key);
CREATE TABLE identities (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, model TEXT NOT NULL);
"""
_READ_PATIENCE = 10.0  # seconds; a writer's commit takes milliseconds, on a slow network file system a second
_WRITE_PATIENCE = 60.0
_KEYS_A_QUERY = 500  # older SQLite builds take 999 parameters
_IDLE = 24 * 3600.0  # seconds without a change after which the writer of an unsealed segment counts as dead
_SEALED = 1
_ROWS = (
    "SELECT a.rowid, a.key, a.payload, a.error, i.digest, i.model, a.created FROM answers AS a "
    "LEFT JOIN identities AS i ON i.id = a.identity WHERE a.rowid > ? ORDER BY a.rowid LIMIT ?"
)


class NewerFormatError(Exception):
    """A segment was written by a newer Harness: whatever its tables look like, they may mean something else."""

    def __init__(self, number: int) -> None:
        super().__init__(f"was written by a newer Harness (format {number}, this one reads {FORMAT})")


@dataclass(frozen=True, slots=True)
class Row:
    """One stored response.

    Attributes:
        key: the request's key, 32 bytes.
        payload: the response (``harness.store.codec``).
        error: whether it is an error record.
        identity: digest of who answered.
        model: its name for people.
        created: seconds since 1970.
    """

    key: bytes
    payload: bytes
    error: bool
    identity: str
    model: str
    created: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The rows of one identity and kind in a segment.

    Attributes:
        identity: digest of who answered.
        model: its name for people.
        error: whether these are error records.
        count: how many.
        oldest: the first one's time, in seconds since 1970.
        newest: the last one's.
    """

    identity: str
    model: str
    error: bool
    count: int
    oldest: int
    newest: int


def new_name() -> str:
    """Return a file name that no other process, here or elsewhere, will choose."""
    host = re.sub(r"[^A-Za-z0-9.]+", "-", socket.gethostname())[:40] or "host"
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z-{host}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"


def segments(folder: Path) -> list[Path]:
    """Return the segments of a folder, the youngest first; none when there is no such folder.

    Raises:
        StoreError: the folder cannot be listed.
    """
    try:
        return sorted((p for p in folder.iterdir() if p.suffix == SUFFIX), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise files.store_error("read the store", folder, error, "name another folder with HARNESS_STORE") from None


def create(path: Path) -> sqlite3.Connection:
    """Create a segment and open it for appending; any thread may use the connection, one at a time.

    Raises:
        OSError, sqlite3.Error: it cannot be created.
    """
    unnamed = files.temporary_beside(path)  # so that a reader never meets a segment without its tables
    try:
        with closing(sqlite3.connect(unnamed, isolation_level=None)) as connection:
            connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        unnamed.replace(path)
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            unnamed.unlink()
        raise
    connection = sqlite3.connect(path, timeout=_WRITE_PATIENCE, isolation_level=None, check_same_thread=False)
    # A write-ahead log needs shared memory, which network file systems lack; so: a rollback journal.
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    return connection


def append(connection: sqlite3.Connection, rows: Sequence[Row], identities: dict[tuple[str, str], int]) -> None:
    """Append rows in one transaction: all of them or none.

    Args:
        connection: from :func:`create`.
        rows: what to append, in order.
        identities: which identities the segment knows already; extended.
    """
    new = [who for who in dict.fromkeys((row.identity, row.model) for row in rows) if who not in identities]
    numbers = identities | {who: number for number, who in enumerate(new, len(identities) + 1)}
    connection.execute("BEGIN")
    try:
        connection.executemany("INSERT INTO identities VALUES (?, ?, ?)", [(numbers[who], *who) for who in new])
        connection.executemany(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
            [(r.key, r.payload, r.error, numbers[r.identity, r.model], r.created) for r in rows],
        )
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    identities.update(numbers)


def check_format(application_id: int) -> None:
    """Refuse a format that this version does not know; what is no segment at all shows elsewhere.

    Raises:
        NewerFormatError: a newer Harness wrote it.
    """
    if FORMAT < application_id - _APPLICATION <= 0xFF:
        raise NewerFormatError(application_id - _APPLICATION)


def connect(path: Path) -> sqlite3.Connection:
    """Open a segment for reading only; SQLite errors come as they are.

    Raises:
        NewerFormatError: a newer Harness wrote it.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_READ_PATIENCE)
    try:
        check_format(*connection.execute("PRAGMA application_id").fetchone())
    except (sqlite3.Error, NewerFormatError):
        connection.close()
        raise
    return connection


def select(path: Path, keys: Sequence[bytes], identity: str) -> list[tuple[bytes, bytes]]:
    """Return ``(key, payload)`` of the rows under ``keys``, in the order they were written.

    Args:
        path: the segment.
        keys: of requests to ``identity``; a segment that has nothing of it is not searched.
        identity: digest of who answered.
    """
    found: list[tuple[bytes, bytes]] = []
    with closing(connect(path)) as connection:
        # What was recovered without the names has an empty digest and may be anybody's.
        if not connection.execute("SELECT 1 FROM identities WHERE digest IN (?, '')", (identity,)).fetchone():
            return []
        if _length(connection) < len(keys):  # then reading all of its keys is cheaper than searching for each
            there = {key for (key,) in connection.execute("SELECT key FROM answers").fetchall()}
            keys = [key for key in keys if key in there]
        for start in range(0, len(keys), _KEYS_A_QUERY):
            part = keys[start : start + _KEYS_A_QUERY]
            marks = ",".join("?" * len(part))
            # fetchall, not a cursor: the lock is held no longer than the query needs.
            found += connection.execute(
                f"SELECT key, payload FROM answers WHERE key IN ({marks}) ORDER BY rowid",  # noqa: S608 - question marks
                part,
            ).fetchall()
    return found


def rows(path: Path, batch: int = 2000) -> Iterator[Row]:
    """Yield every row in the order written, holding the lock for ``batch`` rows at a time."""
    with closing(connect(path)) as connection:
        last = 0
        while part := connection.execute(_ROWS, (last, batch)).fetchall():
            last = part[-1][0]
            for _, key, payload, error, identity, model, created in part:
                yield Row(key, payload, bool(error), identity or "", model or "", created)


def summarize(path: Path) -> list[Summary]:
    """Count a segment's rows by identity and kind."""
    with closing(connect(path)) as connection:
        found = connection.execute(
            "SELECT i.digest, i.model, a.error, count(*), min(a.created), max(a.created) FROM answers AS a "
            "LEFT JOIN identities AS i ON i.id = a.identity GROUP BY a.identity, a.error"
        ).fetchall()
    return [Summary(who or "", model or "", bool(error), *numbers) for who, model, error, *numbers in found]


def length(path: Path) -> int:
    """Return the number of rows; rows are only ever appended, so it is the last row's number."""
    with closing(connect(path)) as connection:
        return _length(connection)


def _length(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT coalesce(max(rowid), 0) FROM answers").fetchone()
    return int(last)


def cut(connection: sqlite3.Connection, count: int) -> None:
    """Keep the first ``count`` rows of a segment that is being made."""
    connection.execute("DELETE FROM answers WHERE rowid > ?", (count,))


def copy(path: Path, to: Path) -> None:
    """Copy a segment as of now, which its writer may be appending to, and seal the copy."""
    with closing(connect(path)) as source, closing(sqlite3.connect(to, isolation_level=None)) as target:
        source.backup(target)
        seal(target)


def seal(connection: sqlite3.Connection) -> None:
    """Mark a segment as finished: its writer will not come back."""
    connection.execute("PRAGMA journal_mode = DELETE")  # takes the empty journal file away
    connection.execute(f"PRAGMA user_version = {_SEALED}")


def in_use(path: Path) -> bool:
    """Say whether a process may still be appending: the segment is not sealed and changed in the last day."""
    try:
        idle = time.time() - path.stat().st_mtime
        with closing(connect(path)) as connection:
            (sealed,) = connection.execute("PRAGMA user_version").fetchone()
    except (OSError, sqlite3.Error):
        return False
    return sealed != _SEALED and idle < _IDLE
