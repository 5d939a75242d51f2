"""What a replica asks of the cluster: ``-R num_gpus=1``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.errors import BackendError, did_you_mean

_NUMBERS = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}
_OPTIONS = (*_NUMBERS, "accelerator_type", "resources", "runtime_env")


@dataclass(frozen=True, slots=True)
class ReplicaResources:
    """What each replica gets for itself.

    Attributes:
        num_cpus: processors; 1 keeps replicas apart on a small machine.
        num_gpus: devices; a replica sees no others, and none without this.
        memory: bytes that the scheduler sets aside.
        accelerator_type: the kind of device, as Ray calls it.
        resources: the cluster's own resources.
        runtime_env: Ray's environment of the replica: variables, packages, working folder.
    """

    num_cpus: float = 1
    num_gpus: float = 0
    memory: float = 0
    accelerator_type: str | None = None
    resources: Mapping[str, float] = field(default_factory=dict)
    runtime_env: Mapping[str, Any] = field(default_factory=dict)

    def options(self) -> dict[str, Any]:
        """Return the options of Ray's actors."""
        options: dict[str, Any] = {"num_cpus": self.num_cpus, "num_gpus": self.num_gpus}
        for name in ("memory", "accelerator_type", "resources", "runtime_env"):
            if value := getattr(self, name):
                options[name] = dict(value) if isinstance(value, Mapping) else value
        return options

    def amounts(self) -> dict[str, float]:
        """Return what is used up, by the names of the cluster's list of resources."""
        own = {resource: getattr(self, name) for name, resource in _NUMBERS.items()}
        return {name: amount for name, amount in {**own, **self.resources}.items() if amount}


def parse_resources(texts: Sequence[str]) -> ReplicaResources:
    """Read ``KEY=VALUE`` texts; a key that Ray does not define is a resource of the cluster's own.

    Raises:
        BackendError: a value of the wrong kind, or a key that looks mistyped.
    """
    known: dict[str, Any] = {}
    custom: dict[str, float] = {}
    for text in texts:
        key, equals, written = text.partition("=")
        if not equals or not key:
            raise BackendError(f"-R takes key=value, not '{text}'")
        value = _value(written)
        if key in _NUMBERS:
            known[key] = _amount(key, value)
        elif key == "accelerator_type":
            known[key] = written
        elif key in _OPTIONS:
            if not isinstance(value, dict):
                raise BackendError(f"-R {key}: takes a JSON object, not '{written}'")
            known[key] = value
        elif hint := did_you_mean(key, _OPTIONS, cutoff=0.75):
            raise BackendError(f"-R {key}: there is no such option{hint} (a cluster's own: -R resources={{…}})")
        else:
            custom[key] = _amount(key, value)
    custom |= {name: _amount(name, amount) for name, amount in known.pop("resources", {}).items()}
    return ReplicaResources(**known, resources=custom)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _amount(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise BackendError(f"-R {name}: takes a number, not '{value}'")
    return value
