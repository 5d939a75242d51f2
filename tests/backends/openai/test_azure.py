"""Azure OpenAI: the address of a deployment, and its key."""

from __future__ import annotations

import pytest

from harness.backends.openai import OpenAIBackend
from harness.errors import BackendError
from tests.backends.openai.conftest import ask, say
from tests.support.fake_openai import FakeOpenAI


@pytest.fixture(autouse=True)
def _no_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "OPENAI_API_VERSION"):
        monkeypatch.delenv(name, raising=False)


def test_a_deployment(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.url.removesuffix("v1"))
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "secret-one")
    backend = OpenAIBackend("gpt", azure_deployment="my gpt", api_version="2024-10-21", max_retries=0)
    with pytest.raises(BackendError, match="Not Found"):  # the fake server has no deployments
        ask(backend, say("a"))
    asked = server.received[0]
    assert asked.path == "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"
    assert asked.headers["api-key"] == "secret-one"
    assert "authorization" not in asked.headers
    assert "secret" not in str(backend.identity)


def test_keys_do_not_count_for_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://lab.openai.azure.com/openai/v1"
    by_header = OpenAIBackend("gpt", base_url=url, headers={"api-key": "one"})
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "two")
    assert OpenAIBackend("gpt", base_url=url).identity.digest == by_header.identity.digest


def test_azures_key_goes_nowhere_else(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "secret-one")
    ask(OpenAIBackend("m", base_url=server.url), say("a"))
    assert "api-key" not in server.received[0].headers


def test_what_is_missing_is_one_line() -> None:
    with pytest.raises(BackendError, match="AZURE_OPENAI_ENDPOINT"):
        OpenAIBackend("gpt", azure_deployment="d")
    with pytest.raises(BackendError, match="-M api_version=2024-10-21"):
        OpenAIBackend("gpt", azure_deployment="d", base_url="https://lab.openai.azure.com")
    with pytest.raises(BackendError, match="no API key"):
        OpenAIBackend("gpt", azure_deployment="d", base_url="https://lab.openai.azure.com", api_version="1")
