"""From answers to verdicts: parse each reply, ask each metric, keep one record for each reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from harness.engine.plan import PlannedPart, PlannedSample
from harness.errors import one_line
from harness.prompts.variables import letters, references
from harness.scoring.metric import Likelihood, Metric, Ranking, Score, Status
from harness.scoring.parsers import TIMEOUT, ParseContext, Parsed, compile_parsers
from harness.scoring.registry import display_name, load_metric
from harness.store.records import SampleRecord
from harness.values import Request, Response, Sample

DEFAULT_PARSE: Mapping[str, tuple[Any, ...]] = {"choices": ("thinking", "letter"), "text": ("thinking", "strip")}


class PartScorer:
    """Scores the answers of one part (one subset in one formulation).

    Args:
        planned: the part.

    Raises:
        CardError: a parser or metric of the card is unknown or wrong.
    """

    def __init__(self, planned: PlannedPart) -> None:
        part = planned.part
        card = part.card
        self._planned = planned
        self._where = f"{planned.task.ref} ({part.subset})" if part.subset else planned.task.ref
        self._ranks = part.formulation in ("cf", "mcf")
        self.metrics: dict[str, Metric] = {}
        for step in metric_steps(card.metrics, card.ask, part.formulation):
            self.metrics[display_name(step)] = load_metric(step, f"{self._where}: metrics")
        parse = card.parse
        if not parse and part.formulation == "generate":
            parse = DEFAULT_PARSE["choices" if card.ask == "choose" else "text"]
        self._parse = compile_parsers(parse, f"{self._where}: parse")
        self._normalize = card.how(part.formulation).normalize

    def score(self, answers: Mapping[str, Response], requests: Mapping[str, Request]) -> Iterator[SampleRecord]:
        """Yield one record for each repeat of each sample.

        Args:
            answers: key → response; an absent one is an error.
            requests: key → request, for the record.
        """
        for planned in self._planned.samples:
            yield from self._sample(planned, answers, requests)

    def _sample(
        self, planned: PlannedSample, answers: Mapping[str, Response], requests: Mapping[str, Request]
    ) -> Iterator[SampleRecord]:
        part, sample = self._planned.part, planned.sample
        gold = references(sample, part.formulation)
        unconditional = next((answers.get(use.key) for use in planned.uses if use.role == "unconditional"), None)
        for use in planned.uses:
            if use.role != "main":
                continue
            response = answers.get(use.key) or Response()
            failure = _failure(response, unconditional, planned)
            parsed: Parsed | None = None
            prediction: Any = None
            if failure is None:
                if part.formulation == "generate":
                    parsed = self._parse(response.text or "", self._context(sample))
                    prediction = parsed.value
                elif self._ranks:
                    prediction = self._ranking(planned, use.key, response, unconditional, requests)
                else:
                    first = response.options[0]
                    prediction = Likelihood(first.logprob, first.tokens, str(sample.fields["text"]))
            scores = {
                name: self._ask(metric, prediction, gold, sample, failed=failure is not None, parsed=parsed)
                for name, metric in self.metrics.items()
            }
            yield SampleRecord(
                task=self._planned.task.ref,
                subset=part.subset,
                formulation=part.formulation,
                sample_id=sample.id,
                fingerprint=sample.fingerprint,
                repeat=use.repeat,
                key=use.key,
                request=_json(requests[use.key].as_json()),
                reply=response.text,
                option_logprobs=tuple(option.logprob for option in response.options),
                option_tokens=tuple(option.tokens for option in response.options),
                option_greedy=tuple(option.greedy for option in response.options),
                unconditional_logprobs=tuple(option.logprob for option in unconditional.options)
                if unconditional
                else (),
                method=response.method,
                prediction=_shown(prediction),
                parse_rule=parsed.rule if parsed else None,
                references=_json(list(gold)),
                scores={name: score.value for name, score in scores.items()},
                details={name: _json(dict(score.detail)) for name, score in scores.items() if score.detail},
                status=str(_status(scores.values(), response, failure)),
                cluster=None if part.card.cluster is None else str(sample.fields.get(part.card.cluster)),
                finish=response.finish,
                clipped=response.clipped,
                prompt_tokens=response.prompt_tokens,
                completion_tokens=response.completion_tokens,
                latency=response.latency,
                retries=response.retries,
                error=failure,
            )

    def _context(self, sample: Sample) -> ParseContext:
        choices = sample.fields.get("choices")
        labels = letters(len(choices)) if isinstance(choices, list | tuple) else ()
        return ParseContext(fields=sample.fields, letters=labels)

    def _ranking(
        self,
        planned: PlannedSample,
        key: str,
        response: Response,
        unconditional: Response | None,
        requests: Mapping[str, Request],
    ) -> Ranking:
        choices = planned.sample.fields.get("choices") or ()
        return Ranking(
            logprobs=tuple(option.logprob for option in response.options),
            continuations=tuple(option.continuation for option in requests[key].options),
            tokens=tuple(option.tokens for option in response.options),
            unconditional=tuple(option.logprob for option in unconditional.options) if unconditional else (),
            normalize=self._normalize,
            choices=tuple(str(choice) for choice in choices),
        )

    def _ask(
        self,
        metric: Metric,
        prediction: Any,
        gold: Sequence[Any],
        sample: Sample,
        *,
        failed: bool,
        parsed: Parsed | None,
    ) -> Score:
        if failed:
            return Score(None, Status.ERROR)
        if parsed is not None and parsed.rule == TIMEOUT:
            return Score(None, Status.TIMEOUT)
        if parsed is not None and parsed.value is None and not metric.takes_unparsed:
            return Score(metric.unparsed, Status.UNPARSED)
        try:
            score = metric.score(prediction, gold, sample)
        except TimeoutError:
            return Score(None, Status.TIMEOUT)
        except Exception as error:  # noqa: BLE001 (a metric from a plugin may raise anything; the others still count)
            return Score(None, Status.ERROR, {"message": f"{metric.name}: {one_line(error)}"})
        return score if isinstance(score, Score) else Score(float(score))


def metric_steps(steps: Sequence[Any], ask: str, formulation: str) -> tuple[Any, ...]:
    """Return the metrics of a part: those of the card that fit how it is asked.

    A card that ranks choices may be asked to generate instead; then its letter is compared.
    """
    if ask == "choose" and formulation == "generate":
        return ("choice",)
    return tuple(steps) or {"choose": ("accuracy",), "perplexity": ("bits_per_byte",)}.get(ask, ())


def _failure(response: Response, unconditional: Response | None, planned: PlannedSample) -> str | None:
    if response.error is not None:
        return f"{response.error.kind}: {response.error.message}"
    if response == Response():
        return "unasked: the run ended before this request"
    if any(use.role == "unconditional" for use in planned.uses) and (unconditional is None or unconditional.error):
        return "the unconditional half of PMI has no answer"
    return None


def _status(scores: Any, response: Response, failure: str | None) -> Status:
    if failure is not None:
        return Status.ERROR
    found = {score.status for score in scores}
    for status in (Status.ERROR, Status.TIMEOUT, Status.UNPARSED):
        if status in found:
            return status
    if response.finish == "length":
        return Status.TRUNCATED
    return Status.NOT_APPLICABLE if found == {Status.NOT_APPLICABLE} else Status.OK


def _shown(prediction: Any) -> str | None:
    if prediction is None:
        return None
    if isinstance(prediction, Ranking):
        best = max(range(len(prediction.logprobs)), key=prediction.normalized().__getitem__)
        return str(best)
    if isinstance(prediction, Likelihood):
        return None
    return prediction if isinstance(prediction, str) else _json(prediction)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
