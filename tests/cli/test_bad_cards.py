"""Cards, templates, metrics and rows that are wrong: one line that says where, exit code 2, and nothing is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.engine import plan
from tests.cli.cards import CHOOSE, change, write_cities
from tests.cli.command import Harness
from tests.support.fake_openai import FakeOpenAI

BOMB = "a: &a [x, x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


METRIC = """\
import sys
from dataclasses import dataclass
from harness.scoring.metric import Metric, metric

@metric("mine")
@dataclass(frozen=True)
class Mine(Metric):
    def score(self, prediction, references, sample):
        """


class TestCards:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("metrics:", "metrcs:", "tasks/capitals.yaml:9:1: unknown key 'metrcs'; did you mean 'metrics'?"),
            ("jsonl}", "jsonl, splt: x}", ":4:33: unknown key 'dataset.splt'; did you mean 'split'?"),
            ("ask: generate", "ask: generate\nask: choose", ":8:1: duplicate key 'ask' (first on line 7)"),
            ("id: country", "repeats: many", ":5:1: 'repeats' must be an integer, not 'many'"),
            ("about: Capitals.", "about: [a, b]", ":2:1: 'about' must be text, not ['a', 'b']"),
            ("ask: generate", "ask: guess", ":7:1: 'ask' must be 'generate', 'choose' or 'perplexity', not 'guess'"),
            ("name: capitals", BOMB, ":1:4: anchors and aliases (& and *) are not used in cards"),
            ("name: capitals", "name: !!python/object/apply:os.system [ls]", ":1:7: tags (tag:yaml.org,2002:python"),
            ("name: capitals", "name: capitals\nexample: " + "[" * 5000, ":2:41: is nested more than 32 deep"),
            ("name: capitals", "name: ../x", ":1:1: 'name'"),
            ("name: capitals", "name: capitals\nextends: ../x", ":2:1: 'extends': '../x' is not a card name"),
            ("name: capitals", "name: capitals\nextends: capitals", "'extends: capitals' leads back to this card"),
            ("prompt: ", "prompt", ":9:1: is not valid YAML: could not find expected ':'"),
            ('"Capital of {{ country }}?"', "'{{ contry }}'", "'contry' is undefined; did you mean 'country'?"),
            ('"Capital of {{ country }}?"', "'{{ country }'", "prompt: the template is not valid (its line 1)"),
            ('"Capital of {{ country }}?"', "'{{ country | shout }}'", "there is no filter 'shout'"),
            ("[exact_match]", "[exact_mach]", "metrics: there is no metric 'exact_mach'; did you mean 'exact_match'?"),
            ("[exact_match]", "[{f1: squad_v9}]", "metric 'f1' has no preset 'squad_v9'; did you mean 'squad_v"),
            ("[exact_match]", "[{exact_match: {ignore_cas: true}}]", "no parameter 'ignore_cas'; did you mean 'ig"),
            ("[exact_match]", "[exact_match]\nparse: [nmber]", "parse, step 1: there is no parser 'nmber'; did you"),
            ("[exact_match]", "[exact_match]\nparse: [{regex: '(a'}]", "parser 'regex': '(a' is not a regular expres"),
            ("{by: country}", "[a, a]", ":10:1: 'subsets' names one twice"),
            ("{by: country}", "{a: {}, a: {}}", ":10:18: duplicate key 'a' (first on line 10)"),
            ("{by: country}", "{by: contry}", "subsets.by: there is no column 'contry'; did you mean 'country'?"),
            ("answer: capital", "answer: captal", "columns.answer: there is no column 'captal'; did you mean"),
            ("id: country", "filter: {country: Atlantis}", "'filter' keeps none of the 3 rows of 'test'"),
            ("id: country", "filter: {contry: Peru}", "filter.contry: there is no column 'contry'"),
        ],
    )  # fmt: skip
    def test_a_wrong_card(
        self, harness: Harness, project: Path, server: FakeOpenAI, old: str, new: str, said: str
    ) -> None:
        change(project, old, new)
        assert said in harness.eval(server, code=2).error
        assert server.received == []

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"name: capitals\nabout: caf\xe9\n", "is not UTF-8 text (byte 25); save it as UTF-8"),
            (b"", "a card must be a map of keys, and is empty"),
            (b"- a\n- b\n", "a card must be a map of keys, and is a list"),
            (b"capitals\n", "a card must be a map of keys, and is text"),
            (b"about: " + b"x" * 1_000_001, "is larger than 1,000,000 bytes"),
            (b"name: capitals\n\tabout: x\n", ":2:1: is not valid YAML"),
            (b"name: capitals\n---\nname: other\n", "is not valid YAML: but found another document"),
            (b"name: capitals\nabout: A suite.\ntasks: [nothing]\n", "there is no task 'nothing'"),
            (b"name: capitals\nabout: A suite.\ntasks: [capitals]\n", "the suite 'capitals' holds itself"),
            (b"name: capitals\nabout: A suite.\ntasks: [../x]\n", "'../x' is not a card name"),
        ],
    )
    def test_a_file_that_is_no_card(
        self, harness: Harness, project: Path, server: FakeOpenAI, content: bytes, said: str
    ) -> None:
        (project / "tasks/capitals.yaml").write_bytes(content)
        line = harness.eval(server, code=2).error
        assert said in line
        assert len(line) < 400
        assert harness("list", "capitals").stderr == ""  # a listing survives any card

    def test_a_list_survives_a_card_that_is_gone(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        (project / "tasks/gone.yaml").symlink_to("nowhere.yaml")
        assert "capitals" in harness("list").stdout
        assert "gone.yaml: cannot be read: No such file" in harness.eval(server, task="gone", code=2).error

    @pytest.mark.parametrize(
        ("prompt", "said"),
        [
            ("{% for a in text %}{% for b in text %}{% endfor %}{% endfor %}", "took longer than 0.3 s"),
            (
                "{% for a in text %}{% for b in a %}{% for c in b %}x{% endfor %}{% endfor %}{% endfor %}",
                "nested loops",
            ),
            ("{{ 'x' * 999999999 }}", "'*' works on numbers only"),
            ("{{ text | replace('', text) }}", "more than 20,000,000 characters"),
            ("{{ '{:>999999999}'.format(text) }}", "'format' is not used in cards"),
            ("{% set x = text %}{{ x }}", "'{% set %}' is not used in cards"),
            ("{{ text.__class__.__mro__ }}", "unsafe"),
        ],
    )
    def test_a_template_bomb(
        self, harness: Harness, project: Path, server: FakeOpenAI, prompt: str, said: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(plan, "RENDER_SECONDS", 0.3)
        (project / "rows.jsonl").write_text(json.dumps({"text": "x" * 100_000, "capital": "Rome"}) + "\n")
        change(project, "id: country\ncolumns: {country: country", "columns: {text: text")
        change(project, '"Capital of {{ country }}?"', json.dumps(prompt))
        change(project, "subsets: {by: country}\n", "")
        assert said in harness.eval(server, code=2).error
        assert server.received == []

    # Of this size the text could not be built: where the limit is checked too late, memory runs out at once.
    @pytest.mark.parametrize("prompt", ["{% for c in text %}{{ text }}{% endfor %}", "{{ text | join(text) }}"])
    def test_a_template_that_would_fill_the_memory(
        self, harness: Harness, project: Path, server: FakeOpenAI, prompt: str
    ) -> None:
        (project / "rows.jsonl").write_text(json.dumps({"text": "x" * 13_000_000, "capital": "Rome"}) + "\n")
        change(project, "id: country\ncolumns: {country: country", "columns: {text: text")
        change(project, '"Capital of {{ country }}?"', json.dumps(prompt))
        change(project, "subsets: {by: country}\n", "")
        assert "more than 20,000,000 characters" in harness.eval(server, code=2).error

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            (
                "1 / 0\n@metric('mine')\nclass Mine: pass\n",
                "metrics/mine.py:1: this metric file cannot be loaded: Zero",
            ),
            ("@metric('mine')\nclass Mine(\n", "metrics/mine.py:2: this metric file cannot be loaded: SyntaxError"),
            (
                "import sys\nsys.exit(3)\n@metric('mine')\nclass Mine: pass\n",
                "metrics/mine.py:2: this metric file cannot",
            ),
            ("def metric(name): return lambda c: c\n@metric('mine')\nclass Mine: pass\n", "does not define a metric"),
        ],
    )
    def test_a_metric_file_that_is_broken(
        self, harness: Harness, project: Path, server: FakeOpenAI, code: str, said: str
    ) -> None:
        (project / "metrics").mkdir()
        (project / "metrics/mine.py").write_text(code)
        change(project, "[exact_match]", "[mine]")
        assert said in harness.eval(server, code=2).error
        assert server.received == []

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("return 1 / 0", "division by zero"),
            ("return 'good'", "'good'"),
            ("return None", "None"),
            ("return 10**400", "too large"),
            ("return float('nan')", "nan"),
            ("sys.exit(3)", "SystemExit"),
        ],
    )
    def test_a_metric_that_fails_on_a_reply(
        self, harness: Harness, project: Path, server: FakeOpenAI, body: str, said: str
    ) -> None:
        (project / "metrics").mkdir()
        (project / "metrics/mine.py").write_text(METRIC + body + "\n")
        change(project, "[exact_match]", "[exact_match, mine]")
        done = harness.eval(server, code=4)
        assert "0.6667" in done.stdout  # the other metric counts
        assert "3 errors" in done.stdout
        assert said in harness("show", "--failed").stdout
        change(project, "[exact_match, mine]", "[exact_match]")
        harness.eval(server)
        assert len(server.received) == 3  # nothing that was answered is lost

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ({"q": "?", "choices": ["a", "b"], "gold": 2}, "the field 'answer' is 2, outside of 0 to 1 (2 choices)"),
            ({"q": "?", "choices": ["a", "b"], "gold": -1}, "the field 'answer' is -1, outside of 0 to 1"),
            ({"q": "?", "choices": ["a", "b"], "gold": None}, "the field 'answer' is null; is the split labelled?"),
            ({"q": "?", "choices": ["a", "b"], "gold": "b"}, "the field 'answer' must be an index into 'choices'"),
            ({"q": "?", "choices": ["a", " "], "gold": 0}, "choice 1 of 2 is ' '; it must be a text"),
            ({"q": "?", "choices": ["a", None], "gold": 0}, "choice 1 of 2 is None; it must be a text"),
            ({"q": "?", "choices": [], "gold": 0}, "the field 'choices' is empty"),
            ({"q": "?", "choices": "ab", "gold": 0}, "the field 'choices' must be a list"),
            ({"q": None, "choices": ["a", "b"], "gold": 0}, "the field 'question' is null"),
        ],
    )
    def test_a_row_that_does_not_fit(
        self, harness: Harness, project: Path, server: FakeOpenAI, row: dict[str, object], said: str
    ) -> None:
        write_cities(project, row)
        line = harness.eval(server, task="cities", code=2).error
        assert said in line
        assert line.startswith("cities: ")
        assert line.endswith("(row test:1)")

    def test_a_field_that_clusters_and_is_not_there(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        change(project, "id: country", "cluster: contry")
        assert "'cluster: contry'" in harness.eval(server, code=2).error

    def test_text_that_is_no_unicode(self, harness: Harness, project: Path, server: FakeOpenAI) -> None:
        (project / "rows.jsonl").write_text('{"country": "half \\ud800", "capital": "Rome"}\n')
        harness.eval(server)
        assert "Capital of half" in harness("show", "--sample", "half ?").stdout
        assert "Capital of half" in harness("render", "capitals").stdout
        assert "Capital of half" in harness("render", "capitals", "--json").stdout

    def test_a_prompt_without_options_is_found_by_check(self, harness: Harness, project: Path) -> None:
        write_cities(project, card=CHOOSE.replace("{{ options }}", "") + "formulation: mcf\n")
        assert "the prompt does not show {{ options }}" in harness("check", "cities", code=2).stdout

    def test_check_tells_every_wrong_card(self, harness: Harness, project: Path) -> None:
        change(project, "metrics:", "metrcs:")
        write_cities(project, {"q": "?", "choices": ["a"], "gold": 5})
        found = harness("check", "capitals", "cities", "--rows", code=2).stdout
        assert "unknown key 'metrcs'" in found
        assert "outside of 0 to 0" in found
        assert "2 cards checked, 2 problems" in found
