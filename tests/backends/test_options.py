"""Every option of every backend is either part of who answers, or it is not: each has been decided, and is held to it.

An option that changes answers and not the identity would give a model the answers of another one; an option that
changes the identity and no answers would have everything asked again.
"""

from __future__ import annotations

import inspect
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.backends.resolve import BACKENDS, backend_class
from harness.errors import BackendError
from harness.store.manifest import Manifest
from harness.store.run import RunDirectory
from tests.backends.tiny import cache, make_model
from tests.backends.vllm.conftest import stub

__all__ = ["cache", "make_model", "stub"]

NAMES = frozenset(("model", "display_name", "api_key"))
"""Who is asked, what people call it, and what opens its door: no settings."""


@dataclass(frozen=True)
class Decision:
    """What an option is, and two values of it that show it.

    Attributes:
        identity: whether it changes answers.
        values: two that differ.
        given: other options that they need.
    """

    identity: bool
    values: tuple[Any, Any]
    given: Mapping[str, Any] = field(default_factory=dict)


def identity(one: Any, other: Any, **given: Any) -> Decision:
    return Decision(True, (one, other), given)


def operational(one: Any, other: Any, **given: Any) -> Decision:
    return Decision(False, (one, other), given)


REFUSED = Decision(False, (None, None))
"""It takes one value only, and says where to find what its name promises."""

HUB = {"model": "some-org/some-model"}
TEMPLATES = ("{{ messages }}", "{{ messages }} and so on")
SERVER: dict[str, Decision] = {
    "base_url": identity("http://localhost:1/v1", "http://localhost:2/v1"),
    "body": identity({"seed_of_theirs": 1}, {"seed_of_theirs": 2}),
    "revision": identity("may", "june"),
    "headers": identity({"X-Version": "1"}, {"X-Version": "2"}),
    "identity_name": identity("mine", "yours"),
    "concurrency": operational(1, 64),
    "timeout": operational(1.0, 2.0),
    "deadline": operational(10.0, 20.0),
    "max_retries": operational(1, 2),
    "patience": operational(1.0, 2.0),
}
CHECKPOINT: dict[str, Decision] = {
    "dtype": identity("float32", "float16"),
    "max_length": identity(64, 32),
    "revision": identity("may", "june", **HUB),
    "chat_template": identity(*TEMPLATES),
    "trust_remote_code": operational(False, True),  # of a checkpoint without code: see test_checkpoint.py
}
DECISIONS: dict[str, dict[str, Decision]] = {
    "anthropic": SERVER,
    "hf": {
        **CHECKPOINT,
        "gguf_file": identity("one.gguf", "two.gguf", **HUB),
        "device": operational("cpu", "meta", dtype="float32"),  # what `auto` makes of a device is the dtype
        "batch_size": operational(1, "auto"),
    },
    "llamacpp": {
        "max_length": identity(64, 32),
        "chat_template": identity(*TEMPLATES),
        "parallel": operational(1, 2),
        "threads": operational(1, 2),
        "n_gpu_layers": operational(0, 8),
        "cache_prompt": operational(True, False),
    },
    "openai": {
        **SERVER,
        "endpoint": identity("chat", "completions"),
        "logprobs": identity("auto", "top_logprobs"),
        "max_tokens_field": operational("max_tokens", "max_completion_tokens"),
        "batch": operational(False, True),
        "azure_deployment": identity("one", "two", api_version="1", base_url="https://mine.openai.azure.com"),
        "api_version": identity("1", "2", base_url="https://mine.openai.azure.com", azure_deployment="one"),
    },
    "replay": {
        "results": operational("here", "there"),  # the same run in another folder
        "store": operational("one store", "another"),
    },
    "vllm": {
        **CHECKPOINT,
        "quantization": identity("fp8", "bitsandbytes"),
        "engine": identity({"kv_cache_dtype": "fp8"}, {"kv_cache_dtype": "auto"}),
        "tensor_parallel_size": operational(1, 2),
        "pipeline_parallel_size": operational(1, 2),
        "gpu_memory_utilization": operational(0.5, 0.9),
        "max_num_seqs": operational(4, 8),
        "enforce_eager": operational(True, False),
        "data_parallel_size": REFUSED,
        "gguf_file": REFUSED,
    },
}
CASES = [
    (name, option)
    for name, decisions in DECISIONS.items()
    for option, decision in decisions.items()
    if decision is not REFUSED
]

Build = Callable[..., str]
"""Builds a backend and returns the digest of its identity."""


@pytest.fixture(autouse=True)
def surroundings(make_model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment variable has a say, the hub is a folder, and llama.cpp need not be installed."""
    monkeypatch.chdir(tmp_path)
    for variable in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("harness.backends.llamacpp.backend.require_library", lambda: None)
    transformers = pytest.importorskip("transformers")
    config, tokenizer = transformers.AutoConfig.from_pretrained, transformers.AutoTokenizer.from_pretrained

    def read_config(source: Any, revision: str | None = None, gguf_file: str | None = None, **more: Any) -> Any:
        found = config(make_model() if source == HUB["model"] else source, **more)
        found._commit_hash = revision and f"commit of {revision}"
        return found

    def read_tokenizer(source: Any, revision: str | None = None, gguf_file: str | None = None, **more: Any) -> Any:
        return tokenizer(make_model() if source == HUB["model"] else source, **more)

    monkeypatch.setattr(transformers.AutoConfig, "from_pretrained", read_config)
    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", read_tokenizer)


@pytest.fixture
def build(make_model: Callable[..., Path], tmp_path: Path) -> Build:
    def build(name: str, **options: Any) -> str:
        base: dict[str, Any] = {}
        if name in ("hf", "vllm"):
            base = {"model": make_model()}
            base |= {"device": "cpu"} if name == "hf" else {}
        elif name == "llamacpp":
            base = {"model": gguf(tmp_path / "tiny.gguf")}
        elif name == "replay":
            for root in ("results", "here", "there"):
                run(tmp_path / root)
            base = {"model": "latest"}
        else:
            base = {"model": "some-model", "base_url": "http://localhost:1/v1", "api_key": "none"}
        opened = backend_class(name)(**{**base, **options})
        try:
            return opened.identity.digest
        finally:
            opened.close()

    return build


def gguf(path: Path) -> Path:
    """Write the header of a model with two tokens."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    entries = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("llama.context_length") + struct.pack("<II", 4, 128),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b"),
    ]
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries))
    return path


def run(root: Path) -> None:
    if not root.exists():
        root.mkdir()
        RunDirectory.create(root, Manifest(model="some-model", identity="ab" * 32)).finish("complete")


@pytest.mark.parametrize("name", BACKENDS)
def test_each_option_has_been_decided(name: str) -> None:
    options = inspect.signature(backend_class(name)).parameters.keys() - NAMES
    assert options == DECISIONS[name].keys()


@pytest.mark.parametrize(("name", "option"), CASES)
def test_an_option_is_part_of_the_identity_or_not(name: str, option: str, build: Build) -> None:
    decision = DECISIONS[name][option]
    one, other = (build(name, **{**decision.given, option: value}) for value in decision.values)
    assert (one != other) is decision.identity


@pytest.mark.parametrize("name", BACKENDS)
def test_names_and_keys_are_not_part_of_the_identity(name: str, build: Build) -> None:
    parameters = inspect.signature(backend_class(name)).parameters
    for option in parameters.keys() & {"display_name", "api_key"}:
        assert build(name, **{option: "one"}) == build(name, **{option: "two"})


@pytest.mark.parametrize("name", BACKENDS)
def test_a_default_that_is_written_out_changes_nothing(name: str, build: Build) -> None:
    parameters = inspect.signature(backend_class(name)).parameters
    defaults = {option: parameters[option].default for option in DECISIONS[name] if option != "base_url"}
    if name == "hf":
        defaults["device"] = "cpu"
    assert build(name, **defaults) == build(name)


@pytest.mark.parametrize(
    ("option", "value"), [("data_parallel_size", 2), ("gguf_file", "tiny.gguf"), ("engine", {"data_parallel_size": 2})]
)
def test_what_one_engine_cannot_do_is_refused(option: str, value: Any, build: Build) -> None:
    with pytest.raises(BackendError):
        build("vllm", **{option: value})
