"""An event loop in a thread of its own, between an iterable of requests and an ordinary generator of results.

A thread, because the caller may itself run inside an event loop (a notebook) and because replies should be read while
the caller is busy with earlier ones. The requests are taken in the caller's thread, which makes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from harness.backends.http.inbox import Inbox

T = TypeVar("T")
Q = TypeVar("Q")
Emit = Callable[[T], None]
Work = Callable[[Inbox[tuple[int, Q]], Emit[T]], Awaitable[None]]
"""A coroutine function: takes numbered items from an inbox until it is closed, and emits one result for each."""

_BATCH = 16
_BATCH_SECONDS = 0.01
_COLLECT_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def in_background(source: Iterable[Q], work: Work[Q, T], *, ahead: int) -> Generator[T, None, None]:
    """Yield what ``work`` emits, in that order.

    Closing the generator, or any exception in its consumer or in ``source``, cancels the work and waits for its end.

    Args:
        source: what is worked on; taken lazily, in the thread that runs the generator.
        work: what is done.
        ahead: items that may be taken and have no yielded result yet.

    Raises:
        BaseException: what ``work`` raised, after everything emitted before has been yielded.
    """
    inbox: Inbox[tuple[int, Q]] = Inbox()
    ready: SimpleQueue[list[T] | _End] = SimpleQueue()
    worker = _Worker(work, inbox, ready)
    items: Iterator[tuple[int, Q]] = enumerate(source)
    thread = threading.Thread(target=worker.run, name="harness-http", daemon=True)
    thread.start()
    under_way, batch = 0, min(_BATCH, max(1, ahead // 4))
    try:
        while True:
            room = not inbox.closed and under_way + batch <= ahead
            if room:
                under_way += _hand_over(items, inbox, batch)
            try:
                results = ready.get(block=not room)
            except Empty:
                continue
            if isinstance(results, _End):
                break
            for result in results:
                under_way -= 1
                yield result
        if results.error is not None:
            raise results.error
    finally:
        worker.cancel()
        thread.join()


def _hand_over(items: Iterator[tuple[int, Q]], inbox: Inbox[tuple[int, Q]], most: int) -> int:
    """Take some items, fewer where they are slow to come, and return their number; close the inbox after the last."""
    due = time.monotonic() + _BATCH_SECONDS
    for number in range(most):
        item = next(items, None)
        if item is None:
            inbox.close()
            return number
        inbox.put(item)
        if time.monotonic() > due:
            return number + 1
    return most


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes uvloop's event loop where that is installed: a quarter of the work of asking less."""
    try:
        found: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None
    return found


class _Worker(Generic[Q, T]):
    def __init__(self, work: Work[Q, T], inbox: Inbox[tuple[int, Q]], ready: SimpleQueue[list[T] | _End]) -> None:
        self._work = work
        self._inbox = inbox
        self._ready = ready
        self._emitted: list[T] = []
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        error: BaseException | None = None
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._main())
        except BaseException as raised:  # noqa: BLE001  carried over to the consumer's thread
            error = raised
        finally:
            self._started.set()
            self._flush()
            self._ready.put(_End(error))

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._started.set()
        await self._work(self._inbox, self._emit)

    def _emit(self, item: T) -> None:
        # Some results together: to wake the other thread costs both of them time.
        if not self._emitted and self._loop is not None:
            self._loop.call_later(_COLLECT_SECONDS, self._flush)
        self._emitted.append(item)

    def _flush(self) -> None:
        if self._emitted:
            self._ready.put(self._emitted)
            self._emitted = []

    def cancel(self) -> None:
        self._started.wait()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
