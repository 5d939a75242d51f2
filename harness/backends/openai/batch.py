"""Texts by the server's batch interface: half the price, and answers within a day.

The requests go up in files of at most 50,000, each a batch of its own. What is under way is remembered in a folder, by
the digests of its requests: a run that is stopped leaves its batches at work, and the next one that asks the same comes
back to them, whatever else it asks. The first request that is new is asked directly, at the full price: it shows a
wrong key or model at once, and teaches what form the server wants, before fifty thousand are sent in the wrong one.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.backends.http.faults import Fault
from harness.backends.http.retry import Clock
from harness.backends.openai.answering import OWN_TEMPERATURE, WIRES
from harness.backends.openai.batch_client import Batch, BatchClient
from harness.backends.openai.batch_file import Chunks, answers, response_of
from harness.backends.openai.batch_state import BatchFolder, Remembered
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.wire import Manner
from harness.errors import BackendError
from harness.values import ErrorKind, Request, Response

T = TypeVar("T")
Answers = Iterator[tuple[int, Response]]
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0
_UNANSWERED = {
    "completed": (ErrorKind.MALFORMED, "the batch has completed without an answer to this request"),
    "expired": (ErrorKind.UNAVAILABLE, "the batch has expired before this request was answered"),
    "cancelled": (ErrorKind.UNAVAILABLE, "the batch was cancelled before this request was answered"),
    "gone": (ErrorKind.UNAVAILABLE, "the server does not know the batch any more"),
}

_log = logging.getLogger(__name__)


class Run(Protocol):
    """Runs a coroutine to its end, away from the caller's own event loop."""

    def __call__(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Return what the coroutine returns; its argument is not for batches."""
        ...


class Batches:
    """Answers requests in batches; serves once.

    Args:
        manner: how the model is asked.
        dialect: what the server has taught us.
        client: the server's interface for batches.
        folder: what is remembered of batches.
        run: runs coroutines.
        ask: answers requests directly.
        clock: the time.
    """

    def __init__(
        self,
        manner: Manner,
        dialect: Dialect,
        client: BatchClient,
        folder: BatchFolder,
        run: Run,
        ask: Callable[[Iterable[Request]], Answers],
        clock: Clock,
    ) -> None:
        self._manner = manner
        self._wire = WIRES[manner.endpoint]
        self._dialect = dialect
        self._client = client
        self._folder = folder
        self._run = run
        self._ask = ask
        self._clock = clock
        self._asked: dict[str, list[tuple[int, Request]]] = {}
        self._collected: list[Remembered] = []

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Yield the responses, batch by batch.

        Raises:
            BackendError: batches cannot be made here, or a request is for no text.
        """
        waiting: list[Remembered] = []
        try:
            with tempfile.TemporaryDirectory(prefix="harness-batch-") as folder:
                known = self._find_known()
                chunks = Chunks(Path(folder), self._wire.path)
                yield from self._sort(requests, {one for batch in known for one in batch.ids}, chunks)
                waiting = [batch for batch in known if not self._asked.keys().isdisjoint(batch.ids)]
                for file, ids in chunks.files:
                    waiting.append(self._send(file, tuple(ids)))
                while waiting:
                    batch, state = self._run(lambda _: self._first_ended(waiting))
                    yield from self._collect(batch, state, Path(folder))
                    waiting.remove(batch)
                    self._collected.append(batch)
        finally:
            for batch in self._collected:  # now that whoever asked has taken all answers
                self._folder.forget(batch)
            if waiting:
                _log.warning("batches at work on the server: %d; run the same again to come back to them", len(waiting))

    def _sort(self, requests: Iterable[Request], known: set[str], chunks: Chunks) -> Answers:
        """Write the requests that are new into files; answer the first of them directly."""
        first = True
        for index, request in enumerate(requests):
            if request.kind != "generate":
                raise BackendError("batch=true generates text only: no log-probabilities; use --formulation generate")
            name = request.digest()[:40]
            if name not in known and first:
                first = False
                yield from ((index, response) for _, response in self._ask([request]))
                continue
            if name not in known and name not in self._asked:
                form = self._wire.form(self._manner.model, request, self._dialect)
                chunks.add(name, {**form, **self._manner.body})
            # Of the request only what its answer is read with: the prompt is in the file.
            kept = replace(request, prompt=None, messages=())
            self._asked.setdefault(name, []).append((index, kept))
        chunks.close()

    def _find_known(self) -> list[Remembered]:
        """Return the batches that are remembered and that the server has."""
        found = []
        for batch in self._folder:
            if batch.batch is None:  # the run that made it ended before the server's answer came
                tagged = self._try(partial(self._client.find, batch.tag))
                if tagged is None:
                    self._folder.forget(batch)
                    continue
                batch = self._folder.save(replace(batch, batch=tagged.id))
            found.append(batch)
        return found

    def _send(self, file: Path, ids: tuple[str, ...]) -> Remembered:
        method = None if self._dialect.sends_temperature else OWN_TEMPERATURE
        batch = self._folder.new(ids, method)

        async def send() -> Batch:
            return await self._client.create(await self._client.upload(file), self._wire.path, batch.tag)

        try:
            state = self._try(send)
        except BackendError:
            self._folder.forget(batch)
            raise
        file.unlink()
        return self._folder.save(replace(batch, batch=state.id))

    def _try(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            return self._run(lambda _: work())
        except Fault as fault:
            advice = "; this server has no batch interface: use batch=false" if fault.status in (404, 405) else ""
            raise BackendError(f"the batch interface fails: {fault.message}{advice}") from None

    async def _first_ended(self, waiting: list[Remembered]) -> tuple[Remembered, Batch]:
        pause = _FIRST_PAUSE
        while True:
            for batch in waiting:
                name = str(batch.batch)
                try:
                    state = await self._client.get(name)
                except Fault as fault:
                    if fault.status == 404:
                        return batch, Batch(name, "gone", None, None, "")
                    if not fault.retry:
                        raise BackendError(f"cannot ask for batch {name}: {fault.message}") from None
                else:
                    if state.ended:
                        return batch, state
            await self._clock.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.5)

    def _collect(self, batch: Remembered, state: Batch, folder: Path) -> Answers:
        file = folder / "answers.jsonl"
        left = set(batch.ids)
        for source in filter(None, (state.output, state.errors)):
            self._try(partial(self._client.download, source, file))
            for name, line in answers(file):
                if name in left:
                    left.discard(name)
                    for index, request in self._asked.pop(name, ()):
                        response = response_of(line, request, self._wire)
                        yield index, replace(response, method=batch.method) if response.error is None else response
        kind, message = _UNANSWERED.get(state.status, (ErrorKind.UNAVAILABLE, f"the batch failed: {state.message}"))
        for name in batch.ids:
            for index, _ in self._asked.pop(name, ()) if name in left else ():
                yield index, Response.failed(kind, message)
