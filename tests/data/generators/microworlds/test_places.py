"""Answers of the skills about places, found again by programs that read only the story and the question."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .stories import one, rows, sentences

HE = {"duke", "grandfather", "king", "monk", "nephew", "prince", "uncle", "waiter"}


def whereabouts(row: dict[str, Any]) -> str:
    person = row["question"].removeprefix("Where is ").removesuffix("?")
    return [s for s in sentences(row) if s.startswith(f"{person} ")][-1].split()[-1]


def companions(row: dict[str, Any]) -> str:
    asked = row["question"].split()[-1].removesuffix("?")
    at = {}
    for sentence in sentences(row):
        who, place = re.fullmatch(r"(\w+(?: and \w+)?) \w+ to the (\w+)", sentence).groups()
        for person in who.split(" and "):
            assert at.get(person) != place, "nobody walks to where they are"
            at[person] = place
    return one([person for person in at if at[person] == at[asked] and person != asked])


def follow(row: dict[str, Any], thing: str) -> list[str]:
    """Return the places of a thing in turn."""
    at: dict[str, str] = {}
    holder: str | None = None
    been: list[str] = []
    for sentence in sentences(row):
        person, act, what = re.fullmatch(r"(\w+) (picked up|put down|\w+ to) the (\w+)", sentence).groups()
        if act == "picked up":
            if what == thing:
                assert holder is None
                assert not been or been[-1] == at[person], "picked up where it is not"
                holder = person
                been = been or [at[person]]
        elif act == "put down":
            if what == thing:
                assert holder == person
                holder = None
        else:
            at[person] = what
            if holder == person:
                been.append(what)
    return been


def carried_object(row: dict[str, Any]) -> str:
    return follow(row, row["question"].split()[-1].removesuffix("?"))[-1]


def object_history(row: dict[str, Any]) -> str:
    thing, place = re.fullmatch(r"Where was the (\w+) just before it came to the (\w+)\?", row["question"]).groups()
    been = follow(row, thing)
    assert been.count(place) == 1
    return been[been.index(place) - 1]


def coreference(row: dict[str, Any]) -> str:
    at: dict[str, str] = {}
    he = she = ""
    for sentence in sentences(row):
        if met := re.fullmatch(r"The (\w+) met the (\w+) in the (\w+)", sentence):
            he, she = sorted(met.groups()[:2], key=lambda person: person not in HE)
            assert he in HE
            assert she not in HE
            at[he] = at[she] = met[3]
        else:
            who, place = re.fullmatch(r"(?:Then|After that) (he|she|they) \w+ to the (\w+)", sentence).groups()
            for person in {"he": [he], "she": [she], "they": [he, she]}[who]:
                at[person] = place
    return at[row["question"].split()[-1].removesuffix("?")]


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("solve", [whereabouts, companions, carried_object, object_history, coreference])
def test_the_answer_follows_from_the_story(solve, difficulty):
    for row in rows(solve.__name__, difficulty):
        assert solve(row) == row["answer_text"], row
