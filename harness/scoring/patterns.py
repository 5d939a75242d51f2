"""Regular expressions that come from cards: they cannot hang a run.

Backtracking makes some patterns take time exponential in the text, and a reply is text that nobody has checked. So
every search has a deadline, and a pattern that keeps missing it gets less and less time.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

import regex

MAX_PATTERN = 4_000  # characters
MAX_UNROLLED = 100_000  # items; x{1000} is compiled to a thousand copies of x, and no deadline covers compiling
DEADLINE = 1.0  # seconds for one search
BUDGET = 30.0  # seconds that one pattern may lose to missed deadlines in a process before its deadline shrinks
FLOOR = 0.02  # seconds: the shortest deadline

Result = TypeVar("Result")
_REPEAT = re.compile(r"(\)?)\{(\d+)(?:,\d*)?\}")


_ESCAPE = re.compile(r"\\.", re.DOTALL)
_REFERENCE = re.compile(r"\\[1-9gkKGXRNpPLm]")
_CLASS = re.compile(r"\[\^?\]?[^\]\[]*\]")
_FORKS = 12  # optional parts and alternatives: at most 2 ** 12 ways to try at one place of the text


def is_bounded(pattern: str) -> bool:
    """Say whether it is plain that a pattern takes time proportional to the text: no worker need watch it.

    It repeats nothing, refers to nothing, looks nowhere, and forks a few times at most. Most patterns that pick a
    letter are such; of any other it may be true as well.
    """
    if _REFERENCE.search(pattern):
        return False
    plain = _CLASS.sub("x", _ESCAPE.sub("x", pattern)).replace("(?:", "(")
    if any(sign in plain for sign in ("*", "+", "{", "[", "(?")):
        return False
    return plain.count("?") + plain.count("|") <= _FORKS


class SafePattern:
    """A compiled pattern with a deadline.

    Args:
        text: the pattern, in the syntax of the ``regex`` module (a superset of ``re``).
        ignore_case: whether case does not matter.
        dotall: whether ``.`` matches line breaks too.

    Raises:
        ValueError: it is no pattern.

    All methods raise TimeoutError when the deadline is missed.
    """

    __slots__ = ("_lost", "_pattern", "text")

    def __init__(self, text: str, *, ignore_case: bool = False, dotall: bool = False) -> None:
        if len(text) > MAX_PATTERN:
            raise ValueError(f"the pattern has more than {MAX_PATTERN:,} characters")
        if _unrolled(text) > MAX_UNROLLED:
            raise ValueError(f"'{text}' repeats more than {MAX_UNROLLED:,} times")
        flags = (regex.IGNORECASE if ignore_case else 0) | (regex.DOTALL if dotall else 0)
        try:
            self._pattern = regex.compile(text, flags)
        except regex.error as error:
            raise ValueError(f"'{text}' is not a regular expression: {error}") from None
        except RecursionError:
            raise ValueError("the pattern is nested too deeply") from None
        self.text = text
        self._lost = 0.0

    @property
    def groups(self) -> int:
        """The number of capturing groups."""
        return self._pattern.groups

    def has_group(self, group: int | str) -> bool:
        """Say whether the pattern has this group."""
        return group in self._pattern.groupindex if isinstance(group, str) else 0 <= group <= self.groups

    def first(self, text: str) -> regex.Match[str] | None:
        """Return the first match."""
        return self._timed(lambda seconds: self._pattern.search(text, timeout=seconds))

    def last(self, text: str) -> regex.Match[str] | None:
        """Return the last of the matches that follow one another without overlap."""
        return self._timed(lambda seconds: last_of(self._pattern.finditer(text, timeout=seconds)))

    def all(self, text: str) -> list[regex.Match[str]]:
        """Return the matches that follow one another without overlap."""
        return self._timed(lambda seconds: list(self._pattern.finditer(text, timeout=seconds)))

    def remove(self, text: str) -> str:
        """Return the text without the matches."""
        return self.replace(text, "")

    def replace(self, text: str, to: str | Callable[[regex.Match[str]], str]) -> str:
        """Return the text with ``to``, or what it makes of a match, in place of the matches."""
        make = (lambda match: to) if isinstance(to, str) else to
        return self._timed(lambda seconds: self._pattern.sub(make, text, timeout=seconds))

    def _timed(self, search: Callable[[float], Result]) -> Result:
        seconds = max(FLOOR, min(DEADLINE, BUDGET - self._lost))
        try:
            return search(seconds)
        except TimeoutError:
            self._lost += seconds
            raise TimeoutError(f"the pattern '{self.text}' took longer than {seconds:g} s") from None

    def __repr__(self) -> str:
        return f"SafePattern({self.text!r})"


def last_of(items: Iterable[Result]) -> Result | None:
    """Return the last item, or None where there is none."""
    tail = deque(items, maxlen=1)
    return tail[0] if tail else None


def _unrolled(text: str) -> int:
    """Return an upper bound of the items that a pattern is compiled to; repeated groups may be nested."""
    repeats = [(group, int(count)) for group, count in _REPEAT.findall(text)]
    plain = sum(count for group, count in repeats if not group)
    return (len(text) + plain) * math.prod(max(1, count) for group, count in repeats if group)
