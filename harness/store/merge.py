"""Several runs of one model as one: shards put together, errors replaced by answers.

Scores are not computed here: the result rows of a merged run come from its records, as those of any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.errors import StoreError
from harness.store.manifest import Manifest, utc_now
from harness.store.records import UNSCORED, SampleRecord, TaskSummary
from harness.store.run import RunDirectory
from harness.store.samples import read_columns, read_samples

_PLACE = ("subset", "formulation", "sample_id", "repeat")


def merge_runs(runs: Sequence[RunDirectory]) -> Manifest:
    """Return the manifest of several runs taken as one, with status ``running``.

    Raises:
        StoreError: they are not runs of one model on the same tasks, asked and scored the same way.
    """
    ordered = _by_age(runs)
    first, *others = ordered
    tasks: dict[str, TaskSummary] = {}
    owner: dict[str, RunDirectory] = {}
    for run in ordered:
        if run.manifest.identity != first.manifest.identity:
            raise StoreError(
                f"cannot merge '{first.path}' and '{run.path}': they asked different models or settings "
                f"({first.manifest.model} and {run.manifest.model})"
            )
        for task in run.manifest.tasks:
            if task.ref in tasks:
                _check_same(owner[task.ref], tasks[task.ref], run, task)
                tasks[task.ref] = _union(tasks[task.ref], task)
            else:
                tasks[task.ref], owner[task.ref] = task, run
    suites = {suite["name"]: suite for run in ordered for suite in run.manifest.suites}
    totals: dict[str, float] = {}
    for run in ordered:
        for name, count in run.manifest.totals.items():
            totals[name] = totals.get(name, 0) + count
    return replace(
        first.manifest,
        tasks=tuple(tasks.values()),
        suites=tuple(suites.values()),
        totals=totals,
        notes=tuple(dict.fromkeys(note for run in ordered for note in run.manifest.notes)),
        merged_from=tuple(run.path.name for run in ordered),
        command=(),
        options={"merged": [dict(run.manifest.options) for run in ordered]} if others else first.manifest.options,
        status="running",
        created=utc_now(),
        finished=None,
    )


def merged_samples(runs: Sequence[RunDirectory], task: str) -> Iterator[SampleRecord]:
    """Yield one record for each place (subset, formulation, sample, repeat) that any run has of a task.

    A scored record wins over one without a score, a later run over an earlier one. Only the places are held in memory.

    Raises:
        StoreError: a file cannot be read, or a sample's data changed between the runs.
    """
    files = [run.samples_file(task) for run in _by_age(runs) if task in run.tasks]
    best: dict[tuple[object, ...], tuple[bool, int]] = {}
    content: dict[tuple[object, ...], str] = {}
    for number, file in enumerate(files):
        for row in read_columns(file, (*_PLACE, "fingerprint", "status")):
            place = tuple(row[name] for name in _PLACE)
            if content.setdefault(place, row["fingerprint"]) != row["fingerprint"]:
                raise StoreError(
                    f"cannot merge '{file}': the data of sample '{row['sample_id']}' of {task} differs from the other "
                    "run's; evaluate both on the same revision of the data"
                )
            best[place] = max(best.get(place, (False, -1)), (row["status"] not in UNSCORED, number))
    for number, file in enumerate(files):
        for record in read_samples(file):
            place = (record.subset, record.formulation, record.sample_id, record.repeat)
            if best.get(place, (False, -1))[1] == number:
                del best[place]  # a file that holds a place twice gives it once
                yield record


def _by_age(runs: Sequence[RunDirectory]) -> list[RunDirectory]:
    return sorted(runs, key=lambda run: (run.manifest.created, run.path.name))


def _check_same(one: RunDirectory, left: TaskSummary, two: RunDirectory, right: TaskSummary) -> None:
    for part, meaning in (("data", "its data"), ("ask", "its prompts"), ("score", "its scoring")):
        if left.hashes.get(part) != right.hashes.get(part):
            raise StoreError(
                f"cannot merge '{one.path}' and '{two.path}': the card of {left.ref} differs in {meaning}; run both "
                "with the same card and options"
            )


def _union(left: TaskSummary, right: TaskSummary) -> TaskSummary:
    return replace(
        left,
        subsets=tuple(dict.fromkeys((*left.subsets, *right.subsets))),
        formulations=tuple(dict.fromkeys((*left.formulations, *right.formulations))),
        metrics={**left.metrics, **right.metrics},
        sizes={**left.sizes, **right.sizes},
        missing={name: why for name, why in left.missing.items() if name in right.missing},
        fingerprint=left.fingerprint if left.fingerprint == right.fingerprint else "",
        origins=tuple(dict.fromkeys((*left.origins, *right.origins))),
        notes=tuple(dict.fromkeys((*left.notes, *right.notes))),
    )
