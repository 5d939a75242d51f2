"""A backend whose answers are written by the caller: for tests, and for trying a card without a model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Sequence

from harness.backends.base import Capabilities, Need
from harness.values import ErrorKind, Identity, OptionScore, Request, Response

Reply = Callable[[Request], Response | str | Sequence[float]]


class ScriptedBackend:
    """Answers each request with what ``reply`` returns: a response, a text, or one log-probability per option.

    Args:
        reply: the function that answers; by default an empty text and log-probabilities of zero.
        model: the name in the identity: two scripts with different answers need different names.
        chat: whether it claims to know messages.
    """

    name = "scripted"

    def __init__(self, reply: Reply | None = None, model: str = "scripted", *, chat: bool = False) -> None:
        self._reply = reply or _nothing
        self.identity = Identity(model=model, backend=self.name, details={"model": model, "chat": chat})
        self._capabilities = Capabilities(choose=True, perplexity=True, chat=chat, prefill=True)
        self.asked: list[Request] = []

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """Everything may be asked."""
        return self._capabilities

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Answer in order, one by one."""
        for index, request in enumerate(requests):
            self.asked.append(request)
            yield index, self._one(request)

    def _one(self, request: Request) -> Response:
        reply = self._reply(request)
        if isinstance(reply, Response):
            return reply
        if isinstance(reply, str):
            return Response(text=reply, finish="stop", completion_tokens=len(reply.split()))
        count = len(request.options) or 1
        if len(reply) != count:
            return Response.failed(ErrorKind.INTERNAL, f"the script gave {len(reply)} numbers for {count} options")
        lengths = [max(1, len(o.continuation.split())) for o in request.options] or [1]
        return Response(options=tuple(OptionScore(lp, n) for lp, n in zip(reply, lengths, strict=True)))

    def close(self) -> None:
        """Nothing to free."""


def _nothing(request: Request) -> str | list[float]:
    return "" if request.kind == "generate" else [0.0] * (len(request.options) or 1)
