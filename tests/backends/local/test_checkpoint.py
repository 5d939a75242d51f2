from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.backends.hf import HFBackend
from harness.backends.local.checkpoint import cpu_has_bfloat16
from harness.errors import BackendError
from harness.values import Generation, Option, Request
from tests.backends.tiny import CHATML, NO_SYSTEM

pytest.importorskip("transformers")


@pytest.fixture
def folder(make_model: Callable[..., Path], tmp_path: Path) -> Path:
    """A model folder that a test may spoil."""
    return Path(shutil.copytree(make_model(), tmp_path / "tiny"))


def refused(model: str | Path, **options: Any) -> str:
    """The one line with which a model is refused."""
    with pytest.raises(BackendError) as caught:
        list(HFBackend(model, **options).answer([Request("choose", prompt="a", options=(Option(" b"),))]))
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 500
    return line


def test_what_is_not_a_model_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    assert "no such model folder" in refused(tmp_path / "absent")
    assert "no such model folder" in refused("./absent/model/here")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no weights" in refused(empty)
    (folder / "model.safetensors").rename(folder / "elsewhere")
    assert "holds no weights" in refused(folder)
    (folder / "elsewhere").rename(folder / "model.safetensors")
    (folder / "config.json").unlink()
    assert "has no config.json" in refused(folder)


def test_broken_files_are_refused_in_one_line(folder: Path) -> None:
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    assert f"cannot load the model {folder}" in refused(folder)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text("{")
    assert f"cannot load the model {folder}" in refused(folder)
    (folder / "config.json").write_text('{"model_type": "nothing_known"}')
    assert "nothing_known" in refused(folder)


def test_a_checkpoint_with_layers_missing_is_refused(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    assert "lacks weights" in refused(folder)


def test_gguf_files_are_chosen_by_name(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    assert "gguf_file=a.gguf" in refused(tmp_path)
    assert "no file 'c.gguf'" in refused(tmp_path, gguf_file="c.gguf")
    assert "cannot load" in refused(tmp_path / "a.gguf")


@pytest.mark.slow
def test_a_model_that_is_only_on_the_hub_is_asked_for_there(tmp_path: Path) -> None:
    code = "from harness.backends.hf import HFBackend; HFBackend('some-org/some-model')"
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", code], env=offline, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1].startswith(
        "harness.errors.BackendError: cannot load 'some-org/some-model' from the hub: "
    )


def test_options_that_make_no_sense(folder: Path) -> None:
    assert "did you mean 'bfloat16'" in refused(folder, dtype="bfloat61")
    assert "'batch_size' is a whole number" in refused(folder, batch_size=0)
    assert "'batch_size' is a whole number" in refused(folder, batch_size="many")
    assert "has 128 positions" in refused(folder, max_length=129)
    assert "no device 'gpu'" in refused(folder, device="gpu")
    assert "neither Jinja text nor a readable file" in refused(folder, chat_template="absent.jinja")
    assert "true or false" in refused(folder, trust_remote_code="yes")


def test_identity_is_what_changes_answers(make_model: Callable[..., Path], folder: Path, tmp_path: Path) -> None:
    model = HFBackend(make_model(), dtype="float32")
    same = HFBackend(folder, dtype="float32", display_name="another name", batch_size=3)
    assert same.identity.digest == model.identity.digest
    assert (same.identity.model, model.identity.model) == ("another name", make_model().name)
    template = tmp_path / "chat.jinja"
    template.write_text(NO_SYSTEM)
    different = [
        HFBackend(folder, dtype="float16"),
        HFBackend(folder, dtype="float32", max_length=64),
        HFBackend(folder, dtype="float32", chat_template=template),
        HFBackend(make_model("gpt2"), dtype="float32"),
        HFBackend(make_model(bos=True), dtype="float32"),
    ]
    digests = {backend.identity.digest for backend in (model, *different)}
    assert len(digests) == 6
    assert HFBackend(folder, dtype="fp32", chat_template=CHATML).identity.digest == model.identity.digest


def test_changed_weights_are_another_model(folder: Path) -> None:
    before = HFBackend(folder).identity.digest
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "rms_norm_eps": 1e-3}))
    assert HFBackend(folder).identity.digest != before


def test_the_default_dtype_on_a_cpu(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = "bfloat16" if cpu_has_bfloat16() else "float32"
    assert HFBackend(folder, device="cpu").identity.details["dtype"] == expected
    for able, dtype in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr("harness.backends.local.checkpoint.cpu_has_bfloat16", lambda able=able: able)
        assert HFBackend(folder, device="cpu").identity.details["dtype"] == dtype


def test_the_context_window_is_the_model_s_unless_the_user_wants_less(folder: Path) -> None:
    assert HFBackend(folder).identity.details["max_length"] == 128
    assert HFBackend(folder, max_length=100).identity.details["max_length"] == 100


def test_weights_are_read_with_the_first_request(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr("harness.backends.hf.backend.load_weights", calls.append)
    backend = HFBackend(folder)
    assert list(backend.answer([])) == []
    assert not calls


def test_importing_the_backend_imports_no_torch() -> None:
    code = "import sys, harness.backends.hf; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_is_written_to_the_terminal(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 1}))  # weights too many: a warning
    generation = Generation(max_tokens=3, temperature=0.5, top_p=0.9, stop=("x",))
    requests = [
        Request("choose", prompt="a", options=(Option(" b"),)),
        Request("generate", prompt="a" * 300, generation=generation),
        Request("generate", prompt="a" * 30, generation=Generation(max_tokens=3)),
    ]
    assert all(response.error is None for _, response in HFBackend(folder).answer(requests))
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_a_checkpoint_s_own_code_is_part_of_who_answers(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "auto_map": {"AutoModelForCausalLM": "own.Own"}}))
    assert "own_code" not in HFBackend(folder).identity.details
    assert HFBackend(folder, trust_remote_code=True).identity.details["own_code"]


def test_weights_come_from_the_commit_that_the_identity_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch may move between the config and the weights."""
    transformers = pytest.importorskip("transformers")
    asked: dict[str, str | None] = {}

    def reading(name: str, read: Callable[..., Any]) -> Callable[..., Any]:
        def from_hub(source: Any, revision: str | None = None, **more: Any) -> Any:
            asked.setdefault(name, revision)  # they call each other as well
            found = read(folder, **more)
            if name == "AutoConfig" and not more.get("return_unused_kwargs"):
                found._commit_hash = "c0ffee"
            return found

        return from_hub

    for name in ("AutoConfig", "AutoTokenizer", "AutoModelForCausalLM"):
        kind = getattr(transformers, name)
        monkeypatch.setattr(kind, "from_pretrained", reading(name, kind.from_pretrained))
    backend = HFBackend("some-org/some-model", revision="main", dtype="float32", device="cpu")
    list(backend.answer([Request("generate", prompt="A", generation=Generation(max_tokens=1))]))
    assert asked == {"AutoConfig": "main", "AutoTokenizer": "c0ffee", "AutoModelForCausalLM": "c0ffee"}
    assert backend.identity.details["commit"] == "c0ffee"
