"""The ``hf`` backend: any causal language model that transformers can load, on any device.

Requests become token ids (``encode``), token ids become rows of forward passes (``logprobs``) or of generation
(``generate``), rows become batches (``batches``); ``backend`` puts them together. Rows of forward passes are scored
(``scorer``) in batches that share a beginning (``packs``), which is read once and whose keys and values are kept
(``cached``), or as full rows (``full``) by models that do not take them so (``attention``).
"""

from __future__ import annotations

from harness.backends.hf.backend import HFBackend

__all__ = ["HFBackend"]
