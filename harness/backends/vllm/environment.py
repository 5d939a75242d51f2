"""The surroundings that vLLM reads: quiet, without reports to its makers, and fit for a CPU where there is no GPU."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping

# Set only where the user has not, and left set: vLLM reads some of them when it is imported and others at any time.
_ALWAYS = {
    "VLLM_LOGGING_LEVEL": "ERROR",
    "TORCH_CPP_LOG_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    # The engine counts the written token as a position, though the last one is never read: its limit is one more.
    "VLLM_ALLOW_LONG_MAX_MODEL_LEN": "1",
}
_ON_CPU = {
    # In this process: the engine starts in 7 instead of 28 seconds and needs half the memory.
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_CPU_KVCACHE_SPACE": "4",  # GiB for keys and values; vLLM would take most of the machine's memory
}


def prepare() -> None:
    """Set what must be set before torch and vLLM are imported."""
    _default(_ALWAYS)


def prepare_cpu() -> None:
    """Set what vLLM needs on a CPU, before an engine starts."""
    _default(_ON_CPU)


@contextlib.contextmanager
def starting(*, offline: bool) -> Iterator[None]:
    """Keep the start of an engine quiet, and off the network where the model is a folder.

    Args:
        offline: whether the processes that it starts must not look for anything on the hub.
    """
    before = os.environ.get("HF_HUB_OFFLINE")
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    silenced = logging.root.manager.disable
    logging.disable(max(silenced, logging.WARNING))  # some warnings come before vLLM reads its own level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(silenced)
        if offline and before is None:
            os.environ.pop("HF_HUB_OFFLINE", None)


def _default(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        os.environ.setdefault(name, value)
