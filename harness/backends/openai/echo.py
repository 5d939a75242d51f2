"""The wire format of ``/completions`` for log-probabilities: the server repeats the prompt and scores its tokens.

Where a continuation begins is found in the tokens themselves, not in the reply's ``text_offset``: vLLM counts the
length of ``<s>`` in it and not the spaces that SentencePiece tokens lose when they are decoded one by one. A token that
straddles the boundary belongs to the continuation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.backends.http.faults import Fault, malformed
from harness.backends.openai.dialect import Dialect, WrongCount
from harness.backends.openai.wire import usage
from harness.values import ErrorKind, OptionScore

PATH = "/completions"


@dataclass(frozen=True, slots=True)
class Echo:
    """One prompt as the server read it.

    Attributes:
        tokens: their texts, as the server decodes each; generated ones included.
        logprobs: one for each token, in nats; None where nothing comes before it.
        tops: the most likely tokens at each place, where the server gives them.
        generated: how many tokens at the end may not be the prompt's (the server refuses to generate none).
    """

    tokens: Sequence[str]
    logprobs: Sequence[float | None]
    tops: Sequence[Mapping[str, float] | None]
    generated: int

    def span(self, text: str, boundary: int) -> tuple[int, int] | None:
        """Return the range of the tokens of ``text[boundary:]``, or None if their texts do not tell."""
        if boundary or self.generated:
            for stop in range(len(self.tokens) - self.generated, len(self.tokens) + 1):
                start = _walk_back(self.tokens, stop, text, boundary)
                if start is not None:
                    return start, stop
        return None if boundary else (0, len(self.tokens) - self.generated)

    def span_after(self, context: Echo) -> tuple[int, int]:
        """Return the range of the tokens that differ from those of the context when it stands alone."""
        start, stop = 0, len(self.tokens) - self.generated
        for own, other in zip(self.tokens[:stop], context.tokens[: len(context.tokens) - self.generated], strict=False):
            if own != other:
                break
            start += 1
        return start, stop

    def score(self, start: int, stop: int) -> OptionScore:
        """Sum the log-probabilities of a range of tokens; the text's very first token, which has none, is left out.

        Raises:
            Fault: there are none, or they are no numbers.
        """
        start = max(start, next((place for place, logprob in enumerate(self.logprobs) if logprob is not None), stop))
        logprobs = [logprob for logprob in self.logprobs[start:stop] if logprob is not None]
        if len(logprobs) < stop - start or not all(map(math.isfinite, logprobs)):
            raise malformed("the reply lacks the log-probability of a token")
        if not logprobs:
            raise Fault(ErrorKind.REFUSED, "the text is one token, and the server scores no first token")
        tops = self.tops[start:stop]
        known = len(tops) == len(logprobs) and all(isinstance(top, dict) and top for top in tops)
        greedy = all(lp >= max(top.values()) for lp, top in zip(logprobs, tops, strict=True) if top) if known else None
        return OptionScore(math.fsum(logprobs), len(logprobs), greedy)


@dataclass(frozen=True, slots=True)
class Echoes:
    """The reply to one form.

    Attributes:
        echoes: one for each prompt, in their order.
        prompt_tokens: of all of them together, None if the server does not say.
    """

    echoes: Sequence[Echo]
    prompt_tokens: int | None


def _walk_back(tokens: Sequence[str], stop: int, text: str, boundary: int) -> int | None:
    end, start = len(text), stop
    while end > boundary:
        start -= 1
        if start < 0 or not text.endswith(tokens[start], 0, end):
            return None
        end -= len(tokens[start])
    # Tokens without text are the first bytes of the character that the next one completes.
    while start > 0 and start < stop and tokens[start - 1] == "":
        start -= 1
    return start


def form(model: str, prompts: Sequence[str], dialect: Dialect) -> dict[str, Any]:
    """Return the JSON that asks for the log-probabilities of prompts; one prompt travels without a list."""
    return {
        "model": model,
        "prompt": list(prompts) if len(prompts) > 1 else prompts[0],
        "max_tokens": dialect.echo_tokens,
        "temperature": 0.0,
        "echo": True,
        "logprobs": 1,
    }


def read(prompts: Sequence[str], dialect: Dialect, generated: int, payload: dict[str, Any]) -> Echoes:
    """Read a reply.

    Args:
        prompts: what was asked.
        dialect: knows whether this server has given log-probabilities before.
        generated: how many new tokens were asked for.
        payload: the reply.

    Raises:
        Fault: a choice is missing or has another shape than agreed.
        BackendError: the server does not repeat prompts, or does not score them.
    """
    choices = payload["choices"]
    if len(choices) != len(prompts):
        raise WrongCount(ErrorKind.MALFORMED, f"the reply has {len(choices)} choices for {len(prompts)} prompts")
    ordered = sorted(choices, key=lambda choice: choice.get("index", 0))
    pairs = zip(ordered, prompts, strict=True)
    return Echoes([_read_one(choice, prompt, dialect, generated) for choice, prompt in pairs], usage(payload)[0])


def _read_one(choice: dict[str, Any], prompt: str, dialect: Dialect, generated: int) -> Echo:
    table = choice.get("logprobs") or {}
    tokens, logprobs = table.get("tokens"), table.get("token_logprobs")
    # A server that ignores ``echo`` gives the generated token's log-probability or none; some fill in zeros.
    if not tokens or not logprobs or not _repeats(choice["text"], prompt):
        raise dialect.no_echo()
    if {*map(type, tokens)} != {str} or not {*map(type, logprobs)} <= {float, int, type(None)}:
        raise malformed("the reply's tokens and log-probabilities are not texts and numbers")
    if len(tokens) != len(logprobs):
        raise malformed(f"the reply has {len(logprobs)} log-probabilities of {len(tokens)} tokens")
    if len(tokens) > 1 + generated and not any(logprobs[: len(logprobs) - generated]):
        raise dialect.no_echo()
    return Echo(tokens, logprobs, table.get("top_logprobs") or (), generated)


def _repeats(text: str, prompt: str) -> bool:
    return prompt in text or "".join(prompt.split()) in "".join(text.split())
