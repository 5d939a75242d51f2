"""Whatever a model writes, a parser gives an answer or none: it never raises, and its time is bounded."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.prompts.variables import letters
from harness.scoring.parsers import ParseContext, Parsed, compile_parsers, parser_names

ARGUMENTS: dict[str, Any] = {
    "regex": {"pattern": r"(\w+)\s+\1", "pick": "last"},
    "remove": [r"\s+$", r"\W"],
    "replace": {"from": "a", "to": "bb"},
    "replace_pattern": {"pattern": r"(\w)(\W?)", "to": r"\2\1\1"},
    "map": {"table": {"A": "1"}, "default": "2"},
    "stop": ["\n\n", "Q:"],
    "after": "is",
    "before": "is",
    "first_of": ["boxed", "json", ["code_fence", "number"], "letter"],
    "code_fence": ["python"],
    "label": ["Paris", "Paris or London", "yes", "1"],
    "lm_eval_regex": {"pattern": r"(A)|(\d+)?", "select": -1},
}
FURTHER: list[Any] = [
    {"regex": {"pattern": r"(?P<x>\w)", "pick": "unique", "group": "x"}},
    {"regex": {"pattern": r"\d+", "pick": -2}},
    {"code_fence": {"pick": "unique"}},
    {"normalize": "NFKD"},
    {"number": {"pick": "first", "digits": "any", "percent": "divide", "fractions": True, "scale": True}},
    {"number": {"pick": 2, "decimal": ",", "group": " '", "percent": "keep", "scale": True}},
    {"json": {"key": "a", "repair": True}},
    {"list": "lines"},
    {"list": "semicolon"},
    {"tag": {"tag": "think", "unclosed": True, "pick": "first"}},
    {"letter": {"labels": ["1", "2", "3", "4"], "letters": True}},
    {"letter": {"labels": ["I", "II", "III", "IV"]}},
    {"letter": {"labels": ["①", "②", "あ", "Б"]}},
    {"label": {"labels": {"a": ["Paris", "答案"], "b": "is"}, "pick": "last"}},
    {"yes_no": "zh"},
    {"true_false": {"language": "hi", "pick": "first"}},
    {"verdict": {"pick": "unique"}},
    {"rating": {"lowest": 1, "highest": 10, "pick": "first"}},
    {"mt_bench": "winner"},
    {"lm_eval_bbh": "cot_zeroshot"},
    {"lm_eval_multi_choice": {"ignore_case": True, "ignore_punctuation": True, "ignore": [r"\d"], "select": -1}},
    {"simple_evals_choice": True},
    {"simple_evals_answer": {"whole": True}},
    {"mgsm": "te"},
    {"minerva_boxed": {"command": True}},
    {"megabench_answer": {"form": "ascii"}},
    {"megabench_answer": {"form": "verbatim"}},
    {"megabench_answer": {"single_line": True}},
    {"megabench_json": {"empty": True}},
]
STEPS = [{name: ARGUMENTS[name]} if name in ARGUMENTS else name for name in parser_names()] + FURTHER
CHOICES = ["Paris", "in London", "", "Paris or London"]
CONTEXT = ParseContext({"choices": CHOICES}, letters(len(CHOICES)))
# st.text() draws from every plane, without lone surrogates; those come from PIECES.
WORDS = """
Answer answer is 答案是 Ответ: : A (B) I Paris yes no 是 不是 1 ② あ
\\boxed{ \\boxed \\frac{1}{2} } {
[ ] [[A]] [[7]] $ ``` ~~~ json
{"a":1 ' " \\ <think> </think> <answer> </answer> - 1. , 1,234 1.234,5 ½ % million 万 . 。 #### 𝟙 ١ ٫ ('a', ('
PER: **Score** :7
"""
UNSEEN = ["\n\n", "e\u0301\u0327", *"\n\t\u200f\u200b\ufeff\ud800\udfff\x00\x1c\u2028\U000e0041\U0010ffff"]
PIECES = st.sampled_from([" ", *WORDS.split(), *UNSEEN])
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join)


@pytest.mark.parametrize("step", STEPS, ids=str)
@settings(max_examples=40, deadline=None)  # a first call may import a library
@given(text=TEXTS)
def test_a_parser_never_raises(step: Any, text: str) -> None:
    found = compile_parsers([step], "x")(text, CONTEXT)
    assert isinstance(found, Parsed)
    assert found.value is None or isinstance(found.value, str)
    assert found.value is not None or found.rule
    assert compile_parsers([step], "x")(text, CONTEXT) == found


HUGE = {
    "answers": "answer ",
    "fillers": "answer" + " is" * 16 + " ",
    "foreign fillers": "答案" + "是" * 16 + " ",
    "letters": "A ",
    "boxes": "\\boxed{",
    "boxes with spaces": "\\boxed ",
    "braces": "{",
    "closed braces": "{}",
    "fences": "```\n",
    "tildes": "~",
    "thoughts": "<think>",
    "tags": "<answer>",
    "digits": "1",
    "numbers": "1,234",
    "fractions": "1 1/",
    "brackets": "[",
    "objects": '{"a":',
    "nested texts": '"[1]", ',
    "quotes": '"',
    "backslashes": "\\",
    "apostrophes": "'",
    "spaces": " ",
    "lines": "\n",
    "blank lines": " \n",
    "choices": "Paris",
    "one letter": "é",
    "marks": "\u0300\u0327",
    "half-width marks": "\uff9e\u0327",
    "ligatures": "\ufdfa",
    "emoji": "👩\u200d👧",
    "items": "- a\n",
    "commas": "a,",
    "verdicts": "[[A]] ",
    "open verdicts": "[[ ",
    "scores": "**Score** : ",
    "tagged words": "('a', 'B')",
    "yes and no": "yes no ",
    "surrogates": "\ud800",
    "full stops": "a. ",
    "zeros": "\x00",
}
STARTS = {"\\boxed": "{", "```json\n": '{"a":', "Answer:": " ", "**Answer:": "\n", "Answer: {": '"[1]", ', "x\n": " \n"}


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_five_megabytes_take_bounded_time(step: Any) -> None:
    _check_time(step, "\n".join(text * 20 for text in HUGE.values()) * 300)


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_long_run_of_anything_takes_bounded_time(text: str) -> None:
    for step in STEPS:
        _check_time(step, text * (5_000 // len(text)), seconds=1)


@pytest.mark.parametrize(("start", "text"), STARTS.items(), ids=STARTS)
def test_a_long_run_after_a_start_takes_bounded_time(start: str, text: str) -> None:
    for step in STEPS:
        _check_time(step, start + text * (5_000 // len(text)), seconds=1)


@pytest.mark.slow
@pytest.mark.parametrize("text", [*HUGE.values(), *(start + text * 100_000 for start, text in STARTS.items())])
def test_five_megabytes_of_anything_take_bounded_time(text: str) -> None:
    for step in STEPS:
        _check_time(step, text * (5_000_000 // len(text)) or text)


def _check_time(step: Any, text: str, seconds: float = 3) -> None:
    parse = compile_parsers([step], "x")
    begun = time.process_time()
    parse(text, CONTEXT)
    assert time.process_time() - begun < seconds, step
