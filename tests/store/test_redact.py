from __future__ import annotations

from typing import Any

import pytest

from harness.store.redact import redact

CANARY = "canary-7f3a9c1e55"


@pytest.mark.parametrize(
    "value",
    [
        ["harness", "eval", "--api-key", CANARY, "--limit", "5"],
        ("harness", f"--api-key={CANARY}"),
        ["-M", f"api_key={CANARY}"],
        ["-M", f"hf_token={CANARY}", "-M", f"OPENAI_API_KEY={CANARY}"],
        {"api_key": CANARY, "limit": 5},
        {"headers": {"Authorization": f"Bearer {CANARY}"}},
        {"variables": {"HARNESS_API_KEY": CANARY}},
        f"Authorization: Bearer {CANARY}",
        f"header 'x-api-key: {CANARY}' was refused",
        f"https://user:{CANARY}@example.org/v1",
        f"https://{CANARY}@example.org/v1",
        f"https://example.org/v1?api-key={CANARY}&n=1",
        f"Incorrect API key provided: sk-proj-{CANARY}.",
        f"hf_{CANARY.replace('-', '')}",
        [[{"deep": f"bearer {CANARY}"}]],
    ],
    ids=str,
)
def test_no_canary_is_left(value: Any) -> None:
    shown = str(redact(value))
    assert "canary" not in shown
    assert "***" in shown


def test_the_value_of_a_telling_variable_is_known_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_OWN_API_KEY", CANARY)
    assert redact(f"401: '{CANARY}' is not valid") == "401: '***' is not valid"


@pytest.mark.parametrize(
    "value",
    [
        ["harness", "eval", "--model", "smollm2", "--tasks", "mmlu,arc_easy", "--max-tokens", "100"],
        {"max_tokens": "100", "eos_token": "</s>", "tokenizer": "gpt2", "tokens": ["a"], "limit": None, "rate": 0.5},
        "a risk-free basic question about tokens; the key idea is sk-1",
        "https://example.org/v1/chat?tokens=5",
        {"api_key": "", "token": 7},
        "",
        None,
        3,
    ],
    ids=str,
)
def test_what_is_no_secret_stays(value: Any) -> None:
    assert redact(value) == value


def test_the_shape_stays() -> None:
    assert redact(("a", ["b", {"token": "c" * 9}], 1.5)) == ("a", ["b", {"token": "***"}], 1.5)
