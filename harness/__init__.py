"""Harness: one evaluation harness for language models.

>>> import harness
>>> result = harness.evaluate(model="smollm2", tasks=["hellaswag"], limit=20)  # doctest: +SKIP

Names are imported when they are used, so that ``import harness`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from harness.api import evaluate, load, merge
    from harness.backends.base import Backend, Capabilities
    from harness.backends.scripted import ScriptedBackend
    from harness.engine.execute import InterruptedRunError, StoppedRunError
    from harness.errors import BackendError, CardError, DataError, HarnessError, StoreError, UserError
    from harness.rescoring import rescore, score_responses
    from harness.results import Result
    from harness.scoring.corpus import PairMetric, SumMetric
    from harness.scoring.metric import Likelihood, Metric, Ranking, Score, Status, metric

__all__ = [
    "Backend",
    "BackendError",
    "Capabilities",
    "CardError",
    "DataError",
    "HarnessError",
    "InterruptedRunError",
    "Likelihood",
    "Metric",
    "PairMetric",
    "Ranking",
    "Result",
    "Score",
    "ScriptedBackend",
    "Status",
    "StoppedRunError",
    "StoreError",
    "SumMetric",
    "UserError",
    "evaluate",
    "load",
    "merge",
    "metric",
    "rescore",
    "score_responses",
]

_HOMES = {
    "harness.api": ("evaluate", "load", "merge"),
    "harness.backends.base": ("Backend", "Capabilities"),
    "harness.backends.scripted": ("ScriptedBackend",),
    "harness.engine.execute": ("InterruptedRunError", "StoppedRunError"),
    "harness.errors": ("BackendError", "CardError", "DataError", "HarnessError", "StoreError", "UserError"),
    "harness.results": ("Result",),
    "harness.rescoring": ("rescore", "score_responses"),
    "harness.scoring.corpus": ("PairMetric", "SumMetric"),
    "harness.scoring.metric": ("Likelihood", "Metric", "Ranking", "Score", "Status", "metric"),
}


def __getattr__(name: str) -> Any:
    import importlib

    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module 'harness' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
