"""The one difference that a run cares about: rows that are not there, and rows that are wrong."""

from __future__ import annotations

from harness.errors import DataError


class MissingDataError(DataError):
    """Nothing here has the rows: the rest of a run can go on without them, and says so.

    Args:
        message: one line: what is missing, why, and how to provide it.
    """
