"""Telling splits from the names of files and folders, where no front matter does.

The rules of the hub (https://huggingface.co/docs/datasets/repository_structure) come first: ``SPLIT-00000-of-00001``,
then folders named like a split, then file names with a split's word in them; ``dev`` and ``val`` also stand for
``validation``, ``eval`` for ``test``, unless a split has that very name. A configuration is a folder, or the beginning
of the files' names.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.data.cells import named
from harness.data.formats import format_of
from harness.data.mirrors.base import Found, Lacking

WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_ANY_WORD = {word for words in WORDS.values() for word in words}
_IGNORED = {"config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
_SHARD = re.compile(r"(?P<split>.+?)-[0-9]{5}-of-[0-9]{5}\b.*")
_SEPARATORS = re.compile(r"[-._ 0-9]+")
MAX_FILES = 20_000  # a folder with more is not walked to its end


@dataclass(frozen=True, slots=True)
class _File:
    """A data file: its path below the data set's folder, the parts of it that may name a split, and what is before."""

    path: PurePosixPath
    folders: tuple[str, ...]
    stem: str
    config: str = ""


def find(root: Path, config: str | None, split: str) -> Found | Lacking:
    """Return the files of a split in a folder without front matter, or what the folder has instead."""
    files = [_File(path, path.parent.parts, _stem(path)) for path in _data_files(root)]
    if not files:
        return Lacking("has a folder without files of rows")
    if config not in (None, "default"):
        assert config is not None
        inside = _below(files, config) or _beginning_with(files, config)
        if not inside:
            return Lacking(f"has nothing called '{config}'; it has {named(_tops(files))}")
        files = inside
    matches, nameless = _matches(files, split)
    if not matches:
        splits = _splits(files)
        if splits:
            return Lacking(f"has only the split {named(splits)}")
        return Lacking(
            f"has files whose names tell no split ({named(_tops(files))}); name one: 'files: hf://datasets/…'"
        )
    if len({prefix for prefix, _ in matches}) > 1:
        groups = sorted({prefix or "." for prefix, _ in matches})
        return Lacking(f"has several configurations, of which the card must name one: {named(groups)}")
    chosen = _one_format([file for _, file in matches])
    note = f"{chosen[0].path}: its name tells no split; it is taken as '{split}'" if nameless else ""
    return Found(tuple(root / file.path for file in chosen), root, (note,) if note else ())


def _data_files(root: Path) -> list[PurePosixPath]:
    return sorted(_walk(root))


def _walk(root: Path) -> Iterator[PurePosixPath]:
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in names:
            if name in _IGNORED or name.startswith((".", "cache-", "indices-")) or format_of(name) is None:
                continue
            count += 1
            if count > MAX_FILES:
                return
            yield PurePosixPath(Path(folder, name).relative_to(root).as_posix())


def _stem(path: PurePosixPath) -> str:
    name = path.name.removesuffix(".gz")
    return name[: -len(PurePosixPath(name).suffix)]


def _below(files: Sequence[_File], config: str) -> list[_File]:
    inside = []
    for file in files:
        if config in file.folders:
            place = file.folders.index(config)
            inside.append(_File(file.path, file.folders[place + 1 :], file.stem, config))
    return inside


def _beginning_with(files: Sequence[_File], config: str) -> list[_File]:
    # CONFIG, CONFIG-test, CONFIG_test-00000-of-00001, and not CONFIG-other-test: that is another configuration.
    rest = re.compile(re.escape(config) + r"(?:[-_.](?P<rest>[A-Za-z]+(?:-[0-9]{5}-of-[0-9]{5}\b.*)?))?")
    matches = [(file, rest.fullmatch(file.stem)) for file in files]
    return [_File(file.path, (), match["rest"] or "", config) for file, match in matches if match]


def _matches(files: Sequence[_File], split: str) -> tuple[list[tuple[str, _File]], bool]:
    """Return the split's files, each with the path before the part that names it; and whether no name told."""
    for word in (split, *(word for word in WORDS.get(split, ()) if word != split)):
        for rule in (_by_shard, _by_folder, _by_name):
            found = [(prefix, file) for file in files if (prefix := rule(file, word)) is not None]
            if found:
                return found, False
    # A lone file (or series of shards) that names no split: 'train' on the hub, and what a test set is often kept in.
    silent = [file for file in files if not _split_of(file)]
    shards = {_shard(file.stem) or file.stem for file in silent}
    if split in ("train", "test") and len(silent) == len(files) and len(shards) == 1:
        return [("/".join(file.folders), file) for file in silent], True
    return [], False


def _by_shard(file: _File, word: str) -> str | None:
    return "/".join(file.folders) if _shard(file.stem) == word else None


def _by_folder(file: _File, word: str) -> str | None:
    for place, folder in enumerate(file.folders):
        if folder == word or (word in _ANY_WORD and word in _SEPARATORS.split(folder.lower())):
            return "/".join(file.folders[:place])
    return None


def _by_name(file: _File, word: str) -> str | None:
    if file.stem == word or (word in _ANY_WORD and word in _SEPARATORS.split(file.stem.lower())):
        return "/".join(file.folders)
    return None


def _shard(stem: str) -> str | None:
    match = _SHARD.fullmatch(stem)
    return match["split"] if match and match["split"] != "data" else None


def _split_of(file: _File) -> str | None:
    """Return the split a file seems to belong to; for messages, and to know that no name tells one."""
    shard = _shard(file.stem)
    if shard:
        return shard
    for text in (*file.folders, file.stem):
        for token in (text, *_SEPARATORS.split(text.lower())):
            if token in _ANY_WORD:
                return token
    return None


def _splits(files: Sequence[_File]) -> list[str]:
    return sorted({split for file in files if (split := _split_of(file))})


def _tops(files: Sequence[_File]) -> list[str]:
    return sorted({file.path.parts[0] for file in files})


def _one_format(files: Sequence[_File]) -> list[_File]:
    """Keep one format where the same rows lie there in two: the most frequent, and Parquet when they are equal."""
    counts = Counter(format_of(file.path.name) for file in files)
    best = max(counts, key=lambda kind: (counts[kind], kind == "parquet", kind == "arrow", str(kind)))
    return [file for file in files if format_of(file.path.name) == best]
