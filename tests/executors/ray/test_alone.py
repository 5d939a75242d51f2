"""A driver that starts Ray for itself, as a command does."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DRIVER = """
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from harness.executors.ray import RayReplicas, ReplicaResources
from harness.values import Request
from tests.executors.ray.backends import Sleeping

def notice(line):
    print(line, flush=True)

small = ReplicaResources(num_cpus=0.5)
with closing(RayReplicas(partial(Sleeping, 0.1, Path(sys.argv[1])), 2, resources=small, notice=notice)) as replicas:
    import ray

    print(ray.get_runtime_context().gcs_address, flush=True)
    try:
        for _ in replicas.answer([Request("generate", prompt=str(n) if n else "exit once") for n in range(5000)]):
            print("answer", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_it_is_quiet_stays_on_the_loopback_interface_and_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed")
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(tmp_path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C goes to all processes of the terminal; this is ours
    )
    try:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "starting 2 replicas with Ray\n"
        host, port = driver.stdout.readline().strip().split(":")
        assert host == "127.0.0.1"
        while not (line := driver.stdout.readline()).startswith("replica "):
            assert line == "answer\n"
        assert re.fullmatch(r"replica [12] died and is replaced: its worker process has died\. .{1,200}\n", line)
        for _ in range(30):
            assert driver.stdout.readline() == "answer\n"
        os.killpg(driver.pid, signal.SIGINT)
        out, err = driver.communicate(timeout=60)
    finally:
        driver.kill()
    assert set(out.splitlines()) <= {"answer", "interrupted"}
    assert out.splitlines()[-1] == "interrupted"
    assert driver.returncode == 0
    assert err == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5)
