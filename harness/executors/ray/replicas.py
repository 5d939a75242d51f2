"""A backend made of replicas of another one, each an actor with devices of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from harness.backends.base import Backend, Capabilities, Need
from harness.backends.resolve import open_backend
from harness.errors import BackendError
from harness.executors.desk import Orders
from harness.executors.ray.cluster import Cluster, Notice
from harness.executors.ray.crew import Crew, Event, Place
from harness.executors.ray.resources import ReplicaResources
from harness.executors.schedule import STRIKES, Schedule
from harness.values import ErrorKind, Identity, Request, Response

_LINGER = (0.1, 0.002)  # seconds at least, and for each replica: a report costs the driver 0.7 ms, however short it is
_PATIENCE = (1.0, 0.005)


def open_replicas(
    model: str,
    *,
    backend: str | None = None,
    options: Mapping[str, Any] | None = None,
    base_url: str | None = None,
    notice: Notice | None = None,
    replicas: int = 1,
    resources: ReplicaResources | None = None,
    address: str | None = None,
) -> RayReplicas:
    """Open replicas of the backend that a model needs; the model and its options mean what they mean without Ray.

    Args:
        model: as for ``open_backend``; a path that exists here is looked for under its absolute name everywhere.
        backend: its name, where the model leaves it open.
        options: the backend's own options.
        base_url: of a server.
        notice: is told what takes long, and which replicas die.
        replicas: how many.
        resources: what each asks for.
        address: of a cluster; None is the environment's, else this machine.

    Raises:
        BackendError: there is no Ray, no cluster, or no such model.
    """
    path = Path(model).expanduser()
    name = str(path.absolute()) if path.exists() else model
    factory = partial(open_backend, name, backend=backend, options=dict(options or {}), base_url=base_url)
    return RayReplicas(factory, replicas, resources=resources, address=address, notice=notice)


class RayReplicas:
    """Answers with several replicas of one backend.

    It has their name and identity: answers are those of the model, wherever it runs.

    Args:
        factory: builds the backend in a replica's process; is pickled.
        replicas: how many.
        resources: what each asks for; one processor by default.
        address: see ``open_replicas``.
        notice: likewise.

    Raises:
        BackendError: likewise, and when replicas turn out not to be the same model.
    """

    def __init__(
        self,
        factory: Callable[[], Backend],
        replicas: int,
        *,
        resources: ReplicaResources | None = None,
        address: str | None = None,
        notice: Notice | None = None,
    ) -> None:
        if replicas < 1:
            raise BackendError(f"--replicas is at least 1, not {replicas}")
        say = notice or _silent
        say(f"starting {replicas} replica{'s' * (replicas > 1)} with Ray")
        wanted = resources or ReplicaResources()
        self._cluster = Cluster(address)
        self._crew = Crew(factory, replicas, wanted, say)
        self._run = 0
        try:
            self._cluster.check(wanted, replicas, say)
            opened = self._crew.start()
        except BaseException:
            self.close()
            raise
        self.name = opened.name
        self._identity = opened.identity

    @property
    def identity(self) -> Identity:
        """Who answers: what every replica says it is."""
        return self._identity

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """Ask one of the replicas."""
        return self._crew.probe(kinds)

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Yield each request's first answer as soon as a report brings it."""
        self._run += 1
        schedule = Schedule(requests, self._crew.replicas)
        try:
            self._feed(schedule)
            while not schedule.finished:
                event = self._crew.next()
                fresh = self._take(schedule, event)
                self._feed(schedule, event.place)  # before anyone takes time over the answers
                yield from fresh
                if event.report is not None and event.report.failure is not None:
                    raise BackendError(event.report.failure)
        finally:
            self._run += 1
            self._crew.cancel(self._run)

    def close(self) -> None:
        """End the replicas, and Ray if it was started for them; may be called twice."""
        self._crew.close()
        self._cluster.close()

    def _take(self, schedule: Schedule, event: Event) -> list[tuple[int, Response]]:
        """Return what an event answers for the first time."""
        place, report = event.place, event.report
        if event.died:
            why = f"{STRIKES} replicas died with it; the last one: {event.died}"
            return [(p, Response.failed(ErrorKind.INTERNAL, why)) for p in schedule.lost(place.number)]
        if report is None:
            return []
        if report.run != self._run:  # of an answer() before this one: nothing there is asked for any more
            place.idle = True
            return []
        fresh = [answer for answer in report.answers if schedule.answered(answer[0])]
        schedule.reported(place.number, report.waiting)
        return fresh

    def _feed(self, schedule: Schedule, first: Place | None = None) -> None:
        """Give work to replicas that wait for a word: to the one just heard, then to others while there is any."""
        if first is not None and first.ready and not first.calling:
            self._give(schedule, first)
        for place in self._crew.free():
            if not self._give(schedule, place):
                return

    def _give(self, schedule: Schedule, place: Place) -> bool:
        work = schedule.take(place.number, idle=place.idle)
        if place.idle and not work:
            return False
        replicas = self._crew.replicas
        orders = Orders(
            run=self._run,
            give=work,
            drop=schedule.drops(place.number),
            linger=max(_LINGER[0], _LINGER[1] * replicas),
            patience=max(_PATIENCE[0], _PATIENCE[1] * replicas),
        )
        self._crew.tell(place, orders)
        return True


def _silent(line: str) -> None:
    pass
