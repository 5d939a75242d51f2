"""Finds a model and reads everything but its weights: that is enough to know who would answer.

A run whose answers are all in the store ends without the weights ever being read.
"""

from __future__ import annotations

import importlib.util
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.backends.local.options import Options
from harness.backends.local.quiet import quiet_transformers
from harness.backends.local.weights import fingerprint_folder, weight_files
from harness.errors import BackendError, one_line

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
# How configurations name the number of positions; the first that is there counts.
_POSITIONS = ("max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len", "n_ctx", "seq_length")
_DEFAULT_LENGTH = 2048  # of models without position embeddings


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that was found, without its weights.

    Attributes:
        source: the folder, or the hub id.
        name: for people.
        config: the transformers configuration.
        tokenizer: the transformers tokenizer.
        weights: what identifies the weights: a digest of the files, or hub id and commit.
        dtype: the name of the dtype it is computed in.
        device: where it is computed.
        max_length: the longest input plus reply, in tokens.
        load: arguments of ``from_pretrained`` that config, tokenizer and weights share.
    """

    source: Path | str
    name: str
    config: Any
    tokenizer: Any
    weights: dict[str, Any]
    dtype: str
    device: str
    max_length: int
    load: dict[str, Any]

    @property
    def quantization(self) -> str | None:
        """The name of the checkpoint's quantisation, None when there is none."""
        found = getattr(self.config, "quantization_config", None)
        if found is None:
            return None
        method = found.get("quant_method") if isinstance(found, dict) else getattr(found, "quant_method", None)
        return str(getattr(method, "value", method))


def open_checkpoint(model: str | Path, options: Options) -> Checkpoint:
    """Find a model: a folder, a ``.gguf`` file, or an id of the hub.

    Raises:
        BackendError: it is not there, is not a model, or cannot be read; a library is missing.
    """
    _require_libraries()
    from transformers import AutoConfig, AutoTokenizer

    source, gguf = _locate(model, options)
    load: dict[str, Any] = {"trust_remote_code": options.trust_remote_code}
    if gguf is not None:
        load["gguf_file"] = gguf
    if options.revision is not None:
        load["revision"] = options.revision
    try:
        with quiet_transformers():
            config = AutoConfig.from_pretrained(source, **load)
            if commit := getattr(config, "_commit_hash", None):
                load["revision"] = commit  # a branch may move before the weights are read
            tokenizer = AutoTokenizer.from_pretrained(source, **load)
    except Exception as error:  # whatever a broken file or the hub makes the libraries raise, the user gets one line
        raise BackendError(_cannot_load(source, error)) from error
    device = _device(options.device)
    return Checkpoint(
        source=source,
        name=options.display_name or _name(source, gguf),
        config=config,
        tokenizer=tokenizer,
        weights=_identify(source, gguf, config, options) | _own_code(config, tokenizer, options),
        dtype=_dtype(options.dtype, config, device),
        device=device,
        max_length=_max_length(options.max_length, config, tokenizer),
        load=load,
    )


def load_weights(checkpoint: Checkpoint) -> Any:
    """Read the weights and return the transformers model, ready to answer.

    Raises:
        BackendError: they are broken, are not a causal language model, or do not fit into memory.
    """
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    where = {} if checkpoint.device == "cpu" else {"device_map": {"": checkpoint.device}}
    try:
        with quiet_transformers():
            model, report = AutoModelForCausalLM.from_pretrained(
                checkpoint.source,
                dtype=getattr(torch, checkpoint.dtype),
                output_loading_info=True,
                **where,
                **checkpoint.load,
            )
    except Exception as error:  # as above
        raise BackendError(_cannot_load(checkpoint.source, error)) from error
    if missing := sorted(report["missing_keys"]):
        # transformers would go on with random numbers in their place: scores at chance, and no word about it.
        raise BackendError(
            f"{checkpoint.source} lacks weights of its own model: {len(missing)} tensors, as {missing[0]}"
        )
    # A checkpoint's own sampling defaults (a repetition penalty, top-k) would change what a card asks for.
    model.generation_config = GenerationConfig(
        eos_token_id=stop_ids(model.generation_config, checkpoint.tokenizer) or None,
        pad_token_id=pad_id(checkpoint.tokenizer),
        bos_token_id=checkpoint.tokenizer.bos_token_id,
    )
    return model.eval()


def stop_ids(generation_config: Any, tokenizer: Any) -> list[int]:
    """Return the ids of all tokens that end a reply, sorted."""
    given = getattr(generation_config, "eos_token_id", None)
    ids = set(given if isinstance(given, list) else [given]) | {tokenizer.eos_token_id}
    return sorted(int(token) for token in ids if token is not None)


def pad_id(tokenizer: Any) -> int:
    """Return the id that fills short rows; it is masked, so any will do."""
    for token in (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.bos_token_id):
        if token is not None:
            return int(token)
    return 0


def _require_libraries() -> None:
    missing = [name for name in ("torch", "transformers", "accelerate") if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendError(f"backend hf needs {', '.join(missing)}: pip install 'multitask-harness[hf]'")


def _locate(model: str | Path, options: Options) -> tuple[Path | str, str | None]:
    """Return the folder or hub id, and the GGUF file in it that is to be read."""
    path = Path(model).expanduser()
    if path.is_file() and path.suffix == ".gguf":
        return path.parent, path.name
    if not path.is_dir():
        if isinstance(model, Path) or path.exists() or not _HUB_ID.fullmatch(model):
            raise BackendError(f"{model}: no such model folder; give a folder, a .gguf file or a hub id (org/name)")
        return model, options.gguf_file
    gguf = options.gguf_file
    if gguf is not None:
        if not (path / gguf).is_file():
            raise BackendError(f"{path} holds no file '{gguf}'")
        return path, gguf
    weights = weight_files(path)
    if not weights:
        raise BackendError(
            f"{path} holds no weights (*.safetensors, pytorch_model*.bin, *.gguf): is it a model folder?"
        )
    if weights[0].suffix != ".gguf":
        if not (path / "config.json").is_file():
            raise BackendError(f"{path} has no config.json: it is not a Hugging Face model folder")
        return path, None
    if len(weights) > 1:
        raise BackendError(f"{path} holds {len(weights)} GGUF files; choose one with -M gguf_file={weights[0].name}")
    return path, weights[0].name


def _name(source: Path | str, gguf: str | None) -> str:
    if gguf is not None:
        return Path(gguf).stem
    return source.resolve().name if isinstance(source, Path) else source


def _identify(source: Path | str, gguf: str | None, config: Any, options: Options) -> dict[str, Any]:
    if isinstance(source, Path):
        return {"weights": fingerprint_folder(source / gguf if gguf else source)["digest"]}
    commit = getattr(config, "_commit_hash", None)
    return {"hub": source, "commit": commit or options.revision, **({"file": gguf} if gguf else {})}


def _own_code(config: Any, tokenizer: Any, options: Options) -> dict[str, Any]:
    """Return that the checkpoint's own code runs, which transformers may have a version of that answers otherwise."""
    maps = getattr(config, "auto_map", None), getattr(tokenizer, "init_kwargs", {}).get("auto_map")
    return {"own_code": True} if options.trust_remote_code and any(maps) else {}


def _cannot_load(source: Path | str, error: Exception) -> str:
    if isinstance(source, Path):
        return f"cannot load the model {source}: {one_line(error, 200)}"
    sentence = one_line(error).split(". ")[0]  # the libraries go on with advice that is not for users of Harness
    return f"cannot load '{source}' from the hub: {sentence}; a local model folder needs no network"


def _device(wanted: str) -> str:
    import torch

    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(0, device=wanted)
    except (RuntimeError, AssertionError) as error:  # torch raises either, depending on how it was built
        raise BackendError(f"no device '{wanted}' here: {one_line(error, 120)}") from error
    return wanted


def _dtype(wanted: str, config: Any, device: str) -> str:
    """Choose the dtype: on a CPU what it multiplies fastest, elsewhere what the checkpoint has.

    Measured with a 135M model on two cores: native bfloat16 reads 3 times as many tokens a second as float32, and
    emulated bfloat16 a third of them.
    """
    if wanted != "auto":
        return wanted
    if device == "cpu":
        return "bfloat16" if cpu_has_bfloat16() else "float32"
    return str(getattr(config, "dtype", None) or "float32").removeprefix("torch.")


def cpu_has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 matrices in hardware."""
    import torch

    if platform.machine().lower() in ("arm64", "aarch64"):
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    # Not in every version of torch; oneDNN's own answer on x86 is also true where it only emulates.
    checks = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(check() for check in checks if check is not None)


def _max_length(wanted: int | None, config: Any, tokenizer: Any) -> int:
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    limit = next((value for name in _POSITIONS if isinstance(value := getattr(text, name, None), int)), None)
    if limit is None:
        limit = tokenizer.model_max_length if tokenizer.model_max_length < 10**9 else None
    if wanted is None:
        return limit or _DEFAULT_LENGTH
    if limit is not None and wanted > limit:
        raise BackendError(f"'max_length' is {wanted}, and this model has {limit} positions")
    return wanted
