"""Segments made of other segments: a segment is never changed, another one takes its place."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from harness.errors import StoreError, one_line
from harness.store import files, segments
from harness.store.reader import SegmentReader
from harness.store.segments import Row

REMEDY = "free some space and try again"
_BATCH = 2000  # rows a commit


def rewrite(paths: Sequence[Path], reader: SegmentReader, stays: Callable[[Row], bool] = lambda row: True) -> int:
    """Put the rows that stay into one new segment, delete the old ones and return how many rows they are.

    Args:
        paths: neighbours in the store, the oldest first; the new segment takes the youngest's place among the others.
        reader: reads them; what is damaged is mended by this.
        stays: says which rows are kept.

    Raises:
        StoreError: the new segment cannot be written; then the old ones are all there.
    """
    # The time in the name stays, so that the order of segments does; the random end does not: a journal that belongs
    # to the old file must never meet the new one.
    place = paths[-1].with_name("-".join([*paths[-1].stem.split("-")[:-1], segments.new_name().split("-")[-1]]))
    count = 0
    taken: list[Path] = []

    def fill(temporary: Path) -> None:
        nonlocal count
        with contextlib.closing(segments.create(temporary)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # the whole file is synchronised before it gets its name
            identities: dict[tuple[str, str], int] = {}
            for path in paths:
                added = reader.read(path, partial(_add, connection, identities, count, stays))
                if added is not None:
                    count += added
                    taken.append(path)
            segments.seal(connection)

    publish(place, fill)
    if not count:
        place.unlink()
    for path in taken:
        for old in (path, path.with_name(path.name + "-journal")):
            old.unlink(missing_ok=True)
    return count


def publish(place: Path, fill: Callable[[Path], object]) -> None:
    """Let ``fill`` write a segment and give it its name when it is complete.

    Raises:
        StoreError: it cannot be written; nothing is left of it.
    """
    temporary = files.temporary_beside(place)
    try:
        fill(temporary)
        files.publish(temporary, place)
    except (OSError, sqlite3.Error) as error:
        for left in (temporary, temporary.with_name(temporary.name + "-journal")):
            with contextlib.suppress(OSError):
                left.unlink()
        raise StoreError(f"cannot write the store segment '{place}': {one_line(error)}; {REMEDY}") from None


def _add(
    connection: sqlite3.Connection,
    identities: dict[tuple[str, str], int],
    before: int,
    stays: Callable[[Row], bool],
    source: Path,
) -> int:
    """Append the rows of ``source`` that stay to a segment that has ``before`` rows, and return their number."""
    segments.cut(connection, before)  # where damage showed halfway, this is the second try, with what was recovered
    rows = (row for row in segments.rows(source) if stays(row))
    count = 0
    while batch := list(islice(rows, _BATCH)):
        segments.append(connection, batch, identities)
        count += len(batch)
    return count
