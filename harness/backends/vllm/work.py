"""What the engine has been asked and has not answered yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from harness.backends.local.chat import RequestError
from harness.backends.local.encode import Encoder, Spans
from harness.backends.vllm import scoring, writing
from harness.backends.vllm.engine import Engine
from harness.backends.vllm.jobs import Scoring, Writing
from harness.backends.vllm.scoring import Query
from harness.errors import one_line
from harness.values import ErrorKind, Request, Response

Answered = Iterator[tuple[int, Response]]


class Work:
    """The open sequences of one iterator of answers.

    Args:
        encoder: requests → token ids.
        start: returns the engine; called when the first sequence needs it.
        numbers: names for sequences; no two of an engine are equal.
    """

    def __init__(self, encoder: Encoder, start: Callable[[], Engine], numbers: Iterator[int]) -> None:
        self._encoder = encoder
        self._start = start
        self._started: Engine | None = None
        self._numbers = numbers
        self._open: dict[str, tuple[int, Writing] | tuple[int, Scoring, Query]] = {}

    @property
    def is_open(self) -> bool:
        """Whether the engine has anything to do."""
        return bool(self._open)

    @property
    def has_room(self) -> bool:
        """Whether the engine can use more than it has."""
        return not self._open or len(self._open) < self._engine.capacity

    def begin(self, index: int, request: Request) -> Answered:
        """Hand a request to the engine; yield its answer where it needs none."""
        try:
            if request.kind == "generate":
                self._write(index, request)
            elif request.kind == "choose":
                yield from self._score(index, request, self._encoder.choices(request))
            else:
                yield from self._score(index, request, self._encoder.text(request))
        except RequestError as error:
            yield index, error.response()

    def step(self) -> Answered:
        """Let the engine work, and yield what is answered."""
        for output in self._engine.step():
            entry = self._open.pop(output.request_id, None)
            if entry is None:
                continue
            if len(entry) == 2:
                yield entry[0], self._written(entry[1], output)
            else:
                yield from self._scored(*entry, output)

    def abort(self) -> None:
        """Take back what is not answered."""
        if self._started is not None:
            self._started.abort(list(self._open))
        self._open.clear()

    @property
    def _engine(self) -> Engine:
        if self._started is None:
            self._started = self._start()
        return self._started

    def _write(self, index: int, request: Request) -> None:
        prompt = self._encoder.prompt(request)
        engine = self._engine  # before the clock starts: it may have to be started
        job = Writing(request, prompt)
        name = str(next(self._numbers))
        engine.add(name, prompt.ids, writing.parameters(request, prompt))
        self._open[name] = (index, job)

    def _score(self, index: int, request: Request, spans: Spans) -> Answered:
        asked = scoring.queries(spans.spans)
        if asked:
            _ = self._engine  # as above
        job = Scoring.of(request, spans, asked)
        for query in asked:
            self._ask(index, job, query, cached=True)
        if not job.open:
            yield index, job.response()

    def _ask(self, index: int, job: Scoring, query: Query, *, cached: bool) -> None:
        name = str(next(self._numbers))
        try:
            self._engine.add(name, query.inputs, query.parameters(cached=cached))
        except RequestError as error:
            job.fail(error.response())
        else:
            self._open[name] = (index, job, query)

    def _written(self, job: Writing, output: Any) -> Response:
        try:
            return job.response(writing.read(job.request, output, self._encoder.decode))
        except RequestError as error:
            return error.response()

    def _scored(self, index: int, job: Scoring, query: Query, output: Any) -> Answered:
        try:
            scores = scoring.read(query, output)
        except (KeyError, IndexError, TypeError) as error:
            job.fail(Response.failed(ErrorKind.INTERNAL, f"vllm left out log-probabilities: {one_line(error)}"))
        else:
            if scores is None:
                self._ask(index, job, query, cached=False)
            else:
                job.add(query, scores)
        if not job.open:
            yield index, job.response()
