from __future__ import annotations

import os
import time

import pytest

from harness import builtin
from harness.cards.find import CardIndex, read_heading, search_path
from harness.errors import CardError

from .folder import GENERATE


def test_names_are_file_names_in_any_folder(folder):
    folder.base("b")
    folder.base("area/deep/a")
    folder.base("_base")
    (folder.path / "c.yml").write_text("name: c\n")
    (folder.path / "notes.txt").write_text("no card")
    (folder.path / "Not A Name.yaml").write_text("name: x\n")
    index = folder.index()
    assert index.names() == ["a", "b", "c"]
    assert index.path("a") == folder.path / "area" / "deep" / "a.yaml"
    assert index.path("_base") == folder.path / "_base.yaml"


def test_the_first_root_wins(tmp_path):
    for root in ("one", "two"):
        (tmp_path / root).mkdir()
        (tmp_path / root / "x.yaml").write_text("name: x\n")
    (tmp_path / "two" / "y.yaml").write_text("name: y\n")
    index = CardIndex([tmp_path / "one", tmp_path / "two"])
    assert index.path("x").parent.name == "one"
    assert index.path("y").parent.name == "two"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "X", "", "a b", "x" * 81, "."])
def test_what_is_no_name_is_refused(folder, name):
    folder.base("x")
    with pytest.raises(CardError, match="is not a card name"):
        folder.index().path(name)


def test_an_unknown_name_is_explained(folder):
    folder.base("gsm8k")
    with pytest.raises(CardError, match=r"^there is no task 'gsm8'; did you mean 'gsm8k'\?$"):
        folder.index().path("gsm8")
    with pytest.raises(CardError, match=r"^there is no task 'zzz'; `harness list` shows them all$"):
        folder.index().path("zzz")


def test_search_path_order(tmp_path, monkeypatch):
    folders = {name: tmp_path / name for name in ("given", "variable", "here/tasks")}
    for path in folders.values():
        path.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HARNESS_TASKS", os.pathsep.join([str(folders["variable"]), str(tmp_path / "nothing"), ""]))
    path = search_path([folders["given"], folders["given"]])
    assert path == [*(folders[name].resolve() for name in ("given", "variable", "here/tasks")), builtin.folder("tasks")]


def test_the_home_folder_is_expanded(tmp_path, monkeypatch):
    (tmp_path / "cards").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HARNESS_TASKS", "~/cards")
    assert search_path()[0] == (tmp_path / "cards").resolve()


@pytest.mark.parametrize(
    ("text", "kind", "about", "tags"),
    [
        ("name: x\nabout: One line.\nask: choose\ntags: [a, b c]\n", "choose", "One line.", ("a", "b c")),
        ("about: >-\n  Two\n  lines.\nask: generate\n", "generate", "Two lines.", ()),
        ("about: Goes on\n  here.\ntags: []\n", "", "Goes on here.", ()),
        ('about: "with: a colon"\ntasks: [a]\n', "suite", "with: a colon", ()),
        ("about: it's\ntasks:\n  - a\n", "suite", "it's", ()),
        ("prompt: |\n  about: not this\n  ask: nor this\nabout: this\nask: perplexity\n", "perplexity", "this", ()),
        ("about: a\r\nask: choose\r\n", "choose", "a", ()),
        ("", "", "", ()),
        (": not YAML at all [", "", "", ()),
    ],
)
def test_headings_are_read_without_parsing(folder, text, kind, about, tags):
    path = folder.path / "x.yaml"
    path.write_bytes(text.encode())
    heading = read_heading(path)
    assert (heading.name, heading.kind, heading.about, heading.tags) == ("x", kind, about, tags)


@pytest.mark.parametrize(
    ("text", "kind", "about", "tags"),
    [
        ("ask: choose # ranks\nabout: One. # and why\ntags: [a] # more to come\n", "choose", "One.", ("a",)),
        ("about: 'C#'\nask: generate\ntags: ['a', \"b\"]\n", "generate", "C#", ("a", "b")),
        ("about: x\ntags:\n  - a\n  - b\n", "", "x", ("a", "b")),
    ],
)
def test_headings_agree_with_yaml(folder, text, kind, about, tags):
    path = folder.path / "x.yaml"
    path.write_text(text)
    heading = read_heading(path)
    assert (heading.kind, heading.about, heading.tags) == (kind, about, tags)


def test_built_in_headings_agree_with_the_cards(root):
    from harness.cards import yaml

    for heading in CardIndex([root / "tasks"]).headings():
        value = yaml.load(heading.path).value
        assert heading.about == " ".join(value["about"].split())
        assert heading.kind == ("suite" if "tasks" in value else value.get("ask", ""))
        assert list(heading.tags) == value.get("tags", [])


def test_a_thousand_cards_are_indexed_in_a_fifth_of_a_second(folder):
    for number in range(1000):
        area = folder.path / f"area{number % 20}"
        area.mkdir(exist_ok=True)
        (area / f"card_{number:04}.yaml").write_text(GENERATE + "tags: [a, b]\n" + "# a comment line\n" * 60)
    seconds = []
    for _ in range(3):
        started = time.process_time()
        index = folder.index()
        headings = list(index.headings())
        seconds.append(time.process_time() - started)
    assert len(headings) == 1000
    assert min(seconds) <= 0.2
