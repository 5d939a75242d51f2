"""The parser protocol: a small step that takes a reply nearer to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What parsers may know of the sample; never its answer.

    Attributes:
        fields: the sample's fields.
        letters: the labels of its choices, ``("A", "B", …)``; empty where it has none.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    letters: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts of the sample's choices; empty where it has none."""
        choices = self.fields.get("choices")
        return tuple(str(choice) for choice in choices) if isinstance(choices, list | tuple) else ()


TIMEOUT = "timeout"
"""The rule of a reply on which a parser took too long."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was taken out of a reply.

    Attributes:
        value: the answer; None when there is none to be found.
        rule: which rule found it (``mmlu_pro:1``), or which parser found nothing; empty when the text was only cleaned.
        notes: what a reader of the record should know: ``capped`` (the middle of a very long text was left out),
            ``repaired`` (broken JSON was mended).
    """

    value: str | None
    rule: str = ""
    notes: tuple[str, ...] = ()


class Parser:
    """The base of all parsers. Subclasses are frozen dataclasses registered with :func:`parser`.

    Attributes:
        name: how cards call it; set by the decorator.
        main: the parameter that ``{name: value}`` sets, or None.
        isolated: whether it runs in a worker process, because a card's pattern can make it hang.
    """

    name: ClassVar[str] = ""
    main: ClassVar[str | None] = None
    isolated: ClassVar[bool] = False

    @classmethod
    def needs_worker(cls, argument: Any) -> bool:
        """Say whether a step with this argument, as the card has it, runs in a worker process."""
        return cls.isolated

    def parse(self, text: str, context: ParseContext) -> Parsed | str | None:
        """Take the answer out of ``text``.

        Returns:
            the text, changed; a :class:`Parsed` when a rule found the answer; None when there is none.

        Raises:
            TimeoutError: a card's pattern took too long; the reply is unparsed then.
        """
        raise NotImplementedError


ParserType = TypeVar("ParserType", bound=type[Parser])
PARSERS: dict[str, type[Parser]] = {}


def parser(name: str, *, main: str | None = None) -> Callable[[ParserType], ParserType]:
    """Register a parser class under ``name``; ``{name: value}`` sets its parameter ``main``."""

    def register(cls: ParserType) -> ParserType:
        cls.name = name
        cls.main = main
        PARSERS[name] = cls
        return cls

    return register
