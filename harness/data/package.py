"""Files inside an installed distribution, found without importing it."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path, PurePosixPath

from harness.data.globs import matching_files, stays_inside
from harness.data.missing import MissingDataError
from harness.errors import DataError


def package_files(distribution: str, path: str) -> tuple[list[Path], str]:
    """Return the files that ``path`` (a glob may be used) names inside a distribution, sorted, and its version.

    Args:
        distribution: its name on the package index.
        path: relative to where the distribution's packages are installed: ``some_package/data/test.jsonl``.

    Raises:
        MissingDataError: the distribution is not installed.
        DataError: it has no such file.
    """
    try:
        found = metadata.distribution(distribution)
    except (metadata.PackageNotFoundError, ValueError):
        raise MissingDataError(
            f"the package '{distribution}' is not installed; `pip install {distribution}` provides its rows"
        ) from None
    root = package_root(found, path)
    files = matching_files(root, path)
    if not files:
        raise DataError(f"the package '{distribution}' {found.version} has no file '{path}'")
    return files, found.version


def package_root(distribution: metadata.Distribution, path: str) -> Path:
    """Return the folder that ``path`` inside a distribution starts from; an editable install's is its checkout.

    Raises:
        DataError: the path leaves it.
    """
    if not stays_inside(path):
        raise DataError(f"'{path}' is not a path inside the package")
    top = PurePosixPath(path).parts[0]
    installed = Path(str(distribution.locate_file("")))
    if (installed / top).exists():
        return installed
    spec = importlib.util.find_spec(top) if top.isidentifier() else None  # of a top-level name: no import
    return (
        Path(next(iter(spec.submodule_search_locations))).parent
        if spec and spec.submodule_search_locations
        else installed
    )
