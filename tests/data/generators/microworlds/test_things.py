"""Answers of the skills about things, found again by programs that read only the story and the question."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .stories import one, rows, sentences

WORDS = "zero one two three four five six".split()


def handover(row: dict[str, Any]) -> str:
    gifts = []
    has: dict[str, str] = {}
    for sentence in sentences(row):
        if gave := re.fullmatch(r"(\w+) gave the (\w+) to (\w+)", sentence):
            gifts.append(gave.groups())
        else:
            gifts.append(re.fullmatch(r"(\w+) got the (\w+) from (\w+)", sentence).groups()[::-1])
        giver, thing, taker = gifts[-1]
        assert has.get(thing, giver) == giver != taker, "only who has it gives it away"
        has[thing] = taker
    question = row["question"]
    if asked := re.fullmatch(r"Who gave the (\w+) to (\w+)\?", question):
        return one([g for g, t, k in gifts if (t, k) == asked.groups()])
    if asked := re.fullmatch(r"What did (\w+) give to (\w+)\?", question):
        return one([t for g, t, k in gifts if (g, k) == asked.groups()])
    asked = re.fullmatch(r"Who got the (\w+) from (\w+)\?", question)
    return one([k for g, t, k in gifts if (t, g) == asked.groups()])


def hands(row: dict[str, Any]) -> dict[str, set[str]]:
    """Return what each person holds in the end."""
    held: dict[str, set[str]] = {}
    for sentence in sentences(row):
        if picked := re.fullmatch(r"(\w+) picked up the (\w+)", sentence):
            person, thing = picked.groups()
            assert all(thing not in things for things in held.values()), "picked up what somebody holds"
            held.setdefault(person, set()).add(thing)
        elif put := re.fullmatch(r"(\w+) put down the (\w+)", sentence):
            held[put[1]].remove(put[2])
        else:
            giver, thing, taker = re.fullmatch(r"(\w+) handed the (\w+) to (\w+)", sentence).groups()
            held[giver].remove(thing)
            held.setdefault(taker, set()).add(thing)
    return held


def counting(row: dict[str, Any]) -> str:
    person = re.fullmatch(r"How many things is (\w+) holding\?", row["question"])[1]
    return WORDS[len(hands(row).get(person, ()))]


def holdings(row: dict[str, Any]) -> str:
    person, no, named = re.fullmatch(r"Which of these is (\w+) (not )?holding: (.*)\?", row["question"]).groups()
    things = re.findall(r"the (\w+)", named)
    assert sorted(things) == sorted(row["choices"])
    return one([thing for thing in things if (thing in hands(row).get(person, ())) == (no is None)])


def swaps(row: dict[str, Any]) -> str:
    box = {}
    for sentence in sentences(row):
        if put := re.fullmatch(r"The (\w+) is in the (\w+) box", sentence):
            box[put[1]] = put[2]
        else:
            pair = re.fullmatch(
                r"\w+ swapped what is in the (\w+) box with what is in the (\w+) box", sentence
            ).groups()
            other = dict([pair, pair[::-1]])
            box = {thing: other.get(colour, colour) for thing, colour in box.items()}
    return box[row["question"].split()[-1].removesuffix("?")]


def arithmetic(row: dict[str, Any]) -> str:
    count: dict[str, int] = {}
    for sentence in sentences(row):
        person, act, number, _, taker = re.fullmatch(
            r"(\w+) (has|picks|eats|gives) (\d+) (\w+)(?: to (\w+))?", sentence
        ).groups()
        if act == "has":
            count[person] = int(number)
        else:
            count[person] += int(number) if act == "picks" else -int(number)
            if act == "gives":
                count[taker] += int(number)
        assert count[person] >= 0
    return str(count[re.fullmatch(r"How many \w+ does (\w+) have now\?", row["question"])[1]])


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("solve", [handover, counting, holdings, swaps, arithmetic])
def test_the_answer_follows_from_the_story(solve, difficulty):
    for row in rows(solve.__name__, difficulty):
        assert solve(row) == row["answer_text"], row


@pytest.mark.parametrize("skill", ["counting", "arithmetic"])
def test_the_right_number_is_equally_often_the_smallest_and_the_biggest(skill):
    value = WORDS.index if skill == "counting" else int
    found = rows(skill, 2)
    ranks = [sorted(row["choices"], key=value).index(row["answer_text"]) for row in found]
    assert [ranks.count(rank) for rank in range(4)] == [30, 30, 30, 30]
