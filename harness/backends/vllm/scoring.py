"""Log-probabilities of given tokens: what the engine is asked, and how its output is read.

A query reads a context with all but the last token of a continuation, and lets the engine write one token. The
distribution of that one token scores the continuation's last token, whichever token is written; those before it are
scored as tokens of the prompt. Letters therefore are one written token for all options, and no query reads a token that
scores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.backends.local.encode import Span
from harness.backends.local.scored import by_input
from harness.values import OptionScore

_TARGETS = 128  # vLLM gives log-probabilities of at most so many chosen tokens at once


@dataclass(frozen=True, slots=True)
class Query:
    """One sequence that the engine reads to score spans.

    Attributes:
        inputs: the token ids that are read.
        scored: how many tokens at the end of the inputs are scored as well: the same for all its spans.
        spans: which of the request's spans it answers.
        targets: for each of those, the token that is scored after the inputs.
    """

    inputs: tuple[int, ...]
    scored: int
    spans: tuple[int, ...]
    targets: tuple[int, ...]

    def parameters(self, *, cached: bool) -> dict[str, Any]:
        """Return the sampling parameters.

        Args:
            cached: whether keys and values of a shared prefix may come from the cache. vLLM by itself never does that
                for a request that asks for log-probabilities of its prompt, because those of cached tokens are missing.
                Here only those of the continuation are wanted; :func:`read` notices when they are missing.
        """
        parameters: dict[str, Any] = {
            "max_tokens": 1,
            "temperature": 0.0,
            "detokenize": False,
            "logprob_token_ids": sorted(set(self.targets)),
        }
        if self.scored:
            parameters |= {"prompt_logprobs": 0, "flat_logprobs": True, "skip_reading_prefix_cache": not cached}
        return parameters


def queries(spans: Sequence[Span]) -> list[Query]:
    """Return the fewest queries that score the spans."""
    return [
        Query(inputs, length - 1, tuple(part), tuple(spans[place].continuation[-1] for place in part))
        for (inputs, length), places in by_input(spans).items()
        for part in (places[start : start + _TARGETS] for start in range(0, len(places), _TARGETS))
    ]


def read(query: Query, output: Any) -> list[OptionScore] | None:
    """Return the score of each span of a query from the engine's finished output.

    Returns:
        None where a token that is scored was read from the cache of prefixes: its log-probability was not computed.

    Raises:
        KeyError, IndexError: the engine left out what it was asked.
    """
    total, greedy = 0.0, True
    if query.scored:
        rows = output.prompt_logprobs
        if (output.num_cached_tokens or 0) >= len(query.inputs) - query.scored:
            return None
        # Counted from the end: some versions leave cached tokens out, others fill their rows with nothing of meaning.
        first = len(rows) - query.scored
        for place, token in enumerate(query.inputs[-query.scored :], first):
            found = rows[place][token]
            total += found.logprob
            greedy = greedy and found.rank == 1
    written = output.outputs[0]
    last: Mapping[int, Any] = written.logprobs[0]
    best = written.token_ids[0]
    return [
        OptionScore(total + last[target].logprob, query.scored + 1, greedy and target == best)
        for target in query.targets
    ]
