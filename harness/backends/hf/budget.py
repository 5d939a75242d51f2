"""How much one batch may hold on this machine."""

from __future__ import annotations

from typing import Any

from harness.backends.hf.batches import Budget

_LOGITS = {"cpu": 2**27, "gpu": 2**29}  # numbers: 256 MiB and 1 GiB in bfloat16
_TOKENS = {"cpu": 4096, "gpu": 65536}  # read at once; on two cores more tokens are no faster
_PACK = {"cpu": 256, "gpu": 4096}  # read at once behind a prefix: each token is held against all others of its batch
_ROWS = {"cpu": 16, "gpu": 128}  # continued at once
_CACHE_BYTES = 2**30  # of keys and values, on a CPU
_CACHE_SHARE = 0.3  # of a GPU's free memory


def scoring_budget(model: Any, batch_size: int | None) -> Budget:
    """Return the budget of batches that are read once."""
    kind = "cpu" if model.device.type == "cpu" else "gpu"
    vocabulary = model.get_output_embeddings().weight.shape[0] if model.get_output_embeddings() is not None else 2**16
    positions = max(1, _LOGITS[kind] // vocabulary)
    if batch_size is not None:
        return Budget(batch_size, 2**40, 2**40)
    return Budget(2**40, _TOKENS[kind], positions)


def packing_budget(model: Any, batch_size: int | None) -> Budget:
    """Return the budget of batches that are read behind a prefix."""
    whole = scoring_budget(model, None)
    kind = "cpu" if model.device.type == "cpu" else "gpu"
    return Budget(batch_size or whole.rows, _PACK[kind], whole.positions)


def writing_budget(model: Any, batch_size: int | None) -> Budget:
    """Return the budget of batches that are continued: their keys and values must fit into memory."""
    if batch_size is not None:
        return Budget(batch_size, 2**40, 2**40)
    kind = "cpu" if model.device.type == "cpu" else "gpu"
    return Budget(_ROWS[kind], max(1, _cache_bytes(model) // bytes_per_token(model)), 2**40)


def bytes_per_token(model: Any) -> int:
    """Return the size of one token's keys and values in all layers; a guess from above where the shape is unusual."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_attention_heads", 1)
    width = getattr(config, "head_dim", None) or getattr(config, "hidden_size", 1024) // heads
    kept = getattr(config, "num_key_value_heads", None) or heads
    return int(2 * getattr(config, "num_hidden_layers", 32) * kept * width * model.dtype.itemsize)


def _cache_bytes(model: Any) -> int:
    import torch

    if model.device.type == "cuda":
        return int(torch.cuda.mem_get_info(model.device)[0] * _CACHE_SHARE)
    return _CACHE_BYTES
