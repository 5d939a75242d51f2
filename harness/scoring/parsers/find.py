"""Parsers that find an answer by its form: a pattern, a box, a tag, a code block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import regex

from harness.scoring.parsers.base import ParseContext, Parsed, Parser, parser
from harness.scoring.parsers.pick import Pick, check_pick, pick_from
from harness.scoring.patterns import SafePattern, is_bounded

_FENCE = re.compile(r"^[ \t]{0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


@parser("regex", main="pattern")
@dataclass(frozen=True)
class Regex(Parser):
    """Find what a regular expression matches (syntax of the ``regex`` module, each search with a deadline).

    Attributes:
        pattern: the expression.
        pick: the ``first`` match, the ``last``, the n-th (``2``; ``-2`` is the last but one), or the only one:
            ``unique`` leaves a reply whose matches differ unparsed.
        group: the group to keep, by number or name; by default the first one that is not empty, or the whole match
            where there are no groups.
        ignore_case: whether case does not matter.
        dotall: whether ``.`` matches line breaks too.
    """

    isolated: ClassVar[bool] = True

    pattern: str
    pick: Pick = "first"
    group: int | str | None = None
    ignore_case: bool = False
    dotall: bool = False

    @classmethod
    def needs_worker(cls, argument: Any) -> bool:
        """Say whether the pattern may take long."""
        pattern = argument.get("pattern") if isinstance(argument, Mapping) else argument
        return not (isinstance(pattern, str) and is_bounded(pattern))

    def __post_init__(self) -> None:
        check_pick(self.pick)
        if self.group is not None and not self._compiled.has_group(self.group):
            raise ValueError(f"the pattern '{self.pattern}' has no group {self.group!r}")
        _ = self._compiled

    @cached_property
    def _compiled(self) -> SafePattern:
        return SafePattern(self.pattern, ignore_case=self.ignore_case, dotall=self.dotall)

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the group; None without a match or where it is empty."""
        if self.pick == "first":
            match = self._compiled.first(text)
        elif self.pick == "last":
            match = self._compiled.last(text)
        else:
            match = pick_from(self._compiled.all(text), self.pick, self._value)
        value = self._value(match) if match else None
        return Parsed(value, self.name) if value else None

    def _value(self, match: regex.Match[str]) -> str | None:
        if self.group is not None:
            return match[self.group]
        if self._compiled.groups:
            return next(filter(None, match.groups()), None)
        return match[0]


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
        pick: the ``last`` block, the ``first``, the n-th, or the only one (``unique``).
    """

    languages: tuple[str, ...] = ()
    pick: Pick = "last"

    def __post_init__(self) -> None:
        check_pick(self.pick)

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the lines inside."""
        blocks = (block for language, block in _blocks(text) if self._counts(language))
        found = pick_from(blocks, self.pick)
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


@parser("tag", main="tag")
@dataclass(frozen=True)
class Tag(Parser):
    """Find what stands between ``<answer>`` and ``</answer>``, or tags of another name, without white space around it.

    Case does not matter, and the opening tag may have attributes. Of tags of the same name inside one another the inner
    ones count.

    Attributes:
        tag: the name.
        pick: the ``last`` pair of tags, the ``first``, the n-th, or the only one (``unique``).
        unclosed: whether an opening tag that is not closed counts, up to the end of the reply: where ``</answer>`` is
            a stop sequence.
    """

    tag: str = "answer"
    pick: Pick = "last"
    unclosed: bool = False

    def __post_init__(self) -> None:
        check_pick(self.pick)
        if not re.fullmatch(r"[^\W\d][\w.:-]{0,99}", self.tag):
            raise ValueError(f"'{self.tag}' is no name of a tag; it stands without '<' and '>'")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"<(?P<close>/)?{re.escape(self.tag)}(?(close)\s*|(?:\s[^<>]{{0,1000}})?)>", re.IGNORECASE)

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the text inside."""
        found = pick_from(self._inside(text), self.pick)
        return None if found is None else Parsed(found, self.name)

    def _inside(self, text: str) -> Iterator[str]:
        start: int | None = None
        for tag in self._pattern.finditer(text):
            if not tag["close"]:
                start = tag.end()
            elif start is not None:
                yield text[start : tag.start()].strip()
                start = None
        if start is not None and self.unclosed:
            yield text[start:].strip()
