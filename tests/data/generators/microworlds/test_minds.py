"""Answers of the skills about minds, found again by programs that read only the story and the question."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .stories import one, rows, sentences


def motives(row: dict[str, Any]) -> str:
    goal: dict[str, str] = {}  # feeling → place or thing
    stands: dict[str, str] = {}
    now: dict[str, str] = {}
    for sentence in sentences(row):
        if rule := re.fullmatch(r"Those who are (\w+), and only those, (?:go to|fetch) the (\w+)", sentence):
            goal[rule[1]] = rule[2]
        elif place := re.fullmatch(r"The (\w+) is in the (\w+)", sentence):
            stands[place[1]] = place[2]
        else:
            person, what = re.fullmatch(r"(?:Later )?(\w+) (?:is|goes to the) (\w+)(?: instead)?", sentence).groups()
            now[person] = what
    leads = {feeling: stands.get(target, target) for feeling, target in goal.items()}
    assert len(set(leads.values())) == len(leads), "two feelings lead to one place"
    kind, person = re.fullmatch(r"(Where|How) does (\w+) (?:go|feel)(?: in the end)?\?", row["question"]).groups()
    if kind == "Where":
        return leads[now[person]]
    return one([feeling for feeling, place in leads.items() if place == now[person]])


def beliefs(row: dict[str, Any]) -> str:
    first, rule, *events = sentences(row)
    assert rule == "Whoever moves a thing sees only that thing, and whoever is out of the hall sees nothing"
    people = re.findall(r"[A-Z]\w+", first)
    sees = dict.fromkeys(people, True)
    truth: dict[str, str] = {}
    thinks: dict[str, dict[str, str]] = {person: {} for person in people}
    for event in events:
        if gone := re.fullmatch(r"(\w+) (left|came back to) the hall", event):
            assert sees[gone[1]] == (gone[2] == "left")
            sees[gone[1]] = gone[2] != "left"
            continue
        person, thing, container = re.fullmatch(r"(\w+) (?:put|moved) the (\w+) (?:in)?to the (\w+)", event).groups()
        assert sees[person], "acted from outside"
        assert truth.get(thing) != container
        truth[thing] = container
        for witness in people:
            if sees[witness]:
                thinks[witness][thing] = container
    if asked := re.fullmatch(r"Where will (\w+) look first for the (\w+)\?", row["question"]):
        answer = thinks[asked[1]][asked[2]]
        assert answer != truth[asked[2]], "only false beliefs are asked for"
        return answer
    return truth[re.fullmatch(r"Where is the (\w+) really\?", row["question"])[1]]


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("solve", [motives, beliefs])
def test_the_answer_follows_from_the_story(solve, difficulty):
    for row in rows(solve.__name__, difficulty):
        assert solve(row) == row["answer_text"], row
