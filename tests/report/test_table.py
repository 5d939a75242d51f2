"""The table of a terminal: partial numbers are never plain, and data cannot control the terminal."""

from __future__ import annotations

import io
import math

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from harness.report.table import footnotes, result_table
from harness.report.text import duration, number, safe, size
from harness.store.records import ResultRow


def row(**changes: object) -> ResultRow:
    base: dict[str, object] = {
        "task": "quiz", "variant": "", "subset": "", "formulation": "cf", "metric": "accuracy", "value": 0.5,
        "stderr": 0.05, "low": 0.4, "high": 0.6, "n": 100, "total": 100, "headline": True,
    }  # fmt: skip
    return ResultRow(**{**base, **changes})  # type: ignore[arg-type]


def text(*rows: ResultRow, **options: bool) -> str:
    out = io.StringIO()
    Console(file=out, width=160, markup=False).print(result_table(rows, **options))
    return out.getvalue()


def test_a_number_stands_with_its_error_and_its_n() -> None:
    shown = text(row(random_baseline=0.25))
    assert "0.5000" in shown
    assert "0.0500" in shown
    assert "0.4000 – 0.6000" in shown
    assert "100" in shown
    assert "0.25" in shown


def test_a_column_that_says_nothing_is_left_out() -> None:
    assert "chance" not in text(row())
    assert "of these" not in text(row())
    both = text(row(), row(task="other", random_baseline=0.25, unparsed=2))
    assert "chance   of these" in both
    assert "0.25   2 unparsed" in both


def test_a_partial_number_is_never_plain() -> None:
    shown = text(row(partial=True, errors=3, unparsed=2))
    assert "0.5000 (partial)" in shown
    assert "3 errors, 2 unparsed" in shown
    assert footnotes([row(partial=True, notes="no data for 1 of 3 subsets: law")]) == [
        "quiz: no data for 1 of 3 subsets: law"
    ]


def test_a_limited_run_says_so() -> None:
    assert "100 of 10,042" in text(row(total=10_042))


def test_lower_is_better_is_marked_and_nothing_is_a_dash() -> None:
    assert "accuracy ↓" in text(row(higher_is_better=False))
    assert "–" in text(row(value=math.nan, stderr=math.nan, low=math.nan, high=math.nan, n=0))


def test_subsets_are_shown_when_asked_for() -> None:
    rows = (row(), row(subset="law", headline=False), row(subset="law", metric="f1", headline=False))
    assert "law" not in text(*rows)
    assert text(*rows, subsets=True).count("law") == 1
    assert text(*rows, subsets=True, every=True).count("law") == 2


def test_names_cannot_style_or_control() -> None:
    shown = text(row(task="[red]x[/red]\x1b[31m"))
    assert "[red]x[/red]" in shown
    assert "\x1b" not in shown


@given(st.text())
def test_safe_text_has_no_control_characters(value: str) -> None:
    shown = safe(value)
    assert all(sign in "\n\t" or ord(sign) >= 32 for sign in shown)
    assert not set(shown) & set("\x7f\x9b\u202e\u2066\u200b")


def test_units() -> None:
    assert (duration(42), duration(185), duration(7620)) == ("42 s", "3 min 05 s", "2 h 07 min")
    assert (size(999), size(1500), size(2_500_000)) == ("999 B", "1.5 kB", "2.5 MB")
    assert number(math.nan) == "–"
