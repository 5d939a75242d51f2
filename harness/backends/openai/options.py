"""The checks of what a user sets with ``-M`` for this protocol alone: one clear line for each mistake."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from harness.backends.http.options import mapping
from harness.backends.openai.wire import OWN_FIELDS
from harness.errors import BackendError, did_you_mean


def one_of(name: str, value: object, known: Collection[str]) -> None:
    """Check that a value is one of a few words.

    Raises:
        BackendError: it is not.
    """
    if value not in known:
        raise BackendError(f"{name}={value} is unknown: use {', '.join(known)}{did_you_mean(str(value), known)}")


def extra_body(value: object) -> dict[str, Any]:
    """Return the further fields of every request.

    Raises:
        BackendError: they are no JSON object, or say what the card and the backend say.
    """
    body = mapping("body", value, '{"reasoning_effort": "low"}')
    own = sorted(OWN_FIELDS & body.keys())
    if own:
        raise BackendError(f"-M body: '{own[0]}' is set by the card (--set generation=…) or by Harness itself")
    try:
        json.dumps(body, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BackendError(f"-M body is no JSON: {error}") from None
    return body
