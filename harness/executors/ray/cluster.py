"""The connection to Ray: a cluster that runs already, or one on this machine for as long as the run takes."""

from __future__ import annotations

import os
from collections.abc import Callable

from harness.errors import BackendError, one_line
from harness.executors.ray.resources import ReplicaResources

Notice = Callable[[str], None]

_OBJECTS = 256 << 20  # bytes of shared memory: requests and answers pass through, nothing stays


class Cluster:
    """A connection to Ray.

    Args:
        address: ``auto``, ``host:port`` or ``ray://host:port`` of a cluster that runs; None takes ``RAY_ADDRESS``, and
            where that is not set starts a cluster of this machine alone, on its loopback interface (if nobody has
            imported Ray before).

    Raises:
        BackendError: Ray is not installed, or there is no such cluster.
    """

    def __init__(self, address: str | None = None) -> None:
        address = address or os.environ.get("RAY_ADDRESS") or "local"
        self.local = address == "local"
        # Ray reads these when it is imported.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")  # else it writes of each death to our standard output
        if self.local:
            os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # else it listens on all interfaces
        try:
            import ray
        except ImportError:
            raise BackendError(
                "replicas need Ray, which is not installed: pip install 'multitask-harness[ray]'"
            ) from None
        self._ours = not ray.is_initialized()
        if not self._ours:
            return
        alone = {"include_dashboard": False, "_node_ip_address": "127.0.0.1", "object_store_memory": _OBJECTS}
        try:
            ray.init(address, log_to_driver=False, logging_level="ERROR", **(alone if self.local else {}))
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            where = "on this machine" if self.local else f"at '{address}'"
            hint = "" if self.local else "; one that asks for a token needs RAY_AUTH_MODE=token"
            raise BackendError(f"there is no Ray {where}: {one_line(error)}{hint}") from None

    def check(self, resources: ReplicaResources, replicas: int, notice: Notice) -> None:
        """Compare what replicas ask for with what there is.

        A cluster may grow or become free, so that only a notice is given; this machine will not.

        Raises:
            BackendError: this machine cannot hold the replicas.
        """
        import ray

        there = ray.cluster_resources()
        free = there if self.local else ray.available_resources()
        for name, amount in resources.amounts().items():
            if amount * replicas > free.get(name, 0):
                want = f"{replicas} replicas with {amount:g} {name} each"
                has = f"{there.get(name, 0):g}"
                if self.local:
                    raise BackendError(f"{want} do not fit this machine, which has {has}; see --replicas and -R")
                notice(
                    f"{want}: {free.get(name, 0):g} of the cluster's {has} are free; the rest wait until there is room"
                )
        if there.get("GPU") and not resources.num_gpus:
            notice(f"the cluster has {there['GPU']:g} GPUs, and replicas see none of them without -R num_gpus=1")

    def close(self) -> None:
        """Leave the cluster, and end it if this object started it; may be called twice."""
        import ray

        if self._ours and ray.is_initialized():
            ray.shutdown()
        self._ours = False
