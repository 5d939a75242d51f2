"""What each token of a tree may see, in the form that transformers takes, and the models that can be told so."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from harness.backends.hf.tree import Tree

_FULL, _SLIDING = "full_attention", "sliding_attention"
_TOLD = {"sdpa", "eager"}  # implementations that read a mask of queries x keys
_STRETCHED = {"dynamic", "longrope"}  # positions that mean something else in a longer row


def refusal(model: Any) -> str | None:
    """Return why a model cannot read trees over a cache, as far as its form tells; None where it may be tried."""
    config = model.config.get_text_config()
    takes = inspect.signature(model.forward).parameters
    lacks = [name for name in ("attention_mask", "position_ids", "past_key_values") if name not in takes]
    if lacks:
        return f"it takes no {', '.join(lacks)}"
    if other := _kinds(config) - {_FULL, _SLIDING}:
        return f"it has layers of {', '.join(sorted(other))}"
    implementation = getattr(config, "_attn_implementation", None)
    if implementation not in _TOLD:
        return f"its attention is {implementation}"
    if getattr(config, "alibi", False) or getattr(config, "attention_layers", None):
        return "its attention counts tokens by itself"
    rope = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None)
    if stretched := _STRETCHED & set(_texts(rope)):
        return f"its positions are {', '.join(stretched)}"
    return None


def regime(model: Any, start: int, end: int) -> int:
    """Return a number that rows must have in common to stand in one batch; it is 0 for all rows of most models.

    Models of the ``longrope`` kind give all rows of a batch other positions once the longest one has more tokens than
    the model was first trained with, so that a short row beside a long one is read differently than alone.

    Args:
        model: a causal language model of transformers.
        start: the tokens of a row.
        end: the tokens that it may grow to.
    """
    config = model.config.get_text_config()
    rope = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    if "longrope" not in _texts(rope):
        return 0
    limit = getattr(config, "original_max_position_embeddings", None) or rope.get("original_max_position_embeddings")
    if limit is None or end <= limit:
        return 0
    return -1 if start > limit else start  # rows of one length pass the limit together


def masks(model: Any, tree: Tree, start: int) -> Any:
    """Return what is added to the attention of a tree's tokens: 1 x 1 x tokens x (``start`` + tokens).

    Every token sees all tokens of the prefix, its own ancestors and itself; in layers with a sliding window, those of
    them that are near. Models with both kinds of layers get one mask for each.

    Args:
        model: one that :func:`refusal` does not refuse.
        tree: the tokens.
        start: how many tokens the cache holds, all ancestors of every token.
    """
    import torch

    config = model.config.get_text_config()
    seen = _ancestors(tree, start).to(model.device)
    kinds = _kinds(config)
    found = {}
    for kind in kinds:
        allowed = seen
        if kind == _SLIDING:
            depths = torch.tensor(tree.depths, device=model.device) + start
            keys = torch.cat([torch.arange(start, device=model.device), depths])
            allowed = seen & (depths[:, None] - keys < config.sliding_window)
        barred = torch.zeros(allowed.shape, dtype=model.dtype, device=model.device)
        found[kind] = barred.masked_fill_(~allowed, torch.finfo(model.dtype).min)[None, None]
    return found if len(kinds) > 1 else found[next(iter(kinds))]


def _ancestors(tree: Tree, start: int) -> Any:
    """Return a boolean matrix, tokens x (prefix + tokens): whether the one sees the other."""
    import torch

    seen = torch.zeros(len(tree.ids), start + len(tree.ids), dtype=torch.bool)
    seen[:, :start] = True
    for path, shared in zip(tree.paths, tree.shared, strict=True):
        if shared == len(path):
            continue
        first, last = path[shared], path[-1] + 1
        if shared:
            seen[first:last, torch.tensor(path[:shared]) + start] = True
        seen[first:last, start + first : start + last] = torch.ones(last - first, last - first, dtype=torch.bool).tril()
    return seen


def _kinds(config: Any) -> set[str]:
    """Return the kinds of a model's layers, by the names of transformers."""
    named = getattr(config, "layer_types", None) or getattr(config, "layers_block_type", None)
    return set(named) if named else {_SLIDING if getattr(config, "sliding_window", None) else _FULL}


def _texts(value: Any) -> Iterator[str]:
    """Yield all strings in nested mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
