"""As much of vLLM as the backend touches, around a model of transformers: for tests where vLLM is not installed.

It keeps the promises that the backend rests on: one output for each request, in an order of its own; log-probabilities
before temperature; a cache of prefixes in blocks, whose tokens have no log-probabilities.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

from vllm.sampling_params import RequestOutputKind, SamplingParams

__version__ = "0.32.0+stub"
_BLOCK = 4
_CAPACITY = 3


class LLM:
    """Started engines are kept in ``started``, so that tests can look at them."""

    started: ClassVar[list[LLM]] = []

    def __init__(self, model: str, dtype: str, max_model_len: int, **more: Any) -> None:
        if "no_such_argument" in more:
            raise TypeError("EngineArgs.__init__() got an unexpected keyword argument 'no_such_argument'")
        if more.get("block_size") == 7:
            raise ValueError("At least 9.0 GiB KV cache is needed,\nwhich is larger than 1.0 GiB.")
        self.arguments = {"model": model, "dtype": dtype, "max_model_len": max_model_len, **more}
        self.llm_engine = Engine(model, max_model_len)
        LLM.started.append(self)


class Engine:
    """Finishes one request a step, the newest of those that run first."""

    def __init__(self, folder: str, limit: int) -> None:
        import transformers

        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder).float().eval()
        self.limit = limit
        self.vllm_config = SimpleNamespace(scheduler_config=SimpleNamespace(max_num_seqs=_CAPACITY))
        self.engine_core = SimpleNamespace(shutdown=lambda: setattr(self, "is_shut", True))
        self.is_shut = False
        self.waiting: list[tuple[str, list[int], SamplingParams]] = []
        self.most_waiting = 0
        self.seen: list[list[int]] = []
        self.log: list[tuple[str, list[int]]] = []
        self.steps = 0
        self.dies_after: int | None = None
        self.aborted: list[str] = []
        self.forgets_logprobs = False
        self.gives_up = False

    def add_request(self, request_id: str, prompt: dict[str, Any], params: SamplingParams) -> None:
        ids = prompt["prompt_token_ids"]
        assert prompt["type"] == "token"
        assert params.output_kind is RequestOutputKind.FINAL_ONLY
        if len(ids) >= self.limit:
            raise RuntimeError(f"The decoder prompt (length {len(ids)}) is too long")
        self.waiting.append((request_id, ids, params))
        self.log.append((request_id, ids))
        self.most_waiting = max(self.most_waiting, len(self.waiting))

    def abort_request(self, names: list[str]) -> None:
        self.aborted += names
        self.waiting = [item for item in self.waiting if item[0] not in names]

    def step(self) -> list[Any]:
        self.steps += 1
        if self.steps == self.dies_after:
            raise RuntimeError("CUDA error:\nan illegal memory access was encountered")
        name, ids, params = self.waiting.pop(min(len(self.waiting), _CAPACITY) - 1)
        unfinished = SimpleNamespace(request_id=name, finished=False)
        return [unfinished, self._run(name, ids, params)]

    def _run(self, name: str, ids: list[int], params: SamplingParams) -> Any:
        import torch

        cached = 0 if params.skip_reading_prefix_cache else self._cached(ids)
        self.seen.append(ids)
        with torch.no_grad():
            scores = self.model(torch.tensor([ids])).logits[0].double().log_softmax(-1)
        rows: list[Any] | None = None
        if params.prompt_logprobs is not None:
            rows = [None] + [
                self._row(scores[i - 1], [ids[i]]) if i > cached else {0: None} for i in range(1, len(ids))
            ]
        written, reason, stop = self._write(ids, params)
        output = SimpleNamespace(
            token_ids=written,
            finish_reason=reason,
            stop_reason=stop,
            logprobs=[self._row(scores[-1], params.logprob_token_ids)] if params.logprob_token_ids else None,
        )
        if self.gives_up:
            output.finish_reason = "abort"
        if self.forgets_logprobs:
            output.logprobs = [{}]
        return SimpleNamespace(
            request_id=name, finished=True, outputs=[output], prompt_logprobs=rows, num_cached_tokens=cached
        )

    def _row(self, scores: Any, tokens: list[int]) -> dict[int, Any]:
        return {
            token: SimpleNamespace(logprob=float(scores[token]), rank=1 + int((scores > scores[token]).sum()))
            for token in tokens
        }

    def _cached(self, ids: list[int]) -> int:
        best = 0
        for other in self.seen:
            same = next(
                (i for i, (a, b) in enumerate(zip(ids, other, strict=False)) if a != b), min(len(ids), len(other))
            )
            best = max(best, same)
        return min(best, len(ids) - 1) // _BLOCK * _BLOCK

    def _write(self, ids: list[int], params: SamplingParams) -> tuple[list[int], str, Any]:
        import torch

        numbers = torch.Generator().manual_seed(params.seed or 0)
        written: list[int] = []
        while len(written) < params.max_tokens:
            with torch.no_grad():
                logits = self.model(torch.tensor([ids + written])).logits[0, -1]
            if params.temperature:
                token = int(torch.multinomial((logits / params.temperature).softmax(-1), 1, generator=numbers))
            else:
                token = int(logits.argmax())
            written.append(token)
            if token == self.tokenizer.eos_token_id:
                return written, "stop", None
            text = self.tokenizer.decode(written, skip_special_tokens=params.skip_special_tokens)
            for stop in params.stop or ():
                if stop in text:
                    return written, "stop", stop
        return written, "length", None
