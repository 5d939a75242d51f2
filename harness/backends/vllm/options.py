"""What a user may say about a model run by vLLM, checked before anything slow begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from harness.backends.local.options import Options as ModelOptions
from harness.backends.local.options import count, switch
from harness.errors import BackendError

_MODEL = ("dtype", "max_length", "revision", "trust_remote_code", "chat_template", "display_name")
_COUNTS = ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size", "max_num_seqs")
# Engine arguments that a user may not pass through, and what to do instead.
_ELSEWHERE = {
    **{name: f"say -M {name}=…" for name in (*_MODEL, *_COUNTS)},
    "gpu_memory_utilization": "say -M gpu_memory_utilization=…",
    "quantization": "say -M quantization=…",
    "enforce_eager": "say -M enforce_eager=…",
    "max_model_len": "say -M max_length=…",
    "model": "say --model",
}
_FIXED = frozenset(
    ("tokenizer", "skip_tokenizer_init", "logprobs_mode", "generation_config", "runner", "enable_prefix_caching")
)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the ``vllm`` backend.

    Attributes:
        model: those of every local model.
        parallel: how many devices hold parts of the model, by engine argument.
        gpu_memory_utilization: share of a GPU's memory, or None for vLLM's default.
        max_num_seqs: sequences at once, or None for vLLM's default.
        quantization: how weights are quantised when they are loaded, or None.
        enforce_eager: no compiled graphs, or None: only on CPUs, where compiling takes longer than it saves.
        engine: further engine arguments.
    """

    model: ModelOptions = field(default_factory=ModelOptions)
    parallel: Mapping[str, int] = field(default_factory=dict)
    gpu_memory_utilization: float | None = None
    max_num_seqs: int | None = None
    quantization: str | None = None
    enforce_eager: bool | None = None
    engine: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Check options as a command line or a program gives them; None stands for the default.

        Raises:
            BackendError: a value that cannot be meant.
        """
        model = ModelOptions.of({name: given.get(name) for name in _MODEL})
        counts = {name: count(name, given[name]) for name in _COUNTS if given.get(name) is not None}
        if counts.pop("data_parallel_size", 1) > 1:
            raise BackendError(
                "vllm: one process runs one copy of a model; several copies are replicas (--executor ray), or a vLLM "
                "server with --data-parallel-size, asked by --model openai:NAME --base-url URL"
            )
        quantization = given.get("quantization")
        return cls(
            model=model,
            max_num_seqs=counts.pop("max_num_seqs", None),
            parallel=counts,
            gpu_memory_utilization=_share(given.get("gpu_memory_utilization")),
            quantization=None if quantization is None else str(quantization),
            enforce_eager=switch("enforce_eager", given.get("enforce_eager")),
            engine=_engine(given.get("engine")),
        )

    def arguments(self) -> dict[str, Any]:
        """Return the engine arguments that these options stand for, but for the model's and those left to vLLM."""
        chosen = {
            "gpu_memory_utilization": self.gpu_memory_utilization,
            "max_num_seqs": self.max_num_seqs,
            "quantization": self.quantization,
            "enforce_eager": self.enforce_eager,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        return {**self.parallel, **given, **self.engine}


def _share(value: Any) -> float | None:
    if value is None:
        return None
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = 0.0
    if isinstance(value, bool) or not 0 < share <= 1:
        raise BackendError(f"vllm: 'gpu_memory_utilization' is a share of the memory, as 0.9, not {value!r}")
    return share


def _engine(value: Any) -> dict[str, Any]:
    """Return the engine arguments that are passed through."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BackendError(f"vllm: 'engine' is a mapping, as engine='{{\"block_size\": 32}}', not {value!r}")
    for name in value:
        if name in _ELSEWHERE:
            raise BackendError(f"vllm: 'engine' cannot set {name}: {_ELSEWHERE[name]}")
        if name in _FIXED:
            raise BackendError(f"vllm: 'engine' cannot set {name}: log-probabilities and prompts rest on it")
    return {str(name): argument for name, argument in value.items()}
