from __future__ import annotations

import pytest

from harness.scoring.metric import Score, Status
from harness.scoring.text import best, chinese_words, longbench_chinese_words, squad_normalize


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Eiffel Tower.", "eiffel tower"),
        ("U.S.A.", "usa"),
        ("a-b", "ab"),
        ("  An   apple,\n a day ", "apple day"),
        ("the the a an", ""),
        ("Ünïcödé «Straße»", "ünïcödé «straße»"),
        ("theatre", "theatre"),
    ],
)
def test_squad_normalize(text: str, normal: str) -> None:
    assert squad_normalize(text) == normal


def test_articles_may_stay() -> None:
    assert squad_normalize("The cat!", articles=False) == "the cat"


def test_best() -> None:
    assert best(["a", "bbb", "cc"], len) == 3
    score = best([], len)
    assert isinstance(score, Score)
    assert (score.value, score.status) == (None, Status.NOT_APPLICABLE)


def test_chinese_words() -> None:
    pytest.importorskip("jieba")
    assert "".join(chinese_words("我来到北京清华大学。")) == "我来到北京清华大学。"
    words = longbench_chinese_words("我来到 北京，ABC。")
    assert "".join(words) == "我来到北京abc"
    assert "北京" in words
