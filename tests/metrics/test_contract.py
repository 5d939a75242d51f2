"""What every metric in the drop-in folder keeps: its documentation, its range, and that it never raises."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import builtin
from harness.scoring.metric import SCORED, Likelihood, Metric, Ranking, Score, Status
from harness.scoring.params import parameter_names
from harness.scoring.registry import find_metric, load_metric, metric_names
from harness.values import Sample

FOLDERS = [builtin.folder("metrics")]
NAMES = metric_names(FOLDERS)
STEPS = [step for name in NAMES for step in [name, *({name: preset} for preset in find_metric(name).presets)]]
SECTIONS = ["Inputs", "Formula", "Range", "Aggregation", "Empty strings", "Source"]
CLASSES = ["Number", "Number of something", "Date", "日期"]
SAMPLE = Sample.of("s", {"all_classes": CLASSES, "choices": ["Paris", "London", "Rome"]})

WORDS = st.lists(st.sampled_from("cat sat mat dog 12 é 猫 北京 the a - . ! $5".split()), min_size=1, max_size=8).map(
    " ".join
)
PLAIN = st.lists(st.sampled_from("cat sat mat dog 12 é 猫 北京".split()), min_size=1, max_size=8).map(" ".join)
REFERENCES: dict[str, st.SearchStrategy[str]] = {
    "choice": st.sampled_from("ABC"),
    "number_match": st.sampled_from(["0", "-3", "1,234.5", ".5", "1e6", "3/4", "$12", "50%", "7."]),
    "longbench_count": st.integers(0, 99).map(str),
    "longbench_retrieval": st.integers(0, 99).map("Paragraph {0} 段落{0}".format),
    "longbench_classification": st.sampled_from(CLASSES),
}
ANY = st.text(max_size=60) | WORDS


def of(inputs: str) -> list[Any]:
    return [step for step in STEPS if load_metric(step, "test").inputs == inputs]


def value(metric: Metric, prediction: Any, references: Sequence[Any]) -> float:
    score = metric.score(prediction, references, SAMPLE)
    if isinstance(score, Score):
        assert score.status in SCORED, score
        assert score.value is not None
        return score.value
    assert isinstance(score, float)
    return score


def name_of(step: Any) -> str:
    return str(step if isinstance(step, str) else next(iter(step)))


@pytest.mark.parametrize("name", NAMES)
def test_documentation(name: str) -> None:
    found = find_metric(name)
    text = inspect.cleandoc(found.type.__doc__ or "")
    places = [text.find(f"\n{section}: ") for section in SECTIONS]
    assert all(place > 0 for place in places), [s for s, p in zip(SECTIONS, places, strict=True) if p < 0]
    assert places == sorted(places)
    low, high = (f"{bound:g}" if math.isfinite(bound) else "∞" for bound in found.type.range)
    direction = "higher" if found.type.higher_is_better else "lower"
    assert f"\nRange: {low} to {high}, {direction} is better.\n" in text
    presets = text.partition("\nPresets: ")[2].partition("\nSource: ")[0]
    assert bool(presets) == bool(found.presets)
    assert all(f"``{preset}``" in presets for preset in found.presets)
    attributes = text.partition("\nAttributes:\n")[2]
    assert all(f"    {parameter}: " in attributes for parameter in parameter_names(found.type))


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_metric_is_a_frozen_value_that_reads_well(step: Any) -> None:
    metric = load_metric(step, "test")
    assert metric == load_metric(step, "test")
    assert repr(metric).startswith(type(metric).__name__ + "(")
    with pytest.raises(AttributeError):
        metric.anything = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("step", of("text"), ids=str)
@settings(deadline=None, max_examples=50)  # jieba loads its dictionary at the first Chinese text
@given(data=st.data())
def test_text(step: Any, data: st.DataObject) -> None:
    metric = load_metric(step, "test")
    low, high = metric.range
    references = data.draw(st.lists(REFERENCES.get(name_of(step), WORDS), min_size=1, max_size=3))
    prediction = data.draw(ANY)
    score = value(metric, prediction, references)
    assert low <= score <= high
    assert value(metric, prediction, references[::-1]) == pytest.approx(score)
    assert value(metric, prediction, [*references, references[0]]) == pytest.approx(score)


@pytest.mark.parametrize("step", of("text"), ids=str)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_a_perfect_answer_scores_best(step: Any, data: st.DataObject) -> None:
    metric = load_metric(step, "test")
    reference = data.draw(REFERENCES.get(name_of(step), PLAIN))
    perfect = (
        reference if name_of(step) != "longbench_retrieval" else "".join(filter(str.isdigit, reference.split()[1]))
    )
    best = value(metric, perfect, [reference])
    assert best == pytest.approx(metric.range[1], abs=1e-8)
    assert best >= value(metric, data.draw(ANY), [reference])


@pytest.mark.parametrize("step", of("text"), ids=str)
def test_any_references_are_survived(step: Any) -> None:
    metric = load_metric(step, "test")
    for references in ([], [""], ["\ud800"], ["x" * 1000], ["", "Paris"]):
        for prediction in ("", " ", "\x00", "\ud800", "𝟙" * 100, "Paris", "."):
            score = metric.score(prediction, references, SAMPLE)
            if isinstance(score, Score):
                assert score.status in (Status.OK, Status.NOT_APPLICABLE)


@pytest.mark.parametrize("step", of("text"), ids=str)
@pytest.mark.parametrize(
    "text",
    ["cat " * 250_000, "x" * 1_000_000, "a b. " * 200_000, "12 " * 330_000, "猫。" * 20_000, "\n" * 1_000_000],
    ids=["words", "letters", "sentences", "numbers", "chinese", "lines"],
)
def test_a_megabyte_takes_bounded_time(step: Any, text: str) -> None:
    if "zh" in str(step) and text[0] not in "c猫":
        return  # cutting words is linear whatever they are, and takes jieba seconds
    metric = load_metric(step, "test")
    reference = {"longbench_retrieval": "Paragraph 7 段落7", "number_match": "7"}.get(
        name_of(step), "the cat sat on the mat. it sat there. " * 20
    )
    begun = time.perf_counter()
    value(metric, text, [reference])
    assert time.perf_counter() - begun < 8


LOGPROBS = st.floats(-50, 0) | st.just(-math.inf)


@pytest.mark.parametrize("step", of("choices"), ids=str)
@given(data=st.data())
def test_choices(step: Any, data: st.DataObject) -> None:
    metric = load_metric(step, "test")
    low, high = metric.range
    count = data.draw(st.integers(2, 6))
    logprobs = tuple(data.draw(st.lists(LOGPROBS, min_size=count, max_size=count)))
    bare = tuple(data.draw(st.lists(st.floats(-50, 0), min_size=count, max_size=count)))
    texts = tuple(data.draw(st.lists(st.text(max_size=8), min_size=count, max_size=count)))
    gold = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=2))
    ranking = Ranking(logprobs, texts, tuple(len(t) for t in texts), bare)
    assert low <= value(metric, ranking, gold) <= high

    sure = Ranking(tuple(0.0 if i == gold[0] else -math.inf for i in range(count)), texts, (1,) * count, bare)
    best = high if metric.higher_is_better else low
    assert value(metric, sure, gold) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("step", of("choices"), ids=str)
def test_a_log_probability_that_is_no_number_is_an_error(step: Any) -> None:
    ranking = Ranking((math.nan, -1.0), ("a", "b"), (1, 1), (-1.0, -1.0))
    with pytest.raises(ValueError, match="not a number"):
        load_metric(step, "test").score(ranking, [0], SAMPLE)


@pytest.mark.parametrize("step", of("logprob"), ids=str)
@given(st.lists(st.tuples(st.floats(-5000, 0), st.integers(1, 300), st.text(min_size=1, max_size=50)), min_size=1))
def test_logprob(step: Any, texts: list[tuple[float, int, str]]) -> None:
    metric = load_metric(step, "test")
    low, high = metric.range
    scores = [metric.score(Likelihood(*text[:2], text[2]), (), SAMPLE) for text in texts]
    known = [score for score in scores if isinstance(score, Score) and score.status == Status.OK]
    assert all(score.value is not None and low <= score.value <= high for score in known)
    estimate = metric.aggregate(known)
    assert estimate.n == len(known)
    if known:
        assert low <= estimate.value <= high
