"""A coroutine that works in a thread of its own while its results are taken from an ordinary generator.

A thread, because the caller may itself run inside an event loop (a notebook) and because replies should be read while
the caller is busy with earlier ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
Emit = Callable[[T], Awaitable[None]]
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def in_background(work: Callable[[Emit[T]], Awaitable[None]], *, ahead: int) -> Iterator[T]:
    """Yield what ``work`` emits, in that order.

    Closing the generator, or any exception in its consumer, cancels the work and waits for its end.

    Args:
        work: a coroutine function; it awaits the function that it is given with each result.
        ahead: results that may lie ready before it has to wait for the consumer.

    Raises:
        BaseException: what ``work`` raised, after everything emitted before has been yielded.
    """
    ready: SimpleQueue[T | _End] = SimpleQueue()
    worker = _Worker(work, ready, ahead)
    thread = threading.Thread(target=worker.run, name="harness-openai", daemon=True)
    thread.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        worker.cancel()
        thread.join()


class _Worker(Generic[T]):
    def __init__(self, work: Callable[[Emit[T]], Awaitable[None]], ready: SimpleQueue[T | _End], ahead: int) -> None:
        self._work = work
        self._ready = ready
        self._ahead = ahead
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        error: BaseException | None = None
        try:
            asyncio.run(self._main())
        except BaseException as raised:  # noqa: BLE001  carried over to the consumer's thread
            error = raised
        finally:
            self._started.set()
            self._ready.put(_End(error))

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._started.set()
        await self._work(self._emit)

    async def _emit(self, item: T) -> None:
        self._ready.put(item)
        # Polling, because waking this loop for every item taken would cost more than all else here; it is rare.
        while self._ready.qsize() > self._ahead:
            await asyncio.sleep(_POLL_SECONDS)

    def cancel(self) -> None:
        self._started.wait()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
