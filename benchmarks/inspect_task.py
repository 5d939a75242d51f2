"""The chat questions as a task of Inspect, which imports this file in its own environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import pattern
from inspect_ai.solver import generate

sys.path.insert(0, str(Path(__file__).resolve().parent))

from made import chat_prompt
from played import LETTERS


@task
def chat(data: str) -> Task:
    """Ask the rows of a JSON Lines file."""
    rows = [json.loads(line) for line in Path(data).read_text("utf-8").splitlines()]
    samples = [Sample(id=row["id"] + 1, input=chat_prompt(row), target=LETTERS[row["answer"]]) for row in rows]
    return Task(
        dataset=MemoryDataset(samples, name="chat"),
        solver=generate(),
        scorer=pattern(r"answer is \(?([A-J])\)?"),
        config=GenerateConfig(temperature=0, max_tokens=64),
    )
