"""Rows of different lengths as one rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def pad_left(rows: Sequence[Sequence[int]], longest: int, pad: int, device: Any) -> tuple[Any, Any]:
    """Return token ids and attention mask, rows x longest, each row at the right edge."""
    import torch

    ids = torch.full((len(rows), longest), pad)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, longest - len(row) :] = torch.tensor(row)
        mask[place, longest - len(row) :] = 1
    return ids.to(device), mask.to(device)
