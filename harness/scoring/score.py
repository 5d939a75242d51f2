"""From a plan's answers to records: one for each reply, with all that a reader or a later re-scoring wants."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from harness.engine.plan import PlannedPart, PlannedSample
from harness.prompts.variables import references
from harness.scoring.scorer import Scorer
from harness.store.records import SampleRecord
from harness.values import Request, Response

_UNASKED = Response()


class PartScorer:
    """Scores the answers of one part (one subset in one formulation).

    Args:
        planned: the part.

    Raises:
        CardError: a parser or metric of the card is unknown or wrong.
    """

    def __init__(self, planned: PlannedPart) -> None:
        self._planned = planned
        part = planned.part
        where = f"{planned.task.ref} ({part.subset})" if part.subset else planned.task.ref
        self.scorer = Scorer(part.card, part.formulation, where)

    def score(self, answers: Mapping[str, Response], requests: Mapping[str, Request]) -> Iterator[SampleRecord]:
        """Yield one record for each repeat of each sample.

        Args:
            answers: key → response; an absent one is an error.
            requests: key → request, for the record.
        """
        for planned in self._planned.samples:
            bare = next((answers.get(use.key, _UNASKED) for use in planned.uses if use.role == "unconditional"), None)
            for use in planned.uses:
                if use.role == "main":
                    response = answers.get(use.key, _UNASKED)
                    yield self._record(planned, use.key, use.repeat, requests[use.key], response, bare)

    def _record(
        self,
        planned: PlannedSample,
        key: str,
        repeat: int,
        request: Request,
        response: Response,
        unconditional: Response | None,
    ) -> SampleRecord:
        part, sample = self._planned.part, planned.sample
        failure = _failure(response, unconditional)
        if failure is not None:
            scored = self.scorer.failed(failure)
        else:
            continuations = [option.continuation for option in request.options]
            scored = self.scorer.score(sample, response, continuations, unconditional)
        return SampleRecord(
            task=self._planned.task.ref,
            subset=part.subset,
            formulation=part.formulation,
            sample_id=sample.id,
            fingerprint=sample.fingerprint,
            repeat=repeat,
            key=key,
            asked=request.digest()[:32],
            request=_json(request.as_json()),
            reply=response.text,
            option_logprobs=tuple(option.logprob for option in response.options),
            option_tokens=tuple(option.tokens for option in response.options),
            option_greedy=tuple(option.greedy for option in response.options),
            unconditional_logprobs=tuple(o.logprob for o in unconditional.options) if unconditional else (),
            method=response.method,
            prediction=scored.prediction,
            parse_rule=scored.rule,
            references=_json(list(references(sample, part.formulation))),
            score=next((score.value for score in scored.scores.values()), None),
            scores={name: score.value for name, score in scored.scores.items()},
            details={name: _json(dict(score.detail)) for name, score in scored.scores.items() if score.detail},
            status=str(scored.status),
            cluster=None if part.card.cluster is None else str(sample.fields.get(part.card.cluster)),
            finish=response.finish,
            clipped=response.clipped,
            prompt_tokens=response.prompt_tokens,
            completion_tokens=response.completion_tokens,
            latency=response.latency,
            retries=response.retries,
            error=scored.error,
        )


def _failure(response: Response, unconditional: Response | None) -> str | None:
    if response.error is not None:
        return f"{response.error.kind}: {response.error.message}"
    if response is _UNASKED:
        return "unasked: the run ended before this request"
    if unconditional is not None and not unconditional.options:
        return "the unconditional half of PMI has no answer"
    return None


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # lone surrogates and integers of more than 64 bits
        return json.dumps(value, default=str, ensure_ascii=False)
