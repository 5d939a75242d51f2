"""Published numbers from the real outputs that gave them, through the command that a reader can repeat."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.shared

# Numbers that differ, and why, is for the page of the command; here they are counted, so that none is added unseen.
KNOWN = {"ifeval": 2}


@pytest.fixture(scope="module")
def published(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("published", root / "benchmarks" / "published.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["published"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


COUNTS = {"longbench": 21, "mmlu_pro": 80, "bbh": 27, "ifeval": 4, "gsm8k": 8, "infinitebench": 19, "mt_bench": 5}


# The slow ones are those whose numbers other tests of these outputs give too.
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in ("ifeval", "longbench"))) for name in COUNTS]
)
def test_numbers(published: ModuleType, shared: Path, name: str) -> None:
    if name == "ifeval":
        pytest.importorskip("langdetect")
        try:
            from harness.scoring.text.punkt import need_punkt

            need_punkt("IFEval", "ifeval")
        except ValueError as error:
            pytest.skip(str(error))
    numbers = list(published.ALL[name](shared / "data" / "outputs"))
    assert len(numbers) == COUNTS[name]
    different = [number for number in numbers if not number.same]
    assert all(number.reason for number in different), different
    assert len(different) == KNOWN.get(name, 0)


def test_all_are_tested(published: ModuleType) -> None:
    assert set(COUNTS) == set(published.ALL)
