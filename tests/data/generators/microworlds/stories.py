"""What the solvers share; they know nothing of how the stories were made."""

from __future__ import annotations

from typing import Any

from harness.data.generators.microworlds import microworlds


def rows(skill: str, difficulty: int) -> list[dict[str, Any]]:
    return list(microworlds(skill=skill, seed=11, count=120, difficulty=difficulty))


def sentences(row: dict[str, Any]) -> list[str]:
    return row["story"].removesuffix(".").split(". ")


def one(found: list[str]) -> str:
    assert len(found) == 1, found
    return found[0]
