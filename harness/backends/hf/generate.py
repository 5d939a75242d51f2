"""Writes text: batches of prompts, each with its own limit, stop strings and random numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.backends.hf.padding import pad_left
from harness.backends.local.stops import first_stop, stop_strings
from harness.values import Generation


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt to continue.

    Attributes:
        owner: whose it is; the caller's business.
        inputs: the prompt's token ids.
        generation: limit, stop strings and sampling.
        seed: the start of its random numbers.
    """

    owner: int
    inputs: tuple[int, ...]
    generation: Generation
    seed: str

    @property
    def size(self) -> tuple[int, int]:
        """The number of tokens that its cache will hold, and of positions projected onto the vocabulary."""
        return len(self.inputs) + self.generation.max_tokens, 1


@dataclass(frozen=True, slots=True)
class Written:
    """A reply: its text up to the stop string, the number of tokens written, and why it ended."""

    text: str
    tokens: int
    finish: Literal["stop", "length"]


class Writer:
    """Continues prompts with ``model.generate``.

    Args:
        model: a causal language model of transformers.
        pad: the id that fills short rows.
        ends: the ids that end a reply.
        decode: token ids → text; with ``special=True`` special tokens stay.
    """

    def __init__(self, model: Any, pad: int, ends: Sequence[int], decode: Callable[..., str]) -> None:
        self._model = model
        self._pad = pad
        self._ends = frozenset(ends)
        self._decode = decode

    def write(self, rows: Sequence[Row]) -> list[Written]:
        """Return the reply to each row."""
        import torch
        from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

        longest = max(len(row.inputs) for row in rows)
        ids, mask = pad_left([row.inputs for row in rows], longest, self._pad, self._model.device)
        finish = _Finish(rows, longest, self._decode)
        sampler = [_Sampler(rows)] if any(row.generation.temperature > 0 for row in rows) else []
        with torch.inference_mode():
            out = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                generation_config=GenerationConfig(
                    do_sample=False,  # the sampler leaves one token with a finite score
                    max_new_tokens=max(row.generation.max_tokens for row in rows),
                    eos_token_id=sorted(self._ends) or None,
                    pad_token_id=self._pad,
                ),
                logits_processor=LogitsProcessorList(sampler),
                stopping_criteria=StoppingCriteriaList([finish]),
            )
        replies = out[:, longest:].cpu().tolist()
        return [self._cut(row, ids, length) for row, ids, length in zip(rows, replies, finish.lengths, strict=True)]

    def _cut(self, row: Row, ids: list[int], length: int | None) -> Written:
        """Take off what was written after the end: padding, the end token, the stop string and all behind it."""
        stopped = False
        if length is not None:
            ids = ids[:length]
        for place, token in enumerate(ids):
            if token in self._ends:
                ids, stopped = ids[: place + 1], True
                break
        text = self._decode(ids[:-1] if stopped else ids)
        stops = stop_strings(row.generation)
        first = first_stop(text, stops)
        # Stop strings such as ``<|im_end|>`` are special tokens, which the text no longer shows.
        if first is not None or (stops and first_stop(self._decode(ids, special=True), stops) is not None):
            text, stopped = text[:first], True
        return Written(text, len(ids), "stop" if stopped else "length")


class _Finish:
    """Tells ``generate`` which rows are done: their limit is reached or a stop string has appeared.

    Attributes:
        lengths: for each row the number of tokens at which it was done, None while it is not.
    """

    def __init__(self, rows: Sequence[Row], start: int, decode: Callable[..., str]) -> None:
        self._limits = [row.generation.max_tokens for row in rows]
        self._stops = [stop_strings(row.generation) for row in rows]
        self._start = start
        self._decode = decode
        # Each token is at least one byte, so so many tokens cover the longest stop string wherever it begins in one;
        # a few more keep it clear of the first token, whose leading space some tokenizers drop.
        self._tail = [max((len(stop.encode()) for stop in stops), default=0) + 4 for stops in self._stops]
        self.lengths: list[int | None] = [None] * len(rows)

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Return a boolean for each row: whether it is done."""
        import torch

        length = input_ids.shape[1] - self._start
        written = input_ids[:, self._start :].cpu()
        for place, (limit, known) in enumerate(zip(self._limits, self.lengths, strict=True)):
            if known is None and (length >= limit or self._has_stopped(place, written[place])):
                self.lengths[place] = length
        return torch.tensor([length is not None for length in self.lengths], device=input_ids.device)

    def _has_stopped(self, place: int, written: Any) -> bool:
        stops = self._stops[place]
        if not stops:
            return False
        tail = written[-self._tail[place] :].tolist()
        return first_stop(self._decode(tail, special=True), stops) is not None


class _Sampler:
    """Draws each row's next token from temperature and nucleus, with random numbers of that row alone.

    A reply therefore does not depend on the rows beside it. One uniform number is drawn for each token and looked up in
    the cumulative distribution, most probable tokens first.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._random = [random.Random(row.seed) for row in rows]  # noqa: S311 - sampling, not secrets

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Return scores in which only the drawn token is finite; greedy rows are left as they are."""
        for place, (row, numbers) in enumerate(zip(self._rows, self._random, strict=True)):
            if row.generation.temperature > 0:
                token = _draw(scores[place], row.generation, numbers.random())
                scores[place] = -float("inf")
                scores[place, token] = 0.0
        return scores


def _draw(scores: Any, generation: Generation, number: float) -> int:
    probabilities, order = (scores.float() / generation.temperature).softmax(-1).sort(descending=True, stable=True)
    below = probabilities.cumsum(-1) - probabilities
    nucleus = probabilities * (below < generation.top_p)
    reached = nucleus.cumsum(-1)
    place = int((reached <= number * reached[-1]).sum())
    return int(order[min(place, int((nucleus > 0).sum()) - 1)])
