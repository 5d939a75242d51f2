"""The ``llamacpp`` backend: GGUF files run by llama.cpp, through the prebuilt package ``xllamacpp``.

``header`` reads what a file says of itself, ``server`` is llama.cpp, ``tokenizer`` its vocabulary in the form that the
encoder of the ``hf`` backend takes, ``ask`` makes requests of requests, ``slots`` keeps llama.cpp busy, ``backend``
puts them together.
"""

from __future__ import annotations

from harness.backends.llamacpp.backend import LlamaCppBackend

__all__ = ["LlamaCppBackend"]
