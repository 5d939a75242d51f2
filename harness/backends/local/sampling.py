"""Random numbers that belong to a reply."""

from __future__ import annotations

from collections.abc import Sequence

from harness.values import Generation, digest


def sampling_seed(generation: Generation, repeat: int, ids: Sequence[int]) -> str:
    """Return what a reply's random numbers start from: seed, repeat and prompt, and nothing else."""
    return digest([generation.seed, repeat, list(ids)], 32)
