"""Files written whole or not at all, and system errors told in one line."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from harness.errors import StoreError, one_line


def store_error(action: str, path: Path, error: OSError, remedy: str) -> StoreError:
    """Turn a system error into one line: ``cannot ACTION 'PATH': reason; REMEDY``."""
    return StoreError(f"cannot {action} '{path}': {(error.strerror or one_line(error)).lower()}; {remedy}")


def make_folder(path: Path, remedy: str) -> None:
    """Create a folder and its parents.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_error("create the folder", path, error, remedy) from None


def temporary_beside(path: Path) -> Path:
    """Return a name in the same folder that no reader looks at, to be renamed to ``path`` when it is complete."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(3)}.tmp")


def publish(temporary: Path, path: Path) -> None:
    """Make a complete temporary file durable and give it its name, replacing what was there."""
    sync(temporary)
    temporary.replace(path)


def sync(path: Path) -> None:
    """Make what was written to a file survive a power cut."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content and nothing between.

    Raises:
        StoreError: the file cannot be written.
    """
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(content)
        publish(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise store_error("write", path, error, "free some space or choose another folder") from None
