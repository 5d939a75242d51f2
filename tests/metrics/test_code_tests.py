"""Programs against unit tests and against cases of input and output."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from harness.errors import CardError
from harness.sandbox import SandboxError
from harness.scoring.metric import Metric, Score
from harness.scoring.registry import load_metric
from harness.values import Sample

SYSTEM = "/usr/local/bin:/usr/bin:/bin"
HUMANEVAL = {
    "prompt": 'def add(a, b):\n    """Add."""\n',
    "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
    "entry_point": "add",
}


def scored(step: Any, reply: str, fields: dict[str, Any]) -> Score:
    score = load_metric(step, "test").score(reply, [], Sample.of("s", fields))
    assert isinstance(score, Score)
    return score


@pytest.mark.parametrize(
    ("reply", "value", "verdict"),
    [
        ("    return a + b\n", 1, "ok"),
        ("def add(a, b):\n    return a + b\n", 1, "ok"),  # the whole function again
        ("    return a - b\n", 0, "failed"),
        ("", 0, "failed"),  # the prompt's function gives None
        ("    return a +\n", 0, "failed"),
        ("    while True: pass\n", 0, "timeout"),
        ("    return bytearray(1 << 40)\n", 0, "memory"),
        ("    return a + b\nexit()\n", 0, "left before its tests had ended"),
        ("    return a + b\nimport os\nos._exit(0)\n", 0, "left before its tests had ended"),
        ("    import sys; sys.exit(0)\n", 0, "left before its tests had ended"),
        ("    return a + b\nprint('x' * 10_000_000)\n", 1, "ok"),  # what it prints does not matter
        ("    return a + b\ndef check(f): pass\n", 1, "ok"),
        (
            "    return a + b\nimport threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
            1,
            "ok",
        ),
        ("    return a + input()\n", 0, "failed"),
    ],
)
def test_humaneval(reply: str, value: float, verdict: str) -> None:
    score = scored({"code_tests": {"preset": "humaneval", "seconds": 1.0}}, reply, HUMANEVAL)
    assert (score.value, score.detail["verdict"]) == (value, verdict)
    assert score.detail["sandbox"] in ("process", "namespace", "docker")


def test_the_proof_cannot_be_guessed() -> None:
    """Printing is not proving: the proof is another each time, and standard output is not the report's."""
    reply = "    pass\nimport os, sys\nos.write(1, b'0' * 32)\nprint(sys.stdin.read())\nos._exit(0)\n"
    assert scored({"code_tests": "humaneval"}, reply, HUMANEVAL).value == 0


def test_what_went_wrong_is_shown() -> None:
    score = scored({"code_tests": "humaneval"}, "    return 0\n", HUMANEVAL)
    assert str(score.detail["stderr"]).endswith("AssertionError")


def test_mbpp() -> None:
    fields = {"test_setup_code": "ONE = 1", "test_list": ["assert f(ONE) == 2", "assert f(2) == 3"]}
    assert scored({"code_tests": "mbpp"}, "def f(x):\r\n  return x + 1", fields).value == 1
    assert scored({"code_tests": "mbpp"}, "def f(x):\n  return 2", fields).value == 0


MULTIPL_E = {
    "javascript": (
        "function add(a, b) {\n",
        "  return a + b;\n}\n",
        "const assert = require('node:assert');\nassert.deepEqual(add(1, 2), 3);\n",
        "node",
    ),
    "cpp": (
        "#include<assert.h>\n#include<bits/stdc++.h>\nlong add(long a, long b) {\n",
        "  return a + b;\n",
        "}\nint main() {\n    auto candidate = add;\n    assert(candidate((1), (2)) == (3));\n}\n",
        "g++",
    ),
    "java": (
        "import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n"
        "    public static long add(long a, long b) {\n",
        "        return a + b;\n",
        "    }\n    public static void main(String[] args) {\n    assert(add((1l), (2l)) == (3l));\n    }\n}\n",
        "javac",
    ),
    "bash": (
        "add() {\n",
        "  echo $(($1 + $2))\n}\n",
        'candidate() {\n    add "$@"\n}\nset -e\n[[ $(candidate 1 2) = 3 ]]\n',
        "bash",
    ),
}


# Compilers take seconds; that those two languages run is shown with the sandbox too.
@pytest.mark.parametrize(
    "language", [pytest.param(name, marks=[pytest.mark.slow] * (name in ("cpp", "java"))) for name in MULTIPL_E]
)
def test_multipl_e(language: str) -> None:
    prompt, reply, tests, program = MULTIPL_E[language]
    if not shutil.which(program, path=SYSTEM):
        pytest.skip(f"{program} is not installed")
    step = {"code_tests": {"preset": "multipl_e", "language": language}}
    fields = {"prompt": prompt, "tests": tests}
    assert scored(step, reply, fields).detail["verdict"] == "ok"
    wrong = scored(step, reply.replace("+", "-", 1), fields)
    assert wrong.value == 0
    assert scored(step, "((", fields).value == 0


CASES = [{"input": "1 2\n", "output": "3\n"}, {"input": ["4 5", ""], "output": ["9"]}]


@pytest.mark.parametrize(
    ("reply", "all_", "share"),
    [
        ("print(sum(map(int, input().split())))", 1, 1),
        ("import sys\nsys.stdout.write(f'{sum(map(int, sys.stdin.read().split()))}  \\n\\n')\nexit()", 1, 1),
        ("print(3)", 0, 0.5),
        ("print(3)\n1 / 0", 0, 0),
        ("def main():\n    print(sum(map(int, input().split())))\nif __name__ == '__main__':\n    main()", 1, 1),
        ("", 0, 0),
    ],
)
def test_stdio(reply: str, all_: float, share: float) -> None:
    assert scored("stdio_tests", reply, {"cases": CASES}).value == all_
    assert scored({"stdio_tests": {"count": "share"}}, reply, {"cases": CASES}).value == share


@pytest.mark.parametrize(
    "cases",
    [
        {"inputs": ["1", "2"], "outputs": ["2", "3"]},
        '{"inputs": ["1", "2"], "outputs": ["2", "3"]}',
        [{"inputs": "1", "outputs": "2"}, {"inputs": "2", "outputs": "3"}],
        '[{"inputs": "1", "outputs": "2"}, {"inputs": "2", "outputs": "3"}]',
    ],
)
def test_shapes_of_cases(cases: Any) -> None:
    score = scored(
        {"stdio_tests": {"input": "inputs", "output": "outputs"}}, "print(int(input()) + 1)", {"cases": cases}
    )
    assert score.value == 1
    assert score.detail["passed"] == "2 of 2"


@pytest.mark.parametrize(
    "cases", ["", [], {}, "no", [1], [{"input": "1"}], {"input": ["1"], "output": []}, {"input": "1", "output": "2"}]
)
def test_broken_cases_are_an_error(cases: Any) -> None:
    with pytest.raises(ValueError):
        scored("stdio_tests", "print(1)", {"cases": cases})


def test_a_missing_field_is_an_error() -> None:
    with pytest.raises(ValueError, match="the sample has no field 'test'"):
        scored({"code_tests": "humaneval"}, "", {"prompt": ""})


@pytest.mark.parametrize(
    ("compare", "printed", "value"),
    [("lines", "a b\\n", 1), ("lines", "a  b", 0), ("words", "a \\nb", 1), ("exact", "a b\\n", 1), ("exact", "a b", 0)],
)
def test_comparing(compare: str, printed: str, value: float) -> None:
    fields = {"cases": [{"input": "", "output": "a b\n"}]}
    assert scored({"stdio_tests": {"compare": compare}}, f"print('{printed}', end='')", fields).value == value


MEGABENCH = {
    "import math\ndef f():\n    return math.pi\nprint(f())": 0,  # what the first level imports, functions do not see
    "import math\nprint(3)": 1,
    "if __name__ == '__main__':\n    print(3)": 0,  # quotes of the other kind
    "print(3)\nexit()": 0,
    "import sys\nprint(sum(map(int, sys.stdin.read().split())))": 0,
    "try:\n    while True: input()\nexcept EOFError:\n    print(3)": 0,
    "try:\n    while True: input()\nexcept StopIteration:\n    print(3)": 1,
    "print(json.loads('3'))": 1,  # a name of the judge's own module
    "raise ValueError('3')": 0,
    "import sys\nsys.stdout.write('3 \\n\\n')": 1,
    "import os\nos.system('echo 3')": 0,
}


@pytest.mark.parametrize("reply", MEGABENCH)
def test_peculiarities_of_megabench(reply: str) -> None:
    """What its code does: see the metric's documentation."""
    fields = {"test_case": {"input": ["1 2"], "expected": "3"}}
    assert scored({"stdio_tests": "megabench"}, reply, fields).value == MEGABENCH[reply]


def test_an_error_is_output_to_megabench() -> None:
    fields = {"test_case": [{"input": [], "expected": "ERROR during execution: x"}]}
    assert scored({"stdio_tests": "megabench"}, "raise ValueError('x')", fields).value == 1


@pytest.mark.parametrize(("length", "value"), [(65_514, 1), (65_515, 0)])
def test_the_pipe_of_megabench(length: int, value: float) -> None:
    """Its parent reads only after the child has ended, which waits until somebody reads."""
    fields = {"test_case": [{"input": [], "expected": "x" * length}]}
    assert scored({"stdio_tests": "megabench"}, f"print('x' * {length})", fields).value == value


@pytest.mark.parametrize(
    "cases", [None, "x", 5, [], [{}], [{"input": [1], "expected": ""}], [{"input": [], "expected": 1}]]
)
def test_other_shapes_score_nothing_in_megabench(cases: Any) -> None:
    metric = load_metric({"stdio_tests": "megabench"}, "test")
    try:
        score = metric.score("print(1)", [], Sample.of("s", {"test_case": cases}))
    except ValueError:
        assert cases is None
    else:
        assert isinstance(score, Score)
        assert score.value == 0


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"code_tests": {"seconds": 0}}, "greater than 0"),
        ({"code_tests": {"memory_mib": 0}}, "greater than 0"),
        ({"code_tests": {"language": "cobol"}}, "'language'"),
        ({"stdio_tests": {"preset": "megabench", "language": "cpp"}}, "reads Python only"),
    ],
)
def test_wrong_parameters(step: Any, message: str) -> None:
    with pytest.raises(CardError, match=message):
        load_metric(step, "test")


@pytest.mark.parametrize("step", ["code_tests", "stdio_tests"])
def test_nothing_runs_without_the_users_word(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.delenv("HARNESS_ALLOW_CODE")
    metric = load_metric(step, "test")
    assert metric.runs_code
    assert metric.isolated
    with pytest.raises(SandboxError, match=f"the metric '{step}' .*--allow-code"):
        metric.score("", [], Sample.of("s", {"tests": "", "cases": CASES}))


def test_the_deadline_is_later_than_the_tests_own() -> None:
    assert load_metric({"code_tests": {"seconds": 50.0}}, "test").deadline > 2 * 50
    assert load_metric({"stdio_tests": {"total_seconds": 300.0}}, "test").deadline > 300


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.parquet")):
        yield from pq.read_table(file).to_pylist()


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "folder", "solution", "count"),
    [
        ("humaneval", "openai/openai_humaneval/openai_humaneval", "canonical_solution", 164),
        ("mbpp", "google-research-datasets/mbpp/full", "code", 974),
    ],
)
def test_all_official_solutions_pass(shared: Path, preset: str, folder: str, solution: str, count: int) -> None:
    # One of MBPP's own takes 3 s of a slow processor: the official limit would judge the machine.
    metric = load_metric({"code_tests": {"preset": preset, "seconds": 20}}, "test")
    failed = [row["task_id"] for row in rows(shared / "data/hub" / folder) if not passes(metric, row, row[solution])]
    assert failed == []
    assert len(list(rows(shared / "data/hub" / folder))) == count


@pytest.mark.shared
def test_official_solutions_pass_and_broken_ones_fail(shared: Path) -> None:
    metric = load_metric({"code_tests": "humaneval"}, "test")
    for row in list(rows(shared / "data/hub/openai/openai_humaneval/openai_humaneval"))[::16]:
        assert passes(metric, row, row["canonical_solution"])
        assert not passes(metric, row, "    return None\n")


def passes(metric: Metric, row: dict[str, Any], reply: str) -> bool:
    score = metric.score(reply, [], Sample.of("s", row))
    return isinstance(score, Score) and score.value == 1
