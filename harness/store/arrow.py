"""Python lists as Arrow arrays, made of their buffers.

``pyarrow.array`` does the same with less code, and imports pandas, where that is installed, to see whether a list is
one of its objects: a quarter of all that a small run costs.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Sized
from typing import Any

import numpy as np


def array(values: Sequence[Any], kind: Any) -> Any:
    """Return a ``pyarrow.Array`` of ``kind``: text, numbers, truth values, or lists or maps of these; None is null.

    Args:
        values: texts, numbers, truth values or None; sequences and mappings of them for lists and maps, never None.
        kind: a ``pyarrow.DataType``.

    Raises:
        UnicodeEncodeError: a text has lone surrogates.
    """
    import pyarrow as pa

    present = [value is not None for value in values]
    valid = None if all(present) else _bits(present)
    children = None
    if pa.types.is_string(kind):
        texts = [(value or "").encode() for value in values]
        buffers = [_offsets(texts), pa.py_buffer(b"".join(texts))]
    elif pa.types.is_list(kind):
        buffers = [_offsets(values)]
        children = [array([item for items in values for item in items], kind.value_type)]
    elif pa.types.is_map(kind):
        buffers = [_offsets(values)]
        entries = [entry for mapping in values for entry in mapping.items()]
        both = [array([key for key, _ in entries], kind.key_type), array([item for _, item in entries], kind.item_type)]
        pair = pa.struct([kind.key_field, kind.item_field])
        children = [pa.Array.from_buffers(pair, len(entries), [None], children=both)]
    elif pa.types.is_boolean(kind):
        buffers = [_bits(values)]
    else:
        buffers = [pa.py_buffer(np.array([0 if value is None else value for value in values], kind.to_pandas_dtype()))]
    return pa.Array.from_buffers(kind, len(values), [valid, *buffers], children=children)


def _offsets(values: Sequence[Sized]) -> Any:
    import pyarrow as pa

    return pa.py_buffer(np.fromiter(itertools.accumulate(map(len, values), initial=0), np.int32, len(values) + 1))


def _bits(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    return pa.py_buffer(np.packbits(np.array(values, bool), bitorder="little"))
