"""From tasks to the list of requests: each asked once, in an order that keeps shared prefixes together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.backends.base import Capabilities
from harness.engine.task import Part, Task
from harness.errors import BackendError
from harness.prompts.ask import Role
from harness.templates import RENDER_SECONDS, deadline
from harness.values import Request, Sample


@dataclass(frozen=True, slots=True)
class Use:
    """One request of a sample, by key.

    Attributes:
        key: the request's name in the store.
        role: what it is for.
        repeat: which repeat of the sample.
    """

    key: str
    role: Role
    repeat: int


@dataclass(frozen=True, slots=True)
class PlannedSample:
    """A sample and the requests that ask it."""

    sample: Sample
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One subset of a task in one formulation, planned."""

    task: Task
    part: Part
    samples: tuple[PlannedSample, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run asks.

    Attributes:
        identity: digest of who is asked.
        requests: key → request, each once, in the order they should be asked.
        parts: what the answers are for.
    """

    identity: str
    requests: dict[str, Request]
    parts: tuple[PlannedPart, ...]


def make_plan(tasks: Sequence[Task], identity: str, capabilities: Capabilities) -> Plan:
    """Render every prompt and name every request.

    Args:
        tasks: what is evaluated.
        identity: digest of the model and of what changes its answers.
        capabilities: what the backend can do; checked before anything is asked.

    Raises:
        BackendError: the backend cannot do what a card needs.
        PromptError: a template failed on a sample.
    """
    for task in tasks:
        for part in task.parts:
            _check(task, part, capabilities)
    planned = [_plan_part(task, part, identity) for task in tasks for part in task.parts]
    # Longest prompts first: memory problems and slow groups show at the start, and the estimate of the rest holds.
    order = sorted(planned, key=lambda item: -item.longest)
    requests: dict[str, Request] = {}
    for item in order:
        requests.update(item.requests)
    return Plan(identity, requests, tuple(item.part for item in planned))


@dataclass(frozen=True, slots=True)
class _Planned:
    part: PlannedPart
    requests: dict[str, Request]
    longest: int


def _plan_part(task: Task, part: Part, identity: str) -> _Planned:
    requests: dict[str, Request] = {}
    samples = []
    longest = 0
    with deadline(RENDER_SECONDS) as start:  # around all of them: setting a handler is slow
        for sample in part.samples:
            start(f"{task.ref}: sample {sample.id}")
            asked = part.asker.requests(sample)
            uses = []
            for one in asked:
                key = one.request.key(identity)
                requests.setdefault(key, one.request)
                uses.append(Use(key, one.role, one.repeat))
            longest = max(longest, _length(asked[0].request))
            samples.append(PlannedSample(sample, tuple(uses)))
    return _Planned(PlannedPart(task, part, tuple(samples)), requests, longest)


def _length(request: Request) -> int:
    return len(request.prompt or "") + sum(len(m.content) for m in request.messages)


def _check(task: Task, part: Part, capabilities: Capabilities) -> None:
    kind = {"mcf": "choose", "cf": "choose"}.get(part.formulation, part.formulation)
    if getattr(capabilities, kind):
        if part.card.prefill and kind == "generate" and not capabilities.prefill:
            raise BackendError(f"{task.ref}: this backend cannot begin the reply ('prefill'); use --set prefill=")
        return
    if kind == "choose":
        raise BackendError(
            f"{task.ref}: the formulation '{part.formulation}' ranks given answers, and this backend gives no "
            "log-probabilities of them; use --formulation generate"
        )
    raise BackendError(f"{task.ref}: this backend cannot do '{kind}'; choose another one with --backend")
