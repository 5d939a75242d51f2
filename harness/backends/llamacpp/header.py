"""What a GGUF file says of itself, read without its weights and without a library.

The format (specification: ``docs/gguf.md`` of ggml): ``GGUF``, the version, the number of tensors, the number of
entries, then each entry as key, type and value, little-endian throughout.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from harness.errors import BackendError, one_line

_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself.

    Attributes:
        architecture: ``llama``, ``qwen2`` …
        context_length: input plus reply in tokens that the model was trained for.
        vocabulary: the number of tokens.
        chat_template: Jinja text, or None.
        bos: the token before a text, or None.
        eos: the token after a text, or None.
    """

    architecture: str
    context_length: int
    vocabulary: int
    chat_template: str | None = None
    bos: int | None = None
    eos: int | None = None

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the entries of a file; of long lists only the length.

        Raises:
            BackendError: it is not a GGUF file of a language model.
        """
        try:
            with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                entries = dict(_entries(data))
        except OSError as error:
            raise BackendError(f"llamacpp: cannot read '{file}': {one_line(error)}") from None
        except (ValueError, KeyError, IndexError, struct.error, UnicodeDecodeError):
            raise BackendError(f"llamacpp: '{file}' is not a GGUF file, or was cut off") from None
        architecture = entries.get("general.architecture")
        context_length = entries.get(f"{architecture}.context_length")
        vocabulary = entries.get("tokenizer.ggml.tokens")
        if not isinstance(context_length, int) or not isinstance(vocabulary, int):
            raise BackendError(f"llamacpp: '{file}' holds no language model with its vocabulary")
        return cls(
            architecture=str(architecture),
            context_length=context_length,
            vocabulary=vocabulary,
            chat_template=entries.get("tokenizer.chat_template") or None,
            bos=entries.get("tokenizer.ggml.bos_token_id"),
            eos=entries.get("tokenizer.ggml.eos_token_id"),
        )


def _entries(data: mmap.mmap) -> Iterator[tuple[str, Any]]:
    reader = _Reader(data)
    if data[:4] != b"GGUF" or reader.number("I", 4) not in _VERSIONS:
        raise ValueError
    reader.number("Q")  # tensors
    for _ in range(reader.number("Q")):
        yield reader.text(), reader.value(reader.number("I"))


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def number(self, form: str, skip: int = 0) -> Any:
        layout = struct.Struct(f"<{form}")
        (value,) = layout.unpack_from(self._data, self._at + skip)
        self._at += skip + layout.size
        return value

    def text(self) -> str:
        return self._bytes(self.number("Q")).decode()

    def value(self, kind: int) -> Any:
        """Return a text, a number, or the length of a list."""
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY:
            return self.number(_NUMBERS[kind])
        inner, length = self.number("I"), self.number("Q")
        if inner == _STRING:
            for _ in range(length):
                self._bytes(self.number("Q"))
        else:
            self._bytes(length * struct.calcsize(_NUMBERS[inner]))
        return length

    def _bytes(self, count: int) -> bytes:
        start, self._at = self._at, self._at + count
        if self._at > len(self._data):
            raise ValueError
        return self._data[start : self._at]
