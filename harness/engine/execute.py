"""Running a plan: ask what the store does not know yet, keep every answer as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from harness.backends.base import Backend
from harness.engine.plan import Plan
from harness.errors import IncompleteError
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Request, Response


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; handed to the observer after each answer.

    Attributes:
        total: requests of the plan.
        reused: of these, answered by the store.
        done: answered now, errors included.
        errors: of these, without an answer.
        prompt_tokens: read so far by the backend.
        completion_tokens: written so far by the backend.
        seconds: since the first request.
    """

    total: int
    reused: int
    done: int = 0
    errors: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def asked(self) -> int:
        """How many requests this run asks."""
        return self.total - self.reused


Observer = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a plan's requests were answered.

    Attributes:
        responses: key → response; a request that was never asked is absent.
        progress: the final count; None when the backend gave up and only the store knows.
    """

    responses: Mapping[str, Response]
    progress: Progress | None


class InterruptedRunError(IncompleteError):
    """The user stopped the run; carries what was answered until then."""

    def __init__(self, answers: Answers) -> None:
        progress = answers.progress
        left = f" with {progress.asked - progress.done:,} of {progress.total:,} requests unanswered" if progress else ""
        super().__init__(f"interrupted{left}; every answer until now is kept, run it again to go on")
        self.answers = answers


def execute(plan: Plan, backend: Backend, store: ResponseStore, observe: Observer | None = None) -> Answers:
    """Answer a plan's requests.

    Args:
        plan: what is asked.
        backend: who answers.
        store: where answers are kept; errors found there are asked again.
        observe: called after each answer.

    Raises:
        InterruptedRunError: Ctrl-C; every answer until then is in the store.
        BackendError: nothing can be asked; likewise.
    """
    responses = {key: r for key, r in store.lookup(plan.requests, plan.identity).items() if r.error is None}
    missing = [(key, request) for key, request in plan.requests.items() if key not in responses]
    counter = _Counter(len(plan.requests), len(responses), observe)
    if not missing:
        return Answers(responses, counter.progress)
    store.prepare()  # an unwritable folder shows before anything is paid for
    counter.show()
    try:
        with closing(backend.answer([request for _, request in missing])) as answers:
            for index, response in answers:
                key, request = missing[index]
                checked = _checked(request, response)
                store.put(key, checked, plan.identity, backend.identity.model)
                responses[key] = checked
                counter.count(checked)
    except KeyboardInterrupt:
        raise InterruptedRunError(Answers(responses, counter.progress)) from None
    finally:
        store.flush()
    return Answers(responses, counter.progress)


class _Counter:
    def __init__(self, total: int, reused: int, observe: Observer | None) -> None:
        self._start = time.monotonic()
        self._total, self._reused = total, reused
        self._done = self._errors = self._read = self._written = 0
        self._observe = observe

    def count(self, response: Response) -> None:
        self._done += 1
        self._errors += response.error is not None
        self._read += response.prompt_tokens or 0
        self._written += response.completion_tokens or 0
        self.show()

    def show(self) -> None:
        if self._observe is not None:
            self._observe(self.progress)

    @property
    def progress(self) -> Progress:
        seconds = time.monotonic() - self._start
        return Progress(self._total, self._reused, self._done, self._errors, self._read, self._written, seconds)


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
