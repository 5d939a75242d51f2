"""Text that is safe to print: model output and data never control the terminal."""

from __future__ import annotations

import math
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def safe(text: str) -> str:
    """Return text without characters that control, hide, turn round or cannot be encoded; new lines and tabs stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def number(value: float, digits: int = 4) -> str:
    """Return a number with a fixed number of decimals; a dash when there is none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def count(value: float, unit: str, plural: str | None = None) -> str:
    """Return ``1 sample`` or ``1,200 samples``."""
    return f"{value:,} {unit if value == 1 else plural or unit + 's'}"


def duration(seconds: float) -> str:
    """Return ``42 s``, ``3 min 05 s`` or ``2 h 07 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(count_bytes: float) -> str:
    """Return a number of bytes with a unit of thousands."""
    for unit in ("B", "kB", "MB", "GB"):
        if count_bytes < 1000:
            return f"{count_bytes:.0f} {unit}" if unit == "B" else f"{count_bytes:.1f} {unit}"
        count_bytes /= 1000
    return f"{count_bytes:.1f} TB"
