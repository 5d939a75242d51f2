"""What a server has taught us of the protocol's variants it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from harness.backends.http.faults import Fault, malformed
from harness.errors import BackendError

TokensField = Literal["auto", "max_tokens", "max_completion_tokens"]
NO_ECHO = "this server gives no log-probabilities of a prompt; use --formulation generate"


class WrongCount(Fault):
    """A list of prompts was answered with another number of choices."""


class Dialect:
    """Chooses between ways to say the same; each refusal moves it one step, and it never goes back and forth.

    Args:
        tokens_field: what the limit of new tokens is called; ``auto`` begins with ``max_tokens``.
    """

    def __init__(self, tokens_field: TokensField = "auto") -> None:
        self._switches = tokens_field == "auto"
        self.tokens_field = "max_tokens" if tokens_field == "auto" else tokens_field
        self.sends_stop = True
        self.echo_tokens = 0
        self.lists = True
        self._zero_proven = False
        self._lists_proven = False
        self._echo_proven = False

    def learn(self, fault: Fault, form: Mapping[str, Any]) -> bool:
        """Return whether a form made anew may be taken where this one was rejected."""
        if form.get("echo"):
            return self._learn_echo(fault, form)
        if not fault.rejected:
            return False
        if "max_completion_tokens" in fault.message and "max_tokens" in form and self._switches:
            self.tokens_field = "max_completion_tokens"
            return True
        if "'stop'" in fault.message and "stop" in form:  # replies are cut at stop strings here anyhow
            self.sends_stop = False
            return True
        return False

    def _learn_echo(self, fault: Fault, form: Mapping[str, Any]) -> bool:
        if not (fault.rejected or isinstance(fault, WrongCount)):
            return False
        listed = isinstance(form["prompt"], list)
        if form["max_tokens"] != self.echo_tokens or (listed and not self.lists):
            return True  # a request beside this one has learned it in the meantime
        if fault.rejected and not self._echo_proven and ("echo" in fault.message or "logprobs" in fault.message):
            raise BackendError(f"{NO_ECHO} ({fault.message})")
        if fault.rejected and self.echo_tokens == 0 and not self._zero_proven:
            self.echo_tokens = 1
        elif listed and not self._lists_proven:
            self.lists = False
        else:
            return False
        return True

    def echoed(self, form: Mapping[str, Any]) -> None:
        """Note that a form was answered with the log-probabilities of its prompts."""
        self._echo_proven = True
        if form["max_tokens"] == 0 and not self._zero_proven:
            self._zero_proven, self.echo_tokens = True, 0
        if isinstance(form["prompt"], list) and not self._lists_proven:
            self._lists_proven = self.lists = True

    def no_echo(self) -> Fault | BackendError:
        """Return what to raise for a reply without log-probabilities of its prompt."""
        if self._echo_proven:
            return malformed("the reply has no log-probabilities of its prompt")
        return BackendError(NO_ECHO)
