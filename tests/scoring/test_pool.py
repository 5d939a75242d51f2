"""Scoring in worker processes: order, hangs, crashes, memory, and what is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cards.schema import Card
from harness.errors import CardError
from harness.scoring.metric import Status
from harness.scoring.pool import BATCH, WINDOW, ScoringError, ScoringPool
from harness.scoring.scorer import Scored, Scorer
from harness.scoring.wire import Item, pack_scored, unpack_scored
from harness.values import Response, Sample

METRIC = '''
import os, signal, subprocess, time
from dataclasses import dataclass
from harness.scoring.metric import Metric, metric

@metric("hazard")
@dataclass(frozen=True)
class Hazard(Metric):
    """Does what the reply says."""

    isolated = True
    deadline = 1.0

    def score(self, prediction, references, sample):
        print("metrics may print")
        if prediction == "hang":
            time.sleep(60)
        if prediction == "hang in C":
            return float(len(str(9 ** (9 ** 8))))
        if prediction == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        if prediction == "leave":
            os._exit(3)
        if prediction == "grow":
            return float(len(bytearray(10 * 2**30)))
        if prediction == "pid":
            return 1.0 if os.getpid() != int(references[0]) else 0.0
        if prediction == "fork":
            return float(os.fork() > 0)
        if prediction == "answer":
            for fd in range(3, 10):
                try:
                    os.write(fd, b'[0, {}, "ok", null, null, null, []]\\n')
                except OSError:
                    pass
        if prediction == "cat":
            return float(subprocess.run(["cat"], stdout=subprocess.PIPE).stdout == b"")
        if prediction in ("daemon", "daemon and hang"):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    with open(references[0], "w") as file:
                        file.write(str(os.getpid()))
                    time.sleep(60)
                os._exit(0)
            while not (os.path.exists(references[0]) and open(references[0]).read()):
                time.sleep(0.01)
            if prediction != "daemon":
                time.sleep(60)
            return 1.0
        if prediction == "path":
            return float(os.environ.get("PYTHONPATH", "none") == references[0])
        return float(prediction == references[0])
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("metrics")
    (path / "hazard.py").write_text(METRIC)
    return path


@pytest.fixture
def scorer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Scorer:
    monkeypatch.setenv("HARNESS_METRICS", str(folder))
    return made(metrics=["hazard"], parse=["strip"])


@pytest.fixture(scope="module")
def pool() -> Iterator[ScoringPool]:
    with ScoringPool(2) as pool:
        yield pool


def made(**keys: Any) -> Scorer:
    card = {
        "name": "t",
        "about": "d",
        "dataset": {"files": {"test": "x.jsonl"}},
        "columns": {"answer": "answer"},
        "prompt": "p",
        "ask": "generate",
    }
    return Scorer(Card.model_validate({**card, **keys}), "generate", "card")


def items(*replies: str, answer: str = "yes") -> list[Item]:
    return [Item(Sample.of(str(n), {"answer": answer}), Response(text=text)) for n, text in enumerate(replies)]


def values(scored: list[Scored]) -> list[float | None]:
    return [next(iter(one.scores.values())).value for one in scored]


def test_verdicts_come_in_the_order_of_the_items(scorer: Scorer, pool: ScoringPool) -> None:
    replies = ["yes" if n % 3 else "no" for n in range(3 * WINDOW)]
    assert values(list(pool.score(scorer, items(*replies)))) == [float(n % 3 > 0) for n in range(3 * WINDOW)]


def test_isolated_means_another_process(scorer: Scorer, pool: ScoringPool) -> None:
    assert values(list(pool.score(scorer, items("pid", answer=str(os.getpid()))))) == [1.0]


@pytest.mark.parametrize("hang", ["hang", "hang in C"])
def test_a_hanging_reply_costs_its_deadline_and_nothing_else(scorer: Scorer, pool: ScoringPool, hang: str) -> None:
    begun = time.monotonic()
    scored = list(pool.score(scorer, items("yes", hang, "no", "yes")))
    assert values(scored) == [1.0, None, 0.0, 1.0]
    assert [one.status for one in scored] == [Status.OK, Status.TIMEOUT, Status.OK, Status.OK]
    assert scored[1].error == "scoring took longer than 1 s"
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(("end", "how"), [("die", "signal 11"), ("leave", "exit code 3")])
def test_a_reply_that_ends_the_worker_is_an_error_of_its_own(
    scorer: Scorer, pool: ScoringPool, end: str, how: str
) -> None:
    scored = list(pool.score(scorer, items("yes", end, "yes")))
    assert values(scored) == [1.0, None, 1.0]
    assert scored[1].status == Status.ERROR
    assert scored[1].error == f"the scoring process ended on this reply ({how})"


def test_memory_is_bounded(scorer: Scorer, pool: ScoringPool) -> None:
    scored = list(pool.score(scorer, items("grow", "yes")))
    assert values(scored) == [None, 1.0]
    assert scored[0].error is not None
    assert "MemoryError" in scored[0].error


def test_strange_texts_cross_the_wire(scorer: Scorer, pool: ScoringPool) -> None:
    for text in ("\ud800", "\x00", "a\nb\r\u2028c", "𝟙", "x" * 200_000):
        (scored,) = pool.score(scorer, items(text, answer=text))
        assert values([scored]) == [1.0], text[:10]
        assert scored.prediction == text
        assert unpack_scored(pack_scored(7, scored)) == (7, scored)


def test_a_card_that_does_not_fit_a_sample_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_METRICS", str(folder))
    scorer = made(metrics=["hazard"], parse=["letter"])
    with ScoringPool(1) as pool, pytest.raises(CardError, match="needs the field 'choices'"):
        list(pool.score(scorer, items("yes")))


def test_a_reader_that_leaves_early_leaves_no_work_behind(scorer: Scorer, pool: ScoringPool) -> None:
    first = pool.score(scorer, items("yes", "hang", *["yes"] * 200))
    assert next(first).status == Status.OK
    first.close()  # type: ignore[attr-defined]
    assert values(list(pool.score(scorer, items("no", "yes")))) == [0.0, 1.0]


def test_closing_ends_the_workers(scorer: Scorer) -> None:
    pool = ScoringPool(2)
    list(pool.score(scorer, items("yes")))
    pids = [worker.process.pid for worker in pool.workers]
    assert pids
    pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_scorer_without_hazards_stays_in_this_process(pool: ScoringPool) -> None:
    scorer = made(metrics=["exact_match"], parse=["strip"])
    assert not scorer.isolated
    assert values(list(pool.score(scorer, items("yes", "no")))) == [1.0, 0.0]


def test_a_cards_own_pattern_runs_in_a_worker() -> None:
    assert made(metrics=["exact_match"], parse=[{"first_of": ["number", [{"regex": "(a+)+$"}]]}]).isolated


def test_batches_end_by_size_and_every_reply_has_its_own_deadline(scorer: Scorer, pool: ScoringPool) -> None:
    large = "x" * 3_000_000
    scored = list(pool.score(scorer, items(*["yes", large, "no"] * 8)))
    assert values(scored) == [1.0, 0.0, 0.0] * 8


@pytest.mark.slow
def test_large_replies_fit_into_a_worker(scorer: Scorer) -> None:
    large = "x" * 20_000_000
    with ScoringPool(1) as pool:
        assert values(list(pool.score(scorer, items(*[large] * BATCH, "yes")))) == [0.0] * BATCH + [1.0]


@pytest.mark.slow
def test_a_worker_that_takes_nothing_is_late(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.scoring.pool.START", 1.5)
    (tmp_path / "slow.py").write_text(METRIC.replace("import os", "import time; time.sleep(60)\nimport os", 1))
    monkeypatch.setenv("HARNESS_METRICS", str(folder))
    scorer = made(metrics=["hazard"], parse=["strip"])
    monkeypatch.setenv("HARNESS_METRICS", str(tmp_path))
    begun = time.monotonic()
    with ScoringPool(1) as pool, pytest.raises(ScoringError, match="does not start"):
        list(pool.score(scorer, items("x" * 2_000_000)))
    assert time.monotonic() - begun < 30


def test_a_metric_that_forks_and_returns_is_answered_once(scorer: Scorer, pool: ScoringPool) -> None:
    assert values(list(pool.score(scorer, items("yes", "fork", "no", "fork", "yes")))) == [1.0, 1.0, 0.0, 1.0, 1.0]


def test_an_answer_that_is_not_owed_loses_the_worker(scorer: Scorer) -> None:
    with ScoringPool(1) as pool:
        scored = list(pool.score(scorer, items("yes", "answer", "yes")))
    assert [one.status for one in scored] == [Status.OK, Status.ERROR, Status.OK]
    assert scored[1].error == "the scoring process answered out of turn on this reply"


@pytest.mark.parametrize("line", [b"", b"nonsense", b"3", b"[]", b"{}", b'[1, 2, "ok", 4, 5, 6, 7]', b'"ready"'])
def test_a_line_that_is_no_verdict_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError):
        unpack_scored(line)


def test_programs_of_a_metric_do_not_read_the_wire(scorer: Scorer, pool: ScoringPool) -> None:
    assert values(list(pool.score(scorer, items("cat", "yes", "cat", "no")))) == [1.0, 1.0, 1.0, 0.0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux finds daemons")
@pytest.mark.parametrize("reply", ["daemon", "daemon and hang"])
def test_daemons_end_with_their_worker(scorer: Scorer, tmp_path: Path, reply: str) -> None:
    note = tmp_path / "pid"
    with ScoringPool(1) as pool:
        (scored,) = pool.score(scorer, items(reply, answer=str(note)))
        assert scored.status == (Status.OK if reply == "daemon" else Status.TIMEOUT)
    assert not alive(int(note.read_text()))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except FileNotFoundError:
        return False


def test_programs_of_a_metric_get_the_users_import_path(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (None, "some/where"):
        if given is None:
            monkeypatch.delenv("PYTHONPATH", raising=False)
        else:
            monkeypatch.setenv("PYTHONPATH", given)
        with ScoringPool(1) as pool:
            assert values(list(pool.score(scorer, items("path", answer=given or "none")))) == [1.0]


SCRIPT = """
import harness.api, os, sys
{module}
from harness.cards.schema import Card
from harness.errors import UserError
from harness.scoring.pool import ScoringPool
from harness.scoring.scorer import Scorer
from harness.scoring.wire import Item
from harness.values import Response, Sample

if __name__ == "__main__":
    for metrics in {metrics}:
        card = Card.model_validate(dict(name="t", about="d", dataset={{"files": "x.jsonl"}},
            columns={{"answer": "answer"}}, prompt="p", ask="generate", metrics=metrics, parse=["strip"]))
        try:
            with ScoringPool(1) as pool:
                scored, = pool.score(Scorer(card, "generate", "card"), [Item(Sample.of("0", {{"answer": "yes"}}),
                    Response(text="yes"))])
            print(*(score.value for score in scored.scores.values()), scored.error)
        except UserError as error:
            print(type(error).__name__, error)
"""


def script(folder: Path, module: str, *metrics: Any) -> str:
    """Run a script of a user's in another folder than its own; return what it prints on both streams.

    It scores with each of ``metrics`` in turn, or with several at once where one is a list.
    """
    path = folder / "beside" / "script.py"
    path.parent.mkdir(exist_ok=True)
    steps = [one if isinstance(one, list) else [one] for one in metrics]
    path.write_text(SCRIPT.format(metrics=steps, module=module))
    roots = {str(Path(root).absolute()) for root in sys.path if root and (Path(root) / "harness").is_dir()}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    environment.pop("HARNESS_METRICS", None)
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, cwd=folder, env=environment, check=True
    )
    return (done.stdout + done.stderr).strip()


def test_modules_beside_the_script_are_imported(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "mine.py").write_text(METRIC)
    assert script(tmp_path, "import mine", "hazard") == "1.0 None\nmetrics may print"


def test_the_working_folder_shadows_nothing(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "mine.py").write_text(METRIC)
    (tmp_path / "typing_extensions.py").write_text("raise RuntimeError('shadowed')")
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness" / "__init__.py").write_text("raise RuntimeError('shadowed')")
    assert script(tmp_path, "import mine", "hazard") == "1.0 None\nmetrics may print"


def test_a_module_that_the_worker_cannot_import_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "mine.py").write_text(METRIC)
    said = script(tmp_path, "import mine, pathlib; pathlib.Path(mine.__file__).write_text('1 / 0')", "hazard")
    assert said == (
        "CardError card: the process that scores cannot import 'mine', which defines a metric: "
        "ZeroDivisionError: division by zero"
    )


def test_a_metric_of_the_script_itself_is_refused_only_where_workers_are_needed(tmp_path: Path) -> None:
    refused = "CardError card: metrics: the metric 'hazard' is defined in the running script, "
    said = script(tmp_path, METRIC, "hazard", {"pass_at_k": {"of": "hazard"}}).splitlines()
    assert [line.startswith(refused) for line in said] == [True, True]
    said = script(tmp_path, METRIC.replace("isolated = True", ""), ["hazard", "math_equal"], "hazard").splitlines()
    assert said[0].startswith(refused)
    assert said[-1] == "1.0 None"


def test_composites_of_an_imported_metric(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "mine.py").write_text(METRIC)
    nested = {"pass_at_k": {"of": {"majority_at_k": {"of": "hazard"}}}}
    said = script(tmp_path, "import mine", {"pass_at_k": {"of": "hazard"}}, nested)
    assert said.count("1.0 None") == 2
