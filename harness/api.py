"""The main job as one function: load, plan, ask, score, write.

>>> import harness
>>> result = harness.evaluate(model="smollm2", tasks=["hellaswag"], limit=20)   # doctest: +SKIP
>>> result.scores                                                              # doctest: +SKIP
{'hellaswag': 0.45}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.backends.base import Backend
from harness.backends.resolve import open_backend
from harness.cards.find import CardIndex, search_path
from harness.cards.schema import Member, Suite
from harness.cards.select import Selection, select
from harness.data.load import DataSource
from harness.engine.execute import Answers, InterruptedRunError, Observer, execute
from harness.engine.plan import Plan, make_plan
from harness.engine.task import Limits, Task, join
from harness.errors import BackendError, DataError, StoreError
from harness.scoring.aggregate import Verdict, aggregate_suite, aggregate_task
from harness.scoring.pool import ScoringPool
from harness.scoring.score import PartScorer
from harness.scoring.summary import summarize
from harness.store.manifest import Manifest, Status, describe_environment
from harness.store.merge import absent_shards, merge_runs, merged_samples
from harness.store.records import ResultRow, SampleRecord, TaskSummary
from harness.store.run import RunDirectory
from harness.store.store import ResponseStore, default_store_folder

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found.

    Attributes:
        directory: the run directory.
        rows: the tidy table; headline rows are one a task and suite.
        manifest: what was asked, of whom, with what, and how it ended.
    """

    directory: Path
    rows: tuple[ResultRow, ...]
    manifest: Manifest

    @property
    def complete(self) -> bool:
        """Whether every sample asked for was answered and scored, and every subset had data."""
        return self.manifest.status == "complete"

    @property
    def scores(self) -> dict[str, float]:
        """Task → headline score; a subset's own where the task has no score of the whole."""
        return {row.label: row.value for row in self.rows if row.headline}

    def samples(self, task: str | None = None) -> Iterator[SampleRecord]:
        """Yield the records of every reply, or of one task's."""
        return RunDirectory.open(self.directory).samples(task)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas DataFrame (extra ``pandas``)."""
        import pandas

        return pandas.DataFrame([row.as_json() for row in self.rows])


@dataclass(frozen=True, slots=True)
class Setup:
    """How a run is made; every field is an option of ``harness eval``.

    Attributes:
        overrides: keys that replace the cards' own, nested as in a card.
        limits: which part of each task.
        mirrors: folders or packages that answer for hub names.
        tasks: further folders of cards.
        output: the folder that run directories land in.
        store: the response store's folder; None is the project's.
        command: the command line, for the manifest.
    """

    overrides: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    mirrors: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    output: Path = Path("results")
    store: Path | None = None
    command: tuple[str, ...] = ()


def evaluate(
    model: str | Backend,
    tasks: Sequence[str] | str,
    *,
    backend: str | None = None,
    base_url: str | None = None,
    model_options: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    limit: int | None = None,
    limit_per_subset: int | None = None,
    shard: tuple[int, int] = (1, 1),
    formulation: str | None = None,
    shots: int | None = None,
    repeats: int | None = None,
    mirrors: Sequence[str] = (),
    task_paths: Sequence[str] = (),
    output: str | Path = "results",
    store: str | Path | None = None,
) -> Result:
    """Evaluate a model on tasks and return what was found.

    Args:
        model: ``smollm2``, a model folder, a hub id, ``openai:NAME``, or a backend that is already open.
        tasks: task names, variants, suites or card files; a list, or text with commas.
        backend: ``hf`` or ``openai``, where the model's form leaves it open.
        base_url: of an OpenAI-compatible server.
        model_options: the backend's own options.
        overrides: keys that replace the cards' own, nested as in a card: ``{"generation": {"temperature": 0.7}}``.
        limit: at most so many samples a task.
        limit_per_subset: at most so many samples a subset.
        shard: part i of n, counted from 1; :func:`merge` joins the parts.
        formulation: ``mcf``, ``cf``, ``generate`` or ``max``, of tasks that rank choices.
        shots: number of solved samples in the prompt.
        repeats: how often each sample is asked.
        mirrors: folders laid out like the hub.
        task_paths: folders of cards beside ``./tasks``.
        output: where the run directory lands.
        store: the response store's folder.

    Raises:
        UserError: a card, the data, the model or a folder cannot be used; one line says what to do.
        InterruptedRunError: Ctrl-C; what was answered is kept.
    """
    change = dict(overrides or {})
    if shots is not None:
        change["shots"] = {**change.get("shots", {}), "count": shots}
    change |= {k: v for k, v in (("formulation", formulation), ("repeats", repeats)) if v is not None}
    setup = Setup(
        overrides=change,
        limits=Limits(limit, limit_per_subset, *shard),
        mirrors=tuple(mirrors),
        tasks=tuple(task_paths),
        output=Path(output),
        store=Path(store) if store is not None else None,
    )
    refs = tasks.split(",") if isinstance(tasks, str) else list(tasks)
    selection = select_tasks(refs, setup)
    if isinstance(model, str):
        with closing(open_backend(model, backend=backend, options=model_options, base_url=base_url)) as opened:
            return run(selection, opened, setup)
    return run(selection, model, setup)


def select_tasks(refs: Sequence[str], setup: Setup) -> Selection:
    """Load the cards that the user named."""
    index = CardIndex(search_path(Path(folder) for folder in setup.tasks))
    return select([ref.strip() for ref in refs if ref.strip()], index, setup.overrides)


def join_tasks(
    selection: Selection, setup: Setup, *, chat: bool = False, plain: bool = True, shots: bool = True
) -> list[Task]:
    """Load the rows of the selected cards.

    Raises:
        DataError: no card has any data, or rows do not fit their card.
    """
    source = DataSource(setup.mirrors)
    tasks = [join(loaded, source, setup.limits, chat=chat, plain=plain, shots=shots) for loaded in selection.cards]
    if tasks and not any(task.parts for task in tasks):
        reason = next((why for task in tasks for why in task.missing.values()), "")
        if reason:
            raise DataError(reason)
    return tasks


def run(
    selection: Selection,
    backend: Backend,
    setup: Setup,
    *,
    observe: Observer | None = None,
    notice: Notice | None = None,
) -> Result:
    """Make one run with an open backend.

    Args:
        selection: the cards and suites.
        backend: who is asked.
        setup: how the run is made.
        observe: is told after each answer.
        notice: is told, in one line each, what the user should see before the table.

    Raises:
        UserError: see :func:`evaluate`. What was answered before is scored and written all the same.
        InterruptedRunError: likewise.
    """
    tell = notice or (lambda text: None)
    able = backend.probe(())
    tasks = join_tasks(selection, setup, chat=able.chat, plain=able.plain)
    for task in tasks:
        for note in (*task.gaps, *task.notes):
            tell(f"{task.ref}: {note}")
    plan = make_plan(tasks, backend.identity.digest, able)
    scorers = [PartScorer(part) for part in plan.parts]  # a wrong parser or metric shows before anything is asked
    folder = setup.store or default_store_folder()
    directory = RunDirectory.create(setup.output, _manifest(backend, selection, tasks, setup, folder))
    failure: InterruptedRunError | BackendError | StoreError | None = None
    with ResponseStore(folder) as store:
        try:
            answers = execute(plan, backend, store, observe)
        except InterruptedRunError as error:
            failure, answers = error, error.answers
        except (BackendError, StoreError) as error:
            failure, answers = error, Answers(store.lookup(plan.requests, plan.identity), None)
    try:
        result = _finish(directory, selection, tasks, plan, scorers, answers, failure)
    except StoreError:
        if failure is None:
            raise
        raise failure from None  # a disk that is full fails twice: the first failure is the one to tell
    if failure is not None:
        raise failure
    return result


def load(run: str | Path, results: str | Path = "results") -> Result:
    """Open a finished run: a path, a name under ``results``, or ``latest``."""
    directory = RunDirectory.open(run, Path(results))
    return Result(directory.path, tuple(directory.rows()), directory.manifest)


def merge(runs: Sequence[str | Path], output: str | Path = "results") -> Result:
    """Join runs of one model on the same tasks: the shards of a run, or a run and its repair.

    Args:
        runs: paths or names of run directories.
        output: the folder that the joined run lands in.

    Raises:
        StoreError: they do not fit together, or cannot be read.
    """
    root = Path(output)
    opened = [RunDirectory.open(run, root) for run in runs]
    directory = RunDirectory.create(root, merge_runs(opened), latest=False)
    suites = [Suite.model_validate(suite) for suite in directory.manifest.suites]
    try:
        rows = write_results(directory, lambda ref: merged_samples(opened, ref), suites)
    except StoreError:
        directory.remove()
        raise
    whole = is_complete(rows) and not absent_shards(directory.manifest.shards)
    directory.finish("complete" if whole else "incomplete")
    directory.make_latest()
    return Result(directory.path, tuple(directory.rows()), directory.manifest)


def write_results(
    directory: RunDirectory, records: Callable[[str], Iterable[SampleRecord]], suites: Sequence[Suite]
) -> list[ResultRow]:
    """Write a run's samples and its table.

    Args:
        directory: the run.
        records: task's reference → its records.
        suites: those that were asked for.
    """
    verdicts: dict[str, list[Verdict]] = {}
    for summary in directory.manifest.tasks:
        with directory.sample_writer(summary.ref) as writer:
            for record in records(summary.ref):
                writer.write(record)
                verdicts.setdefault(summary.ref, []).append(Verdict.of(record))
    rows = result_rows(directory.manifest.tasks, verdicts, suites)
    directory.write_results(rows)
    return rows


def is_complete(rows: Sequence[ResultRow]) -> bool:
    """Whether everything that was asked has an answer; a shard is complete, though its numbers are partial."""
    return not any(row.errors or row.timeouts or row.missing for row in rows)


def _finish(
    directory: RunDirectory,
    selection: Selection,
    tasks: Sequence[Task],
    plan: Plan,
    scorers: Sequence[PartScorer],
    answers: Answers,
    failure: Exception | None,
) -> Result:
    """Score what was answered, write samples, table and manifest."""
    with ScoringPool() as pool:

        def records(ref: str) -> Iterator[SampleRecord]:
            for part, scorer in zip(plan.parts, scorers, strict=True):
                if part.task.ref == ref:
                    yield from scorer.score(answers.responses, plan.requests, pool)

        rows = write_results(directory, records, selection.suites)
    status: Status = "incomplete" if failure is not None or not is_complete(rows) else "complete"
    if isinstance(failure, InterruptedRunError):
        status = "interrupted"
    directory.finish(status, totals=_totals(plan, answers))
    return Result(directory.path, tuple(directory.rows()), directory.manifest)


def _totals(plan: Plan, answers: Answers) -> dict[str, float]:
    progress = answers.progress
    if progress is None:
        return {"requests": len(plan.requests)}
    return {
        "requests": progress.total,
        "reused": progress.reused,
        "answered": progress.done - progress.errors,
        "errors": progress.errors,
        "prompt_tokens": progress.prompt_tokens,
        "completion_tokens": progress.completion_tokens,
        "seconds": round(progress.seconds, 3),
    }


def result_rows(
    summaries: Sequence[TaskSummary], verdicts: Mapping[str, Sequence[Verdict]], suites: Sequence[Suite]
) -> list[ResultRow]:
    """Return the rows of all tasks, then those of the suites."""
    by_name: dict[str, list[ResultRow]] = {}
    rows: list[ResultRow] = []
    for summary in summaries:
        by_name[summary.ref] = aggregate_task(summary, verdicts.get(summary.ref, ()))
        rows += by_name[summary.ref]
    for suite in suites:
        members = [member if isinstance(member, Member) else Member(task=member) for member in suite.tasks]
        known = [(member.weight, by_name.get(member.task, [])) for member in members]
        by_name[suite.name] = aggregate_suite(suite.name, suite.version, suite.aggregate, known)
        rows += by_name[suite.name]
    return rows


def _manifest(backend: Backend, selection: Selection, tasks: Sequence[Task], setup: Setup, store: Path) -> Manifest:
    identity = backend.identity
    limits = setup.limits
    return Manifest(
        model=identity.model,
        backend=identity.backend,
        identity=identity.digest,
        identity_details=dict(identity.details),
        tasks=tuple(summarize(task) for task in tasks),
        suites=tuple(suite.model_dump(mode="json", exclude_defaults=True) for suite in selection.suites),
        command=setup.command,
        options={
            "overrides": dict(setup.overrides),
            "limit": limits.per_task,
            "limit_per_subset": limits.per_subset,
            "mirrors": list(setup.mirrors),
        },
        shards=(f"{limits.shard}/{limits.shards}",),
        seeds=_seeds(tasks),
        environment=describe_environment(),
        store=str(store),
    )


def _seeds(tasks: Sequence[Task]) -> dict[str, int]:
    seeds: dict[str, int] = {}
    for task in tasks:
        card = task.loaded.card
        if card.shots.count and card.shots.pick in ("random", "balanced"):
            seeds[f"{task.ref}: shots"] = card.shots.seed
        if card.draw is not None:
            seeds[f"{task.ref}: draw"] = card.draw.seed
        if card.generation.seed is not None:
            seeds[f"{task.ref}: generation"] = card.generation.seed
    return seeds
