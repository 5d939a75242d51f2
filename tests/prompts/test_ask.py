"""Formulations: the same sample as letters, as cloze, as generated text, with shots, as text and as messages."""

from __future__ import annotations

from typing import Any

import pytest

from harness.cards.schema import Card
from harness.errors import CardError
from harness.prompts.ask import Asker
from harness.prompts.shots import ShotPicker
from harness.values import Message, Sample

COLUMNS = {"question": "question", "choices": "choices", "answer": "answer"}


def card(**keys: Any) -> Card:
    base: dict[str, Any] = {
        "name": "colours",
        "about": "Colours.",
        "dataset": {"files": "x.jsonl"},
        "columns": COLUMNS,
        "ask": "choose",
        "prompt": "Question: {{ question }}\n{{ options }}Answer:",
    }
    return Card.model_validate({**base, **keys})


SKY = Sample.of("test:0", {"question": "The sky?", "choices": ["red", "blue"], "answer": 1})
GRASS = Sample.of("train:0", {"question": "Grass?", "choices": ["green", "pink"], "answer": 0})


def ask(made: Card, formulation: str, *, chat: bool = False, shots: bool = False) -> Asker:
    picker = ShotPicker(made.shots, [GRASS], made.name, "") if shots else None
    return Asker(made, formulation, picker, chat=chat, where="colours")


def test_cloze_ranks_the_texts_after_the_bare_question() -> None:
    (asked,) = ask(card(), "cf").requests(SKY)
    assert asked.request.prompt == "Question: The sky?\nAnswer:"
    assert [o.continuation for o in asked.request.options] == [" red", " blue"]


def test_letters_show_the_choices_as_olmes_does() -> None:
    (asked,) = ask(card(), "mcf").requests(SKY)
    assert asked.request.prompt == "Question: The sky?\n A. red\n B. blue\nAnswer:"
    assert [o.continuation for o in asked.request.options] == [" A", " B"]


def test_generated_shows_the_choices_and_ranks_nothing() -> None:
    (asked,) = ask(card(generation={"max_tokens": 5, "stop": ["\n"]}), "generate").requests(SKY)
    assert asked.request.prompt == "Question: The sky?\n A. red\n B. blue\nAnswer:"
    assert asked.request.kind == "generate"
    assert asked.request.options == ()
    assert asked.request.generation is not None
    assert asked.request.generation.max_tokens == 5


def test_shots_end_with_the_gold_continuation_of_the_formulation() -> None:
    made = card(shots={"count": 1, "split": "train"}, description="About {{ subset or 'colours' }}.")
    (cloze,) = ask(made, "cf", shots=True).requests(SKY)
    assert cloze.request.prompt == "About colours.\n\nQuestion: Grass?\nAnswer: green\n\nQuestion: The sky?\nAnswer:"
    (letters,) = ask(made, "mcf", shots=True).requests(SKY)
    assert "Question: Grass?\n A. green\n B. pink\nAnswer: A\n\nQuestion:" in (letters.request.prompt or "")


def test_pmi_asks_the_bare_context_too() -> None:
    made = card(formulations={"cf": {"normalize": "pmi"}})
    main, bare = ask(made, "cf").requests(SKY)
    assert (main.role, bare.role) == ("main", "unconditional")
    assert bare.request.prompt == "Answer:"
    assert bare.request.options == main.request.options


def test_partial_evaluation_has_a_context_for_each_choice() -> None:
    made = card(
        formulations={
            "cf": {
                "context": "{{ question.partition('_')[0] }}{{ choice }}",
                "continuation": " {{ question.partition('_')[2] | trim }}",
                "shot": "{{ question | replace('_', choices[answer]) }}",
            }
        },
        shots={"count": 1, "split": "train"},
    )
    picker = ShotPicker(
        made.shots, [Sample.of("t", {"question": "The _ sat.", "choices": ["cat", "dog"], "answer": 0})], "c", ""
    )
    sample = Sample.of("s", {"question": "A _ is round.", "choices": ["ball", "cube"], "answer": 0})
    (asked,) = Asker(made, "cf", picker, chat=False, where="c").requests(sample)
    contexts = [(option.context, option.continuation) for option in asked.request.options]
    assert contexts == [("The cat sat.\n\nA ball", " is round."), ("The cat sat.\n\nA cube", " is round.")]


def test_chat_sends_shots_as_text_or_as_turns() -> None:
    keys: dict[str, Any] = {"ask": "generate", "metrics": ["exact_match"], "system": "Be brief."}
    text = card(**keys, shots={"count": 1, "split": "train"})
    (asked,) = ask(text, "generate", chat=True, shots=True).requests(SKY)
    assert asked.request.messages == (
        Message("system", "Be brief."),
        Message(
            "user", "Question: Grass?\n A. green\n B. pink\nAnswer: A\n\nQuestion: The sky?\n A. red\n B. blue\nAnswer:"
        ),
    )
    turns = card(**keys, shots={"count": 1, "split": "train", "turns": True}, prefill="The answer is")
    (asked,) = ask(turns, "generate", chat=True, shots=True).requests(SKY)
    assert [message.role for message in asked.request.messages] == ["system", "user", "assistant", "user"]
    assert asked.request.messages[2].content == "A"
    assert asked.request.prefill == "The answer is"
    (plain,) = ask(turns, "generate", shots=True).requests(SKY)
    assert (plain.request.prompt or "").endswith("Answer:The answer is")
    assert (plain.request.prompt or "").startswith("Be brief.\n\nQuestion: Grass?")


def test_repeats_are_requests_of_their_own() -> None:
    made = card(ask="generate", metrics=["exact_match"], repeats=3, generation={"temperature": 0.7, "seed": 5})
    asked = ask(made, "generate").requests(SKY)
    assert [one.repeat for one in asked] == [0, 1, 2]
    assert len({one.request.key("m") for one in asked}) == 3


def test_target_and_answer_texts_in_shots() -> None:
    shot = Sample.of("t", {"question": "2+2?", "answer": "4"})
    made = card(
        ask="generate",
        metrics=["exact_match"],
        columns={"question": "q", "answer": "a"},
        prompt="{{ question }}",
        shots={"count": 1, "split": "train", "separator": "\n"},
    )
    test = Sample.of("s", {"question": "1+1?", "answer": "2"})
    picker = ShotPicker(made.shots, [shot], "c", "")
    assert Asker(made, "generate", picker, chat=False, where="c").requests(test)[0].request.prompt == "2+2? 4\n1+1?"
    worded = made.model_copy(update={"target": " = {{ answer }}."})
    assert (
        Asker(worded, "generate", picker, chat=False, where="c").requests(test)[0].request.prompt == "2+2? = 4.\n1+1?"
    )


def test_a_field_may_not_hide_a_variable() -> None:
    with pytest.raises(CardError, match="the field 'letter' has the name of a template variable"):
        Asker(card(columns={**COLUMNS, "letter": "x"}), "cf", None, chat=False, where="colours")


def test_perplexity_asks_for_the_text() -> None:
    made = card(ask="perplexity", columns={"text": "text"}, prompt="")
    (asked,) = Asker(made, "perplexity", None, chat=False, where="c").requests(Sample.of("s", {"text": "Once upon"}))
    assert (asked.request.kind, asked.request.prompt) == ("perplexity", "Once upon")
