"""Looking after a store: how large it is, what can go, joining what is in pieces, and taking in another one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from harness.errors import StoreError, UserError
from harness.store import files, segments
from harness.store.reader import SegmentReader, Warn, log_warning
from harness.store.rewrite import REMEDY, publish, rewrite
from harness.store.segments import Row, Summary
from harness.store.store import segment_folder

_SMALL = 32 << 20  # bytes; a larger segment costs more to write anew than it costs to be asked
_SHOWN = 10  # models named in an error


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


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compacting did.

    Attributes:
        joined: segments that are gone.
        made: segments that hold their rows now.
        rows: how many rows those are.
        skipped: small segments that another process may be writing, left alone.
    """

    joined: int
    made: int
    rows: int
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
        UserError: nothing was given, or there is nothing of this model.
        StoreError: a segment cannot be rewritten; then it is still there.
    """
    if older_than is None and not errors and identity is None:
        raise UserError("say what to prune: an age, error records, or a model")
    limit = None if older_than is None else time.time() - older_than.total_seconds()

    def meant(row: Row | Summary) -> bool:
        return identity is None or row.model == identity or row.identity[: max(8, len(identity))] == identity

    def goes(row: Row | Summary, created: int) -> bool:
        return (limit is None or created < limit) and (not errors or row.error) and meant(row)

    removed = kept = 0
    skipped: list[Path] = []
    reader = SegmentReader(warn)
    with contextlib.closing(reader):
        summaries = {
            path: reader.read(path, segments.summarize) or [] for path in segments.segments(segment_folder(store))
        }
        everyone = [part for summary in summaries.values() for part in summary]
        if identity is not None and not any(map(meant, everyone)):
            raise UserError(f"no answers of '{identity}' in the store; {_names(everyone)}")
        for path, summary in summaries.items():
            if not any(goes(part, part.oldest) for part in summary):
                kept += sum(part.count for part in summary)
            elif segments.in_use(path):
                skipped.append(path)
            else:
                stayed = rewrite([path], reader, lambda row: not goes(row, row.created))
                removed, kept = removed + sum(part.count for part in summary) - stayed, kept + stayed
    return Pruned(removed, kept, tuple(skipped))


def compact(store: Path, warn: Warn = log_warning) -> Compacted:
    """Join small segments that are neighbours in time into one each: what a lookup asks becomes fewer.

    Only neighbours, because among answers to the same question the youngest segment's wins.

    Raises:
        StoreError: a segment cannot be written; then the old ones are still there.
    """
    joined = made = rows = 0
    skipped: list[Path] = []
    reader = SegmentReader(warn)

    def joins(path: Path) -> bool:
        if _size(path) >= _SMALL or reader.read(path, segments.length) is None:
            return False
        if segments.in_use(path):
            skipped.append(path)
            return False
        return True

    with contextlib.closing(reader):
        for small, group in groupby(reversed(segments.segments(segment_folder(store))), joins):
            paths = list(group)
            if small and len(paths) > 1:
                count = rewrite(paths, reader)
                joined, made, rows = joined + len(paths), made + bool(count), rows + count
    return Compacted(joined, made, rows, tuple(skipped))


def merge(source: Path, target: Path, warn: Warn = log_warning) -> int:
    """Copy the segments that ``target`` lacks, or has an earlier state of, and return their number.

    Raises:
        StoreError: ``source`` is no store, or ``target`` cannot be written.
    """
    if not segment_folder(source).is_dir():
        raise StoreError(f"'{source}' is not a response store: it has no folder 'segments'")
    files.make_folder(segment_folder(target), REMEDY)
    reader = SegmentReader(warn)
    copied = 0
    with contextlib.closing(reader):
        for path in segments.segments(segment_folder(source)):
            place = segment_folder(target) / path.name
            length = reader.read(path, segments.length) or 0
            if length > (reader.read(place, segments.length) or 0 if place.exists() else 0):
                publish(place, partial(_copy, reader, path))
                copied += 1
    return copied


def _copy(reader: SegmentReader, path: Path, temporary: Path) -> None:
    reader.read(path, partial(segments.copy, to=temporary))


def _names(parts: Iterable[Summary]) -> str:
    """Say who answered: the names, and the digits that tell settings of one model apart."""
    names = sorted({f"{part.model} ({part.identity[:8]})".strip() for part in parts})
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return f"it has: {', '.join([*names[:_SHOWN], *more])}" if names else "it is empty"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
