"""Data and cards for the measurements: made here, the same every time, of words that mean nothing.

Files are written line by line, so that the process that measures stays small: on Linux a child's peak memory begins
with that of the process that started it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import played
from played import LETTERS

QUESTIONS = 14_042
SUBJECTS = 57
SHOTS = 5
CHATS = 12_032
RANKED = 3_000
_RIGHT = 0.7  # the share of chat questions that the server will answer rightly

_CHOICES_CARD = """\
name: likelihood
about: Four-choice questions in {subjects} subjects, five shots, as many and as long as those of MMLU.
dataset: {{files: {{test: questions.jsonl, dev: shots.jsonl}}, split: test}}
columns: {{question: question, choices: choices, answer: answer}}
subsets: {{by: subject}}
aggregate: micro
ask: choose
description: "The following are questions about {{{{ subset | replace('_', ' ') }}}}."
prompt: "Question: {{{{ question }}}}\\n{{{{ options }}}}Answer:"
formulations: {{mcf: {{option: " {{{{ letter }}}}. {{{{ choice }}}}\\n"}}, cf: {{normalize: char}}}}
shots: {{split: dev, count: {shots}}}
metrics: [accuracy]
variants:
  jinja:
    prompt: "Question: {{{{ question | trim }}}}\\n{{% for choice in choices %}}{{{{ letters[loop.index0] }}}}. \
{{{{ choice.strip() | replace('  ', ' ') }}}}\\n{{% endfor %}}Answer:"
"""

_SUMS_CARD = """\
name: sums
about: Sums.
dataset: {files: sums.jsonl}
columns: {question: q, answer: a}
ask: generate
prompt: "{{ question }}"
parse: [strip]
metrics: [math_equal]
"""
_NUMBERS_CARD = """\
name: numbers
about: Numbers.
dataset: {files: numbers.jsonl}
columns: {question: q, answer: a}
ask: generate
prompt: "{{ question }}"
parse: [thinking, number]
metrics: [exact_match]
"""
_CHAT_CARD = """\
name: {name}
about: Ten-option questions that a chat model answers with a letter.
dataset: {{files: {name}.jsonl, split: test}}
id: id
columns: {{question: question, choices: options, answer: answer}}
ask: generate
option: "{{{{ letter }}}}. {{{{ choice }}}}\\n"
prompt: "{{{{ question }}}}\\nOptions:\\n{{{{ options }}}}Finish with \\"The answer is (X)\\"."
generation: {{max_tokens: 64}}
parse: [thinking, {{regex: 'answer is \\(?([A-J])\\)?'}}]
metrics: [choice]
"""

_RANKED_CARD = """\
name: {name}
about: Four-choice questions whose choices are ranked by their log-probabilities, five shots.
dataset: {{files: {{test: {name}.jsonl, dev: {name}-shots.jsonl}}, split: test}}
id: id
columns: {{question: question, choices: choices, answer: answer}}
ask: choose
formulation: cf
prompt: "Question: {{{{ question }}}}\\nAnswer:"
shots: {{split: dev, count: {shots}}}
metrics: [accuracy]
"""

_LISTED_CARD = """\
name: made_{number}
version: 1
about: {about}
license: mit
languages: [en]
tags: [made, {tag}]
random_baseline: 0.25
dataset: {{files: made_{number}.jsonl, split: test}}
columns:
  question: question
  choices: choices
  answer: answer
ask: choose
formulation: mcf
prompt: "Question: {{{{ question }}}}\\n{{{{ options }}}}Answer:"
formulations:
  mcf: {{option: " {{{{ letter }}}}. {{{{ choice }}}}\\n"}}
  cf: {{normalize: char}}
metrics: [accuracy]
"""


def write_likelihood(folder: Path) -> Path:
    """Write a four-choice task of 14,042 questions and return its card."""
    words = _Words(1)
    subjects = [f"{words.text(12)} {number}".replace(" ", "_") for number in range(SUBJECTS)]
    every = (subjects[number * SUBJECTS // QUESTIONS] for number in range(QUESTIONS))
    _write_lines(folder / "questions.jsonl", (_question(words, subject) for subject in every))
    _write_lines(folder / "shots.jsonl", (_question(words, subject) for subject in subjects for _ in range(SHOTS)))
    card = folder / "likelihood.yaml"
    card.write_text(_CHOICES_CARD.format(subjects=SUBJECTS, shots=SHOTS), "utf-8")
    return card


def write_chat(folder: Path, name: str, count: int, *, short: bool = False) -> tuple[Path, float]:
    """Write a chat task; return its card and the score that answers of ``server.py`` must get.

    A question of 800 to 1,500 characters with its options (or, short, of 250) holds a code; the server answers with the
    letter of the code's last digit.
    """
    words = _Words(2)
    right = 0
    least, most, option = (40, 100, 6) if short else (380, 1000, 32)

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal right
        for number in range(count):
            code = words.random.randrange(10_000)
            answer = code % 10 if words.random.random() < _RIGHT else words.random.randrange(10)
            right += answer == code % 10
            yield {
                "id": number,
                "question": f"{number}. {words.text(words.random.randint(least, most))}? code {code}.",
                "options": [words.text(option) for _ in LETTERS],
                "answer": answer,
            }

    _write_lines(folder / f"{name}.jsonl", rows())
    card = folder / f"{name}.yaml"
    card.write_text(_CHAT_CARD.format(name=name), "utf-8")
    return card, right / count


def chat_prompt(row: dict[str, Any]) -> str:
    """Return what the chat card asks of a row, for clients that read no card."""
    options = "".join(f"{letter}. {text}\n" for letter, text in zip(LETTERS, row["options"], strict=True))
    return f'{row["question"]}\nOptions:\n{options}Finish with "The answer is (X)".'


def write_ranked(folder: Path, name: str, count: int) -> tuple[Path, float]:
    """Write a task whose choices are ranked, with prompts of about 3,000 characters and a tokenizer that knows them.

    Returns:
        its card, and the score that log-probabilities of ``server.py`` must get.
    """
    words = _Words(6)
    shots = [{"id": number, **_ranked(words, f"F{number}")} for number in range(SHOTS)]
    _write_lines(folder / f"{name}-shots.jsonl", iter(shots))
    before = shots_prompt(shots)
    known = set(played.tokens(before))
    right = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal right
        for number in range(count):
            row = {"id": number, **_ranked(words, f"Q{number}")}
            said = played.choose(before + ranked_prompt(row), [f" {choice}" for choice in row["choices"]])
            if words.random.random() < _RIGHT:
                row["answer"] = said
            right += row["answer"] == said
            known.update(*(played.tokens(f"{ranked_prompt(row)} {choice}") for choice in row["choices"]))
            yield row

    _write_lines(folder / f"{name}.jsonl", rows())
    _write_tokenizer(folder / f"{name}-tokenizer", sorted(known))
    card = folder / f"{name}.yaml"
    card.write_text(_RANKED_CARD.format(name=name, shots=SHOTS), "utf-8")
    return card, right / count


def ranked_prompt(row: dict[str, Any]) -> str:
    """Return what the ranked card asks of a row, without shots."""
    return f"Question: {row['question']}\nAnswer:"


def shots_prompt(shots: list[dict[str, Any]]) -> str:
    """Return what stands before each question of the ranked card."""
    return "".join(f"{ranked_prompt(shot)} {shot['choices'][shot['answer']]}\n\n" for shot in shots)


def write_replies(folder: Path, count: int) -> tuple[Path, Path, float]:
    """Write a task with numbers for answers, and replies to it; return card, replies and the score they must get."""
    words = _Words(4)
    answers = [words.random.randrange(100_000) for _ in range(count)]
    given = [answer if words.random.random() < _RIGHT else answer + 1 for answer in answers]
    _write_lines(
        folder / "numbers.jsonl", ({"q": f"{n}. {words.text(60)}?", "a": str(a)} for n, a in enumerate(answers))
    )
    replies = folder / "replies.jsonl"
    said = ({"id": n, "reply": f"{words.text(200)}. The answer is {a}."} for n, a in enumerate(given))
    _write_lines(replies, said)
    card = folder / "numbers.yaml"
    card.write_text(_NUMBERS_CARD, "utf-8")
    return card, replies, sum(a == b for a, b in zip(answers, given, strict=True)) / count


def write_mathematics(folder: Path, count: int) -> tuple[Path, Path]:
    """Write a task of symbolic mathematics and replies to it, the middle one of which no reader of LaTeX ends."""
    _write_lines(folder / "sums.jsonl", ({"q": f"{n} sevenths?", "a": rf"\frac{{{n}}}{{7}}"} for n in range(count)))
    said = [rf"It is $\frac{{{2 * n}}}{{14}}$." for n in range(count)]
    said[count // 2] = r"It is $\sqrt[9^{9^9}]{2}$."
    replies = folder / "sums-replies.jsonl"
    _write_lines(replies, ({"id": n, "reply": text} for n, text in enumerate(said)))
    card = folder / "sums.yaml"
    card.write_text(_SUMS_CARD, "utf-8")
    return card, replies


def write_cards(folder: Path, count: int) -> None:
    """Write ``count`` cards of ordinary length."""
    words = _Words(3)
    for number in range(count):
        text = _LISTED_CARD.format(number=number, about=words.text(80), tag=words.text(6).split()[0])
        (folder / f"made_{number}.yaml").write_text(text, "utf-8")


class _Words:
    """Draws words of one to four syllables."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
        self._words = ["".join(self.random.choices(syllables, k=1 + i % 4)) for i in range(3000)]

    def text(self, characters: int) -> str:
        """Return whole words of about so many characters."""
        return " ".join(self.random.choices(self._words, k=max(1, characters // 6)))


def _question(words: _Words, subject: str) -> dict[str, Any]:
    return {
        "question": words.text(words.random.randint(60, 500)) + "?",
        "choices": [words.text(words.random.randint(6, 90)) for _ in range(4)],
        "answer": words.random.randrange(4),
        "subject": subject,
    }


def _ranked(words: _Words, head: str) -> dict[str, Any]:
    return {
        "question": f"{head} {words.text(350)}? code {words.random.randrange(10_000)}.",
        "choices": [words.text(25) for _ in range(4)],
        "answer": words.random.randrange(4),
    }


def _write_tokenizer(folder: Path, words: list[str]) -> None:
    """Write a tokenizer of whole words in the form of the ``tokenizers`` library."""
    special = [{"id": 0, "content": "</s>", "special": True, "normalized": False}]
    special = [{**each, "single_word": False, "lstrip": False, "rstrip": False} for each in special]
    split = {"type": "Split", "pattern": {"Regex": played.TOKEN_PATTERN}, "behavior": "Isolated", "invert": False}
    model = {
        "type": "WordLevel",
        "vocab": {word: number for number, word in enumerate(["</s>", *words])},
        "unk_token": "</s>",
    }
    form = {"version": "1.0", "added_tokens": special, "pre_tokenizer": split, "model": model}
    folder.mkdir()
    (folder / "tokenizer.json").write_text(json.dumps(form), "utf-8")
    kind = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>", "model_max_length": 32_768}
    (folder / "tokenizer_config.json").write_text(json.dumps(kind), "utf-8")


def _write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
