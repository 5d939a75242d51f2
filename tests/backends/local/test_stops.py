from __future__ import annotations

from harness.backends.local.stops import first_stop, stop_strings
from harness.values import Generation


def test_the_first_stop_string_counts_whatever_their_order() -> None:
    assert first_stop("one two three", ("three", "two", "four")) == 4
    assert first_stop("one two three", ("four",)) is None
    assert first_stop("one", ()) is None


def test_an_empty_string_stops_nothing() -> None:
    assert stop_strings(Generation(stop=("", "\n"))) == ("\n",)
