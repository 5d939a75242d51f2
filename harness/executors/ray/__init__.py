"""Replicas as Ray actors, on this machine or on a cluster."""

from __future__ import annotations

from harness.executors.ray.replicas import RayReplicas, open_replicas
from harness.executors.ray.resources import ReplicaResources, parse_resources

__all__ = ["RayReplicas", "ReplicaResources", "open_replicas", "parse_resources"]
