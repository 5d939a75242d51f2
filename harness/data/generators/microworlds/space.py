"""Directions, sizes and ways: what follows from several relations put together."""

from __future__ import annotations

from harness.data.generators.microworlds.dice import Dice
from harness.data.generators.microworlds.puzzle import Puzzle, fixed, offer
from harness.data.generators.microworlds.words import CONTAINERS, PLACES, THINGS, listing

DIRECTIONS = {"left of": (-1, 0), "right of": (1, 0), "above": (0, 1), "below": (0, -1)}
SIDES = ("left", "right", "above", "below")

Cell = tuple[int, int]


def positions(dice: Dice, difficulty: int, stratum: int) -> Puzzle | None:
    """Positions: things on a grid, told by their neighbours; on which side of one is another?"""
    names = dice.sample(THINGS, 2 * difficulty + 2)
    cells: list[Cell] = [(0, 0)]
    story = []
    for number in range(1, len(names)):
        # The first `difficulty` steps make the way from the asked thing's neighbour to it; the rest branch off anywhere.
        start = number - 1 if number <= difficulty else dice.below(number)
        word = dice.pick(tuple(DIRECTIONS))
        cell = _step(cells[start], word, 1)
        if cell in cells:
            return None
        cells.append(cell)
        if dice.chance(0.5):
            story.append(f"The {names[number]} is just {word} the {names[start]}.")
        else:
            story.append(f"The {names[start]} is just {_opposite(word)} the {names[number]}.")
    if _side(cells[difficulty]) != SIDES[stratum]:
        return None
    question = f"Is the {names[difficulty]} left of, right of, above or below the {names[0]}?"
    return fixed(dice.shuffled(story), question, SIDES[stratum], SIDES)


def sizes(dice: Dice, difficulty: int, stratum: int) -> Puzzle | None:
    """Sizes: things compared two by two; which of four is the biggest or the smallest?"""
    order = dice.sample(CONTAINERS, 5 + difficulty)  # from the smallest to the biggest
    story = [
        f"The {big} is bigger than the {small}." if dice.chance(0.5) else f"The {small} is smaller than the {big}."
        for small, big in zip(order, order[1:], strict=False)
    ]
    for _ in range(difficulty - 1):
        one, other = dice.sample(order, 2)
        story.append(f"The {one} is {dice.pick(('older', 'newer', 'heavier', 'lighter'))} than the {other}.")
    story = dice.shuffled(story)
    # Both ends are compared only once: as choices they could be told by that.
    four = sorted(dice.sample(order[1:-1], 4), key=order.index)
    biggest = dice.chance(0.5)
    answer = four[-1] if biggest else four[0]
    puzzle = offer(dice, story, "", answer, four, stratum)
    if puzzle is None:
        return None
    question = f"Which is the {'biggest' if biggest else 'smallest'}: {listing(dice.shuffled(four), 'or')}?"
    return Puzzle(puzzle.sentences, question, answer, puzzle.wrong)


def paths(dice: Dice, difficulty: int, stratum: int) -> Puzzle | None:
    """Path finding: a map told road by road; what is the first or last place on the way between two others?"""
    places = dice.sample(PLACES, 5 + difficulty)
    roads = {place: [places[dice.below(number)]] for number, place in enumerate(places) if number}
    story = []
    for place, (other,) in list(roads.items()):
        roads.setdefault(other, []).append(place)
        first, second = dice.shuffled((place, other))
        story.append(f"A road joins the {first} and the {second}.")
    start = dice.pick(places)
    way = dice.pick([way for way in _ways(roads, [start]) if len(way) > 1])
    if len(way) != 3 + difficulty // 2:
        return None
    first = dice.chance(0.5)
    question = (
        f"Which place comes right {'after' if first else 'before'} the {way[0] if first else way[-1]} "
        f"on the shortest way from the {way[0]} to the {way[-1]}?"
    )
    others = [place for place in places if place not in (way[0], way[-1])]
    return offer(dice, dice.shuffled(story), question, way[1] if first else way[-2], others, stratum)


def _ways(roads: dict[str, list[str]], way: list[str]) -> list[list[str]]:
    """Return the way to each place that can be reached without turning back (the map is a tree: there is one)."""
    onward = [place for place in roads[way[-1]] if place not in way]
    return [way, *(longer for place in onward for longer in _ways(roads, [*way, place]))]


def _step(cell: Cell, word: str, length: int) -> Cell:
    right, up = DIRECTIONS[word]
    return cell[0] + length * right, cell[1] + length * up


def _opposite(word: str) -> str:
    back = _step((0, 0), word, -1)
    return next(other for other, step in DIRECTIONS.items() if step == back)


def _side(cell: Cell) -> str | None:
    """Return on which side of (0, 0) a cell of the same row or column is."""
    right, up = cell
    if bool(right) == bool(up):
        return None
    return ("left" if right < 0 else "right") if right else ("above" if up > 0 else "below")
