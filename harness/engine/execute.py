"""Running a plan: ask what the store does not know yet, keep every answer as it comes."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Set
from contextlib import closing
from itertools import count

from harness.backends.base import Backend
from harness.engine.alarm import Alarm
from harness.engine.bounds import Bounds
from harness.engine.estimate import CHARACTERS_A_TOKEN
from harness.engine.plan import Plan, characters_of
from harness.engine.progress import Observer, Progress
from harness.errors import BackendError, IncompleteError
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Request, Response

GRACE = 60.0
"""Seconds after the end of its time in which what is under way may still come home."""


class StoppedRunError(IncompleteError):
    """The run ended before everything was asked; carries how far it came."""

    def __init__(self, reason: str, progress: Progress) -> None:
        left = progress.asked - progress.done
        super().__init__(
            f"{reason} with {left:,} of {progress.total:,} requests unanswered; "
            "every answer until now is kept, run it again to go on"
        )
        self.progress = progress


class InterruptedRunError(StoppedRunError):
    """The user stopped the run."""


def execute(
    plan: Plan, backend: Backend, store: ResponseStore, observe: Observer | None = None, bounds: Bounds | None = None
) -> Progress:
    """Answer a plan's requests.

    Args:
        plan: what is asked.
        backend: who answers.
        store: where answers are kept; errors found there are asked again.
        observe: called before the first answer and after each.
        bounds: what ends the run early.

    Returns:
        how far it came: to the end.

    Raises:
        InterruptedRunError: Ctrl-C; every answer until then is in the store.
        StoppedRunError: a bound was reached; likewise.
        BackendError: nothing can be asked; likewise.
    """
    known = store.known(plan.keys, plan.identity)
    run = _Run(plan, known, bounds or Bounds(), observe)
    if len(known) == len(plan.keys):
        run.show()
        return run.progress
    store.prepare()  # an unwritable folder shows before anything is paid for
    run.show()
    broken = None
    alarm = Alarm(bounds.seconds + GRACE if bounds is not None and bounds.seconds is not None else None)
    try:
        with alarm:
            while not (broken or run.spent or run.exhausted):
                with closing(_round(run, backend)) as answers:
                    for key, response in answers:
                        store.put(key, response, plan.identity, backend.identity.model)
                        if broken := run.count(response):
                            break
    except KeyboardInterrupt:
        if not alarm.rang:
            raise InterruptedRunError("interrupted", run.progress) from None
        broken = f"the time of --deadline is over, and {GRACE:g} s more"
    finally:
        store.flush()
    progress = run.progress
    if (reason := broken or run.spent) and progress.done < progress.asked:
        raise StoppedRunError(f"stopped: {reason},", progress)
    return progress


def _round(run: _Run, backend: Backend) -> Generator[tuple[str, Response], None, None]:
    """Yield the key and answer of each request that is asked in one round."""
    before = run.handed
    with closing(backend.answer(_Feed(run.feed(), run.left))) as answers:
        for index, response in answers:
            yield run.take(index, response)
    yield from run.forgotten()
    if run.handed == before and not (run.spent or run.exhausted):
        raise BackendError(f"the backend '{backend.name}' takes no requests")


class _Feed:
    """Requests, and how many they may be: whoever divides them among several wants to know."""

    def __init__(self, requests: Iterator[Request], length: int) -> None:
        self._requests = requests
        self._length = length

    def __iter__(self) -> Iterator[Request]:
        return self._requests

    def __length_hint__(self) -> int:
        return self._length


class _Run:
    """What is under way, and how far that is.

    Where money is bounded, requests are asked in rounds: a backend takes many before it answers the first, and what
    they will cost is only guessed until some have come back. A round ends when it may use up the money; what is left
    of it then is known, and the next round asks on.

    Attributes:
        handed: how many requests have been handed to the backend.
        spent: why nothing more may be asked, or None.
        exhausted: everything has been handed to the backend.
    """

    def __init__(self, plan: Plan, known: Set[str], bounds: Bounds, observe: Observer | None) -> None:
        self._total = len(plan.keys)
        self._reused = len(known)
        self._pending = plan.pending(known)
        self._bounds = bounds
        self._observe = observe
        self._start = time.monotonic()
        self._done = self._errors = self._read = self._written = 0
        self._under_way: dict[int, tuple[str, Request]] = {}
        self._pledged = self._settled = 0.0  # guessed cost of what is under way, and of what has been answered
        self._unmetered = 0.0  # guessed cost of answers that came without numbers of tokens
        self.handed = 0
        self.spent: str | None = None
        self.exhausted = False

    def feed(self) -> Iterator[Request]:
        """Yield what is to be asked in this round."""
        for index in count():
            progress = self.progress
            self.spent = self._bounds.spent(progress)
            if self.spent or (index and self._may_use_up(progress)):
                return
            item = next(self._pending, None)
            if item is None:
                self.exhausted = True
                return
            self._under_way[index] = item
            self._pledged += self._guess(item[1])
            self.handed += 1
            yield item[1]

    def take(self, index: int, response: Response) -> tuple[str, Response]:
        """Return the key of an answer, and the answer as it may be kept.

        Raises:
            BackendError: nothing with this index is under way.
        """
        if index not in self._under_way:
            raise BackendError(f"the backend answered request {index}, which it was not asked or had answered before")
        key, request = self._under_way.pop(index)
        checked = _checked(request, response)
        guess = self._guess(request)
        self._pledged -= guess
        if checked.error is None:  # errors cost nothing, and say nothing of what answers cost
            self._settled += guess
            if response.prompt_tokens is None and response.completion_tokens is None:
                self._unmetered += guess
        return key, checked

    def forgotten(self) -> Iterator[tuple[str, Response]]:
        """Yield an error for each request that a round which has ended left without an answer."""
        for index in list(self._under_way):
            yield self.take(index, Response.failed(ErrorKind.INTERNAL, "the backend gave no answer"))

    def count(self, response: Response) -> str | None:
        """Count an answer; say why the run must end, if it must."""
        self._done += 1
        self._errors += response.error is not None
        self._read += response.prompt_tokens or 0
        self._written += response.completion_tokens or 0
        self.show()
        return self._bounds.broken(self.progress) if response.error is not None else None

    def show(self) -> None:
        """Tell the observer."""
        if self._observe is not None:
            self._observe(self.progress)

    @property
    def left(self) -> int:
        """How many requests have not been handed to the backend."""
        return self._total - self._reused - self.handed

    @property
    def progress(self) -> Progress:
        """How far it is."""
        prices = self._bounds.prices
        return Progress(
            total=self._total,
            reused=self._reused,
            done=self._done,
            errors=self._errors,
            prompt_tokens=self._read,
            completion_tokens=self._written,
            seconds=time.monotonic() - self._start,
            cost=prices.cost(self._read, self._written) + self._unmetered if prices is not None else None,
        )

    def _may_use_up(self, progress: Progress) -> bool:
        """Whether what is under way may cost all that is left."""
        if self._bounds.cost is None or progress.cost is None:
            return False
        ratio = progress.cost / self._settled if self._settled else 1.0
        return progress.cost + ratio * self._pledged >= self._bounds.cost

    def _guess(self, request: Request) -> float:
        """Return the most that a request may cost, as far as its characters tell."""
        if self._bounds.prices is None:
            return 0.0
        new = request.generation.max_tokens if request.generation is not None else 0
        return self._bounds.prices.cost(characters_of(request) / CHARACTERS_A_TOKEN, new)


def _checked(request: Request, response: Response) -> Response:
    """Turn an answer that does not fit its request into an error: a backend's bug must not become a score."""
    if response.error is not None:
        return response
    if request.kind == "generate":
        if response.text is None:
            return Response.failed(ErrorKind.INTERNAL, "the backend returned no text")
    else:
        expected = len(request.options) if request.kind == "choose" else 1
        if len(response.options) != expected:
            return Response.failed(
                ErrorKind.INTERNAL, f"the backend scored {len(response.options)} of {expected} options"
            )
        if any(option.logprob != option.logprob for option in response.options):
            return Response.failed(ErrorKind.INTERNAL, "the backend returned a log-probability that is not a number")
    return response
