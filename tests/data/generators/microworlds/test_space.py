"""Answers of the skills about space, found again by programs that read only the story and the question."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

import pytest

from .stories import one, rows, sentences

STEPS = {"left of": (-1, 0), "right of": (1, 0), "above": (0, 1), "below": (0, -1)}
COMPASS = {"west": (-1, 0), "east": (1, 0), "north": (0, 1), "south": (0, -1)}


def survey(relations: list[tuple[str, tuple[int, int], str]]) -> dict[str, tuple[int, int]]:
    """Give every name a cell so that each (name, step, other) holds: ``name`` lies one ``step`` from ``other``."""
    cell = {relations[0][0]: (0, 0)}
    for _ in relations:
        for name, (dx, dy), other in relations:
            if other in cell:
                x, y = cell[other]
                assert cell.setdefault(name, (x + dx, y + dy)) == (x + dx, y + dy)
            elif name in cell:
                x, y = cell[name]
                cell[other] = (x - dx, y - dy)
    assert len(set(cell.values())) == len(cell), "two in one cell"
    return cell


def positions(row: dict[str, Any]) -> str:
    told = [re.fullmatch(r"The (\w+) is just (.+) the (\w+)", s).groups() for s in sentences(row)]
    cell = survey([(name, STEPS[side], other) for name, side, other in told])
    thing, other = re.fullmatch(r"Is the (\w+) left of, right of, above or below the (\w+)\?", row["question"]).groups()
    dx, dy = (a - b for a, b in zip(cell[thing], cell[other], strict=True))
    truths = {"left": dx < 0, "right": dx > 0, "above": dy > 0, "below": dy < 0}
    return one([word for word, true in truths.items() if true])


def paths(row: dict[str, Any]) -> str:
    roads: dict[str, dict[str, str]] = {}
    back = {"north": "south", "south": "north", "east": "west", "west": "east"}
    told = [re.fullmatch(r"A road leads (\w+) from the (\w+) to the (\w+)", s).groups() for s in sentences(row)]
    for direction, start, end in told:
        assert direction not in roads.setdefault(start, {}), "two roads in one direction"
        assert back[direction] not in roads.setdefault(end, {})
        roads[start][direction], roads[end][back[direction]] = end, start
    survey([(end, COMPASS[direction], start) for direction, start, end in told])
    start, goal = re.match(
        r"In which direction does one leave the (\w+) to get to the (\w+):", row["question"]
    ).groups()
    return one([direction for direction, place in roads[start].items() if reaches(roads, place, goal, without=start)])


def reaches(roads: dict[str, dict[str, str]], start: str, goal: str, without: str) -> bool:
    seen, queue = {without, start}, deque([start])
    while queue:
        for place in roads[queue.popleft()].values():
            if place not in seen:
                seen.add(place)
                queue.append(place)
    return goal in seen


def sizes(row: dict[str, Any]) -> str:
    smaller: dict[str, set[str]] = {}
    for sentence in sentences(row):
        one_thing, how, other = re.fullmatch(r"The (\w+) is (\w+) than the (\w+)", sentence).groups()
        if how == "bigger":
            smaller.setdefault(one_thing, set()).add(other)
        elif how == "smaller":
            smaller.setdefault(other, set()).add(one_thing)

    def below(thing: str) -> set[str]:
        return {thing}.union(*(below(other) for other in smaller.get(thing, ())))

    which, named = re.fullmatch(r"Which is the (\w+): (.*)\?", row["question"]).groups()
    things = re.findall(r"the (\w+)", named)
    assert sorted(things) == sorted(row["choices"])
    if which == "biggest":
        return one([thing for thing in things if set(things) <= below(thing)])
    return one([thing for thing in things if all(thing in below(other) for other in things)])


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("solve", [positions, paths, sizes])
def test_the_answer_follows_from_the_story(solve, difficulty):
    for row in rows(solve.__name__, difficulty):
        assert solve(row) == row["answer_text"], row


@pytest.mark.parametrize("skill", ["positions", "paths"])
def test_directions_are_equally_frequent(skill):
    answers = [row["answer_text"] for row in rows(skill, 3)]
    assert [answers.count(word) for word in sorted(set(answers))] == [30, 30, 30, 30]
