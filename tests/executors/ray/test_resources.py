from __future__ import annotations

import pytest

from harness.errors import BackendError
from harness.executors.ray.resources import ReplicaResources, parse_resources


def test_one_processor_is_the_default() -> None:
    assert parse_resources(()).options() == {"num_cpus": 1, "num_gpus": 0}


def test_keys_of_ray_and_of_the_cluster() -> None:
    texts = ("num_gpus=0.5", "memory=1000", "accelerator_type=H100", "tpu=4", 'resources={"rack-7": 0.1}')
    parsed = parse_resources((*texts, 'runtime_env={"env_vars": {"A": "1"}}'))
    assert parsed.options() == {
        "num_cpus": 1,
        "num_gpus": 0.5,
        "memory": 1000,
        "accelerator_type": "H100",
        "resources": {"tpu": 4, "rack-7": 0.1},
        "runtime_env": {"env_vars": {"A": "1"}},
    }
    assert parsed.amounts() == {"CPU": 1, "GPU": 0.5, "memory": 1000, "tpu": 4, "rack-7": 0.1}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("num_gpus", "-R takes key=value, not 'num_gpus'"),
        ("num_gpus=many", "-R num_gpus: takes a number, not 'many'"),
        ("num_cpus=-1", "-R num_cpus: takes a number, not '-1'"),
        ("tpu=true", "-R tpu: takes a number, not 'True'"),
        ("runtime_env=pip", "-R runtime_env: takes a JSON object, not 'pip'"),
        ("num_gpu=1", "-R num_gpu: there is no such option; did you mean 'num_gpus'"),
    ],
)
def test_mistakes_are_told_in_one_line(text: str, line: str) -> None:
    with pytest.raises(BackendError) as told:
        parse_resources((text,))
    assert str(told.value).startswith(line)


def test_nothing_is_asked_that_was_not_said() -> None:
    assert ReplicaResources(num_cpus=0).amounts() == {}
