"""What a server has taught us of the protocol's variants it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from harness.backends.http.faults import Fault, malformed
from harness.errors import BackendError

TokensField = Literal["auto", "max_tokens", "max_completion_tokens"]
NOT_READ = "this server gives no log-probabilities of a prompt; use --formulation generate"
NO_TOPS = "this server gives no log-probabilities of a reply's first token; use --formulation generate"

_MOST_TOPS = 20  # what OpenAI's chat and vLLM's defaults allow at most
_FEWEST_TOPS = 5  # what OpenAI's completions allow at most


class WrongCount(Fault):
    """A list of prompts was answered with another number of choices."""


class Dialect:
    """Chooses between ways to say the same; each refusal moves it one step, and it never goes back and forth.

    Args:
        tokens_field: what the limit of new tokens is called; ``auto`` begins with ``max_tokens``.

    Attributes:
        sends_stop: whether stop strings are sent; replies are cut at them here anyhow.
        sends_temperature: whether a temperature of 0 is sent; reasoning models only take their own.
        echo_tokens: how many tokens are generated where none are wanted.
        lists: whether several prompts travel in one request.
        tops: how many of the likeliest first tokens are asked for.
    """

    def __init__(self, tokens_field: TokensField = "auto") -> None:
        self._switches = tokens_field == "auto"
        self.tokens_field = "max_tokens" if tokens_field == "auto" else tokens_field
        self.sends_stop = True
        self.sends_temperature = True
        self.echo_tokens = 0
        self.lists = True
        self.tops = _MOST_TOPS
        self._zero_proven = False
        self._lists_proven = False
        self._read_proven = False
        self._temperature_proven = False
        self._tops_proven = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What was learned that changes answers, in a line each."""
        if self.sends_temperature:
            return ()
        return ("the server takes no temperature of 0: replies are sampled at its own default",)

    def learn(self, fault: Fault, form: Mapping[str, Any]) -> bool:
        """Return whether a form made anew may be taken where this one was rejected.

        Raises:
            BackendError: the server cannot do at all what the form asks.
        """
        if "echo" in form or "prompt_logprobs" in form:
            return self._learn_reading(fault, form)
        if not fault.rejected:
            return False
        said = fault.message
        if "max_completion_tokens" in said and "max_tokens" in form and self._switches:
            self.tokens_field = "max_completion_tokens"
            return True
        if "'stop'" in said and "stop" in form:
            self.sends_stop = False
            return True
        if "logprobs" in form and "logprobs" in said:
            return self._learn_tops(fault, form)
        if "temperature" in said and form.get("temperature") == 0 and not self._temperature_proven:
            self.sends_temperature = False
            return True
        return False

    def _learn_tops(self, fault: Fault, form: Mapping[str, Any]) -> bool:
        asked = form.get("top_logprobs", form["logprobs"])
        if asked != self.tops:
            return True  # a request beside this one has learned it in the meantime
        if self._tops_proven:
            return False
        if self.tops > _FEWEST_TOPS:
            self.tops = _FEWEST_TOPS
            return True
        raise BackendError(f"{NO_TOPS} ({fault.message})")

    def _learn_reading(self, fault: Fault, form: Mapping[str, Any]) -> bool:
        if not (fault.rejected or isinstance(fault, WrongCount)):
            return False
        echo, listed = "echo" in form, isinstance(form["prompt"], list)
        if (echo and form["max_tokens"] != self.echo_tokens) or (listed and not self.lists):
            return True  # a request beside this one has learned it in the meantime
        if fault.rejected and not self._read_proven and ("echo" in fault.message or "logprobs" in fault.message):
            raise BackendError(f"{NOT_READ} ({fault.message})")
        if fault.rejected and echo and self.echo_tokens == 0 and not self._zero_proven:
            self.echo_tokens = 1
        elif listed and not self._lists_proven:
            self.lists = False
        else:
            return False
        return True

    def answered(self, form: Mapping[str, Any]) -> None:
        """Note that a form was answered with what it asked for."""
        if "echo" in form or "prompt_logprobs" in form:
            self._read_proven = True
            if form["max_tokens"] == 0 and not self._zero_proven:
                self._zero_proven, self.echo_tokens = True, 0
            if isinstance(form["prompt"], list) and not self._lists_proven:
                self._lists_proven = self.lists = True
            return
        if "logprobs" in form:
            self._tops_proven = True
        if "temperature" in form:
            self._temperature_proven = True

    def not_read(self) -> Fault | BackendError:
        """Return what to raise for a reply without log-probabilities of its prompt."""
        if self._read_proven:
            return malformed("the reply has no log-probabilities of its prompt")
        return BackendError(NOT_READ)

    def no_tops(self) -> Fault | BackendError:
        """Return what to raise for a reply without the likeliest first tokens."""
        if self._tops_proven:
            return malformed("the reply has no log-probabilities of its first token")
        return BackendError(NO_TOPS)
