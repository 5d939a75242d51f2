"""The ``vllm`` backend: models run by vLLM in this process, many requests at a time.

Requests become the same token ids as in the ``hf`` backend, so both see the same prompts. ``scoring`` and ``writing``
turn them into what the engine is asked and its outputs into answers, ``engine`` is the only part that touches vLLM,
``backend`` keeps the engine's queue full.
"""

from __future__ import annotations

from harness.backends.vllm.backend import VLLMBackend

__all__ = ["VLLMBackend"]
