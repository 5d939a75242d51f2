"""How one card builds on another: `extends`, variants, subsets and options are all the same merge.

Maps merge key by key; everything else (lists, texts, numbers) is replaced. A column map is a value, so it is replaced
whole; so is a dataset that names another source. ``null`` removes a key.
"""

from __future__ import annotations

from typing import Any

from harness.cards.yaml import Steps, Tree

_SOURCES = frozenset(("hub", "files", "package", "generator"))
_VALUES = frozenset((("columns", "*"), ("filter", "*"), ("dataset", "params"), ("dataset", "files"), ("subsets",)))


def merge(base: Tree, over: Tree) -> Tree:
    """Return ``base`` with ``over`` laid on top, and the marks of what survives."""
    marks = dict(base.marks)
    value = _merge(base.value, over.value, (), marks, over)
    return Tree(value, marks)


def _merge(base: Any, over: Any, steps: Steps, marks: dict[Steps, Any], source: Tree) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)) or _is_value(steps, base, over):
        for old in [key for key in marks if key[: len(steps)] == steps and key != ()]:
            del marks[old]
        marks.update({key: mark for key, mark in source.marks.items() if key[: len(steps)] == steps})
        return over
    merged = dict(base)
    for key, value in over.items():
        inner = (*steps, key)
        if value is None:
            merged.pop(key, None)
        elif key in merged:
            merged[key] = _merge(merged[key], value, inner, marks, source)
        else:
            merged[key] = value
            marks.update({place: mark for place, mark in source.marks.items() if place[: len(inner)] == inner})
    return merged


def _is_value(steps: Steps, base: dict[str, Any], over: dict[str, Any]) -> bool:
    if steps == ("subsets",):
        return "by" in base or "by" in over
    general = (*steps[:-1], "*") if len(steps) == 2 and steps[0] in ("columns", "filter") else steps
    if general in _VALUES:
        return True
    return steps in (("dataset",), ("shots", "dataset")) and bool(_SOURCES & over.keys() - base.keys())
