"""The ``hf`` backend: any causal language model that transformers can load, on any device.

Requests become token ids (``encode``), token ids become rows of forward passes (``logprobs``) or of generation
(``generate``), rows become batches (``batches``); ``backend`` puts them together.
"""

from __future__ import annotations

from harness.backends.hf.backend import HFBackend

__all__ = ["HFBackend"]
