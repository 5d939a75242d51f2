"""Parts of a text between tags and under headings."""

from __future__ import annotations

import time

import pytest

from harness.scoring.text.sections import heading_contents, tag_contents


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a>x</a>", ["x"]),
        ("<a>x\ny</a> and <a href='u'>z</a >", ["x\ny", "z"]),
        ("<a>x</a><a></a>", ["x", ""]),
        ("<a><a>x</a></a>", ["x"]),
        ("<a>x<a>y</a>", ["y"]),
        ("<A>x</A><ab>y</ab>", []),
        ("x</a><a>y", []),
        ("<a>1 < 2 & <!ENTITY x 'y'></a>", ["1 < 2 & <!ENTITY x 'y'>"]),
    ],
)
def test_tags(text: str, found: list[str]) -> None:
    assert tag_contents(text, "a") == found


def test_headings() -> None:
    text = "# Plan\nOne.\n\n## Risks: ##\n**Cost:**\nTwo.\n**bold** is no heading\n#hashtag\n# plan\n"
    assert heading_contents(text) == {
        "plan": "One.",
        "risks": "",
        "cost": "Two.\n**bold** is no heading\n#hashtag",
    }


@pytest.mark.parametrize("length", [500_000, pytest.param(5_000_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("unit", ["<a>", "<a ", "</a>", "<a>x</a>", "# a\n", "**", "#", "**a**\n", "* "])
def test_long_texts_take_bounded_time(unit: str, length: int) -> None:
    text = unit * (length // len(unit))
    begun = time.perf_counter()
    tag_contents(text, "a")
    heading_contents(text)
    assert time.perf_counter() - begun < 10
