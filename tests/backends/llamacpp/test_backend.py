"""The backend with the embedded model."""

from __future__ import annotations

import importlib.util
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.backends.base import Backend
from harness.backends.embedded import GGUF_SHA256
from harness.backends.llamacpp import LlamaCppBackend
from harness.backends.resolve import open_backend
from harness.errors import BackendError
from harness.values import ErrorKind, Generation, Message, Option, Request, Response

pytestmark = pytest.mark.model

FRANCE = "The capital of France is"
HELLO = (Message("user", "Say hi"),)


def one(backend: Backend, request: Request) -> Response:
    ((_, response),) = backend.answer([request])
    return response


def write(backend: Backend, prompt: str | Sequence[Message], limit: int = 12, **more: Any) -> Response:
    form: dict[str, Any] = {"prompt": prompt} if isinstance(prompt, str) else {"messages": tuple(prompt)}
    inputs = {name: more.pop(name) for name in ("prefill", "repeat", "truncation", "max_length") if name in more}
    response = one(backend, Request("generate", **form, **inputs, generation=Generation(max_tokens=limit, **more)))
    assert response.error is None, response.error
    return response


def rank(backend: Backend, prompt: str, *options: str, **more: Any) -> Response:
    return one(backend, Request("choose", prompt=prompt, options=tuple(map(Option, options)), **more))


def test_the_backend_is_found_by_name(weights: Path) -> None:
    opened = open_backend("smollm2", backend="llamacpp", options={"max_length": 64})
    assert (opened.identity.model, opened.identity.backend) == ("smollm2", "llamacpp")
    able = opened.probe(())
    assert (able.letters, able.choose, able.perplexity, able.chat, able.falls_back) == (True, False, False, True, False)


def test_identity_is_content_template_and_length(weights: Path, tmp_path: Path) -> None:
    first = LlamaCppBackend(weights).identity
    assert first.details["weights"] == [GGUF_SHA256]
    assert first.details["max_length"] == 8192  # the model card's context
    (tmp_path / "copy.gguf").symlink_to(weights)
    copy = LlamaCppBackend(tmp_path, threads=1, parallel=8, display_name="mine").identity
    assert (copy.model, copy.digest) == ("mine", first.digest)
    assert LlamaCppBackend(weights, max_length=100).identity.digest != first.digest
    assert LlamaCppBackend(weights, chat_template="{{ messages }}").identity.digest != first.digest


def test_letters_are_shares_of_the_whole_softmax(backend: LlamaCppBackend) -> None:
    # Measured when the weights were first examined: -0.26 with plain transformers and with llama.cpp.
    probable = rank(backend, FRANCE, " Paris", " the")
    assert probable.error is None
    assert (probable.method, probable.prompt_tokens, probable.clipped) == ("letters", 5, 0)
    assert probable.options[0].logprob == pytest.approx(-0.26, abs=0.1)
    assert [(score.tokens, score.greedy) for score in probable.options] == [(1, True), (1, False)]
    improbable = rank(backend, FRANCE, " Paris", "ributed")  # among the last of the vocabulary
    assert improbable.options[0].logprob == pytest.approx(probable.options[0].logprob, abs=0.05)
    assert improbable.options[1].logprob < -12


def test_space_at_the_end_of_a_context_belongs_to_the_letter(backend: LlamaCppBackend) -> None:
    inside, outside = rank(backend, FRANCE, " Paris", " London"), rank(backend, FRANCE + " ", "Paris", "London")
    assert [s.logprob for s in outside.options] == pytest.approx([s.logprob for s in inside.options], abs=0.05)


def test_options_with_contexts_of_their_own(backend: LlamaCppBackend) -> None:
    options = (Option(" Paris", FRANCE), Option(" Paris", "The capital of Italy is"))
    response = one(backend, Request("choose", prompt="", options=options))
    assert response.options[0].logprob > response.options[1].logprob + 1


def test_letters_in_a_conversation_follow_the_prefill(backend: LlamaCppBackend) -> None:
    asked = (Message("user", "What is the capital of France?"),)
    options = (Option(" Paris"), Option(" Rome"))
    response = one(backend, Request("choose", messages=asked, prefill="The capital of France is", options=options))
    assert response.options[0].logprob > response.options[1].logprob + 1


@pytest.mark.parametrize(
    "request_",
    [
        Request("choose", prompt=FRANCE, options=(Option(" Paris"), Option(" the city of light"))),
        Request("choose", prompt=FRANCE, options=(Option(" Paris"), Option(""))),
        Request("perplexity", prompt=FRANCE),
    ],
)
def test_what_needs_a_prompts_log_probabilities_is_refused(backend: LlamaCppBackend, request_: Request) -> None:
    response = one(backend, request_)
    assert response.error is not None
    assert response.error.kind is ErrorKind.REFUSED
    assert response.error.message.startswith("llama.cpp gives no log-probabilities of a prompt: use --formulation mcf")


def test_text_counts_and_limits(backend: LlamaCppBackend) -> None:
    response = write(backend, FRANCE, 3)
    assert str(response.text).startswith(" Paris")
    assert (response.finish, response.prompt_tokens, response.completion_tokens) == ("length", 5, 3)
    stopped = write(backend, FRANCE, 12, stop=("is", "\n"))
    assert stopped.finish == "stop"
    assert "\n" not in str(stopped.text)


def test_conversations_are_rendered_by_the_models_template(backend: LlamaCppBackend) -> None:
    response = write(backend, HELLO, 60, stop=("<|im_end|>",))
    assert response.finish == "stop"
    assert "<|" not in str(response.text)
    plain = (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\nSay hi<|im_end|>\n<|im_start|>assistant\n"
    )
    assert write(backend, plain, 60).text == response.text
    begun = write(backend, HELLO, 3, prefill="Bon")
    assert begun.prompt_tokens == (response.prompt_tokens or 0) + 1


def test_a_template_of_ones_own(weights: Path) -> None:
    template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    own = LlamaCppBackend(weights, threads=1, parallel=1, max_length=64, chat_template=template)
    assert write(own, [Message("user", FRANCE)], 2).prompt_tokens == 5
    own.close()
    own.close()


def test_sampling_follows_seed_and_repeat(backend: LlamaCppBackend) -> None:
    def text(repeat: int = 0, seed: int = 1, top_p: float = 1.0) -> str | None:
        return write(backend, "Once", 8, temperature=1.5, top_p=top_p, seed=seed, repeat=repeat).text

    assert text() == text()
    assert len({text(), text(repeat=1), text(repeat=2), text(seed=2)}) >= 3
    assert text(top_p=1e-6) == write(backend, "Once", 8).text  # the smallest nucleus is the greedy token


def test_a_long_prompt_is_cut_or_refused(backend: LlamaCppBackend) -> None:
    words = "word " * 400 + FRANCE
    left = write(backend, words, 2, max_length=64)
    assert left.prompt_tokens == 62
    assert left.clipped > 300
    middle = rank(backend, words, " Paris", " the", truncation="middle", max_length=31)
    assert middle.prompt_tokens == 30  # as many from either end
    refused = one(backend, Request("generate", prompt=words, truncation="error", generation=Generation(max_tokens=8)))
    assert refused.error is not None
    assert refused.error.kind is ErrorKind.TOO_LONG


def test_odd_text_is_an_answer_or_an_error_and_never_ends_the_run(backend: LlamaCppBackend) -> None:
    odd = ["", "\ud800 lone", "nul \x00 byte", "<|im_end|>", "🦜"]
    requests = [Request("generate", prompt=text, generation=Generation(max_tokens=2)) for text in odd]
    answers = dict(backend.answer(requests))
    assert sorted(answers) == [0, 1, 2, 3, 4]
    for response in answers.values():
        assert response.error is not None or str(response.text).encode() is not None


def test_leaving_early_stops_the_work(backend: LlamaCppBackend) -> None:
    long = [Request("generate", prompt=f"List {n}:", generation=Generation(max_tokens=280)) for n in range(8)]
    answers = backend.answer([Request("perplexity", prompt="x"), *long])
    next(answers)  # the one that is refused at once
    start = time.monotonic()
    answers.close()
    assert time.monotonic() - start < 5
    assert not [thread for thread in threading.enumerate() if thread.name == "harness-llamacpp"]
    assert write(backend, FRANCE, 1).text == " Paris"  # and it goes on


def test_it_is_silent(weights: Path, capfd: pytest.CaptureFixture[str]) -> None:
    opened = LlamaCppBackend(weights, threads=1, parallel=1, max_length=64)
    write(opened, FRANCE, 1)
    opened.close()
    time.sleep(0.1)  # its log has a thread of its own
    assert capfd.readouterr() == ("", "")


def test_a_damaged_file_is_one_line(weights: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    damaged = tmp_path / "damaged.gguf"
    with weights.open("rb") as stream:
        damaged.write_bytes(stream.read(3_000_000))  # the header, and a part of the first tensor
    with pytest.raises(BackendError, match=r"llama.cpp cannot load '.*damaged.gguf': .*corrupted or incomplete"):
        one(LlamaCppBackend(damaged, threads=1, max_length=64), Request("generate", prompt=FRANCE))
    assert capfd.readouterr().err == ""


def test_a_template_that_is_no_jinja_is_one_line(weights: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = LlamaCppBackend(weights, threads=1, parallel=1, max_length=64, chat_template="{% if %}")
    with pytest.raises(BackendError, match=r"llama.cpp cannot load '.*': .*chat_template.*Unexpected token"):
        one(broken, Request("generate", messages=HELLO))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_length": 1}, "'max_length' is a whole number of at least 2, not 1"),
        ({"max_length": 9000}, "'max_length' is 9,000, and the model was trained for 8,192 tokens"),
        ({"parallel": 0}, "'parallel' is a whole number of at least 1, not 0"),
        ({"threads": "many"}, "'threads' is a whole number of at least 1, not 'many'"),
        ({"n_gpu_layers": True}, "'n_gpu_layers' is a whole number of at least 0, not True"),
        ({"cache_prompt": "yes"}, "'cache_prompt' is true or false, not 'yes'"),
        ({"chat_template": "absent.jinja"}, "'chat_template' is neither Jinja text nor a readable file"),
    ],
)
def test_wrong_options_are_one_line(weights: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(BackendError) as raised:
        LlamaCppBackend(weights, **options)
    assert str(raised.value).removeprefix("llamacpp: ").startswith(said)


def test_files_and_folders(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"there is no file '.*absent.gguf'"):
        LlamaCppBackend(tmp_path / "absent.gguf")
    with pytest.raises(BackendError, match=r"should hold one .gguf file and has none"):
        LlamaCppBackend(tmp_path)
    (tmp_path / "m-00001-of-00002.gguf").symlink_to(weights)
    with pytest.raises(BackendError, match=r"lacks m-00002-of-00002.gguf"):
        LlamaCppBackend(tmp_path)
    shutil.copyfile("/dev/null", tmp_path / "m-00002-of-00002.gguf")
    split = LlamaCppBackend(tmp_path).identity
    assert split.model == "m"
    assert len(split.details["weights"]) == 2


def test_a_missing_library_is_one_line(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "xllamacpp" else find(name))
    with pytest.raises(BackendError, match=r"^llamacpp needs xllamacpp: pip install 'multitask-harness\[llamacpp\]'$"):
        LlamaCppBackend(weights)
