"""The suite as a whole: rows, order, balance, the card. Run this file as a program to rewrite the golden rows."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.data.generate import find_generator, generate
from harness.data.generators.microworlds import SKILLS, microworlds
from harness.errors import DataError

GOLDEN = Path(__file__).with_name("golden") / "microworlds.jsonl"
FIXED = {"counting", "arithmetic", "negation", "either_or", "positions", "paths"}  # choices that no story mentions
skills = pytest.mark.parametrize("skill", SKILLS)

# "Most mentioned" is right a little more often than by chance where what is asked for is what the story is about.
ABOVE_CHANCE = {"object_history": 0.36}


@functools.cache
def rows(skill: str, difficulty: int = 2, count: int = 500) -> tuple[dict[str, Any], ...]:
    return tuple(microworlds(skill=skill, seed=2026, count=count, difficulty=difficulty))


def golden_rows() -> list[dict[str, Any]]:
    return [rows(skill, difficulty, 1)[0] for skill in SKILLS for difficulty in (1, 2, 5)]


def words(row: dict[str, Any]) -> list[str]:
    return _words(row["story"])


@functools.cache
def _words(story: str) -> list[str]:
    return re.findall(r"\w+", story)


def test_golden_rows():
    """A change here changes scores: raise the card's version with it."""
    assert golden_rows() == [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def test_rows_are_the_same_in_another_process_with_another_hash_seed():
    program = (
        "import hashlib, json\n"
        "from harness.data.generators.microworlds import SKILLS, microworlds\n"
        "rows = [r for s in SKILLS for r in microworlds(skill=s, seed=3, count=20, difficulty=3)]\n"
        "print(hashlib.sha256(json.dumps(rows).encode()).hexdigest())\n"
    )
    here = [row for skill in SKILLS for row in microworlds(skill=skill, seed=3, count=20, difficulty=3)]
    expected = hashlib.sha256(json.dumps(here).encode()).hexdigest()
    for hash_seed in ("0", "1"):
        env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected


@skills
def test_a_row_does_not_depend_on_the_count(skill):
    assert rows(skill)[:7] == rows(skill, count=7)


@skills
def test_another_seed_gives_other_rows(skill):
    other = {(row["story"], row["question"]) for row in microworlds(skill=skill, seed=2027, count=100)}
    assert len(other & {(row["story"], row["question"]) for row in rows(skill)}) <= 1


@skills
@pytest.mark.parametrize(("difficulty", "count"), [(1, 100), (2, 500), (5, 100)])
def test_rows_are_well_formed_and_never_repeat(skill, difficulty, count):
    found = rows(skill, difficulty, count)
    assert len({(row["story"], row["question"]) for row in found}) == len(found) == count
    for index, row in enumerate(found):
        assert row["id"] == f"{skill}-2026-{index}"
        assert (row["skill"], row["difficulty"]) == (skill, difficulty)
        assert row["choices"][row["answer"]] == row["answer_text"]
        assert len(set(row["choices"])) == len(row["choices"]) == SKILLS[skill].choices
        assert all(re.fullmatch(r"\w+", choice) for choice in row["choices"])
        assert row["question"].endswith("?")
        assert not re.search(r"\ba [aeiou]|\bThe [A-Z]|  |\.\.", row["story"])
        if skill not in FIXED:
            assert set(row["choices"]) <= set(words(row)), "a choice that the story never mentions"


@skills
def test_difficulty_makes_stories_longer(skill):
    lengths = [sum(len(words(row)) for row in rows(skill, difficulty, 40)) for difficulty in range(1, 6)]
    assert all(less < more for less, more in itertools.pairwise(lengths))


def last_mention(row: dict[str, Any], choice: str) -> int:
    story = words(row)
    return len(story) - story[::-1].index(choice) if choice in story else -1


HEURISTICS = {
    "first choice": lambda row: [-i for i, _ in enumerate(row["choices"])],
    "last choice": lambda row: [i for i, _ in enumerate(row["choices"])],
    "last mentioned": lambda row: [last_mention(row, choice) for choice in row["choices"]],
    "longest ago": lambda row: [-last_mention(row, choice) for choice in row["choices"]],
    "first mentioned": lambda row: [-(words(row) + row["choices"]).index(choice) for choice in row["choices"]],
    "most mentioned": lambda row: [words(row).count(choice) for choice in row["choices"]],
    "least mentioned": lambda row: [-words(row).count(choice) for choice in row["choices"]],
    "longest word": lambda row: [len(choice) for choice in row["choices"]],
}


def accuracy(skill: str, heuristic: str) -> float:
    """Return how often a heuristic is right, ties broken by chance."""
    total = 0.0
    for row in rows(skill):
        values = HEURISTICS[heuristic](row)
        best = [index for index, value in enumerate(values) if value == max(values)]
        total += (row["answer"] in best) / len(best)
    return total / len(rows(skill))


@skills
@pytest.mark.parametrize("heuristic", HEURISTICS)
def test_no_shortcut_is_much_better_than_chance(skill, heuristic):
    # The standard error of a guess among four is 0.02 with 500 rows.
    bound = 1 / SKILLS[skill].choices + 0.065
    if heuristic in ("most mentioned", "first mentioned"):
        bound = ABOVE_CHANCE.get(skill, bound)
    assert accuracy(skill, heuristic) <= bound


@skills
def test_no_answer_is_the_majority(skill):
    answers = [row["answer_text"] for row in rows(skill)]
    assert max(answers.count(answer) for answer in set(answers)) <= 500 / SKILLS[skill].choices + 15


def test_last_mention_is_exactly_chance_where_choices_come_from_the_story():
    for skill in SKILLS.keys() - FIXED:
        assert accuracy(skill, "last mentioned") == 0.25


def test_the_registry_finds_it():
    assert find_generator("microworlds") is microworlds
    found = generate("microworlds", {"skill": "kinds", "count": 3, "seed": 2026}, "test")
    assert found == list(rows("kinds", count=3))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"skill": "countin"}, "there is no skill 'countin'; did you mean 'counting'?"),
        ({"skill": "zzz"}, "; skills: whereabouts, "),
        ({"skill": "kinds", "difficulty": 6}, "'difficulty' is a whole number from 1 to 5, not 6"),
        ({"skill": "kinds", "difficulty": True}, "not True"),
        ({"skill": "kinds", "difficulty": "2"}, "not '2'"),
        ({"skill": "kinds", "levels": 2}, "unknown parameter 'levels'"),
        ({}, "the parameter 'skill' is needed"),
    ],
)
def test_wrong_parameters_are_explained(params, message):
    with pytest.raises(DataError, match=re.escape(message)):
        generate("microworlds", params, "test")


def test_a_skill_whose_worlds_are_used_up_says_so(monkeypatch):
    monkeypatch.setattr("harness.data.generators.microworlds.MAX_ATTEMPTS", 0)
    with pytest.raises(DataError, match="'kinds' has no 1 different rows at difficulty 2; lower 'count'"):
        list(microworlds(skill="kinds", seed=0, count=1))


@pytest.mark.parametrize(("variant", "difficulty"), [("", 2), ("@easy", 1), ("@hard", 5), ("@few_shot", 2)])
def test_the_card(root, variant, difficulty):
    loaded = load_card(f"microworlds{variant}", CardIndex([root / "tasks"]))
    assert list(loaded.subsets) == list(SKILLS)
    for skill, card in loaded.subsets.items():
        assert card.dataset.params == {"skill": skill, "difficulty": difficulty, "count": 50, "seed": 2026}
        assert card.shots.count == (3 if variant == "@few_shot" else 0)
    guessing = sum(1 / skill.choices for skill in SKILLS.values()) / len(SKILLS)
    assert loaded.card.random_baseline == pytest.approx(guessing, abs=5e-5)


def test_the_shots_are_not_among_the_questions():
    shots = generate("microworlds", {"skill": "kinds", "count": 50, "seed": 2026}, "train")
    assert not {row["story"] for row in shots} & {row["story"] for row in rows("kinds")}


if __name__ == "__main__":
    GOLDEN.write_text("".join(json.dumps(row) + "\n" for row in golden_rows()), encoding="utf-8")
