"""A clock that ends what waits in the main thread."""

from __future__ import annotations

import _thread
import signal
import threading
from types import TracebackType
from typing import Self


class Alarm:
    """Raises ``KeyboardInterrupt`` in the main thread after a while, as Ctrl-C would; a context manager.

    Anywhere but in the main thread it does nothing: nothing there can be interrupted.

    Args:
        seconds: until it rings; None is never.

    Attributes:
        rang: whether it was this clock, and no person, that interrupted.
    """

    def __init__(self, seconds: float | None) -> None:
        self.rang = False
        self._timer: threading.Timer | None = None
        if seconds is not None and threading.current_thread() is threading.main_thread():
            self._timer = threading.Timer(seconds, self._ring)
            self._timer.daemon = True

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._before = signal.getsignal(signal.SIGINT)
            if self._before is signal.SIG_IGN:  # as a shell starts what runs in its background
                signal.signal(signal.SIGINT, signal.default_int_handler)
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            signal.signal(signal.SIGINT, self._before)

    def _ring(self) -> None:
        self.rang = True
        main = threading.main_thread().ident
        if hasattr(signal, "pthread_kill") and main is not None:
            signal.pthread_kill(main, signal.SIGINT)  # a real signal also ends a wait for a lock or for sleep
        else:
            _thread.interrupt_main()
