"""Tiny random models, made on the spot: the arithmetic is checked against them, not their wit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

TEXT = [
    "Question: What is the capital of France? Answer: Paris, of course. The answer is A. The answer is B.",
    "A man is sitting on a roof. He starts pulling up roofing on a roof. Question: Which one is right? A. B. C. D.",
    "system user assistant hello world the quick brown fox jumps over the lazy dog 0 1 2 3 4 5 6 7 8 9",
]
# ChatML with a BOS in front, written in the template as Llama's is.
CHATML = (
    "<s>{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
# As Gemma's: no system role.
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}<|assistant|>"
)


def make_tokenizer(*, bos: bool = False, template: str | None = CHATML) -> Any:
    """A byte-level BPE tokenizer of a few hundred tokens; ``bos``: whether it puts ``<s>`` before a text by itself."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        TEXT,
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    fast.chat_template = template
    return fast


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered about tiny models is not for the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARNESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a model folder: ``make_model(kind="llama", bos=False, template=CHATML)``."""
    torch = pytest.importorskip("torch")
    made: dict[tuple[Any, ...], Path] = {}

    def make(kind: str = "llama", *, bos: bool = False, template: str | None = CHATML) -> Path:
        key = (kind, bos, template)
        if key not in made:
            folder = tmp_path_factory.mktemp(f"tiny-{kind}")
            tokenizer = make_tokenizer(bos=bos, template=template)
            tokenizer.save_pretrained(folder)
            torch.manual_seed(7)
            _new(kind, len(tokenizer)).save_pretrained(folder)
            made[key] = folder
        return made[key]

    return make


def _new(kind: str, vocabulary: int) -> Any:
    import transformers

    if kind == "gpt2":
        config: Any = transformers.GPT2Config(
            vocab_size=vocabulary, n_positions=128, n_embd=32, n_layer=2, n_head=4, initializer_range=0.4
        )
        return transformers.GPT2LMHeadModel(config)
    config = transformers.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        initializer_range=0.4,  # large, so that log-probabilities differ widely
        bos_token_id=0,
        eos_token_id=1,
    )
    return transformers.LlamaForCausalLM(config)


class Naive:
    """The definition, done slowly: one row at a time, no padding, every logit computed."""

    def __init__(self, folder: Path) -> None:
        import torch
        import transformers

        self._torch = torch
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def logprob(self, context: Sequence[int], continuation: Sequence[int]) -> tuple[float, bool]:
        """The log-probability of the continuation after the context, and whether it is the greedy one."""
        total, greedy = 0.0, True
        ids = list(context)
        for token in continuation:
            with self._torch.no_grad():
                scores = self.model(self._torch.tensor([ids])).logits[0, -1].double().log_softmax(-1)
            total += float(scores[token])
            greedy &= int(scores.argmax()) == token
            ids.append(token)
        return total, greedy

    def greedy(self, prompt: Sequence[int], count: int) -> list[int]:
        """The tokens that greedy decoding writes, without any cache."""
        ids = list(prompt)
        for _ in range(count):
            with self._torch.no_grad():
                ids.append(int(self.model(self._torch.tensor([ids])).logits[0, -1].argmax()))
        return ids[len(prompt) :]


@pytest.fixture(scope="session")
def naive(make_model: Callable[..., Path]) -> Naive:
    return Naive(make_model())
