from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.backends.local.chat import Chat, RequestError, merge_system
from harness.backends.local.encode import Encoder, Span, windows
from harness.backends.local.truncate import cut
from harness.values import ErrorKind, Generation, Message, Option, Request
from tests.backends.tiny import CHATML, NO_SYSTEM, make_tokenizer

pytest.importorskip("transformers")

LONG = " ".join(str(n) for n in range(100))


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return make_tokenizer()


@pytest.fixture(scope="module")
def encoder(tokenizer: Any) -> Encoder:
    return Encoder(tokenizer, Chat(tokenizer, CHATML), 1000)


def test_left_keeps_the_end_and_middle_both_halves() -> None:
    ids = list(range(10))
    assert cut(ids, 10, "left") == ids
    assert cut(ids, 4, "left") == [6, 7, 8, 9]
    assert cut(ids, 4, "middle") == [0, 1, 8, 9]
    assert cut(ids, 5, "middle") == [0, 1, 8, 9]  # LongBench: int(max_length / 2) on both sides
    assert cut(ids, 1, "middle") == cut(ids, 0, "left") == cut(ids, -3, "middle") == []


@given(st.integers(0, 60), st.integers(2, 20), st.integers(1, 2))
def test_windows_score_each_token_once_and_read_no_more_than_the_limit(length: int, limit: int, lead: int) -> None:
    start = tuple(range(-lead, 0))
    ids = list(range(length))
    spans = windows(start, ids, limit)
    assert [token for span in spans for token in span.continuation] == ids
    for span in spans:
        assert span.context
        assert len(span.context) + len(span.continuation) - 1 <= max(limit, lead)
        whole = [*start, *ids]
        at = whole.index(span.context[0])
        assert whole[at : at + len(span.context) + len(span.continuation)] == [*span.context, *span.continuation]
    if length > 2 * limit:
        assert len(spans[-1].context) + len(spans[-1].continuation) == limit + 1  # with all the context that fits


def test_a_continuation_starts_where_the_context_s_tokens_end(encoder: Encoder, tokenizer: Any) -> None:
    # " A" is one token here, so "Answer: " + "A" would split it if the space stayed with the context.
    request = Request("choose", prompt="Answer: ", options=(Option("A"),))
    (span,) = encoder.choices(request).spans
    assert span == Span(tuple(encoder.ids(["Answer:"])[0]), tuple(encoder.ids([" A"])[0]))
    assert len(span.continuation) == 1


def test_special_tokens_at_the_end_of_a_text_are_left_out() -> None:
    from tokenizers import processors

    tokenizer = make_tokenizer()
    both = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)])
    tokenizer.backend_tokenizer.post_processor = both
    encoder = Encoder(tokenizer, None, 100)
    prompt = encoder.prompt(Request("generate", prompt="hello", generation=Generation(4)))
    assert prompt.ids == (0, *encoder.ids(["hello"])[0])


def test_an_empty_prompt_without_bos_and_eos_is_refused(tokenizer: Any) -> None:
    bare = make_tokenizer()
    bare.bos_token = bare.eos_token = None
    with pytest.raises(RequestError, match="neither BOS nor EOS"):
        Encoder(bare, None, 100).prompt(Request("generate", prompt="", generation=Generation(4)))


def test_a_rendered_conversation_gets_no_second_bos(tokenizer: Any) -> None:
    adds = make_tokenizer(bos=True)
    for tok in (tokenizer, adds):
        encoder = Encoder(tok, Chat(tok, CHATML), 100)
        request = Request(
            "generate", messages=(Message("user", "hello"),), prefill="The answer", generation=Generation(4)
        )
        ids = encoder.prompt(request).ids
        assert list(ids).count(0) == 1
        assert encoder.decode(ids, special=True) == "<s><|user|>\nhello</s><|assistant|>\nThe answer"


@pytest.mark.parametrize("truncation", ["left", "middle"])
def test_a_long_conversation_loses_text_of_its_last_user_message(encoder: Encoder, truncation: Any) -> None:
    messages = (Message("system", "be brief"), Message("user", "first"), Message("assistant", "ok"))
    request = Request(
        "generate",
        messages=(*messages, Message("user", LONG)),
        prefill="So",
        generation=Generation(20),
        max_length=150,
        truncation=truncation,
    )
    prompt = encoder.prompt(request)
    assert len(prompt.ids) <= 130
    text = encoder.decode(prompt.ids, special=True)
    assert text.startswith("<s><|system|>\nbe brief</s><|user|>\nfirst</s><|assistant|>\nok</s><|user|>\n")
    assert text.endswith("98 99</s><|assistant|>\nSo")
    assert ("\n0 1 2" in text) == (truncation == "middle")
    full = encoder.prompt(Request("generate", messages=request.messages, prefill="So", generation=Generation(20)))
    assert prompt.clipped == len(full.ids) - len(prompt.ids)


def test_a_conversation_that_cannot_be_cut_enough_is_an_error(encoder: Encoder) -> None:
    messages = (Message("system", LONG), Message("user", "hello"))
    for how in ("left", "error"):
        request = Request("generate", messages=messages, generation=Generation(4), max_length=50, truncation=how)  # type: ignore[arg-type]
        with pytest.raises(RequestError) as caught:
            encoder.prompt(request)
        assert caught.value.kind is ErrorKind.TOO_LONG


def test_options_after_a_long_conversation_fit(encoder: Encoder) -> None:
    request = Request(
        "choose", messages=(Message("user", LONG),), options=(Option("A"), Option(" the lazy dog")), max_length=60
    )
    encoded = encoder.choices(request)
    assert encoded.clipped > 0
    for span in encoded.spans:
        assert len(span.context) + len(span.continuation) - 1 <= 60
        assert span.context[:2] == (0, 3)  # <s><|user|>: the template stays whole


def test_a_template_without_system_role_gets_the_text_in_the_first_user_message(
    tokenizer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    chat = Chat(tokenizer, NO_SYSTEM)
    messages = [Message("system", "be brief"), Message("user", "hello")]
    for _ in range(2):
        assert chat.render(messages) == "<|user|>be brief\n\nhello<|assistant|>"
    assert len(caplog.records) == 1
    drops = "{% for m in messages if m.role != 'system' %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    assert Chat(tokenizer, drops).render(messages) == "<|user|>be brief\n\nhello"


def test_merging_a_system_message_without_a_user_message() -> None:
    assert merge_system([Message("system", "a"), Message("assistant", "b")]) == [
        Message("user", "a"),
        Message("assistant", "b"),
    ]


def test_a_template_that_refuses_is_an_error_of_the_request(tokenizer: Any) -> None:
    picky = Chat(tokenizer, "{{ raise_exception('roles must alternate') }}")
    with pytest.raises(RequestError, match="roles must alternate") as caught:
        picky.render([Message("user", "hello")])
    assert caught.value.response().error is not None
    assert caught.value.kind is ErrorKind.REFUSED


def test_pictures_are_refused_and_not_forgotten(encoder: Encoder) -> None:
    shown = (Message("user", "What is this?", ("data:image/png;base64,AA==",)),)
    for request, encode in (
        (Request("generate", messages=shown), encoder.prompt),
        (Request("choose", messages=shown, options=(Option("a cat"),)), encoder.choices),
    ):
        with pytest.raises(RequestError, match="no pictures"):
            encode(request)


def test_a_prompt_of_which_nothing_would_be_left_is_an_error() -> None:
    encoder = Encoder(make_tokenizer(bos=True), None, 10)
    with pytest.raises(RequestError, match="and 0 fit") as refused:
        encoder.prompt(Request("generate", prompt="hello world", generation=Generation(max_tokens=9)))
    assert refused.value.kind is ErrorKind.TOO_LONG
    assert len(encoder.prompt(Request("generate", prompt="hello world", generation=Generation(max_tokens=8))).ids) == 2
