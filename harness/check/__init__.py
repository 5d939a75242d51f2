"""Proving cards."""
