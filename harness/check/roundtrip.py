"""The round trip: a right answer, written the way the prompt asks for it, must score best; a wrong or empty one not.

It catches what no schema can: an extraction pattern that disagrees with the prompt, a gold index that is off by one, a
metric that reads the wrong field.
"""

from __future__ import annotations

from typing import Any

from harness.cards.schema import Card
from harness.engine.task import Part
from harness.errors import UserError, one_line
from harness.prompts.variables import gold_indices, letters, references, variables
from harness.scoring.metric import Metric, Ranking, Score
from harness.scoring.parsers import ParseContext, compile_parsers
from harness.scoring.registry import display_name, load_metric
from harness.scoring.score import DEFAULT_PARSE, metric_steps
from harness.templates import Template
from harness.values import Sample

TOLERANCE = 1e-6


class RoundTrip:
    """Checks samples of one part.

    Args:
        part: the part.
        where: how errors call it.

    Raises:
        CardError: a parser, metric or template of the card is wrong.
    """

    def __init__(self, part: Part, where: str) -> None:
        card = part.card
        self._part = part
        self._metrics: dict[str, Metric] = {
            display_name(step): load_metric(step, f"{where}: metrics")
            for step in metric_steps(card.metrics, card.ask, part.formulation)
        }
        parse = card.parse or DEFAULT_PARSE["choices" if card.ask == "choose" else "text"]
        self._parse = compile_parsers(parse, f"{where}: parse")
        text = card.oracle or card.target
        self._oracle = Template(text, f"{where}: oracle") if text and part.formulation == "generate" else None

    def problem(self, sample: Sample) -> str | None:
        """Return what is wrong with a sample's round trip, or None."""
        if self._part.formulation == "perplexity":
            return None
        try:
            return self._ranked(sample) if self._part.formulation in ("cf", "mcf") else self._generated(sample)
        except UserError:
            raise
        except Exception as error:  # noqa: BLE001 (a metric may raise anything; that is what is being checked)
            return f"the metric fails: {type(error).__name__}: {one_line(error)}"

    def _generated(self, sample: Sample) -> str | None:
        gold = references(sample, "generate")
        if not gold:
            return "has no answer to compare with"
        reply = self.oracle_reply(sample)
        name, metric = next(iter(self._metrics.items()))
        best = metric.range[1] if metric.higher_is_better else metric.range[0]
        right = self._score(metric, reply, sample)
        if right.value is None or abs(right.value - best) > TOLERANCE:
            parsed = self._parse(reply, _context(sample))
            return (
                f"the right reply {_short(reply)} is parsed as {_short(parsed.value)} and scores {right.value} "
                f"in {name}, not {best:g}"
            )
        for wrong in ("", "zzz"):
            score = self._score(metric, wrong, sample)
            if (
                score.value is not None
                and abs(score.value - best) <= TOLERANCE
                and wrong.strip() not in map(str.strip, map(str, gold))
            ):
                return f"the wrong reply {_short(wrong)} scores {score.value:g} in {name}"
        return None

    def oracle_reply(self, sample: Sample) -> str:
        """Return the right reply of a sample."""
        if self._oracle is not None:
            return self._oracle.render(variables(sample, "generate")).strip()
        return str(references(sample, "generate")[0])

    def _score(self, metric: Metric, reply: str, sample: Sample) -> Score:
        parsed = self._parse(reply, _context(sample))
        if parsed.value is None and not metric.takes_unparsed:
            return Score(metric.unparsed)
        score = metric.score(parsed.value, references(sample, "generate"), sample)
        return score if isinstance(score, Score) else Score(float(score))

    def _ranked(self, sample: Sample) -> str | None:
        gold = gold_indices(sample)
        if not gold:
            return "has no gold index"
        continuations = self._part.asker.continuations(sample)
        for text in continuations:
            if not text.strip():
                return f"a choice renders to an empty continuation {text!r}"
            # Two are right where the data's own choice begins with one (HellaSwag).
            if not text.startswith(" ") and self._part.card.how(self._part.formulation).continuation is None:
                return f"the continuation {_short(text)} does not start with a space"
        name, metric = next(iter(self._metrics.items()))
        best = metric.range[1] if metric.higher_is_better else metric.range[0]
        right = metric.score(_ranking(continuations, gold, sample), gold, sample)
        value = right.value if isinstance(right, Score) else right
        if value is None or abs(value - best) > 1e-3:
            return f"a model that is sure of the gold choice scores {value} in {name}, not {best:g}"
        wrong = tuple(index for index in range(len(continuations)) if index not in gold)
        if wrong:
            low = metric.score(_ranking(continuations, wrong[:1], sample), gold, sample)
            value = low.value if isinstance(low, Score) else low
            if value is not None and abs(value - best) <= 1e-3:
                return f"a model that is sure of a wrong choice scores {value:g} in {name}"
        return None


def example_sample(card: Card, subset: str) -> Sample:
    """Return a made-up sample with every field of the card, for checks without data."""
    fields: dict[str, Any] = {name: f"({name})" for name in card.columns}
    fields["question"] = "What is six times seven?"
    fields["text"] = "The quick brown fox jumps over the lazy dog."
    if "choices" in card.columns:
        fields["choices"] = ["forty-one", "forty-two", "forty-three", "forty-four"]
        fields["answer"] = 1
    else:
        fields["answer"] = "42"
    kept = {name: value for name, value in fields.items() if name in card.columns}
    return Sample.of("example", {**kept, **card.example}, subset)


def _ranking(continuations: list[str], sure: tuple[int, ...], sample: Sample) -> Ranking:
    # Far apart enough that no normalisation by length turns the order round.
    logprobs = tuple(-1e-6 if index in sure else -1e6 for index in range(len(continuations)))
    return Ranking(
        logprobs=logprobs,
        continuations=tuple(continuations),
        tokens=tuple(max(1, len(text.split())) for text in continuations),
        unconditional=tuple(-1.0 for _ in continuations),
        choices=tuple(str(choice) for choice in sample.fields["choices"]),
    )


def _context(sample: Sample) -> ParseContext:
    choices = sample.fields.get("choices")
    labels = letters(len(choices)) if isinstance(choices, list | tuple) else ()
    return ParseContext(fields=sample.fields, letters=labels)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
