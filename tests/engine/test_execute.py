"""Planning and running: each request once, answers kept as they come, errors asked again."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Sequence
from operator import length_hint
from pathlib import Path

import pytest

from harness.backends.base import Capabilities
from harness.backends.scripted import ScriptedBackend
from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.data.load import DataSource
from harness.engine.execute import InterruptedRunError, execute
from harness.engine.plan import Plan, make_plan
from harness.engine.progress import Progress
from harness.engine.task import Limits, join
from harness.errors import BackendError
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Request, Response


def plan(folder: Path, backend: ScriptedBackend, rows: Sequence[str], **keys: object) -> Plan:
    lines = [{"q": text, "a": "yes"} for text in rows]
    (folder / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    card = {
        "name": "echo",
        "about": "Echo.",
        "dataset": {"files": "rows.jsonl"},
        "columns": {"question": "q", "answer": "a"},
        "ask": "generate",
        "prompt": "{{ question }}",
        "metrics": ["exact_match"],
        **keys,
    }
    (folder / "echo.yaml").write_text(json.dumps(card))
    loaded = load_card("echo", CardIndex([folder]))
    return make_plan([join(loaded, DataSource(), Limits())], backend.identity.digest, backend.probe(()))


def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: "yes")
    made = plan(tmp_path, backend, ["a", "b", "a", "a"])
    assert len(made.keys) == 2
    assert len(list(made.parts[0].samples())) == 4
    with ResponseStore(tmp_path / "store") as store:
        assert execute(made, backend, store).done == 2
        assert set(store.lookup(made.keys, made.identity)) == {k for s in made.parts[0].samples() for k in s.keys}
    assert len(backend.asked) == 2


def test_a_second_run_asks_only_for_what_failed(tmp_path: Path) -> None:
    def flaky(request: Request) -> Response | str:
        return Response.failed(ErrorKind.UNAVAILABLE, "later") if request.prompt == "b" else "yes"

    first = ScriptedBackend(flaky)
    made = plan(tmp_path, first, ["a", "b", "c"])
    with ResponseStore(tmp_path / "store") as store:
        assert execute(made, first, store).errors == 1
    second = ScriptedBackend(lambda request: "yes")
    with ResponseStore(tmp_path / "store") as store:
        execute(made, second, store)
        answers = store.lookup(made.keys, made.identity)
    assert [request.prompt for request in second.asked] == ["b"]
    assert [response.text for response in answers.values()] == ["yes"] * 3


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    one, two = ScriptedBackend(lambda r: "yes", "one"), ScriptedBackend(lambda r: "no", "two")
    with ResponseStore(tmp_path / "store") as store:
        execute(plan(tmp_path, one, ["a"]), one, store)
        execute(plan(tmp_path, two, ["a"]), two, store)
    assert len(two.asked) == 1


class Breaks(ScriptedBackend):
    """Answers two requests and then fails with ``error``."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(lambda request: "yes")
        self.error = error

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        for index, one in super().answer(requests):
            if index == 2:
                raise self.error
            yield index, one


def test_ctrl_c_keeps_what_was_answered(tmp_path: Path) -> None:
    backend = Breaks(KeyboardInterrupt())
    made = plan(tmp_path, backend, list("abcde"))
    with (
        ResponseStore(tmp_path / "store") as store,
        pytest.raises(InterruptedRunError, match="3 of 5 requests unanswered"),
    ):
        execute(made, backend, store)
    with ResponseStore(tmp_path / "store") as store:
        assert len(store.lookup(made.keys, made.identity)) == 2


def test_a_backend_that_gives_up_keeps_what_was_answered(tmp_path: Path) -> None:
    backend = Breaks(BackendError("the server is gone"))
    made = plan(tmp_path, backend, list("abcde"))
    with ResponseStore(tmp_path / "store") as store, pytest.raises(BackendError, match="gone"):
        execute(made, backend, store)
    with ResponseStore(tmp_path / "store") as store:
        assert len(store.lookup(made.keys, made.identity)) == 2


def test_an_answer_that_does_not_fit_is_an_error_and_not_a_score(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: Response(finish="stop"))
    with ResponseStore(tmp_path / "store") as store:
        made = plan(tmp_path, backend, ["a"])
        execute(made, backend, store)
        (response,) = store.lookup(made.keys, made.identity).values()
    assert response.error is not None
    assert response.error.kind == ErrorKind.INTERNAL


def test_progress_counts_known_answers_apart(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: "yes")
    seen: list[Progress] = []
    with ResponseStore(tmp_path / "store") as store:
        execute(plan(tmp_path, backend, ["a", "b"]), backend, store)
        execute(plan(tmp_path, backend, ["a", "b", "c", "d"]), backend, store, seen.append)
    assert (seen[-1].total, seen[-1].reused, seen[-1].done, seen[-1].asked) == (4, 2, 2, 2)


def test_what_the_backend_cannot_do_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    backend = ScriptedBackend()
    keys = {"ask": "choose", "columns": {"choices": {"constant": ["x", "y"]}, "answer": {"constant": 0}}}
    backend.probe = lambda kinds: Capabilities(choose=False)  # type: ignore[method-assign]
    with pytest.raises(BackendError, match="use --formulation generate"):
        plan(tmp_path, backend, ["a"], **keys)
    assert backend.asked == []


class Forgets(ScriptedBackend):
    """Takes everything, and answers every other request; the first one ``times`` times."""

    def __init__(self, times: int = 1) -> None:
        super().__init__(lambda request: "yes")
        self.times = times
        self.hints: list[int] = []

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        self.hints.append(length_hint(requests, -1))
        for index, one in super().answer(requests):
            if index % 2 == 0:
                yield from [(index, one)] * self.times


def test_a_request_that_the_backend_forgets_is_an_error_and_asked_again(tmp_path: Path) -> None:
    backend = Forgets()
    made = plan(tmp_path, backend, list("abcd"))
    with ResponseStore(tmp_path / "store") as store:
        first = execute(made, backend, store)
        second = execute(made, backend, store)
        answers = store.lookup(made.keys, made.identity)
    assert (first.done, first.errors) == (4, 2)
    assert (second.reused, second.done, second.errors) == (2, 2, 1)
    assert [r.error.message for r in answers.values() if r.error] == ["the backend gave no answer"]
    assert backend.hints == [4, 2]  # whoever divides requests among several knows how many there are


def test_a_request_that_is_answered_twice_stops_the_run_in_one_line(tmp_path: Path) -> None:
    backend = Forgets(times=2)
    with ResponseStore(tmp_path / "store") as store, pytest.raises(BackendError, match="answered request 0"):
        execute(plan(tmp_path, backend, list("abcd")), backend, store)


def test_a_backend_that_takes_nothing_stops_the_run_in_one_line(tmp_path: Path) -> None:
    class Idle(ScriptedBackend):
        def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
            yield from ()

    backend = Idle()
    with ResponseStore(tmp_path / "store") as store, pytest.raises(BackendError, match="takes no requests"):
        execute(plan(tmp_path, backend, ["a"]), backend, store)
