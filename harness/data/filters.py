"""Row filters: which rows of a split a card evaluates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import regex

from harness.cards.columns import Filter, Test
from harness.data.cells import as_text, compile_path
from harness.data.columns import compile_row_expression
from harness.data.rows import Row
from harness.errors import CardError, DataError

REGEX_SECONDS = 2.0

_Check = Callable[[Any], bool]


def compile_filter(spec: Filter, where: str) -> Callable[[Row], bool]:
    """Return a function that says whether a row is kept: every condition must hold.

    Values are compared as text (``1`` equals ``"1"``), as everywhere in a card; null equals only null.

    Raises:
        CardError: a regular expression or Jinja expression is wrong. The returned function raises DataError for a
            column that is not there, and PromptError where an expression fails.
    """
    tests: list[Callable[[Row], bool]] = []
    for name, condition in spec.items():
        at = f"{where}: filter.{name}"
        if name == "expr":
            if not isinstance(condition, str):
                raise CardError("'filter.expr' is a Jinja expression, written as text", where)
            evaluate = compile_row_expression(condition, at)
            tests.append(_truth(evaluate))
            continue
        get = compile_path(name, at)
        tests += [_on_column(get, check) for check in _checks(condition, at)]
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


def _truth(evaluate: Callable[[Row], Any]) -> Callable[[Row], bool]:
    return lambda row: bool(evaluate(row))


def _on_column(get: Callable[[Row], Any], check: _Check) -> Callable[[Row], bool]:
    return lambda row: check(get(row))


def _checks(condition: Any, where: str) -> list[_Check]:
    if not isinstance(condition, Test):
        return [_one_of([condition])]
    checks: list[_Check] = []
    given = condition.model_fields_set  # `equals: null` is a test, no `equals` is none
    if "equals" in given:
        checks.append(_one_of([condition.equals]))
    if "not_equals" in given:
        checks.append(_not(_one_of([condition.not_equals])))
    if condition.one_of is not None:
        checks.append(_one_of(condition.one_of))
    if condition.none_of is not None:
        checks.append(_not(_one_of(condition.none_of)))
    if condition.min is not None or condition.max is not None:
        checks.append(_between(condition.min, condition.max, where))
    if condition.matches is not None:
        checks.append(_matches(condition.matches, where))
    if condition.empty is not None:
        empty = condition.empty
        checks.append(lambda value: (value is None or value in ("", [], {}, ())) is empty)
    if not checks:
        raise CardError("has no test; give one, such as 'equals' or 'min'", where)
    return checks


def _one_of(values: Iterable[Any]) -> _Check:
    known = {None if value is None else as_text(value) for value in values}
    return lambda value: (None if value is None else as_text(value)) in known


def _not(check: _Check) -> _Check:
    return lambda value: not check(value)


def _between(low: float | None, high: float | None, where: str) -> _Check:
    def check(value: Any) -> bool:
        if value is None:
            return False
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise DataError(f"{where}: 'min' and 'max' need a number, and this is {as_text(value)[:60]!r}") from None
        return (low is None or number >= low) and (high is None or number <= high)

    return check


def _matches(pattern: str, where: str) -> _Check:
    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise CardError(f"'{pattern}' is not a regular expression: {error}", where) from None

    def check(value: Any) -> bool:
        try:
            return value is not None and compiled.search(as_text(value), timeout=REGEX_SECONDS) is not None
        except TimeoutError:
            raise DataError(f"{where}: '{pattern}' takes more than {REGEX_SECONDS:g} s on one row") from None

    return check
