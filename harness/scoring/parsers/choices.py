"""Parsers that find which choice a reply names: by its letter, or by its text."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from harness.errors import CardError
from harness.scoring.parsers.base import ParseContext, Parsed, Parser, parser
from harness.scoring.parsers.find import Boxed
from harness.scoring.patterns import last_of

# What may stand between "answer" and the letter: marks, TeX, and words that only lead on. 16 of them at most, so that
# the time stays linear in the reply.
_BETWEEN = (
    r"(?:[\s:*_`'\"“”‘’$(\[{\\=>→-]|\b(?i:is|are|was|would|should|must|be|therefore|thus|clearly|probably|most|likely|"
    r"option|choice|letter|boxed|text|textbf|mathrm|mathbf)\b){0,16}"
)
_WRAPPED = re.compile(r"\\(?:text|textbf|mathrm|mathbf)\s*\{([^{}]*)\}")
# Characters beside the choice. Of four models' replies to MMLU-Pro, those this short that hold the text of just one
# choice mean it (40 % right, as other answers); in longer ones it, or a lone letter, is right about as often as chance.
_SHORT = 200
_EDGES = " \t\n.,;:!?()[]{}*_`'\"“”‘’$"


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns for one set of labels."""

    answer: re.Pattern[str]
    line: re.Pattern[str]
    start: re.Pattern[str]
    alone: re.Pattern[str]


@functools.lru_cache(maxsize=128)
def _rules(labels: tuple[str, ...]) -> _Rules:
    label = "(" + "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True)) + r")(?![\w'’])"
    # "A dog", "I think": an article and a pronoun are no letters.
    word = r"(?!(?<=\bA)\s+(?!(?:is|because|since|as|would|and|or)\b)[a-z])(?!(?<=\bI)\s+[a-z])"
    return _Rules(
        answer=re.compile(rf"\b(?i:answer|correct\s(?:option|choice|letter))\b{_BETWEEN}{label}(?!(?<=\bI)\s+[a-z])"),
        line=re.compile(rf"^[ \t*_`'\"$(\[{{>#-]{{0,8}}{label}[ \t*_`'\"$)\]}}.:,]{{0,8}}$", re.MULTILINE),
        start=re.compile(rf"^[ \t]*[*_(\[`]{{0,4}}{label}[*_`]{{0,3}}[)\].:](?!\w)", re.MULTILINE),
        alone=re.compile(rf"(?<![\w'’]){label}{word}"),
    )


@parser("letter", main="labels")
@dataclass(frozen=True)
class Letter(Parser):
    r"""Find the letter of the choice that a reply names.

    The first of these rules that hits decides:

    1. ``answer``: the last "answer is (B)", "Answer: **B**", "the correct option is B" …
    2. ``boxed``: ``\boxed{B}``, ``\boxed{\text{(B)}}``.
    3. ``line``: lines that hold nothing but a letter, if all hold the same.
    4. ``start``: the reply begins "B." or "(B)", and no other line begins with another letter.
    5. ``text``: a short reply (at most 200 characters longer than the longest choice) holds the text of exactly one
       choice (:class:`ChoiceText`).
    6. ``alone``: a short reply holds just one of the letters as a word of its own; the article *A* and the pronoun *I*
       are none.

    Nothing is guessed: a reply that none of them decides is unparsed. Letters are upper case.

    Attributes:
        labels: the letters, where the sample has no ``choices``; else those of its choices.
    """

    labels: tuple[str, ...] = ()

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the letter, and the rule that found it."""
        labels = self.labels or context.letters
        if not labels:
            raise CardError("the parser 'letter' needs the field 'choices', or '{letter: [A, B, …]}'")
        rules = _rules(labels)
        found = last_of(rules.answer.finditer(text))
        if found is not None:
            return Parsed(found[1], "letter:answer")
        boxed = Boxed().parse(text, context)
        if boxed is not None and boxed.value is not None:
            inside = _WRAPPED.sub(r"\1", boxed.value).strip(_EDGES)
            if inside in labels:
                return Parsed(inside, "letter:boxed")
        lines = {match[1] for match in rules.line.finditer(text)}
        if len(lines) == 1:
            return Parsed(lines.pop(), "letter:line")
        starts = {match[1] for match in rules.start.finditer(text)}
        if len(starts) == 1 and rules.start.match(text.lstrip()):
            return Parsed(starts.pop(), "letter:start")
        if len(text) > _SHORT + max(map(len, context.choices), default=0):
            return None
        if len(context.choices) == len(labels):
            index = _named_choice(text, context.choices)
            if index is not None:
                return Parsed(labels[index], "letter:text")
        alone = {match[1] for match in rules.alone.finditer(text)}
        return Parsed(alone.pop(), "letter:alone") if len(alone) == 1 else None


@parser("choice_text")
@dataclass(frozen=True)
class ChoiceText(Parser):
    """Find the choice whose text a reply holds, and give its letter.

    The choice that equals the whole reply, else the only one that occurs in it as whole words; choices inside a longer
    one that occurs too do not count. Case, spacing and the marks around the text do not matter.
    """

    def parse(self, text: str, context: ParseContext) -> Parsed | None:
        """Return the letter of that choice."""
        index = _named_choice(text, context.choices)
        return None if index is None or index >= len(context.letters) else Parsed(context.letters[index], self.name)


def _named_choice(text: str, choices: tuple[str, ...]) -> int | None:
    plain = [_plain(choice) for choice in choices]
    reply = _plain(text)
    equal = [index for index, choice in enumerate(plain) if choice and choice == reply]
    if equal:
        return equal[0] if len(equal) == 1 else None
    inside = [index for index, choice in enumerate(plain) if choice and _occurs(choice, reply)]
    longest = [i for i in inside if not any(plain[i] != plain[j] and plain[i] in plain[j] for j in inside)]
    return longest[0] if len(longest) == 1 else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_EDGES)


def _occurs(choice: str, reply: str) -> bool:
    start = reply.find(choice)
    while start >= 0:
        end = start + len(choice)
        if not _joined(reply[start - 1 : start], choice[0]) and not _joined(choice[-1], reply[end : end + 1]):
            return True
        start = reply.find(choice, end)
    return False


def _joined(left: str, right: str) -> bool:
    """Say whether two characters belong to one word; scripts without spaces (from U+2E80 on) have no such words."""
    return bool(left and right) and left.isalnum() and right.isalnum() and max(left, right) < "\u2e80"
