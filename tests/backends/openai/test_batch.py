"""Texts by the batch interface: sent in files, come back to, and never counted as answered when they are not."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.backends.openai import OpenAIBackend
from harness.backends.openai.batch_state import BatchFolder, Remembered
from harness.errors import BackendError
from harness.values import ErrorKind, Option, Request
from tests.backends.openai.conftest import FakeTime, ask, say
from tests.support.fake_openai_batches import FakeBatches

REQUESTS = [say(str(number)) for number in range(9)]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where batches are remembered."""
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    return tmp_path / "batches"


@pytest.fixture
def server() -> Iterator[FakeBatches]:
    with FakeBatches() as running:
        yield running


def _backend(server: FakeBatches, **options: Any) -> OpenAIBackend:
    return OpenAIBackend("m", base_url=server.url, batch=True, **options)


def _remembered(folder: Path) -> list[Path]:
    return list(folder.glob("*/*.json"))


def test_all_but_one_go_in_a_batch(server: FakeBatches, time: FakeTime, folder: Path) -> None:
    responses = ask(_backend(server, body={"top_k": 5}), *REQUESTS)
    assert [response.text for response in responses] == [f"echo: {number}" for number in range(9)]
    assert all((r.finish, r.prompt_tokens, r.completion_tokens) == ("stop", 4, 2) for r in responses)
    assert len(server.direct) == 1
    (batch,) = server.batches
    assert server.batches[batch]["endpoint"] == "/v1/chat/completions"
    lines = server.lines(batch)
    assert [line["body"]["messages"][0]["content"] for line in lines] == list("12345678")
    assert {line["method"] + line["url"] for line in lines} == {"POST/v1/chat/completions"}
    assert lines[0]["body"]["top_k"] == 5
    assert lines[0]["body"]["max_tokens"] == 256
    assert time.pauses == [5.0]
    assert _remembered(folder) == []


def test_by_responses(server: FakeBatches, time: FakeTime) -> None:
    responses = ask(_backend(server, endpoint="responses"), *REQUESTS)
    assert [response.text for response in responses] == [f"echo: {number}" for number in range(9)]
    assert server.batches["batch-0"]["endpoint"] == "/v1/responses"


def test_stop_strings_are_cut_here_too(server: FakeBatches, time: FakeTime) -> None:
    one, two = ask(_backend(server), say("a"), say("b. c", stop=(".",)))
    assert (one.text, two.text) == ("echo: a", "echo: b")


def test_files_are_no_larger_than_a_batch_may_be(
    server: FakeBatches, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.backends.openai.batch_file.MOST_REQUESTS", 3)
    responses = ask(_backend(server), *REQUESTS)
    assert all(response.text for response in responses)
    assert [len(server.lines(batch)) for batch in server.batches] == [3, 3, 2]
    monkeypatch.setattr("harness.backends.openai.batch_file.MOST_BYTES", 500)
    ask(_backend(server), *REQUESTS)
    small = list(server.batches.values())[3:]
    assert [len(server.lines(batch["id"])) for batch in small] == [2, 2, 2, 2]
    assert all(len(server.files[batch["input_file_id"]]) <= 500 for batch in small)


def test_the_same_request_twice_is_sent_once(server: FakeBatches, time: FakeTime) -> None:
    assert [r.text for r in ask(_backend(server), say("a"), say("b"), say("b"))] == ["echo: a", "echo: b", "echo: b"]
    assert len(server.lines("batch-0")) == 1


def test_a_run_that_is_stopped_is_come_back_to(
    server: FakeBatches, time: FakeTime, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.status = "in_progress"
    answers = _backend(server).answer(REQUESTS)
    assert next(answers)[1].text == "echo: 0"
    answers.close()
    assert not server.batches  # nothing had been sent yet
    answers = _backend(server).answer(REQUESTS[:5])
    next(answers)
    _interrupt(answers, server)
    assert "batches at work on the server: 1; run the same again to come back to them" in caplog.text
    assert len(_remembered(folder)) == 1
    server.status = "completed"
    # The next run asks other things too; what is under way is not sent again.
    responses = ask(_backend(server), *REQUESTS[1:])
    assert [response.text for response in responses] == [f"echo: {number}" for number in range(1, 9)]
    assert [len(server.lines(batch)) for batch in server.batches] == [4, 3]
    assert _remembered(folder) == []


def _interrupt(answers: Iterator[Any], server: FakeBatches) -> None:
    """Press Ctrl-C while the batch is waited for."""

    def press() -> None:
        while not server.batches or server.batches["batch-0"]["polls"] > -3:
            threading.Event().wait(0.01)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        next(answers)
    thread.join()


def test_a_run_that_was_killed_while_sending_finds_its_batch(server: FakeBatches, time: FakeTime, folder: Path) -> None:
    server.status = "in_progress"
    backend = _backend(server)
    answers = backend.answer(REQUESTS)
    next(answers)
    _interrupt(answers, server)
    place = BatchFolder(_remembered(folder)[0].parent)
    (state,) = place
    place.save(Remembered(state.tag, None, state.ids))  # as if the server's answer had not come
    place.new(("never sent",), None)
    server.status = "completed"
    responses = ask(_backend(server), *REQUESTS)
    assert [response.text for response in responses] == [f"echo: {number}" for number in range(9)]
    assert len(server.batches) == 1
    assert _remembered(folder) == []


def test_requests_that_fail_are_errors(server: FakeBatches, time: FakeTime) -> None:
    server.refuses = lambda form: form["messages"][0]["content"] in "37"
    responses = ask(_backend(server), *REQUESTS)
    failed = [response for response in responses if response.error is not None]
    assert [response.text is None for response in responses] == [number in (3, 7) for number in range(9)]
    assert {(r.error.kind, r.error.message) for r in failed if r.error} == {
        (ErrorKind.REFUSED, "HTTP 400: unpleasant prompt")
    }


@pytest.mark.parametrize(
    ("status", "answered", "said"),
    [
        ("expired", 5, "the batch has expired before this request was answered"),
        ("cancelled", 9, ""),
        ("failed", 1, "the batch failed: Enqueued token limit reached"),
    ],
)
def test_batches_that_end_badly_are_asked_again_by_another_run(
    server: FakeBatches, time: FakeTime, folder: Path, status: str, answered: int, said: str
) -> None:
    server.status = status
    responses = ask(_backend(server), *REQUESTS)
    errors = [response.error for response in responses if response.error is not None]
    assert len(responses) - len(errors) == answered
    assert all((error.kind, error.message) == (ErrorKind.UNAVAILABLE, said) for error in errors)
    assert _remembered(folder) == []
    server.status = "completed"
    left = [request for request, r in zip(REQUESTS, responses, strict=True) if r.error is not None]
    assert all(response.text for response in ask(_backend(server), *left))


def test_a_batch_that_is_gone(server: FakeBatches, time: FakeTime, folder: Path) -> None:
    backend = _backend(server)
    place = BatchFolder(folder / backend.identity.digest[:16])
    place.save(Remembered("tag", "batch-9", (REQUESTS[1].digest()[:40],)))
    one, two = ask(backend, *REQUESTS[:2])
    assert one.text == "echo: 0"
    assert two.error is not None
    assert two.error.message == "the server does not know the batch any more"
    assert _remembered(folder) == []


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b'{"custom_id": "ID", "response": null, "error": null}\n',
        b'{"custom_id": "ID", "response": {"status_code": 200, "body": {"choices": []}}}\n',
        b'{"custom_id": "ID", "response": {"status_code": 200, "body": 3}}\n',
        b"",
    ],
)
def test_answers_of_another_shape_are_errors(server: FakeBatches, time: FakeTime, line: bytes) -> None:
    end = server._end

    def odd(batch: dict[str, Any]) -> None:
        end(batch)
        name = server.lines(batch["id"])[0]["custom_id"]
        server.files[batch["output_file_id"]] = line.replace(b"ID", name.encode())

    server._end = odd  # type: ignore[method-assign]
    good, bad = ask(_backend(server), *REQUESTS[:2])
    assert good.text
    assert bad.error is not None
    assert bad.error.kind is ErrorKind.MALFORMED


def test_an_expired_line_is_asked_again(server: FakeBatches, time: FakeTime) -> None:
    end = server._end

    def expire(batch: dict[str, Any]) -> None:
        end(batch)
        name = server.lines(batch["id"])[0]["custom_id"].encode()
        error = b'{"code": "batch_expired", "message": "not in time"}'
        line = b'{"custom_id": "ID", "response": null, "error": ERROR}'.replace(b"ID", name).replace(b"ERROR", error)
        server.files[batch["output_file_id"]] = line

    server._end = expire  # type: ignore[method-assign]
    response = ask(_backend(server), *REQUESTS[:2])[1]
    assert response.error is not None
    assert (response.error.kind, response.error.message) == (ErrorKind.UNAVAILABLE, "the batch says: not in time")


def test_the_first_request_teaches_the_form(server: FakeBatches, time: FakeTime) -> None:
    said = "Unsupported value: 'temperature' does not support 0 with this model."
    server.check = lambda form: said if form.get("temperature") == 0 else ""
    responses = ask(_backend(server), *REQUESTS)
    assert all(response.method == "default_temperature" for response in responses)
    assert not any("temperature" in line["body"] for line in server.lines("batch-0"))


def test_trouble_on_the_way_is_borne(server: FakeBatches, time: FakeTime) -> None:
    backend = _backend(server)
    answers = backend.answer(REQUESTS[:3])
    next(answers)
    server.broken = 3
    assert sorted(response.text or "" for _, response in answers) == ["echo: 1", "echo: 2"]


def test_a_server_without_batches_is_one_line(server: FakeBatches, time: FakeTime, folder: Path) -> None:
    server.interface = False
    with pytest.raises(BackendError, match="no batch interface: use batch=false"):
        ask(_backend(server), *REQUESTS)
    assert _remembered(folder) == []


def test_an_interface_that_fails_is_one_line(server: FakeBatches, time: FakeTime, folder: Path) -> None:
    answers = _backend(server).answer(REQUESTS)
    next(answers)
    server.broken = 99
    with pytest.raises(BackendError, match="the batch interface fails: HTTP 500: overloaded"):
        next(answers)
    assert _remembered(folder) == []


def test_no_log_probabilities(server: FakeBatches) -> None:
    able = _backend(server).probe(("choose", "letters", "generate"))
    assert (able.generate, able.choose, able.letters, able.perplexity, able.falls_back) == (
        True, False, False, False, True,
    )  # fmt: skip
    assert "texts come from the server's batch interface" in able.notes
    with pytest.raises(BackendError, match="batch=true generates text only"):
        ask(_backend(server), Request("choose", prompt="a", options=(Option(" b"),)))


def test_batches_do_not_change_the_identity(server: FakeBatches) -> None:
    assert _backend(server).identity.digest == OpenAIBackend("m", base_url=server.url).identity.digest
    with pytest.raises(BackendError, match="batch=yes must be true or false"):
        OpenAIBackend("m", base_url=server.url, batch="yes")  # type: ignore[arg-type]
