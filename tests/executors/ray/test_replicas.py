"""Replicas on a real, local Ray."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Lock

import pytest

from harness.backends.base import Backend
from harness.errors import BackendError
from harness.executors.ray import RayReplicas, ReplicaResources, open_replicas
from harness.executors.ray.cluster import Cluster
from harness.values import ErrorKind, Option, Request, Response
from tests.executors.ray.backends import Sleeping

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed")
    with closing(Cluster("local")):
        yield


def asked(prompts: list[str]) -> list[Request]:
    return [Request("generate", prompt=prompt) for prompt in prompts]


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def collected(backend: Backend, prompts: list[str]) -> dict[int, Response]:
    """Ask, and see that each answer comes once and is the right one's."""
    got: dict[int, Response] = {}
    for position, response in backend.answer(asked(prompts)):
        assert position not in got
        got[position] = response
    assert sorted(got) == list(range(len(prompts)))
    for position, response in got.items():
        assert response.error is not None or str(response.text).split(maxsplit=1)[1] == prompts[position]
    return got


def processes(got: dict[int, Response]) -> set[str]:
    return {str(response.text).split()[0] for response in got.values()}


def warmed(replicas: RayReplicas, count: int) -> None:
    """Ask until all replicas have answered something."""
    seen: set[str] = set()
    while len(seen) < count:
        seen |= processes(collected(replicas, numbers(10)))


def test_two_replicas_are_nearly_twice_as_fast() -> None:
    seconds = {}
    for count in (1, 2):
        with closing(RayReplicas(partial(Sleeping, 0.03), count)) as replicas:
            warmed(replicas, count)
            start = time.perf_counter()
            assert len(processes(collected(replicas, numbers(200)))) == count
            seconds[count] = time.perf_counter() - start
    assert seconds[1] / seconds[2] >= 1.7


def test_they_are_the_backend_that_they_are_made_of() -> None:
    with closing(RayReplicas(partial(Sleeping, details="weights"), 2)) as replicas:
        assert isinstance(replicas, Backend)
        assert replicas.name == "sleeping"
        assert replicas.identity == Sleeping(details="weights").identity
        assert replicas.probe(("choose", "generate")).notes == ("asked for ['choose', 'generate']",)
        assert collected(replicas, []) == {}
        assert collected(replicas, ["one"])[0].finish == "stop"


def test_a_killed_replica_is_replaced_and_nothing_is_lost_or_doubled() -> None:
    lines: list[str] = []
    with closing(RayReplicas(partial(Sleeping, 0.002), 2, notice=lines.append)) as replicas:
        warmed(replicas, 2)
        got: dict[int, Response] = {}
        for position, response in replicas.answer(asked(numbers(1500))):
            assert position not in got
            if len(got) == 300:
                os.kill(int(str(response.text).split()[0]), signal.SIGKILL)
            got[position] = response
    assert [str(got[n].text).split()[1] for n in range(1500)] == numbers(1500)
    assert len(processes(got)) == 3
    assert len([line for line in lines if "died and is replaced" in line]) == 1


def test_the_only_replica_dies_and_its_successor_goes_on(tmp_path: Path) -> None:
    with closing(RayReplicas(partial(Sleeping, 0, tmp_path), 1)) as replicas:
        got = collected(replicas, [*numbers(50), "exit once", *numbers(50)])
    assert len(processes(got)) == 2


def test_a_request_that_kills_becomes_an_error_and_the_rest_is_answered(tmp_path: Path) -> None:
    prompts = [*numbers(40), "exit", *numbers(40)]
    with closing(RayReplicas(partial(Sleeping, 0.001, tmp_path), 2)) as replicas:
        got = collected(replicas, prompts)
    failed = {position: response.error for position, response in got.items() if response.error is not None}
    assert 40 in failed
    assert len(failed) <= 3
    error = failed[40]
    assert error is not None
    assert error.kind == ErrorKind.INTERNAL
    assert error.message.startswith("3 replicas died with it")


def test_a_replica_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with closing(RayReplicas(partial(Sleeping, 0, tmp_path), 2)) as replicas:
        warmed(replicas, 2)
        start = time.monotonic()
        got = collected(replicas, [*numbers(30), "hang", *numbers(30)])
    assert all(response.error is None for response in got.values())
    assert time.monotonic() - start < 30


def test_a_backend_that_breaks_is_replaced(tmp_path: Path) -> None:
    lines: list[str] = []
    with closing(RayReplicas(partial(Sleeping, 0, tmp_path), 1, notice=lines.append)) as replicas:
        got = collected(replicas, [*numbers(20), "break", *numbers(20)])
    assert all(response.error is None for response in got.values())
    assert lines[-1] == "replica 1 died and is replaced: UnfitError: out of memory or so"


def test_a_mistake_ends_the_run_with_its_line() -> None:
    with (
        closing(RayReplicas(Sleeping, 2)) as replicas,
        pytest.raises(BackendError, match=r"^the key was withdrawn$"),
    ):
        collected(replicas, [*numbers(20), "refuse", *numbers(20)])


@pytest.mark.parametrize(
    ("details", "line"),
    [
        ("missing", "^there is no model 'missing'$"),
        ("broken", "^no replica lives long enough .* the last one died: UnfitError: no device today$"),
    ],
)
def test_a_backend_that_cannot_be_opened_says_why(details: str, line: str) -> None:
    with pytest.raises(BackendError, match=line):
        RayReplicas(partial(Sleeping, details=details), 1)


def test_replicas_that_are_not_the_same_model_do_not_mix() -> None:
    with (
        pytest.raises(BackendError, match=r"^replicas are not the same model: they differ in x \(\d+ and \d+\)"),
        closing(RayReplicas(partial(Sleeping, details="pid"), 2)) as replicas,
    ):
        warmed(replicas, 2)


def test_more_than_the_machine_has_is_refused() -> None:
    with pytest.raises(BackendError, match="2 replicas with 1000 CPU each do not fit this machine, which has "):
        RayReplicas(Sleeping, 2, resources=ReplicaResources(num_cpus=1000))


def test_a_backend_that_cannot_travel_is_told_in_one_line() -> None:
    lock = Lock()
    with pytest.raises(BackendError, match=r"^the backend's settings cannot be sent to a replica: .*lock"):
        RayReplicas(lambda: Sleeping(details=str(lock)), 1)


def test_what_is_closed_early_is_cancelled_and_the_next_run_gets_its_own_answers() -> None:
    with closing(RayReplicas(partial(Sleeping, 0.05), 2)) as replicas:
        warmed(replicas, 2)
        with closing(replicas.answer(asked(["old"] * 400))) as answers:
            next(answers)
        start = time.monotonic()
        collected(replicas, numbers(10))
        assert time.monotonic() - start < 5  # the old ones alone would take ten seconds


def test_backends_are_closed(tmp_path: Path) -> None:
    with closing(RayReplicas(partial(Sleeping, 0, tmp_path), 1)) as replicas:
        pid = processes(collected(replicas, ["one"])).pop()
    assert (tmp_path / f"closed {pid}").exists()


@pytest.mark.model
def test_a_real_model_answers_as_it_does_without_replicas(embedded_model: str) -> None:
    from harness.backends.resolve import open_backend

    requests = [
        Request("choose", prompt=f"{number} plus one is", options=(Option(f" {number + 1}"), Option(" a fish")))
        for number in range(1, 9)
    ]
    exact = {"dtype": "float32"}  # a replica has other threads, and other batches
    with (
        closing(open_backend(embedded_model, options=exact)) as alone,
        closing(open_replicas(embedded_model, options=exact, replicas=2)) as replicas,
    ):
        assert replicas.identity == alone.identity
        expected = dict(alone.answer(requests))
        got = dict(replicas.answer(requests))
    for position, response in expected.items():
        for mine, theirs in zip(got[position].options, response.options, strict=True):
            assert mine.logprob == pytest.approx(theirs.logprob, abs=1e-3)
