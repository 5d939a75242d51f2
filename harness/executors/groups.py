"""Cuts a stream of requests into groups of neighbours, so that prompts that begin alike go to one replica."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterable, Iterator

from harness.values import Request

MOST = 512
"""Requests in a group at most: two groups keep the widest continuous batch of one device full."""
_AHEAD = 100_000  # requests that all replicas together may hold in groups, so that the driver's memory is bounded
_SHARES = 6  # a group is this part of a replica's share of what is left: large at first, even at the end
_HEAVY = 8 << 20  # characters after which a group is closed: pictures travel inside requests
_HEADS = (64, 256, 1024, 4096, 16384)  # characters; the more of these beginnings are alike, the worse a place to cut


class Groups:
    """Groups of neighbouring requests, made while they are taken.

    Args:
        requests: the stream, in the order of the plan. Where its length is known (``len`` or a length hint), groups
            shrink towards the end.
        replicas: how many will share it.
    """

    def __init__(self, requests: Iterable[Request], replicas: int) -> None:
        self._left = operator.length_hint(requests, -1)
        self._source: Iterator[Request] = iter(requests)
        self._replicas = replicas
        self._most = max(1, min(MOST, _AHEAD // replicas))
        self._ahead: deque[tuple[int, Request]] = deque()
        self._pulled = 0
        self._ended = False

    @property
    def size(self) -> int:
        """The size of the next group, before it is moved to a better place to cut."""
        if self._left < 0:
            return self._most
        left = max(0, self._left - self._pulled) + len(self._ahead)
        return max(1, min(self._most, -(-left // (_SHARES * self._replicas))))

    @property
    def ended(self) -> bool:
        """Whether the last group has been taken."""
        return self._ended and not self._ahead

    def take(self) -> list[tuple[int, Request]]:
        """Return the next group as ``(position in the stream, request)``; empty when there is none."""
        size = self.size
        slack = size // 4
        self._fill(size + slack + 1)
        cut = self._cut(size, slack)
        group: list[tuple[int, Request]] = []
        weight = 0
        while self._ahead and len(group) < cut and weight < _HEAVY:
            group.append(self._ahead.popleft())
            weight += _weight(group[-1][1])
        return group

    def _fill(self, count: int) -> None:
        while not self._ended and len(self._ahead) < count:
            request = next(self._source, None)
            if request is None:
                self._ended = True
                return
            self._ahead.append((self._pulled, request))
            self._pulled += 1

    def _cut(self, size: int, slack: int) -> int:
        """Return where between ``size - slack`` and ``size + slack`` two neighbours have the least in common."""
        if len(self._ahead) <= size or not slack:
            return size
        last = min(size + slack, len(self._ahead) - 1)
        window = [_opening(self._ahead[at][1]) for at in range(size - slack - 1, last + 1)]
        places = range(size - slack, last + 1)
        return min(
            places, key=lambda at: (_alike(window[at - places.start], window[at - places.start + 1]), abs(at - size))
        )


def _opening(request: Request) -> str:
    """Return the text that the model reads first."""
    if request.prompt is not None:
        return request.prompt
    return "\n".join(message.content for message in request.messages)


def _alike(one: str, other: str) -> int:
    """Return how many of the lengths of ``_HEADS`` the two begin alike for."""
    return sum(one[:length] == other[:length] for length in _HEADS)


def _weight(request: Request) -> int:
    pictures = sum(len(image) for message in request.messages for image in message.images)
    return len(_opening(request)) + pictures
