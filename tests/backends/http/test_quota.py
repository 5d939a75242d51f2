"""Headers as OpenAI, Anthropic and gateways document them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harness.backends.http.quota import Quota

NOW = 1_700_000_000.0


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(NOW + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("headers", "requests", "pause"),
    [
        ({"x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1s"}, 59, 0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s"}, 0, 1),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "17ms"}, 0, 0.017),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m1.5s"}, 0, 61.5),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 0, 120),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1h"}, 0, 120),
        ({"x-ratelimit-remaining-requests": "0"}, 0, 0),
        ({"x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-tokens": "6m0s"}, None, 0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "9s"}, None, 9),
        (
            {
                "x-ratelimit-remaining-requests": "7", "x-ratelimit-reset-requests": "60s",
                "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "4s",
            }, 7, 4,
        ),
        ({"anthropic-ratelimit-requests-remaining": "3", "anthropic-ratelimit-requests-reset": stamp(9)}, 3, 0),
        ({"anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": stamp(9)}, 0, 9),
        ({"anthropic-ratelimit-output-tokens-remaining": "0", "anthropic-ratelimit-output-tokens-reset": stamp(5)},
         None, 5),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(1000 * (NOW + 8)))}, 0, 8),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW + 8))}, 0, 8),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "8"}, 0, 8),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "soon"}, 0, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "nan"}, 0, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "-3"}, 0, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "1.2.3s"}, 0, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "T"}, 0, 0),
    ],
)  # fmt: skip
def test_what_is_left(headers: dict[str, str], requests: int | None, pause: float) -> None:
    quota = Quota.read(headers, NOW)
    assert quota is not None
    assert (quota.requests, quota.pause) == (requests, pytest.approx(pause))


@pytest.mark.parametrize("headers", [{}, {"ratelimit-remaining": "many"}, {"ratelimit-remaining": ""}, {"x": "0"}])
def test_nothing_said(headers: dict[str, str]) -> None:
    assert Quota.read(headers, NOW) is None
