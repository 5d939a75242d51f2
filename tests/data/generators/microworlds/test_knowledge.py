"""Answers of the skills about what is known, found again by programs that read only the story and the question."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from .stories import one, rows, sentences

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def asked_pair(row: dict[str, Any]) -> tuple[str, str]:
    return re.fullmatch(r"Is (\w+) in the (\w+)\?", row["question"]).groups()


def verdict(worlds: set[str], place: str) -> str:
    """Judge over all places that a person may be in."""
    assert worlds, "the story contradicts itself"
    return "yes" if worlds == {place} else "maybe" if place in worlds else "no"


def negation(row: dict[str, Any]) -> str:
    person, place = asked_pair(row)
    everywhere = {*re.findall(r"the (\w+)", row["story"]), place, "somewhere else"}
    worlds: set[str] = set()
    for sentence in sentences(row):
        who, act, where = re.fullmatch(r"(\w+) (went to|left|did not go to) the (\w+)", sentence).groups()
        if who != person:
            continue
        if act == "went to":
            assert worlds != {where}
            worlds = {where}
        elif act == "left":
            assert worlds == {where}, "left a place without being there"
            worlds = everywhere - {where}
        else:
            worlds = worlds - {where}
    return verdict(worlds, place)


def either_or(row: dict[str, Any]) -> str:
    person, place = asked_pair(row)
    options: set[str] = set()
    ruled_out: set[str] = set()
    for sentence in sentences(row):
        if sentence.startswith(f"{person} is "):
            named = set(re.findall(r"the (\w+)", sentence))
            if " not " in sentence:
                ruled_out |= named
            else:
                assert not options
                options = named
    return verdict(options - ruled_out, place)


def time_order(row: dict[str, Any]) -> str:
    day: dict[tuple[str, str], int] = {}
    waiting = []
    first, *told = sentences(row)
    assert first == "All visits were in one week, from Monday to Sunday"
    for sentence in told:
        if on := re.fullmatch(r"(\w+) visited the (\w+) on (\w+)", sentence):
            day[on[1], on[2]] = DAYS.index(on[3])
        else:
            waiting.append(re.fullmatch(r"(\w+) visited the (\w+) the day after the (\w+)", sentence).groups())
    while waiting:
        person, place, before = waiting.pop(0)
        if (person, before) in day:
            day[person, place] = day[person, before] + 1
        else:
            waiting.append((person, place, before))
    question = row["question"]
    person = re.search(r"did (\w+) visit", question)[1]
    visits = sorted((when, place) for (who, place), when in day.items() if who == person)
    assert len({when for when, _ in visits}) == len(visits)
    places = [place for _, place in visits]
    if question.endswith(("visit first?", "visit last?")):
        return places[0 if question.endswith("first?") else -1]
    how, place = re.search(r"visit (next after|last before) the (\w+)\?", question).groups()
    return places[places.index(place) + (1 if how == "next after" else -1)]


def kinds(row: dict[str, Any]) -> str:
    known = {row["question"].split()[2]}
    eats: set[str] = set()
    for _ in sentences(row):  # more often than any chain is long
        for sentence in sentences(row):
            if above := re.fullmatch(r"(?:Every )?(\w+) is a (\w+)", sentence):
                if above[1] in known:
                    known.add(above[2])
            else:
                kind, food = re.fullmatch(r"Every (\w+) eats (\w+)", sentence).groups()
                if kind in known:
                    eats.add(food)
    return one(sorted(eats))


def examples(row: dict[str, Any]) -> str:
    first, *told = sentences(row)
    assert first == "All creatures of one kind have the same colour"
    alike: list[set[str]] = []  # groups of creatures and kinds that share a colour
    colours = []
    for sentence in told:
        pair = re.fullmatch(r"(\w+) is (?:a|of the same kind as) (\w+)", sentence)
        if pair:
            touched = [group for group in alike if group & set(pair.groups())]
            alike = [group for group in alike if group not in touched] + [set(pair.groups()).union(*touched)]
        else:
            colours.append(re.fullmatch(r"(\w+) is (\w+)", sentence).groups())
    asked = re.fullmatch(r"What colour is (\w+)\?", row["question"])[1]
    assert asked not in dict(colours), "its colour is told"
    for one_told, other in itertools.combinations(colours, 2):
        together = any({one_told[0], other[0]} <= group for group in alike)
        assert together == (one_told[1] == other[1])
    group = next(group for group in alike if asked in group)
    return one(sorted({colour for creature, colour in colours if creature in group}))


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("solve", [negation, either_or, time_order, kinds, examples])
def test_the_answer_follows_from_the_story(solve, difficulty):
    for row in rows(solve.__name__, difficulty):
        assert solve(row) == row["answer_text"], row


@pytest.mark.parametrize("skill", ["negation", "either_or"])
def test_yes_no_and_maybe_are_equally_frequent(skill):
    answers = [row["answer_text"] for row in rows(skill, 3)]
    assert {word: answers.count(word) for word in ("yes", "no", "maybe")} == {"yes": 40, "no": 40, "maybe": 40}
