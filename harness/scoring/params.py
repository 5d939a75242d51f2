"""From a card's step to an object: its name, and parameters of the right type.

Parsers and metrics are frozen dataclasses; a card gives their parameters as plain data. Both are read here, so that a
misspelt or mistyped parameter is one clear line whatever it belongs to.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

import orjson
from pydantic import TypeAdapter, ValidationError

from harness.errors import CardError, did_you_mean, one_line

Built = TypeVar("Built")


def split_step(step: Any, what: str, where: str) -> tuple[str, Any]:
    """Return the name and the argument of a step: ``name`` (argument None) or ``{name: argument}``.

    Args:
        step: what the card says.
        what: ``parser`` or ``metric``, for the message.
        where: the place in the card.

    Raises:
        CardError: it is neither.
    """
    if isinstance(step, str):
        return step, None
    if isinstance(step, Mapping) and len(step) == 1:
        name, argument = next(iter(step.items()))
        if isinstance(name, str):
            return name, argument
    if isinstance(step, Mapping) and len(step) > 1:
        keys = ", ".join(f"'{key}'" for key in step)
        raise CardError(f"one {what} has the keys {keys}; each {what} is an item of the list of its own", where)
    raise CardError(f"a {what} is a name or '{{name: parameters}}', not {step!r}", where)


def construct(cls: type[Built], values: Mapping[str, Any], what: str, where: str) -> Built:
    """Make an object of a dataclass from a card's parameters.

    A field that ends in ``_`` is written without it in cards (``from_`` is ``from``). Types are checked strictly: text
    is no number, 1 is not true; lists become tuples.

    Args:
        cls: a dataclass, or a class without parameters.
        values: parameter → value, plain data.
        what: how messages call it: ``metric 'f1'``.
        where: the place in the card.

    Raises:
        CardError: a parameter is unknown, missing or of the wrong type, or the class itself refuses it.
    """
    kind: type = cls
    fields = _fields(kind)
    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in fields:
            hint = did_you_mean(str(key), fields) or (f"; it has: {', '.join(fields)}" if fields else "; it has none")
            raise CardError(f"{what} has no parameter '{key}'{hint}", where)
        field, adapter = fields[key]
        try:
            # By way of JSON: there, strict checking still takes a list for a tuple and 1 for 1.0.
            checked[field.name] = adapter.validate_json(orjson.dumps(value), strict=True)
        except ValidationError as error:
            message = error.errors()[0]["msg"].removeprefix("Input ").removeprefix("Value error, ")
            raise CardError(f"{what}: '{key}' {message}, not {_shown(value)}", where) from None
        except TypeError:
            raise CardError(f"{what}: '{key}' is not plain data: {_shown(value)}", where) from None
    needed = [key for key, (field, _) in fields.items() if field.name not in checked and _required(field)]
    if needed:
        raise CardError(f"{what} needs {' and '.join(repr(key) for key in needed)}", where)
    try:
        return cls(**checked)
    except ValueError as error:
        raise CardError(f"{what}: {one_line(error)}", where) from None


def parameter_names(cls: type) -> tuple[str, ...]:
    """Return the parameters of a parser or metric, as cards write them."""
    return tuple(_fields(cls))


@functools.cache
def _fields(cls: type) -> dict[str, tuple[dataclasses.Field[Any], TypeAdapter[Any]]]:
    if not dataclasses.is_dataclass(cls):
        return {}
    hints = get_type_hints(cls)
    return {f.name.rstrip("_"): (f, TypeAdapter(hints[f.name])) for f in dataclasses.fields(cls) if f.init}


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _shown(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
