from __future__ import annotations

import pytest

from harness.errors import CardError
from harness.prompts.variables import letters
from harness.scoring.parsers import ParseContext, compile_parsers

CITIES = ("Paris", "London", "New York", "York")


def context(choices: tuple[str, ...] = CITIES) -> ParseContext:
    return ParseContext({"choices": list(choices)}, letters(len(choices)))


def letter(text: str, where: ParseContext | None = None) -> tuple[str | None, str]:
    found = compile_parsers(["letter"], "card: parse")(text, where or context())
    return found.value, found.rule.removeprefix("letter").removeprefix(":")


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("The answer is (B).", "B", "answer"),
        ("The answer is B", "B", "answer"),
        ("Answer: B", "B", "answer"),
        ("**Answer:** B", "B", "answer"),
        ("Answer: **(B)** because", "B", "answer"),
        ("The correct option is C.", "C", "answer"),
        ("the answer should be option D", "D", "answer"),
        (r"The final answer is $\boxed{\text{C}}$.", "C", "answer"),
        ("The answer is A. Wait, the answer is B.", "B", "answer"),
        ("I first thought A. The answer is therefore C, not A.", "C", "answer"),
        ("The answer is\n\n(D)", "D", "answer"),
        (r"so we get \boxed{B}", "B", "boxed"),
        (r"so we get \boxed{\text{(B)}}", "B", "boxed"),
        ("B", "B", "line"),
        ("(B)", "B", "line"),
        ("**C**", "C", "line"),
        ("Because of the river.\n\nB.", "B", "line"),
        ("B. London, of course", "B", "start"),
        ("(C) New York", "C", "start"),
        ("A) Paris\n\nIt lies on the Seine.", "A", "start"),
        ("Paris", "A", "text"),
        ("It is paris!", "A", "text"),
        ("New York", "C", "text"),
        ("I would go to New York.", "C", "text"),
        ("I choose D", "D", "alone"),
        ("Definitely C, I think", "C", "alone"),
        ("option B looks right", "B", "alone"),
    ],
)
def test_the_letter_that_a_reply_names(text: str, value: str, rule: str) -> None:
    assert letter(text) == (value, rule)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I do not know",
        "The answer is Apple",
        "The answer is not A or B",
        "A dog ran",
        "Paris or London",
        "either A or B",
        "Comparison",
        "the answer is b",
        "A. is wrong\nB. is wrong\nC. is wrong",
        "E",
        "x" * 500 + " Paris",
        "x" * 500 + " D",
        "A's share",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert letter(text) == (None, "")


def test_article_and_pronoun_are_no_letters() -> None:
    ten = ParseContext({}, letters(10))
    assert letter("I think a dog", ten) == (None, "")
    assert letter("I think the answer is I", ten) == ("I", "answer")
    assert letter("The answer is I think B", ten)[0] == "B"
    assert letter("I believe it is J", ten) == ("J", "alone")


def test_labels_of_a_card_without_choices() -> None:
    parse = compile_parsers([{"letter": ["A", "B"]}], "card: parse")
    assert parse("Answer: B", ParseContext()).value == "B"
    assert parse("Answer: C", ParseContext()).value is None
    with pytest.raises(CardError, match="needs the field 'choices'"):
        compile_parsers(["letter"], "card: parse")("Answer: B", ParseContext())


def test_more_than_26_choices() -> None:
    many = ParseContext({}, letters(30))
    assert letter("Answer: AB", many)[0] == "AB"
    assert letter("Answer: A", many)[0] == "A"


def test_long_choices_are_found_in_long_replies() -> None:
    where = context(("x" * 400, "y" * 400))
    assert letter("y" * 400 + ".", where) == ("B", "text")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("paris.", "A"),
        ("It is London", "B"),
        ("New York", "C"),
        ("York", "D"),
        ("in York, not elsewhere", "D"),
        ("Yorkshire", None),
        ("Paris, then London", None),
        ("nothing", None),
    ],
)
def test_choice_text(text: str, value: str | None) -> None:
    assert compile_parsers(["choice_text"], "card: parse")(text, context()).value == value


def test_choice_text_without_spaces_between_words() -> None:
    parse = compile_parsers(["choice_text"], "card: parse")
    assert parse("答案是巴黎。", context(("巴黎", "伦敦"))).value == "A"


def test_equal_choices_are_ambiguous() -> None:
    assert letter("same", context(("same", "same"))) == (None, "")
    assert compile_parsers(["choice_text"], "x")("same", ParseContext()).value is None
