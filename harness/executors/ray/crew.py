"""The actors of a run: started, watched, replaced when they die."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Any

from harness import __version__
from harness.backends.base import Backend, Capabilities, Need
from harness.errors import BackendError, one_line
from harness.executors.desk import Orders, Report
from harness.executors.ray.actor import Failed, Opened, Replica
from harness.executors.ray.cluster import Notice
from harness.executors.ray.resources import ReplicaResources

ATTEMPTS = 5
"""Deaths in a row without an answer in between after which a place is given up."""
_FAREWELL = 5.0  # seconds for backends to end what they started


@dataclass(slots=True, eq=False)
class Place:
    """Where a replica works; when it dies another takes its place.

    Attributes:
        number: from 0.
        actor: the replica, None when the place is given up.
        ready: it has opened its backend.
        calling: a call is under way.
        idle: it has nothing to do.
        deaths: in a row, without an answer in between.
    """

    number: int
    actor: Any = None
    ready: bool = False
    calling: bool = False
    idle: bool = True
    deaths: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at a place.

    Attributes:
        place: where.
        report: what the replica says; None when it has just become ready, or died.
        died: why it died, in one line.
    """

    place: Place
    report: Report | None = None
    died: str = ""


@dataclass(slots=True)
class Crew:
    """Replicas of one backend.

    Args:
        factory: builds the backend; is called in each replica's process.
        replicas: how many.
        resources: what each asks for.
        notice: is told of deaths.
    """

    factory: Callable[[], Backend]
    replicas: int
    resources: ReplicaResources
    notice: Notice
    opened: Opened | None = None
    places: list[Place] = field(default_factory=list)
    _actors: Any = None
    _events: SimpleQueue[tuple[Place, Any, Future[Any]]] = field(default_factory=SimpleQueue)

    def start(self) -> Opened:
        """Start all and wait for the first.

        Raises:
            BackendError: the backend cannot be opened.
        """
        import ray

        _check_travels(self.factory)
        self._actors = ray.remote(Replica)
        self.places = [Place(number) for number in range(self.replicas)]
        for place in self.places:
            self._spawn(place)
        while self.opened is None:
            self.next()
        return self.opened

    def next(self) -> Event:
        """Wait for something to happen.

        Raises:
            BackendError: nothing can work: a replica says so, replicas differ, or all of them keep dying.
        """
        while True:
            place, actor, future = self._events.get()
            if actor is not place.actor:  # one that has been replaced
                continue
            place.calling = False
            error = future.exception()
            if error is not None:
                return self._died(place, error)
            result = future.result()
            if isinstance(result, Failed):
                raise BackendError(result.told())
            if isinstance(result, Opened):
                self._join(place, result)
                return Event(place)
            if result.answers:
                place.deaths = 0
            place.idle = result.idle
            return Event(place, result)

    def free(self) -> Iterator[Place]:
        """Yield the places that wait for a word."""
        return (place for place in self.places if place.ready and not place.calling)

    def tell(self, place: Place, orders: Orders) -> None:
        """Send orders; the report becomes an event."""
        place.idle = False
        self._call(place, "exchange", orders)

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """Ask any replica what the backend can do; another one when it dies of the question.

        Raises:
            BackendError: it can do nothing.
        """
        import ray

        while True:
            place = next(self.free(), None)
            if place is None:
                self.next()
                continue
            try:
                able: Capabilities | Failed = ray.get(place.actor.probe.remote(tuple(kinds)))
            except ray.exceptions.RayError as error:
                self._died(place, error)
                continue
            if isinstance(able, Failed):
                raise BackendError(able.told())
            return able

    def cancel(self, run: int) -> None:
        """End the work of all runs before ``run``."""
        for place in self.places:
            if place.ready and not place.idle:
                with suppress(Exception):  # a dead one has nothing to end
                    place.actor.cancel.remote(run)

    def close(self) -> None:
        """Let backends end what they started, then end the actors."""
        import ray

        actors = [place.actor for place in self.places if place.actor is not None]
        ready = [place.actor for place in self.places if place.ready]
        for place in self.places:
            place.actor, place.ready = None, False
        if not ray.is_initialized():
            return
        with suppress(Exception):  # whoever does not end in time is ended
            ray.wait([actor.close.remote() for actor in ready], num_returns=len(ready), timeout=_FAREWELL)
        for actor in actors:
            with suppress(Exception):
                ray.kill(actor)

    def _spawn(self, place: Place) -> None:
        try:
            place.actor = self._actors.options(**self.resources.options(), max_restarts=0).remote()
            self._call(place, "open", self.factory)
        except (TypeError, ValueError) as error:  # what Ray thinks of the resources
            raise BackendError(f"a replica cannot be started: {one_line(error)}") from None

    def _call(self, place: Place, method: str, argument: Any) -> None:
        place.calling = True
        reference = getattr(place.actor, method).remote(argument)
        reference.future().add_done_callback(partial(self._arrived, place, place.actor))

    def _arrived(self, place: Place, actor: Any, future: Future[Any]) -> None:
        self._events.put((place, actor, future))

    def _join(self, place: Place, opened: Opened) -> None:
        if opened.version != __version__:
            raise BackendError(
                f"a replica runs Harness {opened.version}, and this is {__version__}; install the same everywhere"
            )
        if self.opened is None:
            self.opened = opened
        elif opened.identity.digest != self.opened.identity.digest:
            raise BackendError(_difference(self.opened, opened))
        place.ready = place.idle = True

    def _died(self, place: Place, error: BaseException) -> Event:
        import ray

        reason = _reason(error)
        with suppress(Exception):  # it may be dead already
            ray.kill(place.actor)
        place.actor, place.ready, place.calling, place.idle = None, False, False, True
        place.deaths += 1
        if place.deaths < ATTEMPTS:
            self.notice(f"replica {place.number + 1} died and is replaced: {reason}")
            self._spawn(place)
        elif any(other.actor is not None for other in self.places):
            self.notice(f"replica {place.number + 1} died {ATTEMPTS} times in a row and is given up: {reason}")
        else:
            raise BackendError(f"no replica lives long enough to answer anything; the last one died: {reason}")
        return Event(place, died=reason)


def _check_travels(factory: Callable[[], Backend]) -> None:
    """Refuse what cannot be pickled before Ray does, which takes a page to say so."""
    from ray import cloudpickle

    try:
        cloudpickle.dumps(factory)
    except Exception as error:  # noqa: BLE001  objects choose what they raise
        raise BackendError(f"the backend's settings cannot be sent to a replica: {one_line(error)}") from None


def _reason(error: BaseException) -> str:
    """Return why a replica died: Ray says what is known in the last line, before it guesses at causes."""
    cause = getattr(error, "cause", None)
    lines = [line for line in str(cause or error).splitlines() if line.strip()]
    told = lines[-1].partition(" Some common causes")[0] if lines else type(error).__name__
    return one_line(RuntimeError(told.removeprefix("The actor is dead because ")))


def _difference(one: Opened, other: Opened) -> str:
    """Say in one line what two replicas disagree on."""
    mine, theirs = dict(one.identity.details), dict(other.identity.details)
    names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
    what = ", ".join(f"{name} ({mine.get(name)} and {theirs.get(name)})" for name in names[:3]) or "the backend"
    return one_line(BackendError(f"replicas are not the same model: they differ in {what}; their answers do not mix"))
