"""Whatever a model writes, a parser gives an answer or none: it never raises, and its time is bounded."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.prompts.variables import letters
from harness.scoring.parsers import ParseContext, Parsed, compile_parsers, parser_names

ARGUMENTS: dict[str, Any] = {
    "regex": {"pattern": r"(\w+)\s+\1", "pick": "last"},
    "remove": [r"\s+$", r"\W"],
    "replace": {"from": "a", "to": "bb"},
    "stop": ["\n\n", "Q:"],
    "after": "is",
    "before": "is",
    "first_of": ["boxed", "json", ["code_fence", "number"], "letter"],
    "code_fence": ["python"],
}
STEPS = [{name: ARGUMENTS[name]} if name in ARGUMENTS else name for name in parser_names()]
CHOICES = ["Paris", "in London", "", "Paris or London"]
CONTEXT = ParseContext({"choices": CHOICES}, letters(len(CHOICES)))
TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(
        [
            "Answer",
            "answer is ",
            ":",
            " ",
            "\n",
            "A",
            "(B)",
            "I",
            "Paris",
            "\\boxed{",
            "}",
            "```",
            "~~~",
            "json",
            '{"a": 1',
            "<think>",
            "</think>",
            "1,234",
            "-",
            ".",
            "####",
            "\u200f",
            "𝟙",
            "\ud800",
            "١",
        ]
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize("step", STEPS, ids=parser_names())
@given(text=TEXTS)
def test_a_parser_never_raises(step: Any, text: str) -> None:
    found = compile_parsers([step], "x")(text, CONTEXT)
    assert isinstance(found, Parsed)
    assert found.value is None or isinstance(found.value, str)
    assert found.value is not None or found.rule


HUGE = {
    "answers": "answer " * 150_000,
    "fillers": ("answer" + " is" * 16 + " ") * 18_000,
    "letters": "A " * 500_000,
    "boxes": "\\boxed{" * 150_000,
    "braces": "\\boxed" + "{" * 1_000_000,
    "fences": "```\n" * 250_000,
    "tildes": "~" * 1_000_000,
    "thoughts": "<think>" * 120_000 + "</think>" * 20_000,
    "digits": "1" * 1_000_000,
    "numbers": "1,234" * 200_000,
    "brackets": "[" * 1_000_000,
    "objects": "```json\n" + '{"a":' * 200_000,
    "spaces": "Answer:" + " " * 1_000_000,
    "choices": "Paris" * 200_000,
    "one letter": "é" * 1_000_000,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_megabyte_takes_bounded_time(text: str) -> None:
    for step in STEPS:
        parse = compile_parsers([step], "x")
        begun = time.perf_counter()
        parse(text, CONTEXT)
        assert time.perf_counter() - begun < 3, step
