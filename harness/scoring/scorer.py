"""From one reply to its scores: parse it, ask each metric. Knows a card and a sample, and no plan, store or model.

This is what re-scoring a finished run and scoring imported replies need, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from harness.cards.schema import Card
from harness.errors import CardError, one_line
from harness.prompts.variables import letters, references
from harness.sandbox import find_level, require_code
from harness.scoring.composite import with_parts
from harness.scoring.corpus import PairMetric
from harness.scoring.metric import Likelihood, Metric, Ranking, Score, Status
from harness.scoring.parsers import PARSERS, TIMEOUT, ParseContext, Parsed, compile_parsers
from harness.scoring.registry import display_name, from_file, load_metric
from harness.values import Response, Sample

DEFAULT_PARSE: Mapping[str, tuple[Any, ...]] = {"choices": ("thinking", "letter"), "text": ("thinking", "strip")}
_SLACK = 1e-9  # by which arithmetic may carry a value out of its range
_INPUTS = {"cf": "choices", "mcf": "choices", "perplexity": "logprob", "generate": "text"}


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of one reply.

    Attributes:
        scores: metric → score.
        status: of the reply as a whole.
        prediction: what was parsed, or the place of the best choice; None for nothing.
        rule: the parser that found it.
        error: why a score is missing, else None.
        notes: what the parsers say besides: ``capped``, ``repaired``.
    """

    scores: Mapping[str, Score]
    status: Status
    prediction: str | None = None
    rule: str | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()


class Scorer:
    """Scores the replies of one (sub)card in one formulation.

    Args:
        card: the resolved card.
        formulation: ``cf``, ``mcf``, ``generate`` or ``perplexity``.
        where: how errors call the card.

    Raises:
        CardError: a parser or metric is unknown or wrong, does not fit how the card is asked, or would have to run in a
            worker process, which cannot import it.
    """

    def __init__(self, card: Card, formulation: str, where: str) -> None:
        self.card = card
        self.formulation = formulation
        self.metrics: dict[str, Metric] = {}
        for step in metric_steps(card.metrics, card.ask, formulation):
            metric = load_metric(step, f"{where}: metrics")
            if metric.inputs != _INPUTS[formulation]:
                given = _INPUTS[formulation]
                message = f"the metric '{metric.name}' reads {metric.inputs}, and '{formulation}' gives {given}"
                raise CardError(message, f"{where}: metrics")
            self.metrics[display_name(step)] = metric
        parse = card.parse
        if not parse and formulation == "generate":
            parse = DEFAULT_PARSE["choices" if card.ask == "choose" else "text"]
        self.parse = compile_parsers(parse, f"{where}: parse")
        self._normalize = card.how(formulation).normalize
        self._where = where
        hazards = [metric for metric in self.metrics.values() if metric.isolated]
        self.deadline = sum(metric.deadline for metric in hazards) or Metric.deadline  # one after the other
        self.runs_code = any(metric.runs_code for metric in self.metrics.values())
        self.isolated = bool(hazards) or _isolated(parse)
        if self.isolated:
            self._require_importable()

    def score(
        self,
        sample: Sample,
        response: Response,
        continuations: Sequence[str] = (),
        unconditional: Response | None = None,
    ) -> Scored:
        """Score one reply.

        Args:
            sample: what was asked about.
            response: the reply; must have no error.
            continuations: the texts that were ranked.
            unconditional: the second half of PMI.
        """
        parsed: Parsed | None = None
        prediction: Any
        if self.formulation == "generate":
            parsed = self.parse(response.text or "", self._context(sample))
            prediction = parsed.value
        elif self.formulation == "perplexity":
            first = response.options[0]
            prediction = Likelihood(first.logprob, first.tokens, str(sample.fields["text"]), first.greedy)
        else:
            prediction = self._ranking(sample, response, continuations, unconditional)
        gold = references(sample, self.formulation)
        scores = {name: _ask(metric, prediction, gold, sample, parsed) for name, metric in self.metrics.items()}
        messages = [str(s.detail["message"]) for s in scores.values() if s.value is None and "message" in s.detail]
        return Scored(
            scores,
            _status(scores.values(), truncated=response.finish == "length"),
            _shown(prediction),
            parsed.rule if parsed else None,
            "; ".join(messages) or None,
            parsed.notes if parsed else (),
        )

    def failed(self, error: str) -> Scored:
        """Return what becomes of a reply that never came."""
        return Scored(dict.fromkeys(self.metrics, Score(None, Status.ERROR)), Status.ERROR, error=error)

    def timed_out(self, error: str) -> Scored:
        """Return what becomes of a reply whose scoring did not end."""
        return Scored(dict.fromkeys(self.metrics, Score(None, Status.TIMEOUT)), Status.TIMEOUT, error=error)

    def require_code(self) -> None:
        """Raise where replies hold code that would be run, and may not or cannot be.

        Raises:
            SandboxError: the user has not allowed it, or the sandbox that was demanded does not work here.
        """
        if self.runs_code:
            require_code(self._where)
            find_level()

    def plain(self) -> list[Any]:
        """Return what another process needs to make this scorer: card, formulation, where, modules to import."""
        imported = sorted({module for _, module in self._homes() if not from_file(module)})
        return [self.card.model_dump(mode="json", exclude_defaults=True), self.formulation, self._where, imported]

    def _homes(self) -> list[tuple[str, str]]:
        """Return (name, module) of each metric, and of those that it is made of."""
        return [(m.name, type(m).__module__) for metric in self.metrics.values() for m in with_parts(metric)]

    def _require_importable(self) -> None:
        for name, module in self._homes():
            if module == "__main__":
                raise CardError(
                    f"the metric '{name}' is defined in the running script, which a scoring process cannot import; "
                    "an isolated metric, or one beside isolated parsers or metrics, must be in a file of ./metrics or "
                    "in a module that can be imported",
                    f"{self._where}: metrics",
                )

    @staticmethod
    def _context(sample: Sample) -> ParseContext:
        choices = sample.fields.get("choices")
        labels = letters(len(choices)) if isinstance(choices, list | tuple) else ()
        return ParseContext(fields=sample.fields, letters=labels)

    def _ranking(
        self, sample: Sample, response: Response, continuations: Sequence[str], unconditional: Response | None
    ) -> Ranking:
        return Ranking(
            logprobs=tuple(option.logprob for option in response.options),
            continuations=tuple(continuations),
            tokens=tuple(option.tokens for option in response.options),
            unconditional=tuple(option.logprob for option in unconditional.options) if unconditional else (),
            normalize=self._normalize,
            choices=tuple(str(choice) for choice in sample.fields.get("choices") or ()),
            greedy=tuple(option.greedy for option in response.options),
        )


def metric_steps(steps: Sequence[Any], ask: str, formulation: str) -> tuple[Any, ...]:
    """Return the metrics of a card in one formulation.

    A card that ranks choices may be asked to generate instead; then its letter is compared.
    """
    if ask == "choose" and formulation == "generate":
        return ("choice",)
    return tuple(steps) or {"choose": ("accuracy",), "perplexity": ("bits_per_byte",)}.get(ask, ())


def _isolated(parse: Any) -> bool:
    """Say whether a chain of parsers holds one that runs in a worker process, at any depth."""
    if isinstance(parse, str):
        return parse in PARSERS and PARSERS[parse].needs_worker(None)
    if isinstance(parse, Mapping):
        return any(
            (name in PARSERS and PARSERS[name].needs_worker(argument)) or _isolated(argument)
            for name, argument in parse.items()
        )
    return isinstance(parse, Sequence) and any(_isolated(step) for step in parse)


def _ask(metric: Metric, prediction: Any, gold: Sequence[Any], sample: Sample, parsed: Parsed | None) -> Score:
    if parsed is not None and parsed.rule == TIMEOUT:
        return Score(None, Status.TIMEOUT, {"message": "a parser took too long"})
    try:
        if parsed is not None and parsed.value is None and not metric.takes_unparsed:
            return metric.no_answer(gold, sample)
        given = metric.score(prediction, gold, sample)
        score = given if isinstance(given, Score) else Score(float(given))
        if score.value is not None:
            value = float(score.value)
            _require_possible(metric, value)
            score = replace(score, value=value)  # a number of numpy's would become text on the wire
    except TimeoutError:
        return Score(None, Status.TIMEOUT, {"message": f"{metric.name}: took too long"})
    # A metric from a plugin may raise anything, and may even leave; the others still count.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Score(None, Status.ERROR, {"message": f"{metric.name}: {type(error).__name__}: {one_line(error)}"})
    return score


def _require_possible(metric: Metric, value: float) -> None:
    """Raise ValueError for a value that a metric says it cannot have.

    Infinity is possible where the range ends there and the metric has an aggregate of its own: in a mean it would be
    all that is left. What a :class:`PairMetric` gives a single sample is for looking at, and its range is the corpus's.
    """
    if math.isnan(value):
        raise ValueError("gave nan, which is no score")
    low, high = metric.range
    if math.isinf(value) and type(metric).aggregate is Metric.aggregate:
        raise ValueError(f"gave {value}, which has no mean (its range is {low:g} to {high:g})")
    if not isinstance(metric, PairMetric) and not low - _SLACK <= value <= high + _SLACK:
        raise ValueError(f"gave {value:g}, which is outside its range, {low:g} to {high:g}")


def _status(scores: Iterable[Score], *, truncated: bool) -> Status:
    found = {score.status for score in scores}
    for status in (Status.ERROR, Status.TIMEOUT, Status.UNPARSED):
        if status in found:
            return status
    if truncated:
        return Status.TRUNCATED
    return Status.NOT_APPLICABLE if found == {Status.NOT_APPLICABLE} else Status.OK


def _shown(prediction: Any) -> str | None:
    if isinstance(prediction, Ranking):
        return str(max(range(len(prediction.logprobs)), key=prediction.normalized().__getitem__))
    if prediction is None or isinstance(prediction, Likelihood):
        return None
    return prediction if isinstance(prediction, str) else orjson.dumps(prediction, default=str).decode()
