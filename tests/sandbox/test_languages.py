"""Programs in each language that is installed."""

from __future__ import annotations

import shutil

import pytest

from harness.sandbox import Verdict, run
from harness.sandbox.java import libraries, main_class
from harness.sandbox.languages import LANGUAGES, LanguageName, program

SYSTEM = "/usr/local/bin:/usr/bin:/bin"
NEEDS = {"javascript": "node", "java": "javac", "cpp": "g++", "bash": "bash"}
ADD_ONE: dict[LanguageName, str] = {
    "python": "print(int(input()) + 1)\nexit()",
    "javascript": "console.log(Number(require('fs').readFileSync(0)) + 1)",
    "java": "class Helper {}\npublic class Adder { public static void main(String[] a) {\n"
    "System.out.println(new java.util.Scanner(System.in).nextInt() + 1); } }",
    "cpp": "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n + 1 << std::endl; }",
    "bash": "read n; echo $((n + 1))",
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> LanguageName:
    """A language that is installed."""
    name: LanguageName = request.param
    if name in NEEDS and not shutil.which(NEEDS[name], path=SYSTEM):
        pytest.skip(f"{NEEDS[name]} is not installed")
    return name


def test_a_program_runs_on_each_input(language: LanguageName) -> None:
    outcomes = run(program(language, ADD_ONE[language], ("1\n", "41\n"), seconds=5))
    assert [o.stdout for o in outcomes] == ["2\n", "42\n"], outcomes
    assert all(o.ok for o in outcomes)


def test_a_program_that_is_none(language: LanguageName) -> None:
    outcome = run(program(language, "((", seconds=5))[-1]
    assert outcome.verdict is (Verdict.PREPARE if language in ("java", "cpp") else Verdict.FAILED)
    assert outcome.stderr


@pytest.mark.parametrize(
    "language",
    [pytest.param(name, marks=[pytest.mark.slow] * (name not in ("python", "java"))) for name in LANGUAGES],
    indirect=True,
)
def test_endless_programs_end(language: LanguageName) -> None:
    endless = {
        "python": "while True: pass",
        "javascript": "for (;;);",
        "java": "class A { public static void main(String[] a) { for (;;); } }",
        "cpp": "int main() { volatile int x = 0; for (;;) x = x + 1; }",
        "bash": "while :; do :; done",
    }
    assert run(program(language, endless[language], seconds=1))[-1].verdict is Verdict.TIMEOUT


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("class Problem { public static void main(String[] a) {} }", "Problem"),
        ("class A {} class B { static void main(String[] a) {} } class C {}", "B"),
        ("print(1)", "Main"),
    ],
)
def test_the_class_of_a_java_program(source: str, name: str) -> None:
    assert main_class(source) == name


@pytest.mark.slow
def test_the_tuples_of_java() -> None:
    if not shutil.which("javac", path=SYSTEM):
        pytest.skip("javac is not installed")
    source = """import org.javatuples.*;
class P { public static void main(String[] a) {
  Pair<Integer, String> p = Pair.with(1, "x");
  assert p.equals(Pair.with(1, "x")) && !p.equals(Pair.with(2, "x")) && p.hashCode() == Pair.with(1, "x").hashCode();
  assert p.getValue0() == 1 && p.getValue1().equals("x") && p.setAt0(5L).getValue0() == 5L;
  Quintet<Integer, Integer, Integer, Integer, Integer> q = Quintet.with(1, 2, 3, 4, 5);
  System.out.println(p + " " + q + " " + Unit.with(0) + Triplet.with(1, 2, 3).getValue2());
} }"""
    assert not libraries("class A {}")
    outcome = run(program("java", source, seconds=10))[-1]
    assert outcome.stdout == "[1, x] [1, 2, 3, 4, 5] [0]3\n", outcome
