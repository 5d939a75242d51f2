"""A run that ends by itself: errors, money, time; and what it would cost before it is asked."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from harness.backends.scripted import ScriptedBackend
from harness.engine import execute as execute_module
from harness.engine.bounds import Bounds, Prices
from harness.engine.estimate import estimate_plan
from harness.engine.execute import InterruptedRunError, StoppedRunError, execute
from harness.engine.progress import Progress
from harness.errors import BackendError
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Request, Response
from tests.engine.test_execute import plan

ROWS = [f"question {number}" for number in range(100)]


def costly(request: Request) -> Response:
    return Response(text="yes", prompt_tokens=100, completion_tokens=10)


def asked(backend: ScriptedBackend, folder: Path, bounds: Bounds, **keys: object) -> StoppedRunError:
    with ResponseStore(folder / "store") as store, pytest.raises(StoppedRunError) as stopped:
        execute(plan(folder, backend, ROWS, **keys), backend, store, bounds=bounds)
    return stopped.value


@pytest.mark.parametrize("bounds", [Bounds(errors=3), Bounds(error_share=0.03), Bounds(errors=3, error_share=0.5)])
def test_one_error_too_many_ends_it(tmp_path: Path, bounds: Bounds) -> None:
    backend = ScriptedBackend(lambda request: Response.failed(ErrorKind.REFUSED, "no"))
    stopped = asked(backend, tmp_path, bounds)
    assert "4 of 4 requests have no answer, more than --max-errors allows, with 96 of 100" in str(stopped)
    assert stopped.exit_code == 4
    assert len(backend.asked) == 4


def test_no_error_at_all_is_allowed(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: Response.failed(ErrorKind.REFUSED, "no"))
    assert asked(backend, tmp_path, Bounds(errors=0)).progress.errors == 1


def test_money_ends_it_and_the_next_run_goes_on(tmp_path: Path) -> None:
    prices = Prices(read=10.0, written=100.0)  # 0.002 dollars a request
    backend = ScriptedBackend(costly)
    stopped = asked(backend, tmp_path, Bounds(cost=0.05, prices=prices))
    assert stopped.progress.cost == pytest.approx(0.05, abs=0.0021)
    assert "--max-cost is reached" in str(stopped)
    again = ScriptedBackend(costly)
    with ResponseStore(tmp_path / "store") as store:
        progress = execute(plan(tmp_path, again, ROWS), again, store, bounds=Bounds(prices=prices))
    assert (progress.reused, progress.done) == (len(backend.asked), 100 - len(backend.asked))


class Ahead(ScriptedBackend):
    """Takes many requests before it answers the first, as a server with many connections does."""

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        under_way: list[tuple[int, Request]] = []
        for index, request in enumerate(requests):
            under_way.append((index, request))
            if len(under_way) == 16:
                yield under_way[0][0], costly(under_way.pop(0)[1])
        for index, request in under_way:
            yield index, costly(request)


@pytest.mark.parametrize("most", [1, 10, 4000])
def test_what_is_under_way_counts_as_spent_and_comes_home(tmp_path: Path, most: int) -> None:
    """However far the guess of a reply's length is off."""
    bounds = Bounds(cost=0.1, prices=Prices(10.0, 100.0))
    stopped = asked(Ahead(), tmp_path, bounds, generation={"max_tokens": most})
    assert stopped.progress.done in (50, 51)
    assert stopped.progress.cost == pytest.approx(0.1, abs=0.0021)


@pytest.mark.parametrize("errors", [0, 40])
def test_money_is_bounded_where_the_server_counts_no_tokens_and_where_it_fails_first(
    tmp_path: Path, errors: int
) -> None:
    """The guess stands for what is not told, and failures do not make answers look cheap."""

    class Mute(Ahead):
        def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
            for index, _ in super().answer(requests):
                failed = len(self.asked) < errors
                self.asked.append(Request("generate"))
                yield index, Response.failed(ErrorKind.UNAVAILABLE, "later") if failed else Response(text="yes")

    bounds = Bounds(cost=0.01, prices=Prices(0.0, 100.0))
    stopped = asked(Mute(), tmp_path, bounds, generation={"max_tokens": 10})  # a guess of 0.001 dollars a request
    assert stopped.progress.errors == errors
    assert stopped.progress.done - errors == pytest.approx(10, abs=1)
    assert stopped.progress.cost == pytest.approx(0.01, abs=0.0011)


def test_a_share_of_errors_is_not_lost_to_rounding() -> None:
    assert Bounds(error_share=0.29).broken(Progress(100, 0, done=29, errors=29)) is None
    assert Bounds(error_share=0.29).broken(Progress(100, 0, done=30, errors=30)) is not None


def test_time_ends_it(tmp_path: Path) -> None:
    assert "--deadline" in str(asked(ScriptedBackend(costly), tmp_path, Bounds(seconds=1e-9)))


def test_what_never_comes_home_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(ScriptedBackend):
        def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
            for index, request in enumerate(requests):
                if index == 3:
                    time.sleep(60)
                yield index, costly(request)

    monkeypatch.setattr(execute_module, "GRACE", 0.2)
    began = time.monotonic()
    stopped = asked(Stuck(), tmp_path, Bounds(seconds=0.2))
    assert time.monotonic() - began < 20
    assert "--deadline is over" in str(stopped)
    assert not isinstance(stopped, InterruptedRunError)
    assert stopped.progress.done == 3
    with ResponseStore(tmp_path / "store") as store:
        made = plan(tmp_path, Stuck(), ROWS)
        assert len(store.known(made.keys, made.identity)) == 3


def test_a_cost_needs_a_price() -> None:
    with pytest.raises(BackendError, match="--price IN,OUT"):
        Bounds(cost=1.0)


def test_prompts_are_rendered_as_they_are_taken(tmp_path: Path) -> None:
    taken: list[int] = []

    class Slow(ScriptedBackend):
        def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
            for index, request in enumerate(requests):
                taken.append(index)
                yield index, costly(request)

    seen: list[Progress] = []

    def observe(progress: Progress) -> None:
        seen.append(progress)
        assert len(taken) <= progress.done

    backend = Slow()
    with ResponseStore(tmp_path / "store") as store:
        execute(plan(tmp_path, backend, ROWS), backend, store, observe)
    assert seen[-1].done == 100


def test_an_estimate_leaves_out_what_is_known(tmp_path: Path) -> None:
    backend = ScriptedBackend(costly)
    with ResponseStore(tmp_path / "store") as store:
        execute(plan(tmp_path, backend, ROWS[:50]), backend, store)
        made = plan(tmp_path, backend, ROWS, generation={"max_tokens": 20})
        (fresh,) = estimate_plan(made, store.known(made.keys, made.identity))
        same = plan(tmp_path, backend, ROWS)
        (half,) = estimate_plan(same, store.known(same.keys, same.identity))
    assert (fresh.requests, fresh.known, fresh.completion_tokens) == (100, 0, 2000)
    assert (half.requests, half.known, half.left) == (100, 50, 50)
    assert fresh.prompt_tokens == pytest.approx(sum(map(len, ROWS)) / 4)
    assert half.prompt_tokens == pytest.approx(fresh.prompt_tokens / 2, rel=0.05)
    form = fresh.as_json(Prices(1.0, 2.0))
    assert form["most_cost"] == pytest.approx((fresh.prompt_tokens + 2 * 2000) / 1e6)
