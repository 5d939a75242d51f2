"""From tasks to what is asked: each request named once, in an order that keeps shared prefixes together.

A plan holds names, not prompts: a prompt is rendered to find its name, again when it is asked, and again for its
record. That costs microseconds and makes a plan of a million long prompts as small as one of short ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from harness.backends.base import Capabilities
from harness.engine.ability import check
from harness.engine.task import Part, Task
from harness.prompts.ask import Asked
from harness.templates import RENDER_SECONDS, deadline
from harness.values import Request, Sample


@dataclass(frozen=True, slots=True)
class PlannedSample:
    """A sample and what it is asked.

    Attributes:
        sample: the sample.
        asked: its requests.
        keys: their names in the store.
    """

    sample: Sample
    asked: tuple[Asked, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How much a part asks.

    Attributes:
        longest: characters of the longest prompt.
        characters: of all prompts, before what is known or asked twice is left out.
        new_tokens: the most that may be generated.
    """

    longest: int = 0
    characters: int = 0
    new_tokens: int = 0


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One subset of a task in one formulation, planned.

    Attributes:
        task: the task.
        part: the subset in its formulation.
        keys: for each sample of the part, the names of its requests, in the order in which its asker gives them.
        size: how much it asks.
    """

    task: Task
    part: Part
    keys: tuple[tuple[str, ...], ...]
    size: Size

    def samples(self) -> Iterator[PlannedSample]:
        """Render each sample's requests again, one sample after the other."""
        for sample, keys in zip(self.part.samples, self.keys, strict=True):
            yield PlannedSample(sample, tuple(self.part.asker.requests(sample)), keys)

    def pending(self, left: Set[str]) -> Iterator[tuple[str, Request]]:
        """Render the requests under some names; samples that have none of them are not rendered."""
        for sample, keys in zip(self.part.samples, self.keys, strict=True):
            if not left.isdisjoint(keys):
                for key, one in zip(keys, self.part.asker.requests(sample), strict=True):
                    if key in left:
                        yield key, one.request


@dataclass(frozen=True)
class Plan:
    """Everything that a run asks.

    Attributes:
        identity: digest of who is asked.
        parts: what the answers are for, in the order of the tasks.
    """

    identity: str
    parts: tuple[PlannedPart, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names of all requests."""
        return frozenset(key for part in self.parts for keys in part.keys for key in keys)

    def pending(self, known: Set[str]) -> Iterator[tuple[str, Request]]:
        """Render what has no answer yet: each request once, when it is taken.

        The part with the longest prompts comes first: memory problems and slow groups show at the start, and the
        estimate of the rest holds.
        """
        left = set(self.keys - known)
        for part in sorted(self.parts, key=lambda part: -part.size.longest):
            for key, request in part.pending(left):
                if key in left:  # a sample may ask the same twice
                    left.discard(key)
                    yield key, request


def make_plan(tasks: Sequence[Task], identity: str, able: Capabilities) -> Plan:
    """Render every prompt and name every request.

    Args:
        tasks: what is evaluated.
        identity: digest of the model and of what changes its answers.
        able: what the backend can do; checked before anything is asked.

    Raises:
        BackendError: the backend cannot do what a card needs.
        PromptError: a template failed on a sample.
    """
    for task in tasks:
        for part in task.parts:
            check(task.ref, part.card, part.formulation, able)
    return Plan(identity, tuple(_plan_part(task, part, identity) for task in tasks for part in task.parts))


def _plan_part(task: Task, part: Part, identity: str) -> PlannedPart:
    every = []
    longest = characters = new_tokens = 0
    with deadline(RENDER_SECONDS) as start:  # around all of them: setting a handler is slow
        for sample in part.samples:
            start(f"{task.ref}: sample {sample.id}")
            asked = part.asker.requests(sample)
            every.append(tuple(one.request.key(identity) for one in asked))
            for one in asked:
                length = characters_of(one.request)
                longest = max(longest, length)
                characters += length
                if one.request.generation is not None:
                    new_tokens += one.request.generation.max_tokens
    return PlannedPart(task, part, tuple(every), Size(longest, characters, new_tokens))


def characters_of(request: Request) -> int:
    """Return the characters that a request makes a model read."""
    own = len(request.prompt or "") + sum(len(m.content) for m in request.messages)
    return own + sum(len(o.continuation) + len(o.context or "") for o in request.options)
