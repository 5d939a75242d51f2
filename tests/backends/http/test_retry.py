"""When to ask again: pure functions and fake time."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from harness.backends.http.retry import Retries, retry_after

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "1"}, 1.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "9999"}, 120.0),
        ({"retry-after": "inf"}, 120.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0.0),
        ({"retry-after": formatdate(NOW + 3600, usegmt=True)}, 120.0),
        ({"retry-after": "Wed, 99 Foo 2025 00:00:00 GMT"}, None),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_backoff_doubles_to_its_cap_with_full_jitter() -> None:
    longest = Retries(uniform=lambda low, high: high)
    assert [longest.pause(attempt, None) for attempt in range(6)] == [0.5, 1, 2, 4, 8, 8]
    assert longest.pause(10_000, None) == 8
    assert Retries(uniform=lambda low, high: low).pause(3, None) == 0


def test_the_servers_wish_is_a_lower_bound() -> None:
    assert Retries(uniform=lambda low, high: low).pause(0, 30.0) == 30.0
    assert Retries(uniform=lambda low, high: high).pause(0, 30.0) == 31.0
    assert Retries(uniform=lambda low, high: high).pause(0, 1.0) == 1.1
