"""A fixed number of workers that share one list of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from harness.backends.http.background import Emit
from harness.errors import BackendError
from harness.values import Request, Response


async def answer_all(
    answer: Callable[[Request], Awaitable[Response]],
    requests: Sequence[Request],
    concurrency: int,
    emit: Emit[tuple[int, Response]],
) -> None:
    """Answer all requests, ``concurrency`` at a time, and emit each response with its request's index.

    There are never more tasks than workers, however many requests there are.

    Raises:
        BackendError: the first one that a worker met; the others are cancelled.
    """
    todo = iter(enumerate(requests))

    async def work() -> None:
        for index, request in todo:
            await emit((index, await answer(request)))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(requests))):
                group.create_task(work())
    except* BackendError as errors:
        raise _first(errors) from None


def _first(errors: BaseExceptionGroup[BackendError]) -> BackendError:
    first = errors.exceptions[0]
    return first if isinstance(first, BackendError) else _first(first)
