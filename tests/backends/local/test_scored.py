from __future__ import annotations

import pytest

from harness.backends.local.encode import Span, Spans
from harness.backends.local.scored import by_input, scored
from harness.values import ErrorKind, Kind, OptionScore

LETTERS = (Span((1, 2), (3,)), Span((1, 2), (4,)), Span((1, 2), (3,)))
LONG = (Span((1, 2), (3, 4)), Span((1, 2, 3), (4,)), Span((1, 2), ()))
"""The first two read the same tokens and score different ones; the last one needs nothing."""


def test_spans_that_read_the_same_for_the_same_length_share_an_input() -> None:
    assert by_input(LETTERS) == {((1, 2), 1): [0, 1, 2]}
    assert by_input(LONG) == {((1, 2, 3), 2): [0], ((1, 2, 3), 1): [1]}


@pytest.mark.parametrize(
    ("kind", "inputs", "method", "options"),
    [
        ("choose", 1, "letters", (OptionScore(-1.0, 2, True), OptionScore(-2.0, 1, False), OptionScore(0.0, 0, True))),
        ("choose", 2, "full", (OptionScore(-1.0, 2, True), OptionScore(-2.0, 1, False), OptionScore(0.0, 0, True))),
        ("perplexity", 1, None, (OptionScore(-3.0, 3, False),)),
        ("perplexity", 2, "rolling", (OptionScore(-3.0, 3, False),)),
    ],
)
def test_scores_become_an_answer(kind: Kind, inputs: int, method: str | None, options: tuple[OptionScore, ...]) -> None:
    known = {0: OptionScore(-1.0, 2, True), 1: OptionScore(-2.0, 1, False)}
    response = scored(kind, Spans(LONG, 7), known, inputs=inputs, tokens=5, seconds=0.5)
    assert (response.method, response.options) == (method, options)
    assert (response.clipped, response.prompt_tokens, response.latency) == (7, 5, 0.5)


@pytest.mark.parametrize("logprob", [float("nan"), float("-inf")])
def test_what_is_not_finite_is_an_error(logprob: float) -> None:
    response = scored("choose", Spans(LETTERS[:1]), {0: OptionScore(logprob, 1)}, inputs=1, tokens=2, seconds=0.0)
    assert response.error is not None
    assert response.error.kind is ErrorKind.INTERNAL
