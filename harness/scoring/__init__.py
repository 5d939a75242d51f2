"""Parsers, metrics, aggregation and statistics."""
