from __future__ import annotations

import pytest

from harness.data.cells import as_text, compile_path, named
from harness.errors import DataError

ROW = {
    "question": "Why?",
    "choices": {"text": ["a", "b"], "label": ["A", "B"]},
    "answers": [{"text": "x", "start": 3}, {"text": "y", "start": 9}],
    "dotted.name": 7,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("question", "Why?"),
        ("choices.text", ["a", "b"]),
        ("choices.text.1", "b"),
        ("answers.0.text", "x"),
        ("answers.text", ["x", "y"]),
        ("dotted.name", 7),
        ("nothing", None),
    ],
)
def test_a_path_reads_a_value(path: str, value: object) -> None:
    assert compile_path(path, "card")(ROW) == value


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("questoin", "card: there is no column 'questoin'; did you mean 'question'?"),
        ("zzz", "card: there is no column 'zzz'; there are 'question', 'choices', 'answers', 'dotted.name', 'nothing'"),
        ("zzz.text", "card: there is no column 'zzz'"),
        ("choices.texts", "card: 'choices.texts': there is no 'texts'; did you mean 'text'?"),
        ("answers.2.text", "card: 'answers.2.text': there is no item 2 in a list of 2"),
        ("nothing.text", "'text' is read from an object or a list, and this is null"),
        ("question.text", "and this is str"),
    ],
)
def test_a_wrong_path_says_what_there_is(path: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        compile_path(path, "card")(ROW)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (True, "true"), (False, "false"), (None, "null"), (1, "1"), (1.0, "1"), (0.5, "0.5")],
)
def test_cells_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_long_lists_of_names_are_cut() -> None:
    assert named([str(i) for i in range(14)]).endswith("'11' and 2 more")
