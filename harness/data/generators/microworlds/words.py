"""The vocabulary of the small worlds: single words, so that an answer is one word too."""

from __future__ import annotations

from collections.abc import Sequence

PEOPLE = tuple(
    "Amara Bruno Chen Dalia Emil Farah Goran Hana Ivo Jonas Keiko Lena Malik Nadia Oskar Priya Rosa Stefan Tara "
    "Viktor".split()
)
PLACES = tuple(
    "bakery barn castle cellar chapel forge garden library market meadow mill orchard quarry stable tower "
    "workshop".split()
)
THINGS = tuple(
    "blanket bottle candle coin compass feather hammer kettle key ladder lantern map mirror ring rope saddle trumpet "
    "violin".split()
)
SMALL_THINGS = tuple("bottle candle coin compass feather key map ring rope".split())
CONTAINERS = tuple("barrel basket bucket chest crate drawer drum jar pot sack trunk vase".split())
FRUITS = tuple("apples cherries figs lemons melons olives pears plums".split())
FOODS = (*FRUITS, *"carrots lentils mushrooms oats radishes walnuts".split())
COLOURS = tuple("black blue brown green grey orange pink purple red white yellow".split())
FEELINGS = tuple("bored cold curious hungry lonely nervous thirsty tired".split())
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
NUMBERS = tuple("zero one two three four five six".split())

HE = tuple("duke grandfather king monk nephew prince uncle waiter".split())
SHE = tuple("aunt duchess grandmother niece nun princess queen waitress".split())

# Invented words: no text says anything about them, so only the story can.
KINDS = tuple(
    "drovel fimmel gantor hulpin jorrin kembel lurdan mottel nibbin porvel sellan quenner rimmock sarnel tibbet bulmar "
    "varrow wendle yorrin zimber".split()
)
CREATURES = tuple("Bex Dov Fizz Gorp Huli Jax Kip Lumo Miro Nub Pim Rolo Suri Tilo Ubo Vok Wim Yaz Zuk".split())


def alternatives(words: Sequence[str]) -> str:
    """Return the words as one phrase: ``the map, the ring or the rope``."""
    named = [f"the {word}" for word in words]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
