from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store.store import ResponseStore, default_store_folder
from harness.values import ErrorKind, Response
from tests.store.support import IDENTITY, answer, key_of, only_segment


def fill(store: Path, numbers: range) -> None:
    with ResponseStore(store) as opened:
        for number in numbers:
            opened.put(key_of(number), answer(number), IDENTITY, "model")


def test_what_was_put_is_found_by_another_process_and_by_this_one(tmp_path: Path) -> None:
    with ResponseStore(tmp_path) as store:
        store.put(key_of(1), answer(1), IDENTITY)
        assert store.lookup([key_of(1), key_of(2)], IDENTITY) == {key_of(1): answer(1)}
    assert ResponseStore(tmp_path).lookup(iter([key_of(2), key_of(1)]), IDENTITY) == {key_of(1): answer(1)}


def test_looking_up_creates_nothing(tmp_path: Path) -> None:
    with ResponseStore(tmp_path / "store") as store:
        assert store.lookup([key_of(1)], IDENTITY) == {}
        store.flush()
    assert not (tmp_path / "store").exists()


def test_a_store_prepared_for_nothing_leaves_no_segment(tmp_path: Path) -> None:
    with ResponseStore(tmp_path) as store:
        store.prepare()
    assert list((tmp_path / "segments").iterdir()) == []


def test_closing_leaves_one_file_and_no_journal(tmp_path: Path) -> None:
    fill(tmp_path, range(10))
    assert [p.suffix for p in (tmp_path / "segments").iterdir()] == [".sqlite"]


def test_the_younger_answer_wins(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with ResponseStore(tmp_path) as store:
            store.put(key_of(1), Response(text=text + " draft"), IDENTITY)
            store.put(key_of(1), Response(text=text), IDENTITY)
    assert ResponseStore(tmp_path).lookup([key_of(1)], IDENTITY)[key_of(1)].text == "second"


def test_an_answer_wins_over_errors_before_and_after_it(tmp_path: Path) -> None:
    error = Response.failed(ErrorKind.UNAVAILABLE, "503")
    for response in (error, answer(1), error):
        with ResponseStore(tmp_path) as store:
            store.put(key_of(1), response, IDENTITY)
            store.put(key_of(2), error, IDENTITY)
    with ResponseStore(tmp_path) as store:
        store.put(key_of(3), answer(3), IDENTITY)
        store.put(key_of(3), error, IDENTITY)
        found = store.lookup(map(key_of, (1, 2, 3)), IDENTITY)
    assert found == {key_of(1): answer(1), key_of(2): error, key_of(3): answer(3)}


@pytest.mark.slow
def test_twelve_thousand_keys_among_a_hundred_thousand(tmp_path: Path) -> None:
    for start in range(0, 100_000, 25_000):
        fill(tmp_path, range(start, start + 25_000))
    wanted = random.Random(5).sample(range(120_000), 12_032)
    began = time.process_time()
    found = ResponseStore(tmp_path).lookup(map(key_of, wanted), IDENTITY)
    spent = time.process_time() - began
    assert found == {key_of(n): answer(n) for n in wanted if n < 100_000}
    assert spent < 3  # seconds; it takes 0.3 on an idle machine


@pytest.mark.parametrize(("identity", "expected"), [(IDENTITY, range(600)), ("0f" * 32, [601])])
def test_fifty_thousand_keys_in_sixty_segments(tmp_path: Path, identity: str, expected: Sequence[int]) -> None:
    for start in range(0, 600, 10):
        fill(tmp_path, range(start, start + 10))
    with ResponseStore(tmp_path) as store:
        store.put(key_of(601), answer(601), "0f" * 32)
    keys = list(map(key_of, range(50_000)))
    began = time.process_time()
    found = ResponseStore(tmp_path).lookup(keys, identity)
    spent = time.process_time() - began
    assert found == {key_of(n): answer(n) for n in expected}
    assert spent < 2  # seconds; it takes 0.2 on an idle machine, and five when each segment is searched for each key


def test_secrets_in_an_error_are_not_kept(tmp_path: Path) -> None:
    with ResponseStore(tmp_path) as store:
        store.put(key_of(1), Response.failed(ErrorKind.REFUSED, "Incorrect API key: sk-canary0123456789"), IDENTITY)
    assert b"canary" not in only_segment(tmp_path).read_bytes()
    error = ResponseStore(tmp_path).lookup([key_of(1)], IDENTITY)[key_of(1)].error
    assert error is not None
    assert error.message == "Incorrect API key: ***"


ACTS: dict[str, Callable[[ResponseStore], object]] = {
    "prepare": lambda store: store.prepare(),
    "put": lambda store: store.put(key_of(1), answer(1), IDENTITY),
    "lookup": lambda store: store.lookup([key_of(1)], IDENTITY),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_store_that_cannot_be_is_one_line(tmp_path: Path, act: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        ACTS[act](ResponseStore(tmp_path / "file" / "store"))
    message = str(caught.value)
    assert "\n" not in message
    assert "not a directory" in message
    assert "HARNESS_STORE" in message


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    store = ResponseStore(tmp_path)
    store.put(key_of(1), answer(1), IDENTITY)
    store.close()
    store.close()
    assert ResponseStore(tmp_path).lookup([key_of(1)], IDENTITY)


def test_the_place_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_STORE", raising=False)
    assert default_store_folder() == tmp_path / ".harness" / "store"
    monkeypatch.setenv("HARNESS_STORE", "~/answers")
    assert default_store_folder() == Path.home() / "answers"
