"""llama.cpp inside this process: its own server, asked over loopback with a secret that nobody else knows.

Loopback, because only its HTTP side tokenises, renders chat templates and lets go of a request when the asker does.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib
import importlib.util
import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.backends.http.text import decode, encode
from harness.errors import BackendError

_SILENT, _ERRORS_ONLY = 0, 1  # llama.cpp's levels of logging
_REASON_SECONDS = 2.0  # its log is written by a thread of its own


class ServerError(Exception):
    """llama.cpp refused a request, or failed on it.

    Attributes:
        status: the HTTP status; 0 when the exchange broke off.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Settings:
    """How llama.cpp runs a model.

    Attributes:
        file: the GGUF file; of a split one the first part.
        length: tokens that fit into a slot.
        slots: requests under way at once.
        threads: of the processor.
        gpu_layers: layers on the GPU, or None for as many as fit.
        chat_template: Jinja text, or None for the model's own.
    """

    file: Path
    length: int
    slots: int
    threads: int
    gpu_layers: int | None = None
    chat_template: str | None = None


class Server:
    """A loaded model.

    Args:
        settings: how it runs.

    Raises:
        BackendError: the library is missing, or it cannot load the file.
    """

    def __init__(self, settings: Settings) -> None:
        library = require_library()
        self._secret = secrets.token_hex(16)
        try:
            self._server = library.Server(_params(library, settings, self._secret))
        except RuntimeError:
            reason = _why_not(library, settings) or "its log says no more"
            raise BackendError(f"llama.cpp cannot load '{settings.file}': {reason}") from None
        self._address = str(self._server.listening_address).removeprefix("http://")
        self._open: set[http.client.HTTPConnection] = set()
        self._lock = threading.Lock()

    def post(self, path: str, form: Mapping[str, Any]) -> dict[str, Any]:
        """Ask and return the answer; any number of threads may ask at once.

        Raises:
            ServerError: it refused, or :meth:`hang_up` was called.
        """
        connection = http.client.HTTPConnection(self._address)
        with self._lock:
            self._open.add(connection)
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._secret}"}
            connection.request("POST", path, encode(form), headers)
            reply = connection.getresponse()
            status, answer = reply.status, decode(reply.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ServerError(0, f"llama.cpp's server broke off: {error}") from error
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()
        if status != 200 or not isinstance(answer, dict):
            raise ServerError(status, _message(answer))
        return answer

    def hang_up(self) -> None:
        """Break off all exchanges under way; llama.cpp then stops working on them."""
        with self._lock:
            for connection in self._open:
                if connection.sock is not None:
                    with contextlib.suppress(OSError):  # it has ended by itself
                        connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the model; nothing can be asked afterwards."""
        self.hang_up()
        self._server = None


def require_library() -> Any:
    """Return the module ``xllamacpp``.

    Raises:
        BackendError: it is not installed, or not for this machine.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise BackendError("llamacpp needs xllamacpp: pip install 'multitask-harness[llamacpp]'")
    try:
        return importlib.import_module("xllamacpp")
    except ImportError as error:
        raise BackendError(f"llamacpp: xllamacpp does not run here: {error}") from None


def _params(library: Any, settings: Settings, secret: str) -> Any:
    params = library.CommonParams()
    params.model.path = str(settings.file)
    params.model_alias = {"model"}
    params.n_ctx = settings.length * settings.slots
    params.n_parallel = settings.slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads
    if settings.gpu_layers is not None:
        params.n_gpu_layers = settings.gpu_layers
    if settings.chat_template is not None:
        params.chat_template = settings.chat_template
    params.prefill_assistant = False  # a conversation that ends with the assistant is an ordinary one here
    params.cache_ram_mib = 0  # the slots' own caches are enough: requests come with shared prefixes together
    params.n_threads_http = settings.slots + 4
    params.warmup = params.endpoint_slots = params.ui = False
    params.api_keys = [secret]
    params.verbosity = _SILENT
    return params


def _why_not(library: Any, settings: Settings) -> str:
    """Load once more, with its log in a file, to learn why a model cannot be loaded; the failure comes fast."""
    params = _params(library, settings, "")
    params.verbosity = _ERRORS_ONLY
    with tempfile.TemporaryFile() as log:
        saved = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            with contextlib.suppress(RuntimeError):
                library.Server(params)
            end = time.monotonic() + _REASON_SECONDS
            while time.monotonic() < end and b"exiting" not in _content(log):
                time.sleep(0.05)
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        lines = _content(log).decode("utf-8", "replace").splitlines()
    return next((line.partition(" E ")[2].strip() for line in lines if "error" in line), "")


def _content(log: Any) -> bytes:
    return os.pread(log.fileno(), 65536, 0)


def _message(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    return str(error.get("message") if isinstance(error, dict) else answer)[:300]
