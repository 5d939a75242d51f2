from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.store.commit import commit_of


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def test_a_branch_and_its_packed_form(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    assert commit_of(checkout) == head
    git(checkout, "pack-refs", "--all")
    assert commit_of(checkout) == head
    git(checkout, "commit", "-q", "--allow-empty", "-m", "second")
    assert commit_of(checkout) == git(checkout, "rev-parse", "HEAD") != head


def test_a_commit_without_a_branch(checkout: Path) -> None:
    git(checkout, "checkout", "-q", "--detach")
    assert commit_of(checkout) == git(checkout, "rev-parse", "HEAD")


@pytest.mark.parametrize("packed", [False, True])
def test_a_worktree(checkout: Path, packed: bool) -> None:
    other = checkout.with_name("other")
    git(checkout, "worktree", "add", "-q", "-b", "feature/x", str(other))
    git(other, "commit", "-q", "--allow-empty", "-m", "second")
    if packed:
        git(checkout, "pack-refs", "--all")
    assert commit_of(other) == git(other, "rev-parse", "HEAD") != commit_of(checkout)


def test_no_checkout_and_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == ""
    (tmp_path / ".git").mkdir()
    for head in ("ref: refs/heads/main", "ref: refs/heads/.invalid", "what", "\udcff"):
        (tmp_path / ".git" / "HEAD").write_text(head, errors="surrogateescape")
        assert commit_of(tmp_path) == ""
