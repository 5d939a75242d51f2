"""Models behind an OpenAI-compatible HTTP server: OpenAI itself, vLLM, SGLang, llama.cpp, gateways."""

from harness.backends.openai.backend import OpenAIBackend

__all__ = ["OpenAIBackend"]
