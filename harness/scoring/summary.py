"""What a run's manifest keeps of a task, so that its records can be aggregated again without its card."""

from __future__ import annotations

from dataclasses import asdict

import orjson

from harness.engine.task import Task
from harness.scoring.registry import display_name
from harness.scoring.score import metric_steps
from harness.store.records import TaskSummary


def summarize(task: Task) -> TaskSummary:
    """Return the summary of a task."""
    loaded = task.loaded
    card = loaded.card
    name, _, variant = task.ref.partition("@")
    metrics: dict[str, dict[str, dict[str, str]]] = {}
    for part in task.parts:
        steps = metric_steps(part.card.metrics, part.card.ask, part.formulation)
        named = {display_name(step): orjson.dumps(step).decode() for step in steps}
        metrics.setdefault(part.subset, {})[part.formulation] = named
    return TaskSummary(
        ref=task.ref,
        name=name,
        variant=variant,
        version=card.version,
        subsets=tuple(task.sizes),
        formulations=task.formulations,
        aggregate=card.aggregate,
        metrics=metrics,
        sizes=dict(task.sizes),
        missing=dict(task.missing),
        random_baseline=card.random_baseline,
        hashes=asdict(task.hashes),
        fingerprint=task.fingerprint,
        origins=task.origins,
        overrides=dict(loaded.overrides),
        shots=card.shots.count,
        chat=any(part.asker.chat for part in task.parts),
        notes=task.notes,
    )
