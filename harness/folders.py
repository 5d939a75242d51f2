"""Where Harness keeps what can be made again: converted models, downloads, fingerprints."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Return ``HARNESS_CACHE``, else the user's cache folder."""
    given = os.environ.get("HARNESS_CACHE")
    return Path(given).expanduser() if given else Path(platformdirs.user_cache_dir("harness", appauthor=False))
