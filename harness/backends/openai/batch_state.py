"""What is remembered of batches under way, so that another run comes back to them: one small file for each."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.errors import StoreError

_KEPT_SECONDS = 30 * 24 * 3600.0  # as long as OpenAI keeps what a batch has written


@dataclass(frozen=True, slots=True)
class Remembered:
    """A batch that was sent.

    Attributes:
        tag: our own name of it; part of the batch's metadata.
        batch: the server's name; None until the server has given it.
        ids: the requests in it.
        method: the ``method`` of its responses.
    """

    tag: str
    batch: str | None
    ids: tuple[str, ...]
    method: str | None = None


class BatchFolder:
    """The batches of one model on one server.

    Args:
        folder: where they are remembered; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __iter__(self) -> Iterator[Remembered]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
                    path.unlink()
                    continue
                form = json.loads(path.read_bytes())
                yield Remembered(form["tag"], form["batch"], tuple(form["ids"]), form["method"])
            except (OSError, ValueError, LookupError, TypeError):
                continue  # half written by a run that was killed: its batch was not begun

    def new(self, ids: tuple[str, ...], method: str | None) -> Remembered:
        """Remember a batch that is about to be sent.

        Raises:
            StoreError: the folder cannot be written.
        """
        return self.save(Remembered(uuid.uuid4().hex, None, ids, method))

    def save(self, batch: Remembered) -> Remembered:
        """Remember a batch as it is now.

        Raises:
            StoreError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._path(batch)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(batch)), "utf-8")
            fresh.replace(path)
        except OSError as error:
            raise StoreError(f"cannot remember batches in {self._folder}: {error.strerror}") from None
        return batch

    def forget(self, batch: Remembered) -> None:
        """Forget a batch whose answers have been handed over."""
        self._path(batch).unlink(missing_ok=True)

    def _path(self, batch: Remembered) -> Path:
        return self._folder / f"{batch.tag}.json"
