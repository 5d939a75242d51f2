"""Tiny models for these tests."""

from __future__ import annotations

from tests.backends.tiny import cache, make_model, naive

__all__ = ["cache", "make_model", "naive"]
