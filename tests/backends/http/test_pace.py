"""How the number of places follows what a server says; a simulated server, simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from harness.backends.http.faults import Fault, malformed, of_status
from harness.backends.http.pace import Pace
from harness.backends.http.quota import Quota
from harness.backends.http.retry import Clock
from harness.values import ErrorKind

AWAY = Fault(ErrorKind.UNAVAILABLE, "refused", retry=True, unreachable=True)


@dataclass
class Bench:
    """A pace with people for every place, and a hand on the clock."""

    pace: Pace
    now: float = 100.0
    taken: int = 0

    def hire(self) -> bool:
        self.taken += 1
        return True

    def round(self, quota: Quota | None = None) -> None:
        """Everybody is answered."""
        for _ in range(self.pace.places):
            self.pace.answered(quota)

    def fails(self, fault: Fault, pause: float = 1.0) -> None:
        self.now += 0.01
        self.pace.failed(fault, self.now - 0.005, pause)


def bench(test: Callable[[Bench], None], ceiling: int = 128, start: int | None = None) -> None:
    async def main() -> None:
        made = Bench(None)  # type: ignore[arg-type]
        made.pace = Pace(ceiling, Clock(monotonic=lambda: made.now), start)
        made.pace.attach(made.hire)
        made.pace.open()
        test(made)

    asyncio.run(main())


def test_it_doubles_with_every_round_to_the_ceiling() -> None:
    def test(bench: Bench) -> None:
        seen = []
        for _ in range(5):
            seen.append(bench.taken)
            bench.round()
        assert seen == [16, 32, 64, 128, 128]

    bench(test)


def test_it_begins_where_it_was() -> None:
    def test(bench: Bench) -> None:
        assert bench.taken == 100

    bench(test, start=100)


def test_a_low_ceiling_is_the_beginning() -> None:
    def test(bench: Bench) -> None:
        bench.round()
        assert bench.taken == 3

    bench(test, ceiling=3)


def test_slow_answers_are_not_waited_for() -> None:
    async def main() -> int:
        pace, taken = Pace(128, Clock()), 0

        def hire() -> bool:
            nonlocal taken
            taken += 1
            return True

        pace.attach(hire)
        pace.open()
        await asyncio.sleep(1.5)
        return taken

    assert asyncio.run(main()) == 128


def test_many_refusals_halve_it_once_for_all_that_were_sent_before() -> None:
    def test(bench: Bench) -> None:
        bench.round()
        bench.round()
        sent, bench.now = bench.now, bench.now + 1
        for _ in range(64):
            bench.pace.failed(of_status(429, b"", 2.0), sent, 2.0)
        assert bench.pace.places == 64  # the first of them may have been by chance, and all were sent before it
        assert bench.pace.held
        bench.now += 1.99
        assert bench.pace.held
        bench.now += 0.02
        assert not bench.pace.held
        sent, bench.now = bench.now, bench.now + 1
        for _ in range(64):
            bench.pace.failed(of_status(529, b""), sent, 1.0)
        assert bench.pace.places == 32
        bench.fails(of_status(429, b""))
        assert bench.pace.places == 16
        bench.round()
        assert bench.pace.places in (16, 17)  # by one a round, no longer double

    bench(test)


def test_few_refusals_only_hold_it() -> None:
    def test(bench: Bench) -> None:
        for _ in range(20):
            bench.round()
            bench.fails(of_status(429, b"", 1.0))
            assert bench.pace.held
        assert bench.pace.places == 128

    bench(test)


def test_it_never_falls_below_one() -> None:
    def test(bench: Bench) -> None:
        for _ in range(20):
            bench.fails(of_status(429, b"", 1.0))
        assert bench.pace.places == 1

    bench(test)


def test_server_errors_stop_the_growth_for_a_round() -> None:
    def test(bench: Bench) -> None:
        bench.fails(of_status(500, b""))
        assert not bench.pace.held
        bench.round()
        assert bench.pace.places == 16
        bench.round()
        assert bench.pace.places == 32
        bench.fails(of_status(503, b"", 3.0))
        assert bench.pace.held  # with Retry-After it is a refusal

    bench(test)


def test_other_faults_are_no_refusals() -> None:
    def test(bench: Bench) -> None:
        bench.fails(of_status(400, b"bad"))
        assert bench.pace.places == 16
        assert not bench.pace.held
        bench.fails(malformed("x"))
        assert bench.pace.places == 16

    bench(test)


def test_all_leave_a_server_alone_that_is_away_and_begin_small() -> None:
    def test(bench: Bench) -> None:
        for _ in range(3):
            bench.round()
        bench.fails(AWAY, pause=5.0)
        assert bench.pace.held
        assert bench.pace.places == 16

    bench(test)


def test_the_last_request_of_a_limit_holds_all_until_it_is_reset() -> None:
    def test(bench: Bench) -> None:
        bench.pace.answered(Quota(0, 7.0))
        assert bench.pace.held
        bench.now += 7.1
        assert not bench.pace.held

    bench(test)


def test_it_does_not_grow_beyond_what_is_left() -> None:
    def test(bench: Bench) -> None:
        bench.round(Quota(20))
        bench.round(Quota(20))
        assert bench.pace.places == 20
        bench.round(Quota(1000))
        assert bench.pace.places == 40

    bench(test)


def test_who_was_under_way_goes_before_who_comes() -> None:
    async def main() -> list[str]:
        order: list[str] = []
        pace = Pace(1, Clock())

        def hire() -> bool:
            order.append("new")
            return True

        await pace.enter()
        pace.attach(hire)

        async def returns() -> None:
            await pace.enter()
            order.append("back")

        task = asyncio.create_task(returns())
        await asyncio.sleep(0)
        assert pace.crowded
        pace.leave()
        await task
        pace.leave()
        return order

    assert asyncio.run(main()) == ["back", "new"]


def test_a_cancelled_one_takes_no_place() -> None:
    async def main() -> bool:
        pace = Pace(1, Clock())
        await pace.enter()
        waiting = [asyncio.create_task(pace.enter()) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        pace.leave()
        await asyncio.wait_for(waiting[1], 1)
        return pace.crowded

    assert asyncio.run(main()) is False
