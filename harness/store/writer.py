"""The one writer of a segment: rows go in at once, a thread commits them a few milliseconds later.

Two losses are guarded against, and they cost differently. A killed process loses only what was not handed to the
operating system, so rows are committed within milliseconds, without waiting for the disk (0.1 to 0.5 ms a commit). A
power cut loses what the disk does not have, so once a second a commit waits for it (5 to 15 ms, in the thread).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

from harness.errors import StoreError, one_line
from harness.store import files, segments
from harness.store.segments import Row

REMEDY = "free some space or name another folder with HARNESS_STORE"
_LINGER = 0.002  # seconds that rows are gathered: at 2,500 answers a second a kill then loses about three
_DURABLE = 1.0  # seconds between commits that wait for the disk
_BATCH = 256  # rows a commit; when the disk is full, so many do not fit together
_MOST_WAITING = 1024  # rows; a disk slower than the answers slows them down instead of filling the memory


class SegmentWriter:
    """Appends rows to a new segment of ``folder``; any thread may call it.

    Raises:
        StoreError: the segment cannot be created, or (from any method, later) rows could not be written.
    """

    def __init__(self, folder: Path) -> None:
        files.make_folder(folder, REMEDY)
        self.path = folder / segments.new_name()
        try:
            self._connection = segments.create(self.path)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot create a segment in the store '{folder}': {_reason(error)}; {REMEDY}") from None
        self._identities: dict[tuple[str, str], int] = {}
        self._rows: list[Row] = []
        self._committing = False
        self._closing = False
        self._failure: Exception | None = None
        self._told = False
        self._saved = 0
        self._synced = time.monotonic()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="harness-store", daemon=True)
        self._thread.start()

    def add(self, row: Row) -> None:
        """Hand a row over; it is committed within milliseconds."""
        with self._changed:
            if len(self._rows) >= _MOST_WAITING:
                self._changed.wait_for(lambda: len(self._rows) < _MOST_WAITING or self._failure)
            self._check()
            self._rows.append(row)
            if len(self._rows) == 1:
                self._changed.notify_all()

    def settle(self) -> None:
        """Return when every row handed over so far has been committed, or cannot be."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._rows or self._committing) or self._failure)

    def flush(self) -> None:
        """Return when every row handed over so far has been committed."""
        self.settle()
        self._check()

    def close(self) -> None:
        """Commit what is left, wait for the disk and seal the segment; an empty one is removed.

        Rows that could not be written before are tried once more; if that fails too, and an earlier call has raised
        for them, this one does not.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        if self._failure is not None and self._rows:
            batch, self._rows = self._rows, []
            self._commit(batch)  # there may be room again
        with suppress(sqlite3.Error):  # an unsealed segment is as good; it is pruned a day later
            segments.seal(self._connection)
        self._connection.close()
        with suppress(OSError):  # the rows were committed; only the wait for the disk is missing
            if self._saved or self._rows:
                files.sync(self.path)
            else:
                self.path.unlink()
        if not self._told:
            self._check()

    def _run(self) -> None:
        while self._failure is None:
            with self._changed:
                self._changed.wait_for(lambda: self._rows or self._closing)
                if not self._rows:
                    return
            if not self._closing and len(self._rows) < _BATCH:
                time.sleep(_LINGER)
            with self._changed:
                batch, self._rows = self._rows[:_BATCH], self._rows[_BATCH:]
                self._committing = True
            self._commit(batch)

    def _commit(self, batch: list[Row]) -> None:
        failure: Exception | None = None
        try:
            now = time.monotonic()
            durable = now - self._synced >= _DURABLE
            self._connection.execute(f"PRAGMA synchronous = {'NORMAL' if durable else 'OFF'}")
            segments.append(self._connection, batch, self._identities)
            if durable:
                self._synced = time.monotonic()
        except Exception as error:  # noqa: BLE001 (whatever stops this thread, its callers must hear of it)
            failure = error
        with self._changed:
            if failure is None:
                self._saved += len(batch)
            else:
                self._rows = [*batch, *self._rows]
            self._failure = failure
            self._committing = False
            self._changed.notify_all()

    def _check(self) -> None:
        if self._failure is not None:
            self._told = True
            raise StoreError(
                f"cannot write the store segment '{self.path}': {_reason(self._failure)}; {self._saved:,} answers are "
                f"saved and {len(self._rows):,} are not; {REMEDY}, then run again: only what is missing is asked"
            )


def _reason(error: Exception) -> str:
    known = {
        "SQLITE_FULL": "the disk is full",
        "SQLITE_IOERR_WRITE": "the disk is full or a size limit is reached",
        "SQLITE_CANTOPEN": "the folder cannot be written",
        "SQLITE_READONLY": "it is read-only",
        "SQLITE_BUSY": "another program holds it locked",
    }
    return known.get(getattr(error, "sqlite_errorname", ""), one_line(error))
