"""Further fields of every request."""

from __future__ import annotations

from typing import Any

import pytest

from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from harness.values import Option, Request
from tests.backends.openai.conftest import ask, say
from tests.support.fake_openai import FakeOpenAI

BODY = {"reasoning_effort": "low", "top_k": 5}


def test_they_are_in_every_request(server: FakeOpenAI) -> None:
    backend = OpenAIBackend("m", base_url=server.url, body=BODY)
    backend.probe(("choose",))
    ask(backend, say("a"), Request("choose", prompt="a", options=(Option(" b"),)))
    assert server.count() == 3
    assert all(received.form.items() >= BODY.items() for received in server.received)


def test_they_are_part_of_the_identity_as_they_are() -> None:
    url = "http://localhost/v1"
    one, two, none = (OpenAIBackend("m", base_url=url, body=body).identity for body in (BODY, {"top_k": 6}, {}))
    assert one.details["body"] == BODY
    assert "body" not in none.details
    assert len({one.digest, two.digest, none.digest}) == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("low", 'must be a mapping: -M body=\'{"reasoning_effort": "low"}\''),
        ([1], "must be a mapping"),
        ({"temperature": 1}, "'temperature' is set by the card"),
        ({"messages": []}, "'messages' is set by the card"),
        ({"x": float("nan")}, "is no JSON"),
    ],
)
def test_mistakes_are_one_line(body: Any, said: str) -> None:
    with pytest.raises(BackendError, match=said):
        OpenAIBackend("m", base_url="http://localhost/v1", body=body)
