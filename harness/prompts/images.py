"""Pictures of a sample as addresses that a chat message can carry."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.errors import DataError
from harness.values import Sample

_KINDS = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"BM", "bmp"))


def addresses(sample: Sample, fields: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the pictures of a sample, in the order of the fields.

    Args:
        sample: whose fields hold bytes, ``{bytes: …}`` as the hub's data sets have it, ``http(s):`` or ``data:``
            addresses, null, or lists of them.
        fields: which of them.
        where: how errors call the card.

    Raises:
        DataError: a field is missing or holds something else.
    """
    found: list[str] = []
    for name in fields:
        if name not in sample.fields:
            raise DataError(f"{where}: sample {sample.id} has no field '{name}', which 'images' names")
        for value in _items(sample.fields[name]):
            address = _address(value)
            if address is None:
                raise DataError(
                    f"{where}: sample {sample.id}: the field '{name}' holds no picture (PNG, JPEG, GIF, WebP, BMP, or "
                    f"an address of one) but {value!r:.60}"
                )
            found.append(address)
    return tuple(found)


def _items(value: Any) -> Iterator[Any]:
    for item in value if isinstance(value, list | tuple) else [value]:
        if item is not None:
            yield item


def _address(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("bytes")
    if isinstance(value, str):
        return value if value.startswith(("https://", "http://", "data:image/")) else None
    if not isinstance(value, bytes):
        return None
    kind = next((kind for head, kind in _KINDS if value.startswith(head)), None)
    if kind is None and value[:4] == b"RIFF" and value[8:12] == b"WEBP":
        kind = "webp"
    return kind and f"data:image/{kind};base64,{base64.b64encode(value).decode()}"
