"""Running text: how surprised the model is. Corpus metrics: a long text weighs more than a short one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from harness.scoring.metric import Likelihood, Metric, Score, Status, metric
from harness.scoring.statistics import NOTHING, Estimate, mean_estimate
from harness.values import Sample


class _Surprise(Metric):
    """Nats per unit of a corpus, put on a scale that people read."""

    inputs: ClassVar[Literal["logprob"]] = "logprob"
    higher_is_better: ClassVar[bool] = False
    range: ClassVar[tuple[float, float]] = (1.0, math.inf)

    def units(self, likelihood: Likelihood) -> int:
        """Return what the text is divided by."""
        raise NotImplementedError

    def scale(self, rate: float) -> float:
        """Turn nats per unit into the metric."""
        return math.exp(rate) if rate < 700 else math.inf

    def slope(self, rate: float) -> float:
        """Return the derivative of :meth:`scale`."""
        return self.scale(rate)

    def score(self, prediction: Likelihood, references: Sequence[Any], sample: Sample) -> Score:
        """Score one text, and keep what :meth:`aggregate` needs of it."""
        units = self.units(prediction)
        if units == 0:
            return Score(None, Status.NOT_APPLICABLE, {"message": "the text is empty"})
        if math.isnan(prediction.logprob):
            raise ValueError("the model gave a log-probability that is not a number")
        nats = -prediction.logprob
        return Score(self.scale(nats / units), Status.OK, {"nats": nats, "units": units})

    def aggregate(self, scores: Sequence[Score], clusters: Sequence[Any] | None = None) -> Estimate:
        """Return the metric of the corpus: Σ nats / Σ units, scaled.

        The standard error is the delta method's: that of a ratio (by its linearisation, clustered where samples are),
        times the slope of the scale. The interval is that of the ratio, scaled, so it is not symmetric.
        """
        if not scores:
            return NOTHING
        nats = np.array([score.detail["nats"] for score in scores], dtype=float)
        units = np.array([score.detail["units"] for score in scores], dtype=float)
        rate = float(nats.sum() / units.sum())
        if math.isinf(rate):
            return Estimate(math.inf, math.nan, self.range[0], math.inf, len(scores))
        linear = rate + (nats - rate * units) / units.mean()
        ratio = mean_estimate(linear.tolist(), clusters, bounds=(0.0, math.inf))
        stderr = ratio.stderr * self.slope(rate)
        return Estimate(self.scale(rate), stderr, self.scale(ratio.low), self.scale(ratio.high), len(scores))


@metric("perplexity", presets={"lm_eval": {"per": "document"}})
@dataclass(frozen=True)
class Perplexity(_Surprise):
    """Perplexity per token: e to the mean surprise.

    Inputs: logprob; no references.
    Formula: exp(−Σ log p / Σ tokens) over all texts. It compares models with the same tokenizer only.
    Range: 1 to ∞, lower is better.
    Aggregation: over the corpus; the error by the delta method.
    Empty strings: a text without tokens is not applicable.
    Presets: ``lm_eval``: exp(−mean log p of whole texts), as lm-evaluation-harness has it for LAMBADA's last words.
    Source: the definition; lm-evaluation-harness, ``perplexity``.

    Attributes:
        per: ``token`` or ``document``.
    """

    per: Literal["token", "document"] = "token"

    def units(self, likelihood: Likelihood) -> int:
        """Return the tokens, or 1."""
        return likelihood.tokens if self.per == "token" else 1


@metric("word_perplexity")
@dataclass(frozen=True)
class WordPerplexity(_Surprise):
    """Perplexity per word, which does not depend on the tokenizer.

    Inputs: logprob; no references.
    Formula: exp(−Σ log p / Σ words) over all texts; words are separated by white space.
    Range: 1 to ∞, lower is better.
    Aggregation: over the corpus; the error by the delta method.
    Empty strings: a text without words is not applicable.
    Source: lm-evaluation-harness, ``word_perplexity``, whose count adds one for white space at either end of a text.
    """

    def units(self, likelihood: Likelihood) -> int:
        """Return the words."""
        return len(likelihood.text.split())


@metric("byte_perplexity")
@dataclass(frozen=True)
class BytePerplexity(_Surprise):
    """Perplexity per byte, which depends neither on the tokenizer nor on words.

    Inputs: logprob; no references.
    Formula: exp(−Σ log p / Σ bytes) over all texts in UTF-8.
    Range: 1 to ∞, lower is better.
    Aggregation: over the corpus; the error by the delta method.
    Empty strings: an empty text is not applicable.
    Source: lm-evaluation-harness, ``byte_perplexity``.
    """

    def units(self, likelihood: Likelihood) -> int:
        """Return the bytes."""
        return len(likelihood.text.encode("utf-8", "surrogatepass"))


@metric("bits_per_byte")
@dataclass(frozen=True)
class BitsPerByte(BytePerplexity):
    """Bits that the model needs for each byte of the text: the base-2 logarithm of ``byte_perplexity``.

    Inputs: logprob; no references.
    Formula: −Σ log p / (Σ bytes · ln 2) over all texts in UTF-8.
    Range: 0 to ∞, lower is better.
    Aggregation: over the corpus; the error by the delta method.
    Empty strings: an empty text is not applicable.
    Source: The Pile (arXiv 2101.00027), section 3.1; lm-evaluation-harness, ``bits_per_byte``.
    """

    range: ClassVar[tuple[float, float]] = (0.0, math.inf)

    def scale(self, rate: float) -> float:
        """Turn nats into bits."""
        return rate / math.log(2)

    def slope(self, rate: float) -> float:
        """Return the derivative."""
        return 1 / math.log(2)
