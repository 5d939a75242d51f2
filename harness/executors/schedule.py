"""Who is asked what: each request is answered once, whatever order answers, deaths and thefts come in."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable

from harness.executors.groups import Groups
from harness.values import Request

Work = list[tuple[int, Request]]
"""Requests with their positions in the stream."""

STRIKES = 3
"""Deaths of replicas after which a request that each of them held counts as what killed them."""
_PIECES = 16  # a dead replica's work is cut into so many, so that the next death has fewer suspects


class Schedule:
    """Hands out groups of requests to replicas, and takes the work of slow and dead ones to others.

    A replica is topped up to two groups, so that its batches never run dry. When the stream has ended, replicas that
    have nothing left take what dead ones held, and after that the rear half of the longest rest: first what the
    other has not begun (it is told to drop that), then what it has, once, in case it hangs. The first answer to a
    request counts. What died with a replica is asked last and by replicas that hold nothing else, in smaller and
    smaller pieces, so that a request that kills whoever reads it is found out after ``STRIKES`` deaths.

    Args:
        requests: the stream; taken in the calling thread, a few groups a replica ahead.
        replicas: how many will share it.
    """

    def __init__(self, requests: Iterable[Request], replicas: int) -> None:
        self._groups = Groups(requests, replicas)
        self._open: dict[int, Request] = {}
        self._owner: dict[int, int] = {}
        self._held: dict[int, dict[int, None]] = {}
        self._copies: dict[int, dict[int, None]] = {}
        self._waiting: dict[int, int] = {}
        self._drops: dict[int, list[int]] = {}
        self._returned: deque[list[int]] = deque()
        self._strikes: Counter[int] = Counter()

    @property
    def finished(self) -> bool:
        """Whether every request has its answer."""
        return not self._open and self._groups.ended

    def take(self, replica: int, *, idle: bool) -> Work:
        """Return what a replica is to be given now; empty when nothing.

        Args:
            replica: its number.
            idle: it has nothing left to do.
        """
        held = self._held.setdefault(replica, {})
        given: list[int] = []
        while not self._groups.ended and len(held) < 2 * self._groups.size:
            group = self._groups.take()
            self._open.update(group)
            given += (position for position, _ in group)
            self._own(replica, (position for position, _ in group), held)
        if not given and idle:
            given = self._take_returned() or self._take_unbegun(replica)
            self._own(replica, given, held)
            if not given:
                given = self._take_begun(replica)
                self._own(replica, given, self._copies.setdefault(replica, {}))
        if given:
            self._waiting[replica] = 0  # unknown until it reports
        return [(position, self._open[position]) for position in given]

    def drops(self, replica: int) -> list[int]:
        """Return, once, what others took from a replica and it need not begin any more."""
        return self._drops.pop(replica, [])

    def reported(self, replica: int, waiting: int) -> None:
        """Note how many of the requests given to a replica it has not begun: the last ones."""
        self._waiting[replica] = waiting

    def answered(self, position: int) -> bool:
        """Note an answer, whoever gave it; return whether it is the first to this request."""
        if self._open.pop(position, None) is None:
            return False
        owner = self._owner.pop(position, None)
        if owner is not None:
            self._held[owner].pop(position, None)
            self._copies.get(owner, {}).pop(position, None)
        return True

    def lost(self, replica: int) -> list[int]:
        """Take back what a dead replica held; return the requests that have died too often and are given up."""
        held = [*self._held.pop(replica, {}), *self._copies.pop(replica, {})]
        self._waiting.pop(replica, None)
        self._drops.pop(replica, None)
        self._strikes.update(held)
        given_up = [position for position in held if self._strikes[position] >= STRIKES]
        rest = [position for position in held if self._strikes[position] < STRIKES]
        for position in held:
            del self._owner[position]
        for position in given_up:
            del self._open[position]
        size = -(-len(rest) // _PIECES) or 1
        self._returned.extend(rest[start : start + size] for start in range(0, len(rest), size))
        return given_up

    def _own(self, replica: int, positions: Iterable[int], held: dict[int, None]) -> None:
        for position in positions:
            self._owner[position] = replica
            held[position] = None

    def _take_returned(self) -> list[int]:
        while self._returned:  # one that was thought dead, or was robbed, may have answered meanwhile
            if group := [position for position in self._returned.popleft() if position in self._open]:
                return group
        return []

    def _take_unbegun(self, thief: int) -> list[int]:
        """Take half of the longest queue; its replica is told to drop it."""
        victim = self._fullest(thief, self._unbegun)
        if victim is None:
            return []
        count = self._unbegun(victim)
        taken = self._take_rear(victim, -(-count // 2))
        self._waiting[victim] = count - len(taken)
        self._drops.setdefault(victim, []).extend(taken)
        return taken

    def _take_begun(self, thief: int) -> list[int]:
        """Take half of the longest rest: two replicas work on it now, and nobody takes it a second time."""
        victim = self._fullest(thief, lambda replica: len(self._held[replica]))
        return [] if victim is None else self._take_rear(victim, -(-len(self._held[victim]) // 2))

    def _fullest(self, thief: int, size: Callable[[int], int]) -> int | None:
        victim = max((replica for replica in self._held if replica != thief), key=size, default=None)
        return victim if victim is not None and size(victim) else None

    def _take_rear(self, victim: int, count: int) -> list[int]:
        held = self._held[victim]
        taken = list(held)[len(held) - count :]
        for position in taken:
            del held[position]
        return taken

    def _unbegun(self, replica: int) -> int:
        return min(self._waiting.get(replica, 0), len(self._held[replica]))
