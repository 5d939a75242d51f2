"""The documentation is true: generated pages are fresh, nothing is undocumented, walkthroughs run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```', re.M | re.S)


def test_generated_pages_are_fresh(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_environment_variable_is_documented(root: Path) -> None:
    used = set()
    for path in (root / "harness").rglob("*.py"):
        used |= set(re.findall(r'"(HARNESS_[A-Z_]+)"', path.read_text("utf-8")))
    page = (root / "docs/configuration.md").read_text("utf-8")
    assert used
    assert {name for name in used if f"`{name}`" not in page} == set()


def test_every_link_between_pages_leads_somewhere(root: Path) -> None:
    for page in [root / "README.md", *(root / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_yaml_examples_in_the_readme_are_cards(root: Path, tmp_path: Path) -> None:
    from harness.cards import yaml

    blocks = [text for kind, _, text in BLOCK.findall((root / "README.md").read_text("utf-8")) if kind == "yaml"]
    assert blocks
    for text in blocks:
        yaml.loads(text)


@pytest.mark.model
def test_the_walkthrough_runs(root: Path, tmp_path: Path, embedded_model: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(root), "HARNESS_STORE": str(tmp_path / "store")}
    ran = []
    for kind, title, text in BLOCK.findall((root / "docs/add-a-task.md").read_text("utf-8")):
        if title:
            path = tmp_path / title
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        elif kind == "sh":
            for line in text.strip().splitlines():
                command = [sys.executable, "-m", "harness", *shlex.split(line)[1:]]
                if line.startswith("harness check"):
                    command += ["--task-path", "tasks"] if line == "harness check" else []
                done = subprocess.run(
                    command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, line + "\n" + done.stdout + done.stderr
                ran.append(done.stdout)
    assert len(ran) == 6
    assert "Question: What is the capital of France?\n A. Lyon\n B. Paris\n C. Nice\nAnswer:" in ran[1]
    assert "capitals@short" in ran[2]


@pytest.mark.model
def test_the_python_example_of_the_readme_runs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_model: str, olmo_data: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = [t for kind, _, t in BLOCK.findall((root / "README.md").read_text("utf-8")) if kind == "python"]
    assert len(example.strip().splitlines()) <= 10
    namespace: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), namespace)  # the point is to run what the page says
    result = namespace["result"]
    assert result.complete  # type: ignore[attr-defined]
