"""Which log-probabilities a server gives, found out by asking: three small requests at most.

Servers ignore what they do not know: llama.cpp's answers a request with ``echo`` as if nothing had been asked, others
fill in zeros, and whoever scores that measures chance. So each way is tried on one text whose log-probabilities nobody
can mistake: the reply must hold the text's own tokens, and a word that must come has to be likelier than one that
cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.backends.http.caller import Caller
from harness.backends.http.faults import Fault
from harness.backends.http.health import UnreachableError
from harness.backends.openai import letters
from harness.backends.openai.dialect import Dialect
from harness.backends.openai.echo import ECHO
from harness.backends.openai.prompt_logprobs import PROMPT_LOGPROBS
from harness.backends.openai.reading import PATH, Reader, Reading
from harness.backends.openai.wire import Endpoint, Method
from harness.errors import BackendError
from harness.values import ErrorKind, Message, Option, Request

T = TypeVar("T")
_REQUESTS = 3
_BEFORE = "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday,"
_EXPECTED = " Sunday"
_ABSURD = " violin"
_QUESTION = "Which of these is a colour? Answer with one letter.\nA. red\nB. seven\nAnswer:"
_LABELS = ("A", "B")
_TOPS = 5  # as many as every server names


@dataclass(frozen=True, slots=True)
class Finding:
    """What a server turned out to give.

    Attributes:
        method: the best way to log-probabilities.
        chat: whether labels after a plain prompt are asked of the chat endpoint.
        note: a line for the reader of the results.
    """

    method: Method
    chat: bool = False
    note: str = ""


class _SilentError(Exception):
    """The server gave no answer, and might later."""


class Probe:
    """Asks a server what it can; serves once.

    Args:
        model: its name there.
        endpoint: the endpoints that may be used.
        dialect: is taught what the server takes.
        letters: whether labels will be ranked, so that first tokens are worth a question.
        body: further fields of every form.
    """

    def __init__(
        self, model: str, endpoint: Endpoint, dialect: Dialect, *, letters: bool, body: Mapping[str, Any]
    ) -> None:
        self._model = model
        self._endpoint = endpoint
        self._dialect = dialect
        self._letters = letters
        self._body = body
        self._left = _REQUESTS

    async def find_out(self, caller: Caller) -> Finding:
        """Return the first way that works: echo, then prompt_logprobs, then first tokens.

        Raises:
            BackendError: the server refuses everything, such as the key.
        """
        try:
            return await self._find_out(caller)
        except (UnreachableError, _SilentError) as error:
            method: Method = "top_logprobs" if self._endpoint == "chat" else "echo"
            return Finding(method, note=f"log-probabilities: {method} (not probed: {error})")

    async def _find_out(self, caller: Caller) -> Finding:
        plain = self._endpoint != "chat"
        if plain:
            refused = 0
            for reader in (ECHO, PROMPT_LOGPROBS):
                try:
                    if await self._reads(caller, reader):
                        return Finding(reader.name, note=f"log-probabilities: {reader.name} (probed)")
                except Fault as fault:
                    refused += 1
                    if fault.status in (404, 405):
                        refused = 2
                        break
            plain = refused < 2 or self._endpoint == "completions"
        if self._letters and await self._names(caller, chat=not plain):
            where = "completions" if plain else "chat"
            note = f"log-probabilities: top_logprobs of one token by {where}, letters only (probed)"
            return Finding("top_logprobs", not plain, note)
        return Finding("none", note="log-probabilities: none that can be trusted (probed)")

    async def _reads(self, caller: Caller, reader: Reader) -> bool:
        text = _BEFORE + _EXPECTED + _ABSURD
        dialect = Dialect()
        dialect.echo_tokens = 1  # not every server takes 0
        form = reader.form(self._model, [text], dialect)
        readings = await self._ask(caller, PATH, form, lambda payload: reader.read([text], dialect, form, payload))
        return readings is not None and _plausible(readings.each[0])

    async def _names(self, caller: Caller, *, chat: bool) -> bool:
        options = tuple(Option(f" {label}") for label in _LABELS)
        if chat:
            request = Request("choose", messages=(Message("user", _QUESTION),), options=options)
        else:
            request = Request("choose", prompt=_QUESTION, options=options)
        while self._left:
            form = letters.form(self._model, request, self._dialect, chat=chat)
            form["top_logprobs" if chat else "logprobs"] = _TOPS
            try:
                read = await self._ask(
                    caller,
                    letters.CHAT if chat else letters.PLAIN,
                    form,
                    lambda payload: letters.read(_LABELS, Dialect(), payload),
                )
            except Fault as fault:
                if "logprobs" in fault.message or not self._dialect.learn(fault, form):
                    return False
            else:
                return read is not None
        return False

    async def _ask(
        self, caller: Caller, path: str, form: Mapping[str, Any], read: Callable[[dict[str, Any]], T]
    ) -> T | None:
        """Return what ``read`` makes of the reply, or None where that is something else.

        Raises:
            Fault: the server refuses the form or has no such endpoint.
            _SilentError: there was no answer.
            BackendError: the server refuses everything.
        """

        def try_to_read(payload: dict[str, Any]) -> T | None:
            try:
                return read(payload)
            except (Fault, BackendError, LookupError, TypeError, ValueError, AttributeError):
                return None

        self._left -= 1
        try:
            return (await caller.ask(path, {**form, **self._body}, try_to_read)).value
        except Fault as fault:
            if fault.kind is ErrorKind.UNAVAILABLE:
                raise _SilentError(fault.message) from None
            raise
        except BackendError as error:
            cause = error.__context__
            if isinstance(cause, Fault) and cause.status in (404, 405):
                raise cause from None
            raise


def _plausible(reading: Reading) -> bool:
    # Without white space, because some servers lose it when they decode tokens one by one.
    tokens = ["".join(token.split()) for token in reading.tokens]
    bare = Reading(tokens, reading.logprobs, reading.greedy, reading.generated)
    before, expected, absurd = ("".join(part.split()) for part in (_BEFORE, _EXPECTED, _ABSURD))
    both = bare.span(before + expected + absurd, len(before))
    last = bare.span(before + expected + absurd, len(before + expected))
    if both is None or last is None or both[0] >= last[0]:
        return False
    try:
        return bare.score(both[0], last[0]).logprob > bare.score(*last).logprob
    except Fault:
        return False
