"""What the identity of a local model is made of."""

from __future__ import annotations

import hashlib
from typing import Any

from harness.backends.local.checkpoint import Checkpoint
from harness.backends.local.encode import ENCODING, Encoder


def checkpoint_details(
    checkpoint: Checkpoint, encoder: Encoder, template: str | None, quantization: str | None = None
) -> dict[str, Any]:
    """Return everything about a checkpoint that changes answers, as plain data.

    Args:
        checkpoint: the model.
        encoder: how requests become its tokens.
        template: the chat template in use.
        quantization: how weights are quantised while they are loaded; None leaves them as they are.
    """
    return {
        "encoding": ENCODING,
        **checkpoint.weights,
        "dtype": checkpoint.dtype,
        "quantization": quantization or checkpoint.quantization,
        "chat_template": template_digest(template),
        "special_tokens": checkpoint.tokenizer.convert_ids_to_tokens(list(encoder.head)),
        "max_length": checkpoint.max_length,
    }


def template_digest(template: str | None) -> str | None:
    """Return a chat template's digest, 16 hexadecimal digits; None where there is none."""
    return hashlib.sha256(template.encode()).hexdigest()[:16] if template else None
