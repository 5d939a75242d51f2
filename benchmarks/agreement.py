"""Do backends that run the same weights say the same?

    python benchmarks/agreement.py questions QUESTIONS
    python benchmarks/agreement.py ask QUESTIONS ANSWERS --model smollm2 --backend hf -M dtype=float32
    python benchmarks/agreement.py compare QUESTIONS ANSWERS ANSWERS … [--weights FOLDER]

``questions`` needs the data, and ``ask`` is run in the environment of each backend: they do not fit into one. It asks
every question three times: which answer is the most probable (cloze), which letter, and, of some, what follows.
``compare`` prints a Markdown table with a row for each file and the first one, and every difference with its margin;
it leaves with 1 where a bar is missed. With the weights (a model folder; needs torch and transformers) it also judges
where greedy texts part.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from measure import line, number

import harness
from harness.backends.base import Capabilities, Need
from harness.backends.resolve import open_backend, parse_options
from harness.values import Generation, Identity, Option, OptionScore, Request, Response

TASKS = {"arc_easy": 200, "piqa": 200, "hellaswag": 100}
TEXTS = 40
WRITTEN = 32  # tokens of each text
PER_TOKEN = 0.2  # nats: the bar for the mean difference of a token's log-probability
NEAR_TIE = 0.4  # nats between two options or tokens, for one of the two backends: such a difference at either
SAME_RANKING = 0.95


class Recorder:
    """A backend that notes what it is asked."""

    name = "recorder"
    identity = Identity("recorder", "recorder")

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """Everything."""
        return Capabilities(choose=True)

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Call every option equally probable."""
        for index, request in enumerate(requests):
            self.requests.append(request)
            yield index, Response(options=tuple(OptionScore(-1.0, 1) for _ in request.options))

    def close(self) -> None:
        """Do nothing."""


def questions(file: Path) -> None:
    """Write the requests of the cards, in both formulations, and prompts to go on with."""
    rows = []
    for kind, formulation in (("cloze", "cf"), ("letters", "mcf")):
        for task, limit in TASKS.items():
            recorder = Recorder()
            with tempfile.TemporaryDirectory() as folder:
                harness.evaluate(
                    recorder,
                    task,
                    formulation=formulation,
                    overrides={"dataset": {"split": "validation"}},
                    shots=0,
                    limit=limit,
                    output=Path(folder) / "results",
                    store=Path(folder) / "store",
                )
            asked = [r for r in recorder.requests if len({o.context for o in r.options}) == 1 and len(r.options) > 1]
            for place, request in enumerate(asked[:limit]):
                options = [option.continuation for option in request.options]
                rows.append({"id": f"{task}/{place}", "kind": kind, "prompt": request.prompt, "options": options})
    cloze = [row for row in rows if row["kind"] == "cloze"]
    rows += [{**row, "kind": "text", "options": []} for row in cloze[:: max(1, len(cloze) // TEXTS)][:TEXTS]]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} questions in {file}")


def read(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(text) for text in lines]


def ask(file: Path, out: Path, arguments: argparse.Namespace) -> None:
    """Ask one backend all that it can answer."""
    rows = read(file)
    options = parse_options(tuple(arguments.option))
    with closing(
        open_backend(arguments.model, backend=arguments.backend, options=options, base_url=arguments.base_url)
    ) as backend:
        able = backend.probe(("generate", "choose", "letters"))
        kinds = {"text": able.generate, "cloze": able.choose, "letters": able.choose or able.letters}
        asked = [row for row in rows if kinds[row["kind"]]]
        errors = []
        began, cpu = time.perf_counter(), time.process_time()
        with out.open("w", encoding="utf-8") as lines:  # as they come: an hour's answers survive an interruption
            lines.write(f"{json.dumps({'name': arguments.name or ' '.join([backend.name, *arguments.option])})}\n")
            for place, answer in backend.answer(_request(row) for row in asked):
                row = asked[place]
                lines.write(f"{json.dumps({'id': row['id'], 'kind': row['kind'], **answer.as_json()})}\n")
                if answer.error is not None:
                    errors.append(f"{row['id']}: {answer.error.message}")
        cost = f"{time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} CPU s"
    print(f"{len(asked)} questions asked, {len(errors)} errors, {cost}")
    for error in errors[:3]:
        print(f"  {error}")


def _request(row: Mapping[str, Any]) -> Request:
    if row["kind"] == "text":
        return Request("generate", prompt=row["prompt"], generation=Generation(max_tokens=WRITTEN))
    return Request("choose", prompt=row["prompt"], options=tuple(map(Option, row["options"])))


@dataclass(frozen=True, slots=True)
class Answers:
    """What one backend said.

    Attributes:
        name: of the backend and its options.
        said: kind → question → response.
    """

    name: str
    said: Mapping[str, Mapping[str, Response]]

    @classmethod
    def of(cls, file: Path) -> Answers:
        """Read what ``ask`` wrote; failed requests are left out."""
        head, *rows = read(file)
        said: dict[str, dict[str, Response]] = {"cloze": {}, "letters": {}, "text": {}}
        for row in rows:
            response = Response.from_json(row)
            if response.error is None:
                said[row["kind"]][row["id"]] = response
        return cls(head["name"], said)

    def both(self, other: Answers, kind: str) -> Iterator[tuple[str, Response, Response]]:
        """Yield what both answered."""
        for question, mine in self.said[kind].items():
            if question in other.said[kind]:
                yield question, mine, other.said[kind][question]


@dataclass(frozen=True, slots=True)
class Swap:
    """Two options that two backends rank differently.

    Attributes:
        question: which.
        margins: how far the one is above the other, in nats, for either backend.
        near: whether for one of the two they were all but equal.
        best: whether it changes which option is chosen.
    """

    question: str
    margins: tuple[float, float]
    near: bool
    best: bool


def swaps(question: str, one: Sequence[OptionScore], two: Sequence[OptionScore]) -> list[Swap]:
    """Return the pairs of options whose order differs."""
    found = []
    tops = _best(one), _best(two)
    for i, j in itertools.combinations(range(len(one)), 2):
        margins = one[i].logprob - one[j].logprob, two[i].logprob - two[j].logprob
        if (margins[0] > 0) != (margins[1] > 0):
            near = min(abs(margins[0]), abs(margins[1])) <= NEAR_TIE
            found.append(Swap(question, margins, near, tops[0] != tops[1] and {i, j} == set(tops)))
    return found


def _best(scores: Sequence[OptionScore]) -> int:
    return max(range(len(scores)), key=lambda place: scores[place].logprob)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two backends agree on one kind of question.

    Attributes:
        kind: ``cloze`` or ``letters``.
        count: questions that both answered.
        per_token: the mean difference of an option's log-probability, in nats a token.
        worst: the largest one.
        swapped: the differences in ranking.
        other_tokens: questions whose options the two divide into different numbers of tokens; not compared.
    """

    kind: str
    count: int
    per_token: float
    worst: float
    swapped: Sequence[Swap]
    other_tokens: int

    @classmethod
    def of(cls, one: Answers, two: Answers, kind: str) -> Agreement | None:
        """Compare; None where they have no question in common."""
        differences: list[float] = []
        swapped: list[Swap] = []
        count = other_tokens = 0
        for question, mine, theirs in one.both(two, kind):
            pairs = list(zip(mine.options, theirs.options, strict=True))
            if any(a.tokens != b.tokens for a, b in pairs):
                other_tokens += 1
                continue
            count += 1
            differences += [abs(a.logprob - b.logprob) / a.tokens for a, b in pairs]
            swapped += swaps(question, mine.options, theirs.options)
        return cls(kind, count, fmean(differences), max(differences), swapped, other_tokens) if count else None

    @property
    def same_order(self) -> float:
        """Share of questions whose options are all ranked alike."""
        return 1 - len({swap.question for swap in self.swapped}) / self.count

    @property
    def same_best(self) -> float:
        """Share of questions for which the same option is chosen."""
        return 1 - len({swap.question for swap in self.swapped if swap.best}) / self.count

    @property
    def met(self) -> bool:
        """Whether the bars are met."""
        near = all(swap.near for swap in self.swapped)
        return self.per_token <= PER_TOKEN and self.same_order >= SAME_RANKING and near and not self.other_tokens

    def cells(self) -> list[str]:
        """Return the row of the table."""
        far = sum(not swap.near for swap in self.swapped)
        return [
            self.kind,
            f"{self.count}{f' (+ {self.other_tokens} of other tokens)' if self.other_tokens else ''}",
            f"{self.per_token:.3f}",
            f"{self.worst:.2f}",
            f"{100 * self.same_best:.1f} %",
            f"{100 * self.same_order:.1f} %",
            f"{len(self.swapped)} ({far})",
            "yes" if self.met else "**no**",
        ]


HEADER = ["first", "second", "what", "questions", "nats a token", "worst", "same choice", "same order", "swaps (far)"]


def compare(file: Path, answers: Sequence[Answers], weights: Path | None) -> bool:
    """Print how each of the others agrees with the first; return whether all bars are met."""
    first, *others = answers
    print(line([*HEADER, "met"]))
    print(line(["---"] * (len(HEADER) + 1)))
    found = [(other, Agreement.of(first, other, kind)) for other in others for kind in ("cloze", "letters")]
    kept = [(other, agreement) for other, agreement in found if agreement is not None]
    for other, agreement in kept:
        print(line([first.name, other.name, *agreement.cells()]))
    for other, agreement in kept:
        for swap in agreement.swapped:
            a, b = swap.margins
            mark = ("" if swap.near else " FAR") + (" (the choice)" if swap.best else "")
            print(f"{other.name}, {agreement.kind}, {swap.question}: {a:+.3f} and {b:+.3f} nats{mark}")
    prompts = {row["id"]: row["prompt"] for row in read(file) if row["kind"] == "text"}
    margin = _margins(weights) if weights else None
    texts = [_texts(first, other, prompts, margin) for other in others]
    return all(agreement.met for _, agreement in kept) and all(texts)


Margin = Callable[[str, str, str], tuple[str, str, float]]


def _texts(one: Answers, two: Answers, prompts: Mapping[str, str], margin: Margin | None) -> bool:
    """Print where greedy texts part; return whether each of these places is a near-tie."""
    both = list(one.both(two, "text"))
    parted = [(question, a.text or "", b.text or "") for question, a, b in both if a.text != b.text]
    if both:
        print(f"\n{two.name}: {len(both) - len(parted)} of {len(both)} greedy texts are equal to the end")
    near = True
    for question, a, b in parted if margin else ():
        assert margin is not None
        mine, theirs, nats = margin(prompts[question], a, b)
        near = near and abs(nats) <= NEAR_TIE
        print(f"  {question}: {mine!r} or {theirs!r}, {number(abs(nats))} nats apart")
    return near


def _margins(weights: Path) -> Margin:
    """Return a function that says by how much a model in float32 prefers one token at the place where texts part."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(weights)
    model = AutoModelForCausalLM.from_pretrained(weights, dtype=torch.float32).eval()

    def margin(prompt: str, one: str, two: str) -> tuple[str, str, float]:
        start, a, b = ([*tokenizer(text, add_special_tokens=False)["input_ids"]] for text in (prompt, one, two))
        # A text that ended early parts from the other with the end token.
        a, b = [*a, tokenizer.eos_token_id], [*b, tokenizer.eos_token_id]
        place = next(i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)
        with torch.inference_mode():
            scores = model(torch.tensor([start + a[:place]])).logits[0, -1].log_softmax(-1)
        return tokenizer.decode(a[place]), tokenizer.decode(b[place]), float(scores[a[place]] - scores[b[place]])

    return margin


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("questions", help="write the questions")
    one.add_argument("questions", type=Path)
    two = verbs.add_parser("ask", help="ask a backend")
    two.add_argument("questions", type=Path)
    two.add_argument("answers", type=Path)
    two.add_argument("--model", required=True)
    two.add_argument("--backend")
    two.add_argument("--base-url")
    two.add_argument("--name", help="how the table calls it")
    two.add_argument("-M", dest="option", action="append", default=[], metavar="KEY=VALUE")
    three = verbs.add_parser("compare", help="compare answers")
    three.add_argument("questions", type=Path)
    three.add_argument("answers", type=Path, nargs="+")
    three.add_argument("--weights", type=Path, help="model folder that judges where texts part")
    arguments = parser.parse_args()
    if arguments.verb == "questions":
        questions(arguments.questions)
    elif arguments.verb == "ask":
        ask(arguments.questions, arguments.answers, arguments)
    elif not compare(arguments.questions, [Answers.of(file) for file in arguments.answers], arguments.weights):
        sys.exit(1)


if __name__ == "__main__":
    main()
