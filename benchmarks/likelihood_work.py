"""One side of ``likelihood.py``, in the environment of that side: ``likelihood_work.py SIDE JOB``.

JOB is a JSON file with model folder, dtype, lm-eval's batch size, and pairs of context and choices. Prints one line of
JSON: seconds from the first question to the last answer, and the log-probabilities of the choices.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Scores = list[list[float]]


def harness(job: Mapping[str, Any]) -> Callable[[], Scores]:
    """Load the weights; return what ranks the choices."""
    from harness.backends.hf import HFBackend
    from harness.values import Option, Request

    backend = HFBackend(job["model"], dtype=job["dtype"], device="cpu")
    requests = [
        Request("choose", prompt=context, options=tuple(map(Option, choices))) for context, choices in job["questions"]
    ]
    backend._weights()  # asking one question would begin a cache

    def rank() -> Scores:
        answers = dict(backend.answer(requests))
        return [[option.logprob for option in answers[number].options] for number in range(len(requests))]

    return rank


def lm_eval(job: Mapping[str, Any]) -> Callable[[], Scores]:
    """As :func:`harness`, by lm-eval's model class, which its own runs call in the same way."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    batch = job["batch"] if job["batch"] == "auto" else int(job["batch"])
    model = HFLM(pretrained=job["model"], dtype=job["dtype"], device="cpu", batch_size=batch)
    sizes = [len(choices) for _, choices in job["questions"]]
    instances = [
        Instance("loglikelihood", {}, (context, choice), place)
        for context, choices in job["questions"]
        for place, choice in enumerate(choices)
    ]

    def rank() -> Scores:
        found = iter(model.loglikelihood(instances, disable_tqdm=True))
        return [[next(found)[0] for _ in range(size)] for size in sizes]

    return rank


def main() -> None:
    side, file = sys.argv[1:]
    job = json.loads(Path(file).read_text("utf-8"))
    rank = {"harness": harness, "lm-eval": lm_eval}[side](job)
    wall, cpu = time.perf_counter(), time.process_time()
    scores = rank()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "scores": scores}))


if __name__ == "__main__":
    main()
