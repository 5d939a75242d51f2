from enum import Enum
from typing import Any


class RequestOutputKind(Enum):
    CUMULATIVE = 0
    FINAL_ONLY = 2


class SamplingParams:
    """The parameters that the backend uses, and the refusals that it must live with."""

    def __init__(
        self,
        *,
        max_tokens: int = 16,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        stop: list[str] | None = None,
        detokenize: bool = True,
        skip_special_tokens: bool = True,
        spaces_between_special_tokens: bool = True,
        logprob_token_ids: list[int] | None = None,
        prompt_logprobs: int | None = None,
        flat_logprobs: bool = False,
        skip_reading_prefix_cache: bool | None = None,
        output_kind: RequestOutputKind = RequestOutputKind.CUMULATIVE,
    ) -> None:
        if temperature > 2:
            raise RuntimeError(f"temperature must be in [0, 2], got {temperature}.")
        if stop and not detokenize:
            raise RuntimeError("stop strings are only supported when detokenize is True.")
        if logprob_token_ids is not None and len(logprob_token_ids) > 128:
            raise RuntimeError("too many logprob_token_ids")
        self.__dict__.update({name: value for name, value in locals().items() if name != "self"})

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)
