"""A response as bytes: what one row of a segment holds.

``crc32(key + body)`` in four bytes, then the body: JSON, or zlib-compressed JSON where that is smaller (its first byte
tells which). The checksum makes sure that a row saved from a damaged file is never taken for an answer that it is not.
The JSON is Python's dialect: ``NaN``, ``Infinity`` and ``-Infinity`` are literals, because log-probabilities can be
minus infinity and standard JSON would lose that; lone surrogates are kept.
"""

from __future__ import annotations

import json
import zlib

from harness.values import Response

_COMPRESS_FROM = 160  # bytes; shorter texts gain less than the time is worth
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def checksum(key: bytes, body: bytes) -> bytes:
    """Return four bytes that tie a body to its key."""
    return zlib.crc32(body, zlib.crc32(key)).to_bytes(4, "big")


def encode(key: bytes, response: Response) -> bytes:
    """Return the bytes that keep ``response`` under ``key``."""
    body = _ENCODER.encode(response.as_json()).encode("utf-8", "surrogatepass")
    if len(body) >= _COMPRESS_FROM:
        body = min(body, zlib.compress(body, 6), key=len)
    return checksum(key, body) + body


def intact(key: bytes, payload: bytes) -> bool:
    """Say whether the bytes are those that were written under ``key``."""
    return checksum(key, payload[4:]) == payload[:4]


def decode(key: bytes, payload: bytes) -> Response | None:
    """Return the response, or None when the bytes are damaged or not what this version understands."""
    if not intact(key, payload):
        return None
    body = payload[4:]
    try:
        plain = body if body[:1] == b"{" else zlib.decompress(body)
        return Response.from_json(json.loads(plain.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, zlib.error):  # written by a newer version
        return None
