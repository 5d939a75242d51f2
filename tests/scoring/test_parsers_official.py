"""Our linear rewrites against the published expressions themselves, on texts made of what they look for."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.scoring.parsers import ParseContext, Parsed, compile_parsers

PIECES = st.sampled_from(
    [
        "answer is ",
        "Answer:",
        "answer:",
        "nswer:",
        " ",
        "\n",
        "\n\n",
        "A",
        "B",
        "J",
        "K",
        "(",
        ")",
        "x",
        ".",
        "é",
        "\x85",
        "_",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
NUMBERS = st.lists(
    st.sampled_from(["#### ", "#", "-", "1", "23", ",", ".", "$", " ", "a", "\n", "٣"]), max_size=12
).map("".join)


def published_mmlu_pro(text: str) -> tuple[str | None, int]:
    for level, (pattern, flags) in enumerate(
        ((r"answer is \(?([A-J])\)?", 0), (r".*[aA]nswer:\s*([A-J])", 0), (r"\b([A-J])\b(?!.*\b[A-J]\b)", re.DOTALL)), 1
    ):
        match = re.search(pattern, text, flags)
        if match:
            return match[1], level
    return None, 0


@given(TEXTS)
@example("Answer: x\nAnswer: B Answer: A\nanswer:J")
@example("Answer:Answer:A")
@example("Answer:\n\nB x Answer: A")
def test_mmlu_pro_equals_the_published_expressions(text: str) -> None:
    value, level = published_mmlu_pro(text)
    found = compile_parsers(["mmlu_pro"], "x")(text, ParseContext())
    assert found == Parsed(value, f"mmlu_pro:{level}" if level else "mmlu_pro")


@given(NUMBERS)
def test_gsm8k_equals_the_published_expressions(text: str) -> None:
    strict = re.search(r"#### (\-?[0-9\.\,]+)", text)
    found = compile_parsers(["gsm8k_strict"], "x")(text, ParseContext())
    assert found.value == (strict[1] if strict else None)
    flexible = re.findall(r"(-?[$0-9.,]{2,})|(-?[0-9]+)", text)
    found = compile_parsers(["gsm8k_flexible"], "x")(text, ParseContext())
    assert found.value == (next(filter(None, flexible[-1])) if flexible else None)


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("So the answer is (B).", "(B)", "bbh"),
        ("the answer is no. So the answer is yes.", "yes", "bbh"),
        ("the answer is 3.5", "3.5", "bbh"),
        (" the answer is ] ) \n", "] )", "bbh"),
        ("(B)", "(B)", "bbh:whole"),
        ("Yes.", "Yes", "bbh:whole"),
        ("first\nsecond", None, "bbh"),
        ("", None, "bbh"),
    ],
)
def test_bbh(text: str, value: str | None, rule: str) -> None:
    assert compile_parsers(["bbh"], "x")(text, ParseContext()) == Parsed(value, rule)
