"""What the general tests of all metrics need to know of single ones: a ``CASES`` dict in each module of this folder.

Keys are metric names (``"set_match"``) or names with a preset (``"set_match:megabench"``), which win over the former.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hypothesis import strategies as st

WORDS = st.lists(st.sampled_from("cat sat mat dog 12 é 猫 北京 the a - . ! $5".split()), min_size=1, max_size=8).map(
    " ".join
)
PLAIN = st.lists(st.sampled_from("cat sat mat dog 12 é 猫 北京".split()), min_size=1, max_size=8).map(" ".join)


@dataclass(frozen=True)
class Case:
    """One metric's ground for the general tests.

    Attributes:
        references: draws a valid reference; several of them are alternatives, unless ``single``.
        perfect: reference → the reply that scores best; None where there is no such reply.
        predictions: draws replies that the metric understands, beside any text.
        parameters: those that the metric needs to be made at all.
        fields: of the sample.
        single: the sample has exactly one reference.
        best: what a perfect reply scores; by default the end of the range.
        reference: of the tests with huge replies.
        huge: a further huge reply made of this text, repeated.
        seconds: that a reply of 5 MB may take.
        examples: of property tests; fewer where one is slow.
        requires: modules without which the metric is skipped.
    """

    references: st.SearchStrategy[Any] = WORDS
    perfect: Callable[[Any], str] | None = lambda reference: str(reference)
    predictions: st.SearchStrategy[str] = WORDS
    parameters: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    single: bool = False
    best: float | None = None
    reference: Any = "the cat sat on the mat. it sat there. " * 20
    huge: str = "a b, "
    seconds: float = 10.0
    examples: int = 15
    requires: tuple[str, ...] = ()


@cache
def cases() -> dict[str, Case]:
    """Return all cases; a name that two modules have is an error."""
    found: dict[str, Case] = {}
    for module in pkgutil.iter_modules(__path__):
        for name, case in importlib.import_module(f"{__name__}.{module.name}").CASES.items():
            assert name not in found, f"two cases for {name}"
            found[name] = case
    return found


def case_of(step: Any) -> Case:
    """Return the case of a card's step."""
    name, preset = (step, "") if isinstance(step, str) else next(iter(step.items()))
    known = cases()
    return known.get(f"{name}:{preset}") or known.get(name) or Case(references=PLAIN)
