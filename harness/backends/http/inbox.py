"""What one thread gives and an event loop in another takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue that wakes its reader only when the reader has found it empty.

    Waking an event loop for every item costs more than sending a request does.

    Attributes:
        closed: nothing more will come.
    """

    def __init__(self) -> None:
        self.closed = False
        self._items: deque[T] = deque()
        self._hungry = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: Callable[[], None] | None = None

    def put(self, item: T) -> None:
        """Add an item; called by the giving thread."""
        self._items.append(item)
        self._feed()

    def close(self) -> None:
        """Say that nothing more will come; called by the giving thread."""
        self.closed = True
        self._feed()

    def _feed(self) -> None:
        if self._hungry and self._loop is not None and self._wake is not None:
            self._hungry = False
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._wake)

    def attach(self, wake: Callable[[], None]) -> None:
        """Have ``wake`` called in the running loop when there is news after :meth:`more_than` has found too little."""
        self._loop, self._wake = asyncio.get_running_loop(), wake

    def more_than(self, count: int) -> bool:
        """Return whether so many items and one more wait; if not, the next ones wake the loop."""
        if len(self._items) > count:
            return True
        self._hungry = True
        return len(self._items) > count  # some may have come before the hunger was known

    def take(self) -> T | None:
        """Return the next item, or None where there is none now; called by the loop."""
        return self._items.popleft() if self._items else None
