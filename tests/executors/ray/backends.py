"""Backends that replicas open in their own processes; what they are asked decides what happens."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Generator, Iterable
from pathlib import Path

from harness.backends.base import Capabilities, Need
from harness.errors import BackendError
from harness.values import Identity, Request, Response


class UnfitError(Exception):
    """An exception that cannot be read back from a pickle, and cannot be written to one either."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one}\n{two}")
        self.lock = threading.Lock()


class Sleeping:
    """Sleeps, and answers with the number of its process and what it was asked.

    Prompts that are orders: ``exit`` ends the process at once, ``exit once`` likewise unless that has happened
    before, ``hang`` never returns the first time, ``break`` raises, ``refuse`` says that nothing can work.

    Args:
        seconds: to sleep over each request.
        memory: an empty folder where replicas note what has happened.
        details: what the identity is made of; ``pid`` stands for the number of the process.
    """

    name = "sleeping"

    def __init__(self, seconds: float = 0.0, memory: Path | None = None, details: str = "") -> None:
        if details == "missing":
            raise BackendError("there is no model 'missing'")
        if details == "broken":
            raise UnfitError("no device", "today")
        self._seconds, self._memory = seconds, memory
        self.identity = Identity("sleeping", self.name, {"x": os.getpid() if details == "pid" else details})

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        return Capabilities(notes=(f"asked for {sorted(kinds)}",))

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        for index, request in enumerate(requests):
            time.sleep(self._seconds)
            self._obey(request.prompt or "")
            yield index, Response(text=f"{os.getpid()} {request.prompt}", finish="stop")

    def close(self) -> None:
        if self._memory is not None:
            (self._memory / f"closed {os.getpid()}").touch()

    def _obey(self, order: str) -> None:
        if order == "exit" or (order == "exit once" and self._first(order)):
            os._exit(1)
        if order == "hang" and self._first(order):
            time.sleep(600)
        if order == "break" and self._first(order):
            raise UnfitError("out of memory", "or so")
        if order == "refuse":
            raise BackendError("the key was withdrawn")

    def _first(self, order: str) -> bool:
        assert self._memory is not None
        try:
            (self._memory / order).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
