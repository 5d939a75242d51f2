"""Anthropic's models, behind its Messages API or a server that speaks it."""

from harness.backends.anthropic.backend import AnthropicBackend

__all__ = ["AnthropicBackend"]
