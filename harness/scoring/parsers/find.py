"""Parsers that find an answer by its form: a pattern, a number, a box, a code block, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from harness.scoring.parsers.base import ParseContext, Parsed, Parser, parser
from harness.scoring.patterns import SafePattern, last_of

Pick = Literal["first", "last"]

_NUMBER = re.compile(
    r"(?<![0-9A-Za-z_.])[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?:[eE][-+]?[0-9]+)?"
)
_FENCE = re.compile(r"^[ \t]{0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


@parser("regex", main="pattern")
@dataclass(frozen=True)
class Regex(Parser):
    """Find what a regular expression matches (syntax of the ``regex`` module, each search with a deadline).

    Attributes:
        pattern: the expression.
        pick: the ``first`` match or the ``last``.
        group: the group to keep, by number or name; by default the first one that is not empty, or the whole match
            where there are no groups.
        ignore_case: whether case does not matter.
        dotall: whether ``.`` matches line breaks too.
    """

    pattern: str
    pick: Pick = "first"
    group: int | str | None = None
    ignore_case: bool = False
    dotall: bool = False

    def __post_init__(self) -> None:
        if self.group is not None and not self._compiled.has_group(self.group):
            raise ValueError(f"the pattern '{self.pattern}' has no group {self.group!r}")
        _ = self._compiled

    @cached_property
    def _compiled(self) -> SafePattern:
        return SafePattern(self.pattern, ignore_case=self.ignore_case, dotall=self.dotall)

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the group; None without a match or where it is empty."""
        match = self._compiled.first(text) if self.pick == "first" else self._compiled.last(text)
        if match is None:
            return None
        if self.group is not None:
            value = match[self.group]
        elif self._compiled.groups:
            value = next(filter(None, match.groups()), None)
        else:
            value = match[0]
        return Parsed(value, self.name) if value else None


@parser("number", main="pick")
@dataclass(frozen=True)
class Number(Parser):
    """Find a number: ``-3``, ``1,234.50`` (thousands separators are dropped), ``.5``, ``1e6``.

    A sign counts where no digit or letter stands before it (``16-3`` holds 16 and 3); digits inside words do not count.

    Attributes:
        pick: the ``last`` number of the text or the ``first``.
    """

    pick: Pick = "last"

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the number as text."""
        text = text.replace("\N{MINUS SIGN}", "-")
        found = _NUMBER.search(text) if self.pick == "first" else last_of(_NUMBER.finditer(text))
        return None if found is None else Parsed(found[0].replace(",", "").lstrip("+"), self.name)


@parser("boxed")
@dataclass(frozen=True)
class Boxed(Parser):
    r"""Find what the last ``\boxed{…}`` holds, counting braces; ``\fbox`` where there is no ``\boxed``.

    ``\boxed 7`` without braces holds what follows up to ``$`` or the end of the line. A box that is not closed holds
    nothing.

    Source: ``last_boxed_only_string`` of the MATH benchmark's code. A regular expression for nested braces takes
    exponential time on a box that is not closed.
    """

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the content of the box."""
        for command in ("\\boxed", "\\fbox"):
            _, found, rest = text.rpartition(command)
            if found:
                content = _braced(rest.lstrip(" ")) if rest.lstrip(" ").startswith("{") else _bare(rest)
                return None if content is None else Parsed(content, self.name)
        return None


def _braced(text: str) -> str | None:
    depth = 0
    for match in _BRACE.finditer(text):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0 and match[0] == "}":
            return text[1 : match.start()]
    return None


def _bare(text: str) -> str | None:
    return text.partition("$")[0].partition("\n")[0].strip() or None


@parser("code_fence", main="languages")
@dataclass(frozen=True)
class CodeFence(Parser):
    """Find a fenced block of code (three or more backticks or tildes); one that is not closed runs to the end.

    Attributes:
        languages: tags that count, ``[python, py]``; all by default. A block without a tag always counts.
        pick: the ``last`` block or the ``first``.
    """

    languages: tuple[str, ...] = ()
    pick: Pick = "last"

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the lines inside."""
        blocks = (block for language, block in _blocks(text) if self._counts(language))
        found = next(blocks, None) if self.pick == "first" else last_of(blocks)
        return None if found is None else Parsed(found, self.name)

    def _counts(self, language: str) -> bool:
        return not self.languages or not language or language in self.languages


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    opening: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        info = line["info"].strip()
        if opening is None:
            if "`" not in info:  # else it is code within a line
                opening = line
        elif not info and line["mark"].startswith(opening["mark"]):
            yield _language(opening), text[opening.end() + 1 : line.start()].removesuffix("\n")
            opening = None
    if opening is not None:
        yield _language(opening), text[opening.end() + 1 :].removesuffix("\n")


def _language(opening: re.Match[str]) -> str:
    return next(iter(opening["info"].split()), "").lower()


@parser("json", main="key")
@dataclass(frozen=True)
class Json(Parser):
    """Read the reply, or its last fenced block, as strict JSON; anything else is unparsed, nothing is repaired.

    Duplicate keys and ``NaN`` are refused.

    Attributes:
        key: keep the value of this key of an object; by default all of it, written compactly.
    """

    key: str | None = None

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return a text as it is, anything else as JSON."""
        for source in (text, _last_block(text, context)):
            if source is None:
                continue
            try:
                value = json.loads(source, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
                return self._found(value)
            except (ValueError, RecursionError):
                continue
        return None

    def _found(self, value: Any) -> Parsed | None:
        if self.key is not None:
            value = value.get(self.key) if isinstance(value, dict) else None
            if value is None:
                return None
        if isinstance(value, str):
            return Parsed(value, self.name)
        return Parsed(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")), self.name)


def _last_block(text: str, context: ParseContext) -> str | None:
    found = CodeFence(("json",)).parse(text, context)
    return found.value if found else None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)
