from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from harness.store import segments
from harness.store.store import ResponseStore
from tests.store.support import IDENTITY, answer, key_of, only_segment

COUNT = 3000
KEYS = [key_of(n) for n in range(COUNT)]


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    with ResponseStore(tmp_path) as store:
        for number in range(COUNT):
            store.put(KEYS[number], answer(number), IDENTITY)
    return only_segment(tmp_path)


def found(store: Path, warnings: list[str]) -> set[int]:
    """Look all keys up twice; whatever is found must be right, the file unchanged, the warning given once."""
    files = {p: p.read_bytes() for p in (store / "segments").iterdir()}
    with ResponseStore(store, warnings.append) as opened:
        answers = opened.lookup(KEYS, IDENTITY)
        assert opened.lookup(KEYS, IDENTITY) == answers
    assert all(answers[key] == answer(KEYS.index(key)) for key in answers)
    assert {p: p.read_bytes() for p in (store / "segments").iterdir()} == files
    assert all("\n" not in warning for warning in warnings)
    return {KEYS.index(key) for key in answers}


def test_a_segment_cut_to_60_percent(tmp_path: Path, segment: Path, warnings: list[str]) -> None:
    size = segment.stat().st_size
    with segment.open("r+b") as file:
        file.truncate(int(size * 0.6))
    kept = found(tmp_path, warnings)
    assert len(kept) > 0.5 * COUNT
    assert kept >= set(range(COUNT // 2))  # rows are in the order written, so the beginning is whole
    (warning,) = warnings
    assert segment.name in warning
    assert f"{len(kept):,} answers were saved" in warning


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_hole_in_the_middle_costs_about_its_size(
    tmp_path: Path, segment: Path, warnings: list[str], share: float
) -> None:
    size = segment.stat().st_size
    with segment.open("r+b") as file:
        file.seek(int(size * share))
        file.write(b"\xa5" * 20_000)
    kept = found(tmp_path, warnings)
    assert COUNT - len(kept) < 600  # 20,000 of 650,000 bytes are about 90 rows or their index
    assert len(warnings) == 1


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000, b"x", b""])
def test_garbage_is_left_out(tmp_path: Path, segment: Path, warnings: list[str], content: bytes) -> None:
    garbage = segment.with_name("29990101T000000Z-host-1-00000000.sqlite")
    garbage.write_bytes(content)
    assert len(found(tmp_path, warnings)) == COUNT
    (warning,) = warnings
    assert garbage.name in warning


def test_a_database_of_something_else_is_left_out(tmp_path: Path, segment: Path, warnings: list[str]) -> None:
    other = sqlite3.connect(segment.with_name("29990101T000000Z-host-1-00000000.sqlite"))
    other.execute("CREATE TABLE notes (text)")
    other.close()
    assert len(found(tmp_path, warnings)) == COUNT
    assert len(warnings) == 1


def test_a_commit_cut_off_in_the_middle_is_undone_in_a_copy(tmp_path: Path, segment: Path, warnings: list[str]) -> None:
    writer = sqlite3.connect(segment, isolation_level=None)
    writer.execute("PRAGMA cache_size = 10")  # so that SQLite writes changed pages before the commit
    writer.execute("BEGIN")
    writer.execute("UPDATE answers SET payload = zeroblob(100)")
    journal = segment.with_name(segment.name + "-journal")
    assert journal.stat().st_size > 0
    killed = tmp_path / "killed" / "segments"
    killed.mkdir(parents=True)
    for file in (segment, journal):  # what a killed process leaves
        shutil.copyfile(file, killed / file.name)
    writer.execute("ROLLBACK")
    writer.close()
    assert (killed / segment.name).read_bytes() != segment.read_bytes()
    assert len(found(killed.parent, warnings)) == COUNT
    assert warnings == []


def test_a_segment_without_the_names_may_be_anybodys(tmp_path: Path, segment: Path, warnings: list[str]) -> None:
    names = bytes.fromhex(IDENTITY).hex().encode()
    content = segment.read_bytes()
    page = content.index(names) // 4096 * 4096
    segment.write_bytes(content[:page] + b"\xa5" * 4096 + content[page + 4096 :])
    assert found(tmp_path, warnings) == set(range(COUNT))
    assert len(warnings) == 1


@pytest.mark.parametrize("length", [1.0, 0.6])
def test_a_newer_format_is_refused_even_when_damaged(
    tmp_path: Path, segment: Path, warnings: list[str], length: float
) -> None:
    content = bytearray(segment.read_bytes())
    assert content[68:72] == b"HRN\x01"  # where SQLite's file format has the application's id
    content[71] = 2
    newer = segment.with_name("29990101T000000Z-host-1-00000000.sqlite")
    newer.write_bytes(content[: int(len(content) * length)])
    segment.unlink()
    assert found(tmp_path, warnings) == set()
    (warning,) = warnings
    assert warning.endswith("was written by a newer Harness (format 2, this one reads 1); it is left alone")


def test_one_flipped_bit_costs_one_answer(tmp_path: Path, segment: Path, warnings: list[str]) -> None:
    content = segment.read_bytes()
    segment.write_bytes(content.replace(b"The answer is 1234.", b"The answer is 1235."))
    assert found(tmp_path, warnings) == set(range(COUNT)) - {1234}
    (warning,) = warnings
    assert "asked again" in warning


def test_a_segment_that_vanishes_is_no_damage(tmp_path: Path, segment: Path, warnings: list[str]) -> None:
    store = ResponseStore(tmp_path, warnings.append)
    segment.unlink()
    assert store.lookup(KEYS, IDENTITY) == {}
    listed = segments.segments(tmp_path / "segments")
    assert listed == []
    assert store._reader.read(segment, segments.summarize) is None
    assert warnings == []
