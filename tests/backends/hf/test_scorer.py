"""Every way to score rows gives what reading each row alone gives, for random models of many families."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import Any

import pytest

from harness.backends.hf.attention import regime
from harness.backends.hf.batches import Budget
from harness.backends.hf.cached import CachedRows
from harness.backends.hf.full import FullRows
from harness.backends.hf.logprobs import Pass
from harness.backends.hf.scorer import Scorer
from harness.values import OptionScore

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

VOCABULARY = 50
SMALL: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 256,
    "initializer_range": 0.4,  # large, so that log-probabilities differ widely
}
GROUPED = {**SMALL, "num_key_value_heads": 2}
SHARING: dict[str, Callable[[], Any]] = {
    "llama": lambda: transformers.LlamaConfig(**GROUPED),
    "llama, eager": lambda: transformers.LlamaConfig(**GROUPED, attn_implementation="eager"),
    "gpt2": lambda: transformers.GPT2Config(
        vocab_size=VOCABULARY, n_positions=256, n_embd=32, n_layer=2, n_head=4, initializer_range=0.4
    ),
    "gpt neox": lambda: transformers.GPTNeoXConfig(**SMALL),
    "opt": lambda: transformers.OPTConfig(
        **{**SMALL, "ffn_dim": 48, "word_embed_proj_dim": 32, "init_std": 0.4, "dropout": 0.0}
    ),
    "mistral, window": lambda: transformers.MistralConfig(**GROUPED, sliding_window=7),
    "gemma 3, both kinds": lambda: transformers.Gemma3TextConfig(
        **{**GROUPED, "initializer_range": 0.1},
        head_dim=8,
        sliding_window=7,
        layer_types=["sliding_attention", "full_attention"],
    ),
    "qwen 3, experts": lambda: transformers.Qwen3MoeConfig(
        **GROUPED, head_dim=8, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16
    ),
}
ALONE: dict[str, Callable[[], Any]] = {
    "bloom, alibi": lambda: transformers.BloomConfig(
        vocab_size=VOCABULARY, hidden_size=32, n_layer=2, n_head=4, initializer_range=0.4
    ),
    "falcon, alibi": lambda: transformers.FalconConfig(**SMALL, alibi=True, new_decoder_architecture=False),
    "gpt neo, windows of its own": lambda: transformers.GPTNeoConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_layers=2,
        num_heads=4,
        attention_types=[[["global", "local"], 1]],
        window_size=7,
        max_position_embeddings=256,
    ),
    "mamba": lambda: transformers.MambaConfig(
        vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, state_size=4, initializer_range=0.4
    ),
    "stretched positions": lambda: transformers.LlamaConfig(
        **GROUPED, rope_scaling={"rope_type": "dynamic", "factor": 2.0}
    ),
}


def new_model(config: Any) -> Any:
    torch.manual_seed(3)
    return transformers.AutoModelForCausalLM.from_config(config).eval()


def random_rows(seed: int, count: int = 24, longest: int = 120) -> list[Pass]:
    """Rows that begin like earlier ones: long beginnings, tiny contexts, several tokens or one, equal rows."""
    rng = random.Random(seed)
    rows: list[Pass] = []
    for owner in range(count):
        start = rng.choice(rows).inputs if rows and rng.random() < 0.8 else ()
        start = start[: rng.randint(0, len(start))]
        more = tuple(rng.choices(range(VOCABULARY), k=rng.choice([0, 1, 3, 10, 60])))
        inputs = (start + more)[-longest:] or (1,)
        length = rng.choice([1, 1, 2, 5, len(inputs)])
        length = min(length, len(inputs))
        targets = tuple(
            (*inputs[len(inputs) - length + 1 :], rng.randrange(VOCABULARY)) for _ in range(rng.choice([1, 4]))
        )
        rows.append(Pass(owner, inputs, tuple(range(len(targets))), targets))
    return rows


def scores(scorer: Scorer, rows: list[Pass]) -> dict[int, list[OptionScore]]:
    found = {}
    for outcome in scorer.run(rows, lambda: None):
        assert outcome.error is None, outcome.error
        found.update({row.owner: list(result) for row, result in zip(outcome.rows, outcome.results, strict=True)})
    return found


def assert_right(scorer: Scorer, model: Any, rows: list[Pass]) -> None:
    """Each row as if it were alone, read from its first token."""
    found = scores(scorer, rows)
    assert sorted(found) == sorted(row.owner for row in rows)
    alone = FullRows(model, pad=0)
    for row in rows:
        (expected,) = alone.score([row])
        for got, wanted in zip(found[row.owner], expected, strict=True):
            assert got.logprob == pytest.approx(wanted.logprob, abs=1e-4 * wanted.tokens)
            assert (got.tokens, got.greedy) == (wanted.tokens, wanted.greedy)


def narrow(scorer: Scorer, tokens: int) -> Scorer:
    """Give small batches, so that prefixes are cached although the rows are short."""
    scorer._packed = Budget(10, tokens, 10_000)
    return scorer


@pytest.mark.parametrize("family", SHARING)
def test_shared_beginnings_change_nothing(family: str) -> None:
    model = new_model(SHARING[family]())
    scorer = narrow(Scorer(model, 0, None), 48)
    for seed in range(3):  # one window after the other: the cache of one serves the next
        assert_right(scorer, model, random_rows(seed))
    assert scorer._cached is not None


@pytest.mark.parametrize("family", ALONE)
def test_models_that_cannot_share_read_full_rows(family: str, caplog: pytest.LogCaptureFixture) -> None:
    model = new_model(ALONE[family]())
    scorer = Scorer(model, 0, 1)
    with caplog.at_level(logging.WARNING, "harness"):
        assert_right(scorer, model, random_rows(1, 8, 40))
        assert_right(scorer, model, random_rows(2, 8, 40))
    assert scorer._cached is None
    assert len([r for r in caplog.records if "as a whole" in r.getMessage()]) == 1


def test_long_rows_do_not_stretch_the_positions_of_short_ones() -> None:
    factors = {"short_factor": [1.0] * 4, "long_factor": [8.0] * 4}
    config = transformers.Phi3Config(
        **GROUPED,
        original_max_position_embeddings=64,
        rope_scaling={"rope_type": "longrope", **factors},
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    model = new_model(config)
    assert_right(Scorer(model, 0, None), model, random_rows(1, 8))
    assert [regime(model, *row) for row in ((10, 64), (65, 80), (60, 65), (61, 66))] == [0, -1, 60, 61]
    assert regime(new_model(SHARING["llama"]()), 200, 250) == 0


def test_a_model_that_takes_masks_and_ignores_them_is_found_out(caplog: pytest.LogCaptureFixture) -> None:
    model = new_model(SHARING["llama"]())
    inner = model.model.forward

    def blind(*args: Any, **more: Any) -> Any:
        more["attention_mask"] = None
        return inner(*args, **more)

    model.model.forward = blind
    scorer = Scorer(model, 0, 1)
    assert_right(scorer, model, random_rows(1, 8))
    assert scorer._cached is None
    assert "would differ by" in caplog.text


def test_a_prefix_is_read_once_and_serves_the_next_window(monkeypatch: pytest.MonkeyPatch) -> None:
    model = new_model(SHARING["llama"]())
    scorer = narrow(Scorer(model, 0, None), 24)
    read = CachedRows._read
    counts: list[int] = []

    def counted(self: CachedRows, tree: Any, *rest: Any) -> Any:
        counts.append(len(tree.ids))
        return read(self, tree, *rest)

    shots = tuple(range(40))

    def window(first: int) -> list[Pass]:
        return [Pass(n, (*shots, *[n % VOCABULARY] * 6), (0, 1), ((1,), (2,))) for n in range(first, first + 8)]

    scores(scorer, window(0))
    monkeypatch.setattr(CachedRows, "_read", counted)
    scorer._cached = CachedRows(model, FullRows(model, 0), 24)
    scores(scorer, window(0))
    assert sum(counts) == 40 + 8 * 6
    counts.clear()
    assert_right(scorer, model, window(8))
    assert sum(counts) == 8 * 6


def test_a_long_row_behind_a_prefix_is_read_in_pieces() -> None:
    model = new_model(SHARING["llama"]())
    scorer = narrow(Scorer(model, 0, None), 24)
    rng = random.Random(5)
    shots = tuple(rng.choices(range(VOCABULARY), k=40))
    rows = [Pass(n, (*shots, *rng.choices(range(VOCABULARY), k=90)), (0,), ((n,),)) for n in range(3)]
    assert_right(scorer, model, rows)


def test_rows_that_share_next_to_nothing_leave_the_cache_alone() -> None:
    model = new_model(SHARING["llama"]())
    scorer = narrow(Scorer(model, 0, None), 24)
    shots = tuple(range(40))
    assert_right(scorer, model, [Pass(n, (*shots, *[n] * 20), (0,), ((n,),)) for n in range(3)])
    assert scorer._cached is not None
    held = scorer._cached._held
    assert held[:40] == shots
    assert_right(scorer, model, [Pass(n, (*shots[:4], *[n] * 9), (0,), ((n,),)) for n in range(3)])
    assert scorer._cached._held == held


def test_memory_that_runs_out_behind_a_prefix_halves_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    model = new_model(SHARING["llama"]())
    scorer = narrow(Scorer(model, 0, None), 64)
    assert_right(scorer, model, random_rows(0, 4))
    read = CachedRows._read
    failures: list[int] = []

    def tight(self: CachedRows, tree: Any, *rest: Any) -> Any:
        logits = read(self, tree, *rest)  # the cache has grown before memory runs out
        if len(tree.paths) > 2:
            failures.append(len(tree.paths))
            raise torch.OutOfMemoryError("CUDA out of memory")
        return logits

    monkeypatch.setattr(CachedRows, "_read", tight)
    assert_right(scorer, model, random_rows(4, 30))
    assert failures


def test_a_model_that_reads_full_rows_learns_once_what_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer(new_model(ALONE["mamba"]()), 0, 8)
    read, failures = FullRows.score, []

    def tight(self: FullRows, rows: Any) -> Any:
        if len(rows) > 3:
            failures.append(len(rows))
            raise torch.OutOfMemoryError("CUDA out of memory")
        return read(self, rows)

    monkeypatch.setattr(FullRows, "score", tight)
    for seed in range(3):
        assert len(scores(scorer, random_rows(seed, 10, 20))) == 10
    assert failures == [8, 4]


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_differs_by_rounding_only(dtype: str) -> None:
    config = transformers.LlamaConfig(**{**GROUPED, "initializer_range": 0.1})
    model = new_model(config).to(getattr(torch, dtype))
    scorer = narrow(Scorer(model, 0, None), 48)
    rows = random_rows(6)
    found = scores(scorer, rows)
    assert scorer._cached is not None
    alone = FullRows(model, pad=0)
    for row in rows:
        for got, wanted in zip(found[row.owner], alone.score([row])[0], strict=True):
            assert got.logprob == pytest.approx(wanted.logprob, abs=0.1 * wanted.tokens)
