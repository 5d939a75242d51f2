from __future__ import annotations

import re

import pytest

from .folder import CHOOSE, GENERATE

SUBSETS = GENERATE + "subsets: {a: {}, b: {}}\n"


def differences(one: object, other: object) -> str:
    return " ".join(part for part in ("data", "ask", "score") if getattr(one, part) != getattr(other, part))


def test_hashes_are_sixteen_digits(folder):
    hashes = folder.hashes(GENERATE)
    assert all(re.fullmatch(r"[0-9a-f]{16}", part) for part in (hashes.data, hashes.ask, hashes.score))


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\n" + GENERATE.replace("ask: generate", "ask:   generate   # a comment"),
        GENERATE.replace("dataset: {files: x.jsonl}", "dataset:\n    files: 'x.jsonl'"),
        "".join(reversed(GENERATE.splitlines(keepends=True))),
        GENERATE.replace("A card.", "Another description."),
        GENERATE
        + "version: 3\ntags: [a]\nlicense: mit\nrandom_baseline: 0.5\nverified: v\npaper: p\nlanguages: [tr]\n",
        GENERATE + "shots: {count: 0}\nrepeats: 1\naggregate: macro\nfilter: {}\n",
        GENERATE + "oracle: '{{ answer }}'\nexample: {question: q}\n",
        GENERATE + "variants: {v: {prompt: other}}\n",
    ],
    ids=["comments", "style", "order", "about", "metadata", "defaults", "check", "variants"],
)
def test_what_is_not_meaning_does_not_count(folder, text):
    assert differences(folder.hashes(text), folder.hashes(GENERATE)) == ""


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("x.jsonl", "y.jsonl", "data"),
        ("{files: x.jsonl}", "{files: x.jsonl, split: dev}", "data"),
        ("{files: x.jsonl}", "{hub: a/b, revision: unpinned}", "data"),
        ("answer: a", "answer: b", "data"),
        ("ask:", "filter: {a: 1}\nask:", "data"),
        ("ask:", "id: q\nask:", "data"),
        ("ask:", "draw: {count: 5}\nask:", "data"),
        ("{{ question }}", "Q: {{ question }}", "ask"),
        ("ask:", "description: d\nask:", "ask"),
        ("ask:", "system: s\nask:", "ask"),
        ("ask:", "generation: {max_tokens: 5}\nask:", "ask"),
        ("ask:", "repeats: 4\nask:", "ask"),
        ("ask:", "chat: never\nask:", "ask"),
        ("ask:", "shots: {count: 1, split: dev}\nask:", "ask"),
        ("ask:", "max_length: 99\nask:", "ask"),
        ("exact_match", "f1", "score"),
        ("ask:", "parse: [strip]\nask:", "score"),
        ("ask:", "aggregate: micro\nask:", "score"),
        ("ask:", "cluster: question\nask:", "score"),
    ],
)
def test_each_change_changes_its_own_hash(folder, old, new, changed):
    assert differences(folder.hashes(GENERATE), folder.hashes(GENERATE.replace(old, new))) == changed


@pytest.mark.parametrize(
    ("extra", "changed"),
    [
        ("formulation: mcf\n", "ask"),
        ("formulations: {cf: {continuation: ' {{ choice }}.'}}\n", "ask"),
        ("formulations: {cf: {normalize: char}}\n", "score"),
        ("formulations: {cf: {normalize: none}}\n", ""),
        ("formulations: {cf: {}}\n", ""),
    ],
)
def test_a_normalisation_is_part_of_the_score(folder, extra, changed):
    assert differences(folder.hashes(CHOOSE), folder.hashes(CHOOSE + extra)) == changed


def test_one_normalisation_differs_from_another_in_score_only(folder):
    char, byte = (folder.hashes(CHOOSE + f"formulations: {{cf: {{normalize: {by}}}}}\n") for by in ("char", "byte"))
    assert differences(char, byte) == "score"


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (GENERATE + "subsets: [a, b]\n", ""),
        (GENERATE + "subsets: [b, a]\n", ""),
        (GENERATE + "subsets: {a: {about: other}, b: {}}\n", ""),
        (GENERATE + "subsets: {a: {prompt: other}, b: {}}\n", "ask"),
        (GENERATE + "subsets: {a: {metrics: [f1]}, b: {}}\n", "score"),
        (GENERATE + "subsets: {a: {dataset: {split: dev}}, b: {}}\n", "data"),
        (GENERATE.replace("x.jsonl", "'{subset}.jsonl'") + "subsets: [a, b]\n", "data"),
    ],
)
def test_subsets_count_one_by_one(folder, text, changed):
    assert differences(folder.hashes(SUBSETS), folder.hashes(text)) == changed


def test_subsets_found_in_the_rows_are_data(folder):
    by_topic, by_level = (folder.hashes(GENERATE + f"subsets: {{by: {column}}}\n") for column in ("topic", "level"))
    assert differences(by_topic, by_level) == "data"


def test_inheritance_does_not_count(folder):
    folder.base("base", "description: d\n")
    inherited = folder.hashes("name: x\nextends: base\nrepeats: 2\n")
    assert inherited == folder.hashes(GENERATE + "description: d\nrepeats: 2\n")


def test_a_variant_equals_a_card_that_says_the_same(folder):
    variant = folder.hashes(GENERATE + "variants: {v: {prompt: other}}\n", ref="x@v")
    assert variant == folder.hashes(GENERATE.replace("{{ question }}", "other"))


def test_options_count(folder):
    assert differences(folder.hashes(GENERATE), folder.hashes(GENERATE, overrides={"repeats": 2})) == "ask"
