"""The store among processes: killed, crowded, out of space."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store import segments, upkeep
from harness.store.store import ResponseStore
from tests.store.conftest import Child
from tests.store.support import IDENTITY, answer, key_of

FAST_WRITER = """
    import sys
    from pathlib import Path
    from tests.store.support import IDENTITY, answer, key_of
    from harness.store.store import ResponseStore

    store = ResponseStore(Path(sys.argv[1]))
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        store.put(key_of(number), answer(number), IDENTITY)
        if number % 50 == 49:
            store.flush()
            print(number + 1, flush=True)
    store.close()
    print("closed", flush=True)
"""


@pytest.mark.parametrize("lines", [1, 3, 7, 20, 40])
def test_a_killed_writer_loses_nothing_that_was_flushed(
    tmp_path: Path, child: Child, warnings: list[str], lines: int
) -> None:
    writer = child(FAST_WRITER, tmp_path, 0, 10**9)
    assert writer.stdout is not None
    flushed = 0
    for _ in range(lines):
        flushed = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.communicate()[0].split()
    flushed = int(rest[-1]) if rest else flushed
    found = ResponseStore(tmp_path, warnings.append).lookup(map(key_of, range(flushed + 500)), IDENTITY)
    assert found.keys() >= {key_of(n) for n in range(flushed)}
    assert all(found.get(key_of(n), answer(n)) == answer(n) for n in range(flushed + 500))
    assert warnings == []


def test_a_killed_writer_loses_nothing_older_than_a_moment(tmp_path: Path, child: Child) -> None:
    writer = child(
        """
        import sys, time
        from pathlib import Path
        from tests.store.support import IDENTITY, answer, key_of
        from harness.store.store import ResponseStore

        store = ResponseStore(Path(sys.argv[1]))
        for number in range(40):  # a batch comes at once, and then nothing for long
            store.put(key_of(number), answer(number), IDENTITY)
        print("put", flush=True)
        time.sleep(60)
        """,
        tmp_path,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "put\n"
    time.sleep(0.5)
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert len(ResponseStore(tmp_path).lookup(map(key_of, range(40)), IDENTITY)) == 40


def test_two_writers_and_a_reader_at_once(tmp_path: Path, child: Child, warnings: list[str]) -> None:
    writers = [child(FAST_WRITER, tmp_path, start, start + 4000) for start in (0, 4000)]
    reader = ResponseStore(tmp_path, warnings.append)
    keys = [key_of(n) for n in range(8000)]
    seen, slowest = [0], 0.0
    while any(writer.poll() is None for writer in writers):
        began = time.monotonic()
        seen.append(len(reader.lookup(keys, IDENTITY)))
        slowest = max(slowest, time.monotonic() - began)
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert seen == sorted(seen)
    assert slowest < 5
    assert reader.lookup(keys, IDENTITY) == {key_of(n): answer(n) for n in range(8000)}
    assert len(list((tmp_path / "segments").glob("*.sqlite"))) == 2
    assert warnings == []


def test_a_full_disk_is_one_line_and_keeps_what_was_flushed(tmp_path: Path, child: Child, warnings: list[str]) -> None:
    process = child(
        """
        import resource, sys
        from pathlib import Path
        from tests.store.support import IDENTITY, answer, key_of
        from harness.errors import StoreError
        from harness.store.store import ResponseStore

        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))  # files cannot grow beyond it
        flushed = 0
        try:
            with ResponseStore(Path(sys.argv[1])) as store:
                for number in range(100_000):
                    store.put(key_of(number), answer(number), IDENTITY)
                    if number % 50 == 49:
                        store.flush()
                        flushed = number + 1
        except StoreError as error:
            print(error, flush=True)
        print(flushed, flush=True)
        """,
        tmp_path,
    )
    output, errors = process.communicate(timeout=60)
    assert errors == ""
    message, flushed = output.splitlines()  # one line, then the count
    assert "the disk is full" in message
    assert "run again" in message
    assert int(flushed) > 100
    assert f"{int(flushed):,} answers are saved and 50 are not" in message
    found = ResponseStore(tmp_path, warnings.append).lookup(map(key_of, range(int(flushed))), IDENTITY)
    assert len(found) == int(flushed)
    assert warnings == []


@pytest.fixture
def crowded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ResponseStore]:
    """A store whose disk refuses every commit until ``free`` is set."""
    append = segments.append

    def refuse(*arguments: object) -> None:
        if not (tmp_path / "free").exists():
            raise sqlite3.OperationalError("database or disk is full")
        append(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(segments, "append", refuse)
    return ResponseStore(tmp_path)


def test_space_made_before_closing_saves_the_rest(tmp_path: Path, crowded: ResponseStore) -> None:
    crowded.put(key_of(1), answer(1), IDENTITY)
    with pytest.raises(StoreError, match="0 answers are saved and 1 are not"):
        crowded.flush()
    with pytest.raises(StoreError):
        crowded.put(key_of(2), answer(2), IDENTITY)
    (tmp_path / "free").touch()
    crowded.close()
    assert ResponseStore(tmp_path).lookup([key_of(1), key_of(2)], IDENTITY) == {key_of(1): answer(1)}


def use(store: ResponseStore, error: Exception | None) -> None:
    with store:
        store.put(key_of(1), answer(1), IDENTITY)
        if error is not None:
            raise error


def test_an_error_of_the_caller_is_told_before_a_full_disk(crowded: ResponseStore) -> None:
    with pytest.raises(RuntimeError, match="the first"):
        use(crowded, RuntimeError("the first"))


def test_closing_tells_of_a_full_disk_if_nothing_else_has(crowded: ResponseStore) -> None:
    with pytest.raises(StoreError, match="disk is full"):
        use(crowded, None)


def test_a_failure_is_told_once_and_reading_goes_on(tmp_path: Path, crowded: ResponseStore) -> None:
    (tmp_path / "free").touch()
    with crowded:
        crowded.put(key_of(1), answer(1), IDENTITY)
        crowded.flush()
        (tmp_path / "free").unlink()
        crowded.put(key_of(2), answer(2), IDENTITY)
        with pytest.raises(StoreError, match="1 answers are saved and 1 are not"):
            crowded.flush()
        assert crowded.lookup([key_of(1), key_of(2)], IDENTITY) == {key_of(1): answer(1)}


def test_whatever_stops_the_writing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    store = ResponseStore(tmp_path)
    monkeypatch.setattr(segments, "append", fail)
    store.put(key_of(1), answer(1), IDENTITY)
    with pytest.raises(StoreError, match="unforeseen; 0 answers are saved and 1 are not"):
        store.flush()
    store.close()


def test_a_segment_that_cannot_be_sealed_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(segments, "seal", fail)
    use(ResponseStore(tmp_path), None)
    assert ResponseStore(tmp_path).lookup([key_of(1)], IDENTITY) == {key_of(1): answer(1)}


def test_a_segment_that_is_written_is_known_as_such(tmp_path: Path) -> None:
    with ResponseStore(tmp_path) as store:
        store.put(key_of(1), answer(1), IDENTITY)
        store.flush()
        assert upkeep.prune(tmp_path, identity=IDENTITY).skipped
    assert not upkeep.prune(tmp_path, identity=IDENTITY).skipped
