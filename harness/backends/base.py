"""What answers requests: the one small protocol that every backend fulfils.

A backend takes requests and yields answers in any order; batching, concurrency and retries are its own business. It
never raises for a single request: that becomes an error response. It raises ``BackendError`` when nothing it is asked
can work (no such model, wrong key, no server), so that the run stops with one line.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from harness.values import Identity, Request, Response


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do with this model.

    Attributes:
        generate: text can be generated.
        choose: log-probabilities of given continuations.
        perplexity: log-probability of a given text.
        chat: the model has a chat template (local), or the endpoint takes messages (API).
        plain: it takes plain text as well; False for endpoints that only know messages.
        prefill: the assistant's reply can be begun for it.
    """

    generate: bool = True
    choose: bool = False
    perplexity: bool = False
    chat: bool = False
    plain: bool = True
    prefill: bool = False


@runtime_checkable
class Backend(Protocol):
    """A model ready to answer."""

    name: str

    @property
    def identity(self) -> Identity:
        """Who answers; part of every request's key."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What may be asked."""
        ...

    def answer(self, requests: Sequence[Request]) -> Generator[tuple[int, Response], None, None]:
        """Yield ``(index into requests, response)`` for each request once, in any order, as they become ready.

        The requests come in an order that keeps shared prefixes together. Closing the iterator cancels what is
        under way. All strings yielded are valid Unicode (no lone surrogates).
        """
        ...

    def close(self) -> None:
        """Free the model or the connections; may be called twice."""
        ...
