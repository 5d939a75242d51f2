"""Measure the replicas of ``--executor ray`` on this machine: ``python benchmarks/replicas.py``.

Prints a Markdown table and leaves with 1 when two replicas of a backend that sleeps are not 1.7 times as fast as one.
The rest is what the driver does for each request, with a backend that costs nothing: the arithmetic of a large cluster
is in docs/cluster.md. Needs Ray; takes about a minute and 1 GB of memory.
"""

from __future__ import annotations

import argparse
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Collection, Generator, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from measure import line

from harness.backends.base import Capabilities, Need
from harness.executors.ray import RayReplicas, ReplicaResources
from harness.store.store import ResponseStore
from harness.values import Generation, Identity, Request, Response

BAR = 1.7
NIGHTS = 1000  # requests that are slept over
FAST = 20_000  # requests that cost nothing
WORDS = "the model reads a question of some length and answers it in words that nobody has to understand".split()


class Sleeping:
    """Sleeps over each request, one after the other, and answers with a text of its own."""

    name = "sleeping"

    def __init__(self, seconds: float, words: int) -> None:
        self._seconds = seconds
        chance = random.Random(1)
        self._replies = [" ".join(chance.choices(WORDS, k=words)) for _ in range(100)]
        self.identity = Identity("sleeping", self.name)

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """It can write."""
        return Capabilities()

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Answer in order."""
        for index, _ in enumerate(requests):
            if self._seconds:
                time.sleep(self._seconds)
            text = f"{index} {self._replies[index % 100]}"
            yield index, Response(text=text, finish="stop", prompt_tokens=300, completion_tokens=len(text) // 4)

    def close(self) -> None:
        """Nothing to free."""


def prompts(count: int, characters: int) -> list[Request]:
    """Return requests that begin alike."""
    shots = ("an example of what is asked and of what is answered; " * (characters // 50))[: characters - 20]
    return [
        Request("generate", prompt=f"{shots} question {n}", generation=Generation(256, ("\n",))) for n in range(count)
    ]


def opened(replicas: int, seconds: float, words: int) -> RayReplicas:
    """Start replicas, and see that all of them are there."""
    backend = RayReplicas(partial(Sleeping, seconds, words), replicas, resources=ReplicaResources(num_cpus=0.5))
    time.sleep(3.0)  # the first is ready; the others are about to be
    for _ in backend.answer(prompts(100 * replicas, 200)):
        pass
    return backend


def seconds_of(
    backend: RayReplicas, requests: list[Request], store: ResponseStore | None = None
) -> tuple[float, float]:
    """Return the seconds and the driver's CPU seconds that all answers take."""
    wall, cpu = time.perf_counter(), time.process_time()
    positions = set()
    for position, response in backend.answer(requests):
        positions.add(position)
        if store is not None:
            request = requests[position]
            store.put(request.key(backend.identity.digest), response, backend.identity.digest)
    if store is not None:
        store.flush()
    if len(positions) != len(requests):
        raise SystemExit(f"{len(positions)} answers to {len(requests)} requests")
    return time.perf_counter() - wall, time.process_time() - cpu


def scaling(repeat: int) -> float:
    """Print how much faster two replicas are than one; return it."""
    requests = prompts(NIGHTS, 200)
    spent = {}
    for replicas in (1, 2):
        with closing(opened(replicas, 0.01, 20)) as backend:
            spent[replicas] = median(seconds_of(backend, requests)[0] for _ in range(repeat))
    ratio = spent[1] / spent[2]
    name = f"{NIGHTS:,} requests that sleep 10 ms: 1 and 2 replicas"
    print(line([name, f"{spent[1]:.2f} and {spent[2]:.2f} s, {ratio:.2f} ×", f"≥ {BAR} ×"]), flush=True)
    return ratio


def driver(repeat: int) -> None:
    """Print what the driver spends on a request."""
    for words in (1, 100):
        with closing(opened(2, 0.0, words)) as backend:
            for characters in (1_000, 10_000):
                requests = prompts(FAST, characters)
                alone = [seconds_of(backend, requests) for _ in range(repeat)]
                kept = []
                for _ in range(repeat):
                    with tempfile.TemporaryDirectory() as folder, ResponseStore(Path(folder)) as store:
                        kept.append(seconds_of(backend, requests, store))
                name = f"driver, prompts of {characters:,} characters, replies of {words} word{'s' * (words > 1)}"
                print(line([name, _each(alone), ""]))
                print(line([f"{name}, named and stored", _each(kept), ""]), flush=True)


def _each(spent: list[tuple[float, float]]) -> str:
    cpu = median(c for _, c in spent) / FAST * 1e6
    return f"{cpu:.0f} µs CPU a request, {FAST / median(w for w, _ in spent):,.0f} requests/s"


def wire() -> None:
    """Print what travels beside the texts themselves."""
    count = 500
    requests = list(enumerate(prompts(count, 1000)))
    answers = list(Sleeping(0, 100).answer(request for _, request in requests))
    for what, sent, texts in (
        ("a request beside its prompt", requests, sum(len(request.prompt or "") for _, request in requests)),
        ("a response beside its text", answers, sum(len(response.text or "") for _, response in answers)),
    ):
        print(line([f"network, {what}", f"{(len(pickle.dumps(sent, 5)) - texts) / count:.0f} bytes", ""]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--repeat", type=int, default=3, help="repetitions of each; the median counts")
    args = parser.parse_args()
    if args.repeat < 1:
        parser.error("--repeat is at least 1")
    print(line(["what", "measured", "bar"]))
    print(line(["---"] * 3))
    ratio = scaling(args.repeat)
    driver(args.repeat)
    wire()
    return 0 if ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
