"""The response store: every answer a project has ever paid for, found by the request's key.

A folder of append-only segments, one for each process that ever wrote (``harness.store.segments``). Resuming, caching,
sharding and merging are one thing here: look up what is there, ask for the rest. ``docs/design/request-store.md`` has
the reasons.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import StoreError
from harness.store import codec, segments
from harness.store.reader import SegmentReader, Warn, log_warning
from harness.store.redact import redact
from harness.store.segments import Row
from harness.store.writer import SegmentWriter
from harness.values import Response

_PART = 4000  # answers held at a time while they are counted


def default_store_folder() -> Path:
    """Return ``HARNESS_STORE``, else ``.harness/store`` in the current folder."""
    return Path(os.environ.get("HARNESS_STORE") or Path(".harness") / "store").expanduser().absolute()


def segment_folder(store: Path) -> Path:
    """Return where a store's segments lie."""
    return store / "segments"


class ResponseStore:
    """A store opened by one process: look answers up, put new ones in.

    Nothing is created on disk before the first :meth:`put` or :meth:`prepare`. Methods are called from one thread at a
    time; ``put`` costs microseconds, a thread of the store's own writes.

    Args:
        folder: the store; need not exist.
        warn: is given one line for each damaged segment that is met.
    """

    def __init__(self, folder: Path, warn: Warn = log_warning) -> None:
        self.folder = folder
        self._reader = SegmentReader(warn)
        self._writer: SegmentWriter | None = None

    def lookup(self, keys: Iterable[str], identity: str) -> dict[str, Response]:
        """Return what is known under these keys.

        The answer of the youngest segment wins, and any answer wins over any error. What has only failed so far comes
        with its ``error`` set: ask again.

        Args:
            keys: 64 hexadecimal digits each.
            identity: digest of who was asked, as it was :meth:`put`; segments of others are skipped.

        Raises:
            StoreError: the folder cannot be listed.
        """
        if self._writer is not None:
            self._writer.settle()
        found: dict[str, Response] = {}
        pending = {bytes.fromhex(key): key for key in keys}
        for path in self._segments():
            if not pending:
                break
            for key, response in self._select(path, list(pending), identity).items():
                if response.error is None:
                    found[pending.pop(key)] = response
                else:
                    found.setdefault(pending[key], response)
        return found

    def known(self, keys: Iterable[str], identity: str) -> set[str]:
        """Return those of the keys that have an answer; see :meth:`lookup`. Few answers are held at a time."""
        found: set[str] = set()
        left = iter(keys)
        while part := list(islice(left, _PART)):
            found.update(key for key, response in self.lookup(part, identity).items() if response.error is None)
        return found

    def prepare(self) -> None:
        """Open this process's segment now, so that a folder that cannot be written is told before anything is asked.

        Raises:
            StoreError: it cannot be created.
        """
        if self._writer is None:
            self._writer = SegmentWriter(segment_folder(self.folder))

    def put(self, key: str, response: Response, identity: str, model: str = "") -> None:
        """Keep a response; it is on its way to the disk within milliseconds.

        Args:
            key: the request's key.
            response: an answer or an error record; the error's text loses what looks like a secret.
            identity: digest of who answered, the one in the key.
            model: its name for people.

        Raises:
            StoreError: this one or an earlier one could not be written.
        """
        self.prepare()
        assert self._writer is not None
        if response.error is not None:
            response = replace(response, error=replace(response.error, message=redact(response.error.message)))
        name = bytes.fromhex(key)
        row = Row(name, codec.encode(name, response), response.error is not None, identity, model, int(time.time()))
        self._writer.add(row)

    def flush(self) -> None:
        """Return when everything put so far survives the death of this process.

        Raises:
            StoreError: something could not be written.
        """
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Write what is left and wait for the disk; may be called twice.

        Raises:
            StoreError: something could not be written, and no earlier call has said so.
        """
        writer, self._writer = self._writer, None
        self._reader.close()
        if writer is not None:
            writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.close()
        except StoreError:
            if error is None:  # else the first failure is the one to tell
                raise

    def _segments(self) -> list[Path]:
        return segments.segments(segment_folder(self.folder))

    def _select(self, path: Path, keys: list[bytes], identity: str) -> dict[bytes, Response]:
        """Return the best of each key in one segment: the last answer, else the last error."""
        best: dict[bytes, Response] = {}
        for key, payload in self._reader.read(path, partial(segments.select, keys=keys, identity=identity)) or ():
            response = codec.decode(key, payload)
            if response is None:
                self._reader.warn_of_damage(path, "holds answers that cannot be read; they are asked again")
            elif response.error is None or key not in best or best[key].error is not None:
                best[key] = response
        return best
