"""From a name to a complete, frozen card: find, inherit, choose the variant, apply options, resolve subsets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from harness.cards import yaml
from harness.cards.columns import CardModel, ColumnMap
from harness.cards.find import CardIndex
from harness.cards.merge import merge
from harness.cards.schema import Card, Suite
from harness.cards.yaml import Steps, Tree
from harness.errors import CardError, did_you_mean

_FILE_KEYS = ("extends", "variants")  # keys of the file that are resolved before a Card is built
Model = TypeVar("Model", bound=CardModel)
_COLUMN_MAP: TypeAdapter[ColumnMap] = TypeAdapter(ColumnMap)


@dataclass(frozen=True, slots=True)
class LoadedCard:
    """A card with its subsets resolved.

    Attributes:
        ref: how it was asked for: ``name`` or ``name@variant``.
        card: the card without any subset's differences.
        subsets: name → the card of that subset, in order; one unnamed entry where the card has none or where ``by``
            finds them in the rows.
        by: the column map whose values are the subsets, or None.
        path: the file.
        overrides: options that changed the card, as given.
        variants: the names of the file's variants.
    """

    ref: str
    card: Card
    subsets: Mapping[str, Card]
    by: ColumnMap | None
    path: Path
    overrides: Mapping[str, Any] = field(default_factory=dict)
    variants: tuple[str, ...] = ()


def load_card(ref: str, index: CardIndex, overrides: Mapping[str, Any] | None = None) -> LoadedCard:
    """Load one task card.

    Args:
        ref: ``name``, ``name@variant``, or a path to a YAML file (with or without ``@variant``).
        index: where names are looked up.
        overrides: keys that replace the card's own, nested as in the file (``{"shots": {"count": 0}}``).

    Raises:
        CardError: there is no such card or variant, or it is wrong; says where.
    """
    path, variant = locate(ref, index)
    tree = _inherited(path, index)
    if "tasks" in tree.value:
        raise CardError(f"'{ref}' is a suite, not a task", str(path))
    variants = _map(tree, "variants")
    tree = _without(tree, "variants")
    if variant is not None:
        if variant not in variants.value:
            known = ", ".join(sorted(variants.value)) or "it has none"
            hint = did_you_mean(variant, variants.value) or f"; its variants: {known}"
            raise CardError(f"there is no variant '{variant}' of '{path.stem}'{hint}")
        tree = merge(tree, _as_map(variants.child(variant), f"variant '{variant}'"))
    option = Tree(dict(overrides or {}))
    subsets = tree.value.get("subsets")
    card = _build(merge(tree, option), "")
    if card.name != path.stem:
        raise CardError(f"'name: {card.name}' must equal the file's name, '{path.stem}'", tree.where(("name",)))
    by: ColumnMap | None = None
    resolved: dict[str, Card] = {}
    if subsets is None:
        resolved[""] = card
    elif isinstance(subsets, dict) and "by" in subsets:
        by = _subset_column(tree)
        resolved[""] = card
    else:
        names = subsets if isinstance(subsets, list) else list(subsets)
        if not names:
            raise CardError("'subsets' is empty; name them, or leave the key out", tree.where(("subsets",)))
        if len(set(names)) != len(names):
            raise CardError("'subsets' names one twice", tree.where(("subsets",)))
        for name in names:
            layer = tree
            if isinstance(subsets, dict) and subsets[name] is not None:
                layer = merge(tree, _as_map(tree.child("subsets", name), f"subset '{name}'"))
            resolved[name] = _build(merge(layer, option), name)
    shown = path.stem if variant is None else f"{path.stem}@{variant}"
    return LoadedCard(shown, card, resolved, by, path, dict(overrides or {}), tuple(variants.value))


def load_suite(ref: str, index: CardIndex) -> Suite | None:
    """Load a suite, or return None when the name is a task's."""
    path, variant = locate(ref, index)
    tree = yaml.load(path)
    if not isinstance(tree.value, dict) or "tasks" not in tree.value:
        return None
    if variant is not None:
        raise CardError(f"'{path.stem}' is a suite and has no variants; ask for '{path.stem}'")
    suite = _validated(Suite, tree)
    if suite.name != path.stem:
        raise CardError(f"'name: {suite.name}' must equal the file's name, '{path.stem}'", tree.where(("name",)))
    return suite


def locate(ref: str, index: CardIndex) -> tuple[Path, str | None]:
    """Split ``ref`` into the card's file and the variant's name."""
    name, _, variant = ref.partition("@")
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        if not path.is_file():
            raise CardError(f"there is no file '{name}'")
        return path, variant or None
    return index.path(name), variant or None


def _inherited(path: Path, index: CardIndex, seen: tuple[Path, ...] = ()) -> Tree:
    tree = _as_map(yaml.load(path), "a card")
    base = tree.value.get("extends")
    if base is None:
        return tree
    where = tree.where(("extends",))
    if not isinstance(base, str):
        raise CardError("'extends' is the name of another card", where)
    base_path = index.path(base) if not (path.parent / f"{base}.yaml").is_file() else path.parent / f"{base}.yaml"
    if base_path.resolve() in seen or base_path.resolve() == path.resolve():
        raise CardError(f"'extends: {base}' leads back to this card", where)
    parent = _inherited(base_path, index, (*seen, path.resolve()))
    return merge(parent, _without(tree, "extends"))


def _build(tree: Tree, subset: str) -> Card:
    value = dict(tree.value)
    if subset:
        for place in ("dataset", "shots"):
            if place in value:
                value[place] = _fill(value[place], subset)
    return _validated(Card, Tree(value, tree.marks))


def _fill(value: Any, subset: str) -> Any:
    if isinstance(value, str):
        return value.replace("{subset}", subset)
    if isinstance(value, dict):
        return {key: _fill(inner, subset) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, subset) for inner in value]
    return value


def _validated(model: type[Model], tree: Tree) -> Model:
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        steps, where = _place(tree, first["loc"])
        more = f" (and {len(others)} more)" if others else ""
        raise CardError(_explain(model, first, steps) + more, where) from None


def _place(tree: Tree, loc: tuple[str | int, ...]) -> tuple[Steps, str]:
    """Drop the union tags from a pydantic location: keep only steps that exist in the tree."""
    steps: Steps = ()
    value: Any = tree.value
    for step in loc:
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if in_list or (isinstance(value, dict) and step in value):
            steps, value = (*steps, step), value[step]
    return steps, tree.where(steps)


def _explain(model: type[CardModel], error: Any, steps: Steps) -> str:
    name = ".".join(str(step) for step in steps)
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _known_keys(model, error["loc"][:-1])
        return (
            f"unknown key '{name}'{did_you_mean(str(error['loc'][-1]), known) or '; it may have: ' + ', '.join(known)}"
        )
    if kind == "missing":
        parent = f" in '{name}'" if name else ""
        return f"the key '{error['loc'][-1]}' is missing{parent}"
    message = error["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return f"'{name}' {message}" if name and not message.startswith("'") else message
    value = repr(error["input"])
    shown = value if len(value) <= 60 else value[:57] + "…"
    return f"'{name}': {message[0].lower()}{message[1:]}, not {shown}"


def _known_keys(model: type[CardModel], loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the model at ``loc`` takes, found in its JSON schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    names = [part for part in loc if isinstance(part, str)]
    for definition in definitions.values():  # the last tag or field of the location names the model
        title = definition.get("title", "").lower()
        if names and title in (names[-1].lower(), f"from{names[-1]}".lower(), names[-1].rstrip("s").lower()):
            return list(definition.get("properties", {}))
    for name in reversed(names):
        reference = _reference(schema["properties"].get(name, {}))
        if reference in definitions:
            return list(definitions[reference].get("properties", {}))
    return [*schema["properties"], *(_FILE_KEYS if model is Card else ())]


def _reference(schema: Mapping[str, Any]) -> str:
    for part in _walk(schema):
        if "$ref" in part:
            return str(part["$ref"]).rsplit("/", 1)[-1]
    return ""


def _walk(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from _walk(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _walk(inner)


def _subset_column(tree: Tree) -> ColumnMap:
    spec = tree.value["subsets"]
    extra = [key for key in spec if key != "by"]
    if extra:
        raise CardError(
            f"'subsets: by' finds the subsets in the rows and takes no other key, has '{extra[0]}'",
            tree.where(("subsets", extra[0])),
        )
    try:
        return _COLUMN_MAP.validate_python(spec["by"])
    except ValidationError as error:
        raise CardError(f"'subsets.by': {error.errors()[0]['msg']}", tree.where(("subsets", "by"))) from None


def _map(tree: Tree, key: str) -> Tree:
    return _as_map(tree.child(key), f"'{key}'") if tree.value.get(key) is not None else Tree({})


def _without(tree: Tree, key: str) -> Tree:
    value = {k: v for k, v in tree.value.items() if k != key}
    return Tree(value, {steps: mark for steps, mark in tree.marks.items() if steps[:1] != (key,)})


def _as_map(tree: Tree, what: str) -> Tree:
    if not isinstance(tree.value, dict):
        raise CardError(f"{what} must be a map of keys, and is {_type(tree.value)}", tree.where(()))
    return tree


def _type(value: Any) -> str:
    if value is None:
        return "empty"
    return {"list": "a list", "str": "text"}.get(type(value).__name__, f"a {type(value).__name__}")
