"""Takes secrets out of what is written down: command lines, options, error messages.

Samples and replies are never changed: they are the data. This is for the text around them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

MASK = "***"
_NAME = (
    r"(?:[\w-]*(?:api[_-]?key|access[_-]?key|private[_-]?key|secret|password|passwd|credentials?|auth[_-]?token|token))"
)
_SECRET_NAME = re.compile(rf"-*{_NAME}", re.IGNORECASE)
# A tokenizer's special tokens are settings and no secrets.
_HARMLESS_NAME = re.compile(r".*(?:bos|eos|eot|pad|unk|sep|cls|mask|stop|special|image)[_-]?token", re.IGNORECASE)
_PATTERNS = (
    (re.compile(r"\b(?:sk|pk|rk|hf|ghp|gho|ghs|glpat|xox[abp]|nvapi|gsk)[-_][A-Za-z0-9_\-]{8,}"), MASK),
    (re.compile(r"\bgithub_pat_\w{8,}|\bAKIA[0-9A-Z]{12,}|\bAIza[\w-]{20,}"), MASK),
    (re.compile(r"\b(bearer)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    (
        re.compile(
            r"\b((?:proxy-)?authorization|x-api-key|api-key|cookie)(\s*[:=]\s*)(?:(?:basic|bearer)\s+)?\S+",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"(?<=://)[^/\s@]+@"), f"{MASK}@"),
    (re.compile(rf"(?<![\w-])(-*{_NAME})=[^\s&]+", re.IGNORECASE), rf"\1={MASK}"),
)
_SHORTEST = 8  # characters; a shorter value of a secret variable would blank out ordinary words


def redact(value: T) -> T:
    """Return plain data with every secret replaced by ``***``.

    Secrets are: values of environment variables with a telling name, wherever they stand; well-known key forms
    (``sk-…``, ``hf_…``), ``Bearer …``, the user part of URLs; values under a telling name in a map, after ``NAME=``
    and after a flag (``--api-key``).

    Args:
        value: text, or lists and maps of it; other values stay as they are. Tuples stay tuples.
    """
    # The helper works on any plain data; what goes in is of the type that comes out.
    return _redact(value, _from_environment())  # type: ignore[no-any-return]


def _from_environment() -> list[str]:
    values = {v for name, v in os.environ.items() if len(v) >= _SHORTEST and _telling(name)}
    return sorted(values, key=len, reverse=True)


def _telling(name: str) -> bool:
    return bool(_SECRET_NAME.fullmatch(name)) and not _HARMLESS_NAME.fullmatch(name)


def _redact(value: Any, known: Sequence[str]) -> Any:
    if isinstance(value, str):
        return _text(value, known)
    if isinstance(value, Mapping):
        return {
            key: MASK if isinstance(inner, str) and inner and _telling(str(key)) else _redact(inner, known)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        items = [_redact(item, known) for item in value]
        for place, flag in enumerate(value[:-1]):
            if isinstance(flag, str) and flag.startswith("-") and _telling(flag) and isinstance(value[place + 1], str):
                items[place + 1] = MASK
        return items if isinstance(value, list) else tuple(items)
    return value


def _text(text: str, known: Sequence[str]) -> str:
    for secret in known:
        text = text.replace(secret, MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
