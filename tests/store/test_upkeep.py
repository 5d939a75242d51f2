from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.errors import StoreError, UserError
from harness.store import files, rewrite, segments, upkeep
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Response
from tests.store.support import IDENTITY, answer, key_of, only_segment

OTHER = "0f" * 32
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two models: twenty answers and five errors of one, three answers of the other."""
    folder = tmp_path / "store"
    with ResponseStore(folder) as opened:
        for number in range(20):
            opened.put(key_of(number), answer(number), IDENTITY, "small")
        for number in range(20, 25):
            opened.put(key_of(number), Response.failed(ErrorKind.UNAVAILABLE, "503"), IDENTITY, "small")
    with ResponseStore(folder) as opened:
        for number in range(30, 33):
            opened.put(key_of(number), answer(number), OTHER, "large")
    return folder


def age(store: Path, days: float, numbers: range) -> None:
    """Make some rows older than they are."""
    for path in (store / "segments").iterdir():
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executemany(
                "UPDATE answers SET created = created - ? WHERE key = ?",
                [(int(days * 86400), bytes.fromhex(key_of(n))) for n in numbers],
            )


def held(store: Path) -> set[int]:
    with ResponseStore(store) as opened:
        found = [opened.lookup(map(key_of, range(40)), identity) for identity in (IDENTITY, OTHER)]
    return {n for n in range(40) if any(key_of(n) in some for some in found)}


def test_stats(store: Path) -> None:
    stats = upkeep.stats(store)
    assert (stats.segments, stats.answers, stats.errors) == (2, 23, 5)
    assert stats.bytes == sum(p.stat().st_size for p in (store / "segments").iterdir())
    assert stats.oldest is not None
    assert stats.newest is not None
    assert datetime.now(UTC) - timedelta(minutes=5) < stats.oldest <= stats.newest <= datetime.now(UTC)
    assert stats.identities == (
        upkeep.IdentityStats("small", IDENTITY, 20, 5),
        upkeep.IdentityStats("large", OTHER, 3, 0),
    )


def test_stats_of_nothing(tmp_path: Path) -> None:
    assert upkeep.stats(tmp_path / "nowhere") == upkeep.StoreStats(0, 0, 0, 0, None, None, ())


def test_prune_errors(store: Path) -> None:
    pruned = upkeep.prune(store, errors=True)
    assert (pruned.removed, pruned.kept, pruned.skipped) == (5, 23, ())
    assert held(store) == {*range(20), *range(30, 33)}


@pytest.mark.parametrize("identity", ["large", OTHER, OTHER[:8]])
def test_prune_a_model(store: Path, identity: str) -> None:
    assert upkeep.prune(store, identity=identity).removed == 3
    assert held(store) == set(range(25))
    assert only_segment(store)  # a segment that is left empty goes


@pytest.mark.parametrize("identity", ["medium", "", "0", OTHER[:7]])  # digits must be eight
def test_a_model_that_is_not_there(store: Path, identity: str) -> None:
    with pytest.raises(UserError) as caught:
        upkeep.prune(store, errors=True, identity=identity)
    assert str(caught.value) == (
        f"no answers of '{identity}' in the store; it has: large ({OTHER[:8]}), small ({IDENTITY[:8]})"
    )
    assert len(held(store)) == 28


def test_no_model_is_in_an_empty_store(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no answers of 'small' in the store; it is empty"):
        upkeep.prune(tmp_path, identity="small")


def test_prune_by_age(store: Path) -> None:
    age(store, 10, range(0, 8))
    assert upkeep.prune(store, older_than=11 * DAY).removed == 0
    assert upkeep.prune(store, older_than=9 * DAY).removed == 8
    assert held(store) == {*range(8, 25), *range(30, 33)}


def test_what_is_given_must_all_hold(store: Path) -> None:
    age(store, 10, range(15, 22))
    assert upkeep.prune(store, older_than=DAY, errors=True, identity="small").removed == 2
    assert held(store) == {*range(20), *range(22, 25), *range(30, 33)}


def test_pruning_needs_a_reason(store: Path) -> None:
    with pytest.raises(UserError, match="say what to prune"):
        upkeep.prune(store)


def test_the_order_of_segments_survives_pruning(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with ResponseStore(tmp_path) as opened:
            opened.put(key_of(1), Response(text=text), IDENTITY)
            opened.put(key_of(2), Response.failed(ErrorKind.UNAVAILABLE, "503"), IDENTITY)
    assert upkeep.prune(tmp_path, errors=True).removed == 2
    assert ResponseStore(tmp_path).lookup([key_of(1)], IDENTITY)[key_of(1)].text == "new"


def test_a_killed_writers_segment_is_pruned_a_day_later(store: Path) -> None:
    for path in (store / "segments").iterdir():
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 0")
    assert len(upkeep.prune(store, errors=True).skipped) == 1
    for path in (store / "segments").iterdir():
        os.utime(path, (0, 0))
    assert upkeep.prune(store, errors=True).removed == 5


def test_pruning_mends_a_damaged_segment(store: Path, warnings: list[str]) -> None:
    for path in (store / "segments").iterdir():
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 4096)  # the last page: the names of the models
    assert upkeep.prune(store, errors=True, warn=warnings.append).removed == 5
    assert len(warnings) == 2
    assert held(store) == {*range(20), *range(30, 33)}
    warnings.clear()
    upkeep.stats(store, warnings.append)
    assert len(warnings) == 1


def names(store: Path) -> list[str]:
    return sorted(path.name for path in (store / "segments").iterdir())


def test_compacting_joins_segments_and_loses_nothing(store: Path) -> None:
    before = upkeep.stats(store)
    assert upkeep.compact(store) == upkeep.Compacted(joined=2, made=1, rows=28, skipped=())
    after = upkeep.stats(store)
    assert (after.segments, after.answers, after.errors) == (1, before.answers, before.errors)
    assert (after.identities, after.oldest) == (before.identities, before.oldest)
    assert held(store) == {*range(25), *range(30, 33)}
    assert upkeep.compact(store) == upkeep.Compacted(joined=0, made=0, rows=0, skipped=())


def test_the_youngest_answer_wins_after_compacting(tmp_path: Path) -> None:
    for text in ("oldest", "old", "young"):
        with ResponseStore(tmp_path) as opened:
            opened.put(key_of(1), Response(text=text), IDENTITY)
    youngest = names(tmp_path)[-1]
    assert upkeep.compact(tmp_path).made == 1
    assert ResponseStore(tmp_path).lookup([key_of(1)], IDENTITY)[key_of(1)].text == "young"
    assert only_segment(tmp_path).name[:23] == youngest[:23]  # the time


def test_only_neighbours_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, rows in enumerate((1, 1, 300, 1, 1)):
        with ResponseStore(tmp_path) as opened:
            for number in range(rows):
                opened.put(key_of(number), Response(text=f"segment {place}"), IDENTITY)
    before = names(tmp_path)
    monkeypatch.setattr(upkeep, "_SMALL", 32 << 10)  # bytes; the one in the middle is larger
    assert upkeep.compact(tmp_path) == upkeep.Compacted(joined=4, made=2, rows=4, skipped=())
    assert [name[:23] for name in names(tmp_path)] == [before[place][:23] for place in (1, 2, 4)]
    assert ResponseStore(tmp_path).lookup([key_of(0)], IDENTITY)[key_of(0)].text == "segment 4"


def test_compacting_leaves_a_living_writer_alone(store: Path) -> None:
    with ResponseStore(store) as opened:
        opened.put(key_of(39), answer(39), IDENTITY)
        opened.flush()
        compacted = upkeep.compact(store)
        assert (compacted.joined, len(compacted.skipped)) == (2, 1)
        opened.put(key_of(38), answer(38), IDENTITY)
    assert held(store) == {*range(25), *range(30, 33), 38, 39}


def test_compacting_mends_what_is_damaged_and_leaves_what_is_newer(store: Path, warnings: list[str]) -> None:
    first, second = sorted((store / "segments").iterdir())
    newer = second.with_name("29990101T000000Z-host-1-00000000.sqlite")
    content = bytearray(second.read_bytes())
    content[71] = 99
    newer.write_bytes(content)
    with first.open("r+b") as file:
        file.truncate(first.stat().st_size - 4096)
    assert upkeep.compact(store, warnings.append) == upkeep.Compacted(joined=2, made=1, rows=28, skipped=())
    assert newer.read_bytes() == content
    assert [path.name in warning for path, warning in zip((first, newer), warnings, strict=True)] == [True, True]
    assert held(store) == {*range(25), *range(30, 33)}


def test_rows_that_show_damage_halfway_are_joined_once(
    store: Path, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    monkeypatch.setattr(rewrite, "_BATCH", 5)
    whole = segments.rows

    def broken(path: Path, batch: int = 2000) -> Iterator[segments.Row]:
        for place, row in enumerate(whole(path, batch)):
            if place == 12 and path.parent.parent == store:
                raise sqlite3.DatabaseError("database disk image is malformed")
            yield row

    monkeypatch.setattr(segments, "rows", broken)
    assert upkeep.compact(store, warnings.append).rows == 28
    assert upkeep.stats(store).answers == 23


def test_a_full_disk_leaves_the_old_segments(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    before = names(store)
    monkeypatch.setattr(files, "sync", full)
    with pytest.raises(StoreError, match="No space left on device; free some space"):
        upkeep.compact(store)
    assert names(store) == before


def test_merging_copies_each_segment_once(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    with ResponseStore(target) as opened:
        opened.put(key_of(39), answer(39), IDENTITY)
    assert upkeep.merge(store, target) == 2
    assert held(target) == {*range(25), *range(30, 33), 39}
    assert upkeep.merge(store, target) == 0
    assert held(store) == {*range(25), *range(30, 33)}


def test_merging_takes_in_what_a_living_writer_has_added(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    with ResponseStore(source) as opened:
        for number in range(3):
            opened.put(key_of(number), answer(number), IDENTITY)
            opened.flush()
            assert upkeep.merge(source, target) == 1
            assert held(target) == set(range(number + 1))
    assert len(list((target / "segments").iterdir())) == 1


def test_merging_saves_what_is_readable_of_a_damaged_segment(store: Path, tmp_path: Path, warnings: list[str]) -> None:
    (store / "segments" / "29990101T000000Z-host-1-00000000.sqlite").write_bytes(b"garbage" * 99)
    assert upkeep.merge(store, tmp_path / "target", warnings.append) == 2
    assert held(tmp_path / "target") == held(store)
    assert len(warnings) == 1


def test_merging_from_or_to_what_is_no_store(store: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a response store"):
        upkeep.merge(tmp_path, store)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"not a directory|file exists"):
        upkeep.merge(store, tmp_path / "file")
