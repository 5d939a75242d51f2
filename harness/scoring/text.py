"""What text metrics share: the normalisers of published benchmarks, words, and the best of several references."""

from __future__ import annotations

import importlib.util
import re
import string
from collections.abc import Callable, Sequence

from harness.scoring.metric import Score, Status

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_CHINESE_PUNCTUATION = (
    "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃"
    "》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏."
)
_NO_CHINESE_PUNCTUATION = str.maketrans("", "", string.punctuation + _CHINESE_PUNCTUATION)


def best(references: Sequence[str], score: Callable[[str], float]) -> float | Score:
    """Return the greatest score over the references; without any, the metric is not applicable."""
    if not references:
        return Score(None, Status.NOT_APPLICABLE, {"message": "the sample has no reference"})
    return max(score(reference) for reference in references)


def squad_normalize(text: str, *, articles: bool = True) -> str:
    """Normalise an answer as SQuAD does: lower case, no ASCII punctuation, no articles, single spaces, in this order.

    The order matters: ``"U.S.A."`` becomes ``usa``, ``"a-b"`` becomes ``ab`` (and the ``a`` is no article).

    Args:
        text: any text.
        articles: whether *a*, *an* and *the* are dropped.

    Source: the evaluation script of SQuAD 1.1 (``normalize_answer``); HELM and LongBench use the same.
    """
    text = text.lower().translate(_NO_PUNCTUATION)
    if articles:
        text = _ARTICLES.sub(" ", text)
    return " ".join(text.split())


def longbench_chinese_words(text: str) -> list[str]:
    """Return the words that LongBench compares in Chinese: cut by jieba, each without case, punctuation and spaces.

    Source: LongBench's ``metrics.py`` (``normalize_zh_answer``), with jieba 0.42.1 and its own dictionary.
    """
    words = (word.lower().translate(_NO_CHINESE_PUNCTUATION) for word in chinese_words(text))
    return [word for word in ("".join(word.split()) for word in words) if word]


def chinese_words(text: str) -> list[str]:
    """Cut text into words with jieba (its accurate mode); other scripts are cut at spaces and punctuation."""
    import jieba

    jieba.setLogLevel("WARNING")  # else it reports the loading of its dictionary
    words: list[str] = jieba.lcut(text, cut_all=False)
    return words


def need_jieba() -> None:
    """Raise ValueError where jieba is not installed; metrics call it when they are made."""
    if importlib.util.find_spec("jieba") is None:
        raise ValueError("Chinese words need jieba: pip install 'multitask-harness[zh]'")
