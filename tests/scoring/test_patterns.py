from __future__ import annotations

import contextlib
import time

import pytest

from harness.scoring import patterns
from harness.scoring.patterns import SafePattern, is_bounded, last_of

CATASTROPHIC = [
    (r"(a+)+$", "a" * 50_000 + "b"),
    (r"(a|aa)+$", "a" * 50_000 + "b"),
    (r"(x+x+)+y", "x" * 50_000),
    (r"(.+)\1+$", "ab" * 25_000 + "c"),
    (r"\s+$", " " * 50_000 + "x"),
    (r"(?:a{1,1000}){1,1000}b", "a" * 50_000),
    (r"(?s)\b[A-J]\b(?!.*\b[A-J]\b)", "A x" * 20_000),
]


@pytest.mark.parametrize(("pattern", "text"), CATASTROPHIC)
@pytest.mark.parametrize("how", ["first", "last", "remove", "all"])
def test_a_search_ends_in_time(pattern: str, text: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "DEADLINE", 0.1)
    begun = time.process_time()
    with contextlib.suppress(TimeoutError):  # some are fast for some methods
        getattr(SafePattern(pattern), how)(text)
    assert time.process_time() - begun < 2


def test_a_pattern_that_keeps_missing_its_deadline_gets_less_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "DEADLINE", 0.1)
    monkeypatch.setattr(patterns, "BUDGET", 0.3)
    slow = SafePattern(r"(a+)+$")
    begun = time.process_time()
    for _ in range(20):
        with pytest.raises(TimeoutError):
            slow.first("a" * 1000 + "b")
    assert time.process_time() - begun < 1.5  # 20 times 0.1 s would be 2
    assert SafePattern("b").first("ab") is not None


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(", "is not a regular expression"),
        ("a" * 5000, "more than 4,000 characters"),
        ("(" * 1500 + ")" * 1500, "nested too deeply"),
        ("a{1000000000}", "repeats more than"),
        ("(?:(?:a{1000}){1000}){1000}", "repeats more than"),
        (r"[\w\W]{99999}[\w\W]{99999}", "repeats more than"),
    ],
)
def test_what_is_no_pattern_is_refused_before_it_costs_anything(pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SafePattern(pattern)


def test_ordinary_repeats_are_allowed() -> None:
    assert SafePattern(r"(\d{3}-){2}\d{4}").first("555-555-1234") is not None
    assert SafePattern(r"a{1,1000000}").first("aaa") is not None


def test_flags_and_groups() -> None:
    assert SafePattern("A.B", ignore_case=True, dotall=True).first("xa\nby") is not None
    assert SafePattern("A.B", ignore_case=True).first("xa\nby") is None
    pattern = SafePattern(r"(?P<word>\w+) (\d)")
    assert pattern.groups == 2
    assert [pattern.has_group(g) for g in (0, 2, 3, -1, "word", "other")] == [True, True, False, False, True, False]


def test_last_and_remove() -> None:
    last = SafePattern(r"\d").last("a1b2c3d")
    assert last is not None
    assert last[0] == "3"
    assert SafePattern(r"\d").last("abc") is None
    assert SafePattern(r"[,$]").remove("$1,234") == "1234"


def test_all_and_replace() -> None:
    assert [match[0] for match in SafePattern(r"\d").all("a1b2")] == ["1", "2"]
    assert SafePattern(r"\d").replace("a1b2", r"\1") == r"a\1b\1"
    assert SafePattern(r"\d").replace("a1b2", lambda match: match[0] * 2) == "a11b22"


def test_last_of() -> None:
    assert last_of(iter([1, 2, 3])) == 3
    assert last_of([]) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"answer is \(?([A-J])\)?",
        r"\b([A-D])\b",
        "(yes|no|maybe)",
        r"(?:Option|Choice) ([^\]a]):",
        r"\(([A-E])\)",
        r"[+*?]",
    ],
)
def test_what_repeats_nothing_is_bounded(pattern: str) -> None:
    assert is_bounded(pattern)
    slow = "answer is (" * 6000 + "a" * 20_000  # its own text, over and over
    began = time.process_time()
    SafePattern(pattern).all(slow)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$", r"\d+", "x*", "a{2,}", "a{3}", r"(.)\1", "(?<=a)b", "(?=a)b", r"\X", "(?:abc){e<=2}",
        "[[a-z]--[aeiou]]", "a?" * 13, "|".join("abcdefghijklmnop"), r"\p{Lu}",
    ],
)  # fmt: skip
def test_anything_else_is_watched(pattern: str) -> None:
    assert not is_bounded(pattern)
