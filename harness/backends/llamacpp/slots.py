"""Keeps a few workers busy with requests that are made while they are taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from itertools import islice
from queue import SimpleQueue

from harness.errors import one_line
from harness.values import ErrorKind, Request, Response

_HANG_UP_SECONDS = 0.05


def answer_all(
    requests: Iterable[Request], answer: Callable[[Request], Response], workers: int, hang_up: Callable[[], None]
) -> Generator[tuple[int, Response], None, None]:
    """Yield each response with its request's place, as they become ready.

    Closing the iterator breaks off what is under way and waits for its end.

    Args:
        requests: taken in the caller's thread, at most twice as many as there are workers ahead.
        answer: answers one, in a worker's thread.
        workers: how many are answered at once.
        hang_up: makes every ``answer`` under way return or raise soon.
    """
    todo: SimpleQueue[tuple[int, Request] | None] = SimpleQueue()
    done: SimpleQueue[tuple[int, Response]] = SimpleQueue()
    stopped = threading.Event()

    def work() -> None:
        while (item := todo.get()) is not None:
            if not stopped.is_set():
                done.put((item[0], _answer(answer, item[1])))

    threads = [threading.Thread(target=work, name="harness-llamacpp", daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        numbered = enumerate(requests)
        under_way = 0
        for item in islice(numbered, 2 * workers):
            todo.put(item)
            under_way += 1
        while under_way:
            yield done.get()  # first, so that it is not lost if the next request cannot be made
            under_way -= 1
            for item in islice(numbered, 1):
                todo.put(item)
                under_way += 1
    finally:
        stopped.set()
        for _ in threads:
            todo.put(None)
        for thread in threads:
            while thread.is_alive():
                hang_up()  # again and again: a worker may just have begun an exchange
                thread.join(_HANG_UP_SECONDS)


def _answer(answer: Callable[[Request], Response], request: Request) -> Response:
    try:
        return answer(request)
    except Exception as error:  # noqa: BLE001  one request must not end the run
        return Response.failed(ErrorKind.INTERNAL, f"the llamacpp backend failed: {one_line(error, 200)}")
