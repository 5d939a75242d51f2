"""What runs in a replica's process."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from socket import gethostname

from harness import __version__
from harness.backends.base import Backend, Capabilities, Need
from harness.errors import UserError, one_line
from harness.executors.desk import CrashError, Desk, Orders, Report
from harness.values import Identity


@dataclass(frozen=True, slots=True)
class Opened:
    """A replica that is ready.

    Attributes:
        name: of its backend.
        identity: who answers there.
        version: of Harness on that machine.
    """

    name: str
    identity: Identity
    version: str


@dataclass(frozen=True, slots=True)
class Failed:
    """What a user can mend; as data, since exceptions reach the driver as tracebacks.

    Attributes:
        line: what and where.
        host: where the replica runs.
    """

    line: str
    host: str

    @classmethod
    def of(cls, error: UserError) -> Failed:
        """Tell of a mistake that shows on this machine."""
        return cls(one_line(error), gethostname())

    def told(self) -> str:
        """Return the line, with the machine's name when it is not the one that reads it."""
        return self.line if self.host == gethostname() else f"{self.line} (on {self.host})"


class Replica:
    """One backend in a process of its own; its methods are called from afar, one at a time."""

    def __init__(self) -> None:
        self._backend: Backend | None = None
        self._desk: Desk | None = None

    def open(self, factory: Callable[[], Backend]) -> Opened | Failed:
        """Open the backend here, with the devices that this process may see.

        Raises:
            CrashError: it broke while it was opened; another process may have more luck.
        """
        try:
            self._backend = factory()
        except UserError as error:
            return Failed.of(error)
        except Exception as error:  # noqa: BLE001  told apart from a user's mistake, whatever it is
            raise CrashError.of(error) from None
        self._desk = Desk(self._backend)
        return Opened(self._backend.name, self._backend.identity, __version__)

    def probe(self, kinds: Collection[Need]) -> Capabilities | Failed:
        """Ask the backend what it can do."""
        assert self._backend is not None
        try:
            return self._backend.probe(kinds)
        except UserError as error:
            return Failed.of(error)

    def exchange(self, orders: Orders) -> Report:
        """Take requests, give answers."""
        assert self._desk is not None
        return self._desk.exchange(orders)

    def cancel(self, run: int) -> None:
        """Stop what belongs to runs before ``run``."""
        if self._desk is not None:
            self._desk.cancel(run)

    def close(self) -> None:
        """Free the backend."""
        if self._desk is not None:
            self._desk.close()
