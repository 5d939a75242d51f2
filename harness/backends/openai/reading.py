"""What a server says of a text that it read: its tokens, their log-probabilities, and which of them a continuation has.

Where a continuation begins is found in the tokens themselves, not in the reply's ``text_offset``: vLLM counts the
length of ``<s>`` in it and not the spaces that SentencePiece tokens lose when they are decoded one by one. A token that
straddles the boundary belongs to the continuation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from harness.backends.http.faults import Fault, malformed
from harness.values import ErrorKind, OptionScore

if TYPE_CHECKING:
    from harness.backends.openai.dialect import Dialect

PATH = "/completions"


@dataclass(frozen=True, slots=True)
class Reading:
    """One prompt as the server read it.

    Attributes:
        tokens: their texts, as the server decodes each; generated ones included.
        logprobs: one for each token, in nats; None where nothing comes before it.
        greedy: whether the tokens from one place to another are those the model would have written; None if unknown.
        generated: how many tokens at the end may not be the prompt's (the server refuses to generate none).
        ids: what tells tokens apart where their texts do not; by default the texts.
    """

    tokens: Sequence[str]
    logprobs: Sequence[float | None]
    greedy: Callable[[int, int], bool | None]
    generated: int = 0
    ids: Sequence[str] = ()

    def span(self, text: str, boundary: int) -> tuple[int, int] | None:
        """Return the range of the tokens of ``text[boundary:]``, or None if their texts do not tell."""
        if boundary or self.generated:
            for stop in range(len(self.tokens) - self.generated, len(self.tokens) + 1):
                start = _walk_back(self.tokens, stop, text, boundary)
                if start is not None:
                    return start, stop
        return None if boundary else (0, len(self.tokens) - self.generated)

    def span_after(self, context: Reading) -> tuple[int, int]:
        """Return the range of the tokens that differ from those of the context when it stands alone."""
        start, stop = 0, len(self.tokens) - self.generated
        others = (context.ids or context.tokens)[: len(context.tokens) - context.generated]
        for own, other in zip((self.ids or self.tokens)[:stop], others, strict=False):
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
        return OptionScore(math.fsum(logprobs), len(logprobs), self.greedy(start, stop))


@dataclass(frozen=True, slots=True)
class Readings:
    """The reply to one form.

    Attributes:
        each: one for each prompt, in their order.
        prompt_tokens: of all of them together, None if the server does not say.
    """

    each: Sequence[Reading]
    prompt_tokens: int | None


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to have prompts read.

    Attributes:
        name: how it is called in a response's ``method``.
        form: makes the JSON that asks, of the model's name, the prompts and the dialect; one prompt travels without a
            list.
        read: reads a reply's JSON, given the prompts, the dialect and the form; raises ``Fault`` where a choice is
            missing or has another shape than agreed, ``BackendError`` where the server does not do this at all.
    """

    name: Literal["echo", "prompt_logprobs"]
    form: Callable[[str, Sequence[str], Dialect], dict[str, Any]]
    read: Callable[[Sequence[str], Dialect, dict[str, Any], dict[str, Any]], Readings]


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
