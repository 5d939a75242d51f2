from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.cards.schema import Card
from harness.data.formats import read_rows
from harness.data.rows import Rows
from harness.data.samples import fingerprint_rows, make_samples
from harness.errors import DataError, PromptError


def card(**changes: Any) -> Card:
    keys: dict[str, Any] = {
        "name": "t",
        "about": "x",
        "dataset": {"files": "x.jsonl"},
        "columns": {"question": "q", "choices": "c", "answer": "a"},
        "ask": "choose",
        "prompt": "{{ question }}",
        "metrics": ["acc"],
    }
    return Card.model_validate({**keys, **changes})


def row(question: str = "why", choices: Any = ("x", "y"), answer: Any = 0, **more: Any) -> dict[str, Any]:
    return {"q": question, "c": list(choices) if isinstance(choices, tuple) else choices, "a": answer, **more}


def samples(rows: list[dict[str, Any]], of: Card | None = None, **more: Any) -> Any:
    return make_samples(of or card(), Rows(rows, "here"), where="t", **more)


def test_ids_are_places_in_the_split_before_the_filter() -> None:
    made = samples([row(k=1), row(k=2), row(k=2)], card(filter={"k": 2}), subset="s")
    assert [sample.id for sample in made] == ["test:1", "test:2"]
    assert {sample.subset for sample in made} == {"s"}


def test_ids_from_a_column_are_text_and_made_unique() -> None:
    notes: list[str] = []
    rows = [row(key=key) for key in (7, "7", "7#2", 8, 7)]
    made = samples(rows, card(id="key"), notes=notes)
    assert [sample.id for sample in made] == ["7", "7#2", "7#2#2", "8", "7#3"]
    assert len(notes) == 1
    assert "3 of 5 ids" in notes[0]


def test_a_single_gold_may_stand_in_a_list_and_be_the_only_choice() -> None:
    made = samples([row(answer=[1]), row(choices=("x",), answer=[0])])
    assert [sample.fields["answer"] for sample in made] == [[1], [0]]


def test_the_ids_of_exploded_rows_are_their_places() -> None:
    rows = Rows([row(key=key) for key in "aab"], "here", places=("0/0", "0/1", "1/0"))
    assert [sample.id for sample in make_samples(card(), rows, where="t")] == ["test:0/0", "test:0/1", "test:1/0"]
    notes: list[str] = []
    made = make_samples(card(id="key"), rows, where="t", notes=notes)
    assert [sample.id for sample in made] == ["a/0", "a/1", "b"]
    assert notes == []
    bad = Rows([row(), row(answer=5), row()], "here", places=rows.places)
    with pytest.raises(DataError, match=r"\(row test:0/1\)"):
        make_samples(card(), bad, where="t")


def test_ids_of_exploded_rows_that_are_still_the_same_are_numbered() -> None:
    notes: list[str] = []
    rows = Rows([row(key="a")] * 4, "here", places=("0/0", "0/1", "1/0", "1/1"))
    made = make_samples(card(id="key"), rows, where="t", notes=notes)
    assert [sample.id for sample in made] == ["a/0", "a/1", "a/0#2", "a/1#2"]
    assert "2 of 4 ids" in notes[0]


def test_subsets_from_a_column() -> None:
    made = samples([row(kind="a"), row(kind=3)], by="kind")
    assert [sample.subset for sample in made] == ["a", "3"]
    with pytest.raises(DataError, match=r"must hold text or numbers, not None \(row test:0\)"):
        samples([row(kind=None)], by="kind")


def test_choices_become_text() -> None:
    made = samples([row(choices=(1, 2.5, "x"), answer=[0, 1])])
    assert made[0].fields["choices"] == ["1", "2.5", "x"]
    assert made[0].fields["answer"] == [0, 1]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(answer=2), "'answer' is 2, outside of 0 to 1 (2 choices) (row test:1)"),
        (row(answer=-1), "'answer' is -1, outside"),
        (row(answer=[0, 5]), "'answer' is 5, outside"),
        (row(choices=("x", "y", "z"), answer=[0, 1, 0]), "'answer' is [0, 1, 0], which repeats an index; if these are"),
        (row(answer=[1, 0]), "'answer' is [1, 0], which makes all 2 choices right; if these are labels"),
        (row(answer=True), "must be an index into 'choices', not True"),
        (row(answer=[True]), "must be an index into 'choices', not True"),
        (row(answer="x"), "must be an index into 'choices', not 'x'"),
        (row(answer=0.0), "must be an index into 'choices', not 0.0"),
        (row(answer=None), "'answer' is null; is the split labelled?"),
        (row(answer=[]), "'answer' is empty; is the split labelled?"),
        (row(choices=()), "'choices' is empty"),
        (row(choices=("x", " ")), "choice 1 of 2 is ' '; it must be a text"),
        (row(choices=("x", None)), "choice 1 of 2 is None"),
        (row(choices=("x", {"text": "y"})), "choice 1 of 2 is {'text': 'y'}"),
        (row(choices="xy"), "'choices' must be a list, not 'xy'"),
        (row(question=None), "the field 'question' is null"),  # type: ignore[arg-type]
        ({"c": ["x"], "a": 0}, "columns.question: there is no column 'q'"),
    ],
)
def test_a_bad_row_is_named(bad: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        samples([row(), bad])
    assert message in str(caught.value)
    assert str(caught.value).startswith("t: ")
    assert str(caught.value).endswith("(row test:1)")


def test_a_generated_answer_may_be_text_but_an_index_must_fit() -> None:
    asked = card(ask="generate")
    assert samples([row(answer="anything")], asked)[0].fields["answer"] == "anything"
    assert samples([row(answer=["a", "b"])], asked)[0].fields["answer"] == ["a", "b"]
    with pytest.raises(DataError, match="outside of 0 to 1"):
        samples([row(answer=2)], asked)


def test_a_failing_expression_names_the_row() -> None:
    with pytest.raises(PromptError, match=r"\(row test:0\)"):
        samples([row()], card(columns={"question": {"expr": "zz"}, "choices": "c", "answer": "a"}))


def test_nothing_left() -> None:
    with pytest.raises(DataError, match="'filter' keeps none of the 2 rows of 'test'"):
        samples([row(k=1), row(k=2)], card(filter={"k": 3}))
    with pytest.raises(DataError, match="'test' has no rows"):
        samples([])


def test_the_draw_comes_after_the_filter_and_only_from_large_splits() -> None:
    rows = [row(question=str(i), k=i % 2) for i in range(40)]
    drawn = samples(rows, card(filter={"k": 1}, draw={"count": 5, "over": 10}))
    assert len(drawn) == 5
    assert all(int(sample.id.removeprefix("test:")) % 2 == 1 for sample in drawn)
    assert len(samples(rows, card(filter={"k": 1}, draw={"count": 5, "over": 20}))) == 20
    assert len(samples(rows, card(draw={"count": 40}))) == 40


@pytest.mark.shared
def test_the_draw_is_that_of_olmes(shared: Path) -> None:
    """OLMES published which 1,000 of HellaSwag's validation rows it asks, in which order."""
    hub = shared / "data" / "hub"
    full = read_rows(hub / "Rowan/hellaswag/data/validation-00000-of-00001.parquet")
    olmes = read_rows(hub / "allenai/hellaswag_olmes_subset/validation-00000-of-00001.parquet")
    hellaswag = card(
        columns={"question": "ctx", "choices": "endings", "answer": {"column": "label", "offset": 0}},
        draw={"count": 1000, "over": 1500, "seed": 1234},
    )
    drawn = samples(full, hellaswag)
    assert [sample.fields["answer"] for sample in drawn] == [int(one["label"]) for one in olmes]
    clean = [[_letters(choice) for choice in one["choices"]] for one in olmes]
    assert [[_letters(choice) for choice in sample.fields["choices"]] for sample in drawn] == clean


def _letters(text: str) -> str:
    """OLMES removes bracketed markers from the texts; what is left of them must agree."""
    import re

    return re.sub(r"\W", "", re.sub(r"\[.*?\]", "", text))


def test_the_fingerprint_is_of_contents_and_order() -> None:
    one, two = row(question="1"), row(question="2")
    same = fingerprint_rows(samples([one, two]))
    assert same == fingerprint_rows(samples([dict(one), dict(two)]))
    assert len(same) == 16
    assert same != fingerprint_rows(samples([two, one]))
    assert same != fingerprint_rows(samples([one]))
