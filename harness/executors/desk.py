"""A replica's side: requests come in, answers go out, and a thread keeps the backend busy between the two."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from harness.backends.base import Backend
from harness.errors import UserError, one_line
from harness.values import ErrorKind, Request, Response

_PLENTY = 512  # answers that are not kept waiting for more


@dataclass(frozen=True, slots=True)
class Orders:
    """What the driver tells a replica.

    Attributes:
        run: number of the run; a new one ends the work on the one before.
        give: requests and their positions.
        drop: positions that need no answer any more unless they have been begun.
        linger: seconds that the first answer may wait for others, so that they travel together.
        patience: seconds after which a report comes even if there is nothing to say.
    """

    run: int
    give: Sequence[tuple[int, Request]] = ()
    drop: Sequence[int] = ()
    linger: float = 0.05
    patience: float = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a replica tells the driver.

    Attributes:
        run: number of the run that it is about.
        answers: positions and responses since the last report.
        waiting: how many of the given requests have not been begun.
        idle: nothing is left to do.
        failure: nothing can work, in one line; the run stops.
    """

    run: int
    answers: Sequence[tuple[int, Response]]
    waiting: int
    idle: bool
    failure: str | None = None


class CrashError(Exception):
    """A backend broke in a way that is not a user's mistake: its name and message, which any process can read."""

    @classmethod
    def of(cls, error: BaseException) -> CrashError:
        """Describe an exception; it may itself be unfit for travelling."""
        return cls(f"{type(error).__name__}: {one_line(error)}")


class Desk:
    """Keeps one backend busy.

    The backend sees one long stream for as long as requests keep coming, so that its batches stay full from group to
    group; the stream ends when the inbox is empty, and the next request begins another.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._news = threading.Condition()
        self._inbox: deque[tuple[int, Request]] = deque()
        self._outbox: list[tuple[int, Response]] = []
        self._run = 0
        self._busy = self._hungry = self._closed = False
        self._failure: str | None = None
        self._crash: CrashError | None = None
        self._worker = threading.Thread(target=self._serve, name="replica", daemon=True)
        self._worker.start()

    def exchange(self, orders: Orders) -> Report:
        """Take orders and wait for something to report: answers, an inbox run empty, the end of all work.

        Raises:
            CrashError: the backend broke; it will answer nothing more.
        """
        with self._news:
            if orders.run != self._run:
                self._clear(orders.run)
            if orders.drop:
                dropped = frozenset(orders.drop)
                self._inbox = deque(item for item in self._inbox if item[0] not in dropped)
            self._inbox.extend(orders.give)
            self._news.notify_all()
            self._news.wait_for(lambda: self._outbox or self._pressing, orders.patience)
            if self._outbox:
                self._news.wait_for(lambda: self._pressing or len(self._outbox) >= _PLENTY, orders.linger)
            if self._crash is not None and not self._outbox:
                raise self._crash
            answers, self._outbox = self._outbox, []
            self._hungry = False
            return Report(self._run, answers, len(self._inbox), self._idle, self._failure)

    def cancel(self, run: int) -> None:
        """Forget what there is to do; the backend is stopped as soon as it gives its next answer."""
        with self._news:
            self._clear(run)

    def close(self) -> None:
        """Stop the thread, if the backend lets it, and free the backend."""
        with self._news:
            self._clear(-1)
            self._closed = True
            self._news.notify_all()
        self._worker.join(2.0)
        self._backend.close()

    @property
    def _idle(self) -> bool:
        return not self._busy and not self._inbox and self._crash is None

    @property
    def _pressing(self) -> bool:
        return self._idle or self._hungry or self._failure is not None or self._crash is not None

    def _clear(self, run: int) -> None:
        self._run = run
        self._inbox.clear()
        self._outbox = []

    def _serve(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._inbox or self._closed)
                if self._closed:
                    return
                self._busy, run = True, self._run
            try:
                self._session(run)
            except UserError as error:
                self._failure = one_line(error)
            except BaseException as error:  # noqa: BLE001  whatever it is, the driver must know, to replace this replica
                self._crash = CrashError.of(error)
            with self._news:
                self._busy = False
                self._news.notify_all()
                if self._failure or self._crash:
                    return

    def _session(self, run: int) -> None:
        """Answer until the inbox is empty or another run begins."""
        begun: list[int] = []
        unanswered: set[int] = set()
        with closing(self._backend.answer(self._requests(run, begun, unanswered))) as answers:
            for index, response in answers:
                unanswered.discard(begun[index])
                if not self._put(run, begun[index], response):
                    return
        for position in unanswered:
            self._put(run, position, Response.failed(ErrorKind.INTERNAL, "the backend gave no answer"))

    def _requests(self, run: int, begun: list[int], unanswered: set[int]) -> Generator[Request, None, None]:
        while True:
            with self._news:
                if self._run != run or not self._inbox:
                    return
                position, request = self._inbox.popleft()
                if not self._inbox:
                    self._hungry = True
                    self._news.notify_all()
            begun.append(position)
            unanswered.add(position)
            yield request

    def _put(self, run: int, position: int, response: Response) -> bool:
        with self._news:
            if self._run != run:
                return False
            self._outbox.append((position, response))
            self._news.notify_all()
            return True
