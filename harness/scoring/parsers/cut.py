"""Parsers that keep a part of the text, or clean it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from harness.scoring.parsers.base import ParseContext, Parser, parser
from harness.scoring.patterns import SafePattern

_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_DIGIT = re.compile(r"\d")


@parser("strip", main="characters")
@dataclass(frozen=True)
class Strip(Parser):
    """Cut white space, or other characters, off both ends.

    Attributes:
        characters: what is cut off; white space by default.
    """

    characters: str | None = None

    def parse(self, text: str, context: ParseContext) -> str:
        """Return the text without them."""
        return text.strip(self.characters)


@parser("lower")
@dataclass(frozen=True)
class Lower(Parser):
    """Write the text in lower case."""

    def parse(self, text: str, context: ParseContext) -> str:
        """Return the text in lower case."""
        return text.lower()


@parser("ascii")
@dataclass(frozen=True)
class Ascii(Parser):
    """Turn full-width letters, digits and signs, and the decimal digits of all scripts, into ASCII."""

    def parse(self, text: str, context: ParseContext) -> str:
        """Return the text with ASCII digits."""
        if text.isascii():
            return text
        return _DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text.translate(_FULL_WIDTH))


@parser("replace")
@dataclass(frozen=True)
class Replace(Parser):
    """Replace a fixed text everywhere.

    Attributes:
        from_: what is replaced; ``from`` in cards.
        to: what stands there afterwards.
    """

    from_: str
    to: str

    def __post_init__(self) -> None:
        if not self.from_:
            raise ValueError("'from' is empty")

    def parse(self, text: str, context: ParseContext) -> str:
        """Return the changed text."""
        return text.replace(self.from_, self.to)


@parser("remove", main="patterns")
@dataclass(frozen=True)
class Remove(Parser):
    """Delete what regular expressions match, one after the other.

    Attributes:
        patterns: the expressions, each with a deadline.
    """

    patterns: tuple[str, ...]

    def __post_init__(self) -> None:
        _ = self._compiled

    @cached_property
    def _compiled(self) -> tuple[SafePattern, ...]:
        return tuple(SafePattern(text) for text in self.patterns)

    def parse(self, text: str, context: ParseContext) -> str:
        """Return what is left."""
        for pattern in self._compiled:
            text = pattern.remove(text)
        return text


@parser("first_line")
@dataclass(frozen=True)
class FirstLine(Parser):
    r"""Keep the first line; line breaks at the very beginning are skipped.

    Source: LongBench's ``eval.py`` for trec, triviaqa, samsum and lsht: ``lstrip("\n")``, then up to the next ``"\n"``.
    """

    def parse(self, text: str, context: ParseContext) -> str:
        """Return the line."""
        return text.lstrip("\n").partition("\n")[0]


@parser("stop", main="texts")
@dataclass(frozen=True)
class Stop(Parser):
    """Cut the text where any of some texts first occurs, as a stop sequence would have.

    Attributes:
        texts: the stop texts.
    """

    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not all(self.texts):
            raise ValueError("an empty stop text cuts everything off")

    def parse(self, text: str, context: ParseContext) -> str:
        """Return what stands before them, or all of it."""
        for stop in self.texts:
            text = text.partition(stop)[0]
        return text


@parser("after", main="text")
@dataclass(frozen=True)
class After(Parser):
    """Keep what stands after a fixed text; without it the reply is unparsed.

    Attributes:
        text: the fixed text.
        pick: after its ``last`` occurrence, or its ``first``.
    """

    text: str
    pick: Literal["first", "last"] = "last"

    def parse(self, text: str, context: ParseContext) -> str | None:
        """Return what follows."""
        _, found, rest = text.partition(self.text) if self.pick == "first" else text.rpartition(self.text)
        return rest if found else None


@parser("before", main="text")
@dataclass(frozen=True)
class Before(Parser):
    """Keep what stands before a fixed text; without it the reply is unparsed (``stop`` would keep all of it).

    Attributes:
        text: the fixed text.
        pick: before its ``first`` occurrence, or its ``last``.
    """

    text: str
    pick: Literal["first", "last"] = "first"

    def parse(self, text: str, context: ParseContext) -> str | None:
        """Return what precedes."""
        rest, found, _ = text.partition(self.text) if self.pick == "first" else text.rpartition(self.text)
        return rest if found else None
