"""The schedule alone, with replicas that answer, die and steal in any order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.executors.schedule import STRIKES, Schedule
from harness.values import Request


def stream(count: int) -> list[Request]:
    return [Request("generate", prompt=f"{number // 7} {number}") for number in range(count)]


def unknown(count: int) -> Iterator[Request]:
    yield from stream(count)


@dataclass
class Simulated:
    """A replica that keeps its queue in order and answers from the front."""

    number: int
    inbox: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    outbox: list[int] = field(default_factory=list)

    @property
    def idle(self) -> bool:
        return not self.inbox and not self.begun and not self.outbox


class Simulation:
    """Replicas without Ray: what happens next is drawn."""

    def __init__(self, count: int, replicas: int, chance: random.Random, *, lazy: bool, deaths: int) -> None:
        self.schedule = Schedule(unknown(count) if lazy else stream(count), replicas)
        self.replicas = [Simulated(number) for number in range(replicas)]
        self.chance, self.deaths = chance, deaths
        self.answers: list[int] = []
        self.given_up: list[int] = []
        self.given: Counter[int] = Counter()

    def run(self) -> None:
        for replica in self.replicas:
            self.feed(replica)
        for _ in range(200_000):
            if self.schedule.finished:
                return
            replica = self.chance.choice(self.replicas)
            match self.chance.choice(["begin", "answer", "report", "report", "die"]):
                case "begin":
                    count = self.chance.randint(0, len(replica.inbox))
                    replica.begun += replica.inbox[:count]
                    del replica.inbox[:count]
                case "answer" if replica.begun:
                    replica.outbox.append(replica.begun.pop(self.chance.randrange(len(replica.begun))))
                case "report":
                    self.report(replica)
                case "die" if self.deaths and self.chance.random() < 0.2:
                    self.deaths -= 1
                    replica.inbox, replica.begun, replica.outbox = [], [], []
                    self.given_up += self.schedule.lost(replica.number)
                    self.feed(replica)
        raise AssertionError("it never ended")

    def report(self, replica: Simulated) -> None:
        self.answers += [position for position in replica.outbox if self.schedule.answered(position)]
        replica.outbox = []
        self.schedule.reported(replica.number, len(replica.inbox))
        self.feed(replica)

    def feed(self, replica: Simulated) -> None:
        work = self.schedule.take(replica.number, idle=replica.idle)
        drops = self.schedule.drops(replica.number)
        replica.inbox = [position for position in replica.inbox if position not in drops]
        replica.inbox += [position for position, _ in work]
        self.given.update(position for position, _ in work)


@settings(max_examples=150, deadline=None)
@given(
    count=st.integers(0, 400),
    replicas=st.integers(1, 6),
    seed=st.integers(0, 2**32),
    lazy=st.booleans(),
    deaths=st.integers(0, 12),
)
def test_nothing_is_lost_or_answered_twice(count: int, replicas: int, seed: int, lazy: bool, deaths: int) -> None:
    simulation = Simulation(count, replicas, random.Random(seed), lazy=lazy, deaths=deaths)
    simulation.run()
    assert sorted(simulation.answers + simulation.given_up) == list(range(count))


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 400), replicas=st.integers(1, 6), seed=st.integers(0, 2**32))
def test_without_deaths_all_are_answered(count: int, replicas: int, seed: int) -> None:
    simulation = Simulation(count, replicas, random.Random(seed), lazy=False, deaths=0)
    simulation.run()
    assert sorted(simulation.answers) == list(range(count))


def positions(work: list[tuple[int, Request]]) -> list[int]:
    return [position for position, _ in work]


def test_a_replica_is_topped_up_to_two_groups() -> None:
    schedule = Schedule(stream(1200), 2)
    first = positions(schedule.take(0, idle=True))
    assert 190 <= len(first) <= 250  # two groups of a sixth of its share
    assert schedule.take(0, idle=False) == []
    for position in first[:-10]:
        schedule.answered(position)
    assert schedule.take(0, idle=False)


def test_an_idle_replica_takes_what_the_slowest_has_not_begun() -> None:
    schedule = Schedule(unknown(8), 2)
    held = positions(schedule.take(0, idle=True))
    schedule.reported(0, 6)
    assert positions(schedule.take(1, idle=True)) == held[5:]
    assert schedule.drops(0) == held[5:]
    assert schedule.drops(0) == []


def test_what_has_been_begun_is_copied_once_and_not_dropped() -> None:
    schedule = Schedule(unknown(4), 3)
    held = positions(schedule.take(0, idle=True))
    assert positions(schedule.take(1, idle=True)) == held[2:]
    assert positions(schedule.take(2, idle=True)) == held[1:2]
    assert positions(schedule.take(1, idle=True)) == held[:1]
    assert positions(schedule.take(2, idle=True)) == []
    assert schedule.drops(0) == []


def test_the_first_answer_counts() -> None:
    schedule = Schedule(unknown(2), 2)
    schedule.take(0, idle=True)
    schedule.take(1, idle=True)
    assert [schedule.answered(1), schedule.answered(1), schedule.answered(0)] == [True, False, True]
    assert schedule.finished


def test_a_dead_replica_s_work_goes_to_one_that_is_idle() -> None:
    schedule = Schedule(unknown(32), 2)
    held = positions(schedule.take(0, idle=True))
    assert schedule.lost(0) == []
    assert schedule.take(1, idle=False) == []
    pieces = [positions(schedule.take(1, idle=True)) for _ in range(16)]
    assert [position for piece in pieces for position in piece] == held


def test_a_request_that_kills_is_given_up_and_only_few_with_it() -> None:
    poison, count = 123, 1000
    schedule = Schedule(unknown(count), 1)
    answered, given_up, deaths = [], [], 0
    while not schedule.finished:
        work = positions(schedule.take(0, idle=True))
        if poison in work:
            deaths += 1
            given_up += schedule.lost(0)
        else:
            answered += [position for position in work if schedule.answered(position)]
    assert deaths == STRIKES
    assert poison in given_up
    assert len(given_up) <= 8
    assert sorted(answered + given_up) == list(range(count))


@pytest.mark.parametrize("count", [0, 1])
def test_few_requests_end(count: int) -> None:
    schedule = Schedule(stream(count), 4)
    for replica in range(4):
        for position, _ in schedule.take(replica, idle=True):
            schedule.answered(position)
    assert schedule.finished
