"""Which tokens of a text belong to a continuation, whatever the server makes of their texts."""

from __future__ import annotations

from typing import Any

import pytest

from harness.backends.openai.reading import Reading


def _reading(tokens: list[str], logprobs: list[float | None], generated: int, ids: tuple[str, ...] = ()) -> Reading:
    return Reading(tokens, logprobs, lambda start, stop: None, generated, ids)


class TestSpan:
    """Which tokens belong to a continuation."""

    @pytest.mark.parametrize(
        ("tokens", "context", "continuation", "expected"),
        [
            (["Answer", ":", " A"], "Answer:", " A", (2, 3)),
            (["Answer", ": A"], "Answer:", " A", (1, 2)),  # straddles
            (["<s>", "Answer", ":", " A"], "Answer:", " A", (3, 4)),
            (["答", "案", "：", "", "", "龘"], "答案：", "龘", (3, 6)),  # bytes of one character
            (["Answer", ":", "A"], "Answer:", " A", None),  # a lost space
            (["Answer", ":", "\ufffd", "\ufffd"], "Answer:", "龘", None),
            (["\ufffd", "\ufffd", ":", " A"], "龘:", " A", (3, 4)),  # what is odd in the context does not matter
        ],
    )
    def test_by_text(self, tokens: list[str], context: str, continuation: str, expected: Any) -> None:
        echo = _reading(tokens, [-1.0] * len(tokens), 0)
        assert echo.span(context + continuation, len(context)) == expected

    @pytest.mark.parametrize(
        ("tokens", "expected"),
        [
            ([":", " A", " B"], (1, 2)),  # one was generated
            ([":", " A"], (1, 2)),  # none was, or it is not shown
            ([":", " A", ""], (1, 2)),
        ],
    )
    def test_generated_tokens_do_not_count(self, tokens: list[str], expected: Any) -> None:
        assert _reading(tokens, [-1.0] * len(tokens), 1).span(": A", 1) == expected

    def test_by_comparison_with_the_context(self) -> None:
        whole = _reading(["<s>", "Answer", ":", "A", "B"], [-1.0] * 5, 0)
        alone = _reading(["<s>", "Answer", ":"], [-1.0] * 3, 0)
        assert whole.span_after(alone) == (3, 5)
        straddles = _reading(["<s>", "Answer", ":A"], [-1.0] * 3, 0)
        assert straddles.span_after(alone) == (2, 3)

    def test_ids_tell_what_texts_do_not(self) -> None:
        whole = _reading(["", ":", "\ufffd", "\ufffd"], [None, -1.0, -1.0, -1.0], 0, ids=("", "5", "8", "9"))
        alone = _reading(["", ":", "\ufffd"], [None, -1.0, -1.0], 0, ids=("", "5", "7"))
        assert whole.span_after(alone) == (2, 4)
