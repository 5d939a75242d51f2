"""Several runs of one model as one: shards put together, errors replaced by answers.

Scores are not computed here: the result rows of a merged run come from its records, as those of any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from harness.errors import StoreError
from harness.store.manifest import Manifest, utc_now
from harness.store.records import UNSCORED, SampleRecord, TaskSummary
from harness.store.run import RunDirectory
from harness.store.samples import read_columns, read_samples

_PLACE = ("subset", "formulation", "sample_id", "repeat")


def merge_runs(runs: Sequence[RunDirectory]) -> Manifest:
    """Return the manifest of several runs taken as one, with status ``running``.

    Runs that were merged themselves count as the runs they were made of, so that the order of merging is no matter.

    Raises:
        StoreError: they are not runs of one model on the same tasks, asked and scored the same way.
    """
    ordered = _by_age(runs)
    first = ordered[0]
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
    parts = _parts(ordered)
    totals: dict[str, float] = {}
    for part in parts:
        for name, count in part["totals"].items():
            totals[name] = totals.get(name, 0) + count
    shards = {shard for run in ordered for shard in run.manifest.shards}
    inherited = (note for run in ordered for note in run.manifest.notes if note not in _computed(run.manifest.shards))
    return replace(
        first.manifest,
        tasks=tuple(tasks.values()),
        suites=tuple(suites.values()),
        totals=totals,
        notes=(*dict.fromkeys(inherited), *_computed(shards)),
        merged_from=tuple(part["run"] for part in parts),
        command=(),
        options={"merged": parts},
        shards=tuple(sorted(shards, key=_number)),
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


def absent_shards(shards: Iterable[str]) -> list[str]:
    """Return the shards ``i/n`` that these lack to cover every sample; where they were cut in two ways, of the better.

    >>> absent_shards(["1/3", "3/3"])
    ['2/3']
    """
    there = {_number(shard) for shard in shards}
    ways = [[f"{i}/{n}" for i in range(1, n + 1) if (n, i) not in there] for n in sorted({n for n, _ in there})]
    return min(ways, key=len, default=[])


def _number(shard: str) -> tuple[int, int]:
    """Return ``i/n`` as (n, i), which sorts."""
    i, _, n = shard.partition("/")
    return int(n), int(i)


def _computed(shards: Iterable[str]) -> tuple[str, ...]:
    """Return the notes that follow from the shards; a merged run has its own and inherits none."""
    absent = absent_shards(shards)
    return (f"shards not merged yet: {', '.join(absent)}",) if absent else ()


def _parts(runs: Iterable[RunDirectory]) -> list[dict[str, Any]]:
    """Return what a merged manifest keeps of each run that was not merged itself, once each, by name."""
    parts: list[dict[str, Any]] = []
    for run in runs:
        known = run.manifest
        own = {
            "run": run.path.name,
            "shards": list(known.shards),
            "options": dict(known.options),
            "totals": dict(known.totals),
        }
        parts += [part for part in known.options.get("merged", [own]) if part not in parts]
    return sorted(parts, key=lambda part: (part["run"], part["shards"]))


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
        asked={name: max(task.asked.get(name, 0) for task in (left, right)) for name in {**left.asked, **right.asked}},
        missing={name: why for name, why in left.missing.items() if name in right.missing},
        fingerprint=left.fingerprint if left.fingerprint == right.fingerprint else "",
        origins=tuple(dict.fromkeys((*left.origins, *right.origins))),
        notes=tuple(dict.fromkeys((*left.notes, *right.notes))),
    )
