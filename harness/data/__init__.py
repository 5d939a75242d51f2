"""Rows: where they come from and how they become samples."""
