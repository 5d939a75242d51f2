"""Looking after a store: how large it is, what can go, and taking in another one."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from harness.errors import StoreError, UserError, one_line
from harness.store import files, segments
from harness.store.reader import SegmentReader, Warn, log_warning
from harness.store.segments import Row, Summary
from harness.store.store import segment_folder

_REMEDY = "free some space and try again"


@dataclass(frozen=True, slots=True)
class IdentityStats:
    """What a store holds of one model with its settings."""

    model: str
    identity: str
    answers: int
    errors: int


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What a store holds.

    Attributes:
        segments: number of files.
        answers: stored answers; the same key in two segments counts twice.
        errors: stored error records.
        bytes: size on disk.
        oldest: when the first one was stored.
        newest: when the last one was.
        identities: by who answered, the most answers first.
    """

    segments: int
    answers: int
    errors: int
    bytes: int
    oldest: datetime | None
    newest: datetime | None
    identities: tuple[IdentityStats, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning did.

    Attributes:
        removed: rows that are gone.
        kept: rows of the segments that were rewritten or left as they are.
        skipped: segments that another process may be writing, left alone.
    """

    removed: int
    kept: int
    skipped: tuple[Path, ...]


def stats(store: Path, warn: Warn = log_warning) -> StoreStats:
    """Count what a store holds; a store that does not exist is empty."""
    reader = SegmentReader(warn)
    paths = segments.segments(segment_folder(store))
    with contextlib.closing(reader):
        rows = [summary for path in paths for summary in reader.read(path, segments.summarize) or ()]
    counts: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        counts.setdefault((row.model, row.identity), [0, 0])[row.error] += row.count
    identities = [IdentityStats(*who, answers, errors) for who, (answers, errors) in counts.items()]
    return StoreStats(
        segments=len(paths),
        answers=sum(row.count for row in rows if not row.error),
        errors=sum(row.count for row in rows if row.error),
        bytes=sum(_size(path) for path in paths),
        oldest=_moment(min((row.oldest for row in rows), default=None)),
        newest=_moment(max((row.newest for row in rows), default=None)),
        identities=tuple(sorted(identities, key=lambda i: (-i.answers, i.model, i.identity))),
    )


def prune(
    store: Path,
    *,
    older_than: timedelta | None = None,
    errors: bool = False,
    identity: str | None = None,
    warn: Warn = log_warning,
) -> Pruned:
    """Remove the rows for which everything given holds.

    A segment is never changed: what stays of it goes to a new one, then it is deleted; so a damaged one is mended.

    Args:
        store: the store's folder.
        older_than: rows stored longer ago than this.
        errors: error records only.
        identity: rows of this model, or of identities whose digest begins so (8 digits at least).
        warn: is given one line for each damaged segment.

    Raises:
        UserError: nothing was given.
        StoreError: a segment cannot be rewritten; then it is still there.
    """
    if older_than is None and not errors and identity is None:
        raise UserError("say what to prune: an age, error records, or a model")
    limit = None if older_than is None else time.time() - older_than.total_seconds()

    def goes(row: Row | Summary, created: int) -> bool:
        return (
            (limit is None or created < limit)
            and (not errors or row.error)
            and (identity is None or row.model == identity or row.identity[: max(8, len(identity))] == identity)
        )

    removed = kept = 0
    skipped: list[Path] = []
    reader = SegmentReader(warn)
    with contextlib.closing(reader):
        for path in segments.segments(segment_folder(store)):
            summary = reader.read(path, segments.summarize)
            if summary is None or not any(goes(part, part.oldest) for part in summary):
                kept += sum(part.count for part in summary or ())
            elif segments.in_use(path):
                skipped.append(path)
            else:
                stayed = _rewrite(path, reader, lambda row: not goes(row, row.created))
                removed, kept = removed + sum(part.count for part in summary) - stayed, kept + stayed
    return Pruned(removed, kept, tuple(skipped))


def merge(source: Path, target: Path, warn: Warn = log_warning) -> int:
    """Copy the segments that ``target`` lacks, or has an earlier state of, and return their number.

    Raises:
        StoreError: ``source`` is no store, or ``target`` cannot be written.
    """
    if not segment_folder(source).is_dir():
        raise StoreError(f"'{source}' is not a response store: it has no folder 'segments'")
    files.make_folder(segment_folder(target), _REMEDY)
    reader = SegmentReader(warn)
    copied = 0
    with contextlib.closing(reader):
        for path in segments.segments(segment_folder(source)):
            place = segment_folder(target) / path.name
            length = reader.read(path, segments.length) or 0
            if length > (reader.read(place, segments.length) or 0 if place.exists() else 0):
                _publish(place, partial(_copy, reader, path))
                copied += 1
    return copied


def _copy(reader: SegmentReader, path: Path, temporary: Path) -> None:
    reader.read(path, partial(segments.copy, to=temporary))


def _rewrite(path: Path, reader: SegmentReader, stays: Callable[[Row], bool]) -> int:
    """Put the rows that stay into a new segment, delete the old one and return how many they are."""

    def write(temporary: Path, source: Path) -> int:
        temporary.unlink(missing_ok=True)
        rows = (row for row in segments.rows(source) if stays(row))
        identities: dict[tuple[str, str], int] = {}
        count = 0
        with contextlib.closing(segments.create(temporary)) as connection:
            while batch := list(islice(rows, 2000)):
                segments.append(connection, batch, identities)
                count += len(batch)
            segments.seal(connection)
        return count

    # The time in the name stays, so that the order of segments does; the random end does not: a journal that belongs
    # to the old file must never meet the new one.
    place = path.with_name("-".join([*path.stem.split("-")[:-1], segments.new_name().split("-")[-1]]))
    count = 0

    def fill(temporary: Path) -> None:
        nonlocal count
        count = reader.read(path, partial(write, temporary)) or 0

    _publish(place, fill)
    if not count:
        place.unlink()
    for old in (path, path.with_name(path.name + "-journal")):
        old.unlink(missing_ok=True)
    return count


def _publish(place: Path, fill: Callable[[Path], object]) -> None:
    temporary = files.temporary_beside(place)
    try:
        fill(temporary)
        files.publish(temporary, place)
    except (OSError, sqlite3.Error) as error:
        for left in (temporary, temporary.with_name(temporary.name + "-journal")):
            with contextlib.suppress(OSError):
                left.unlink()
        raise StoreError(f"cannot write the store segment '{place}': {one_line(error)}; {_REMEDY}") from None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
