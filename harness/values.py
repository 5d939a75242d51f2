"""The frozen values that flow between the stages: sample → request → response.

Every stage takes these and gives these; none of them knows a file, a network or a model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import orjson

FORM = 1
"""The form of a request's digest; raised when its meaning changes."""

Kind = Literal["generate", "choose", "perplexity"]
Truncation = Literal["left", "middle", "error"]


def canonical_json(value: Any) -> bytes:
    """Return JSON bytes with sorted keys: equal values give equal bytes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=_plain)
    except TypeError:  # lone surrogates and integers of more than 64 bits, which orjson refuses
        return json.dumps(value, sort_keys=True, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return str(value)


def digest(value: Any, length: int = 64) -> str:
    """Return the SHA-256 of a value's canonical JSON as ``length`` hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()[:length]


@dataclass(frozen=True, slots=True)
class Sample:
    """One dataset row after column mapping.

    Attributes:
        id: identity within its subset: the card's id column, else ``split:row``.
        subset: the subset it belongs to, or an empty string.
        fields: what templates and metrics see; ``question``, ``choices`` and ``answer`` have a fixed meaning.
        fingerprint: SHA-256 (16 digits) of the fields, so that a changed row is noticed.
    """

    id: str
    subset: str
    fields: Mapping[str, Any]
    fingerprint: str

    @classmethod
    def of(cls, sample_id: str, fields: Mapping[str, Any], subset: str = "") -> Sample:
        """Make a sample and fingerprint its fields."""
        return cls(sample_id, subset, fields, digest(fields, 16))


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: who speaks.
        content: the text.
        images: pictures shown before the text, as ``data:`` or ``https:`` addresses.
    """

    role: Literal["system", "user", "assistant"]
    content: str
    images: tuple[str, ...] = ()

    def form(self) -> tuple[str, ...]:
        """Return what a request's digest is made of; long pictures by their own digest."""
        return (self.role, self.content, *(image if len(image) < 200 else digest(image) for image in self.images))


@dataclass(frozen=True, slots=True)
class Generation:
    """How text is generated; every field is part of a request's key.

    Attributes:
        max_tokens: the limit of new tokens.
        stop: strings that end the reply; they are not part of it.
        temperature: 0 is greedy.
        top_p: nucleus sampling; 1 is off.
        seed: sampling seed; the backend combines it with the request's ``repeat``, so that repeats differ.
    """

    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None

    def form(self) -> dict[str, Any]:
        """Return what influences a reply: a greedy one has no seed and no nucleus."""
        form: dict[str, Any] = {"max_tokens": self.max_tokens}
        if self.stop:
            form["stop"] = self.stop
        if self.temperature:
            form["temperature"] = float(self.temperature)
            if self.top_p != 1:
                form["top_p"] = float(self.top_p)
            if self.seed is not None:
                form["seed"] = self.seed
        return form


@dataclass(frozen=True, slots=True)
class Option:
    """One continuation of a ``choose`` request.

    Attributes:
        continuation: the text whose log-probability is asked, its leading space included.
        context: replaces the request's prompt where every option has a context of its own (partial evaluation).
    """

    continuation: str
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model, and nothing about the task that asks it.

    Attributes:
        kind: ``generate`` text, ``choose`` among options (rank them), or ``perplexity`` of ``prompt``.
        prompt: plain text, or None when ``messages`` is used.
        messages: a conversation; the backend renders it with the model's chat template.
        prefill: the beginning of the assistant's reply.
        options: what ``choose`` ranks.
        generation: how ``generate`` samples.
        repeat: 0 for the first answer; asking the same again needs another index.
        max_length: the longest input plus reply in tokens that the card allows, or None for the model's own limit.
        truncation: where a too long prompt is cut; ``error`` refuses.
    """

    kind: Kind
    prompt: str | None = None
    messages: tuple[Message, ...] = ()
    prefill: str = ""
    options: tuple[Option, ...] = ()
    generation: Generation | None = None
    repeat: int = 0
    max_length: int | None = None
    truncation: Truncation = "left"

    def digest(self) -> str:
        """Return the SHA-256 of what is asked, whoever is asked: 64 hexadecimal digits.

        Fields that are empty or have no influence are left out, so that a new field renames no old answer.
        """
        # Written by hand: asdict() on nested dataclasses costs ten times as much.
        form: dict[str, Any] = {"form": FORM, "kind": self.kind}
        if self.prompt is not None:
            form["prompt"] = self.prompt
        if self.messages:
            form["messages"] = [m.form() for m in self.messages]
        if self.prefill:
            form["prefill"] = self.prefill
        if self.options:
            form["options"] = [
                o.continuation if o.context is None else (o.continuation, o.context) for o in self.options
            ]
        if self.generation is not None:
            form["generation"] = self.generation.form()
        if self.repeat:
            form["repeat"] = self.repeat
        if self.max_length is not None:
            form["max_length"] = self.max_length
        if self.truncation != "left":
            form["truncation"] = self.truncation
        return digest(form)

    def key(self, identity: str) -> str:
        """Return the name of this request when asked of ``identity``: 64 hexadecimal digits.

        Args:
            identity: the digest of the model and of the settings that change its answers.
        """
        return hashlib.sha256(f"{identity}/{self.digest()}".encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return the request as plain data, without what is empty: what a run directory shows."""
        form: dict[str, Any] = {"kind": self.kind}
        if self.prompt is not None:
            form["prompt"] = self.prompt
        if self.messages:
            form["messages"] = [_shown(m) for m in self.messages]
        if self.prefill:
            form["prefill"] = self.prefill
        if self.options:
            form["options"] = [
                o.continuation if o.context is None else {"context": o.context, "continuation": o.continuation}
                for o in self.options
            ]
        if self.generation is not None:
            form["generation"] = self.generation.form()
        if self.repeat:
            form["repeat"] = self.repeat
        if self.max_length:
            form["max_length"] = self.max_length
        if self.truncation != "left":
            form["truncation"] = self.truncation
        return form


def _shown(message: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.images:  # by digest: the pictures themselves are in the data
        head = [image.partition(",")[0] if image.startswith("data:") else image for image in message.images]
        shown["images"] = [f"{h} {digest(i, 16)}" for h, i in zip(head, message.images, strict=True)]
    return shown


@dataclass(frozen=True, slots=True)
class OptionScore:
    """What a model said of one option.

    Attributes:
        logprob: sum of the natural-log probabilities of the continuation's tokens, in nats.
        tokens: number of those tokens.
        greedy: whether the model would have generated exactly them; None where the backend cannot say.
    """

    logprob: float
    tokens: int
    greedy: bool | None = None


class ErrorKind(StrEnum):
    """Why a request has no answer."""

    REFUSED = "refused"  # the server will never answer this: bad request, content filter
    UNAVAILABLE = "unavailable"  # it might later: rate limit, server error, time-out
    MALFORMED = "malformed"  # it answered, and not in the agreed form
    TOO_LONG = "too_long"  # the prompt does not fit and the card forbids cutting it
    INTERNAL = "internal"  # the backend itself failed on it


@dataclass(frozen=True, slots=True)
class ResponseError:
    """A request that got no answer: recorded, never scored as an empty reply, asked again by the next run."""

    kind: ErrorKind
    message: str


@dataclass(frozen=True, slots=True)
class Response:
    """A backend's answer to one request.

    Attributes:
        text: the reply of ``generate``, without prefill and stop string.
        options: one score for each option of ``choose``; for ``perplexity`` one score of the whole text.
        finish: ``stop``, ``length`` (the reply hit its limit) or ``filter``; None where it has no meaning.
        method: how it was done, where there is more than one way (``echo``, ``prefix``, ``letters`` …).
        clipped: tokens that were cut from the prompt; 0 when it fitted.
        prompt_tokens: tokens read, None if the backend does not say.
        completion_tokens: tokens written.
        latency: seconds between asking and answering, as far as the backend can tell one request from another.
        error: why there is no answer; then everything else is empty.
        retries: attempts that failed before this one.
    """

    text: str | None = None
    options: tuple[OptionScore, ...] = ()
    finish: str | None = None
    method: str | None = None
    clipped: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    latency: float | None = None
    retries: int = 0
    error: ResponseError | None = field(default=None)

    @classmethod
    def failed(cls, kind: ErrorKind, message: str, retries: int = 0) -> Response:
        """Make the record of a request that got no answer."""
        return cls(error=ResponseError(kind, message), retries=retries)

    def as_json(self) -> dict[str, Any]:
        """Return the response as plain data, without what is empty: what the store keeps."""
        form: dict[str, Any] = {}
        if self.text is not None:
            form["text"] = self.text
        if self.options:
            form["options"] = [[o.logprob, o.tokens, o.greedy] for o in self.options]
        for name in ("finish", "method", "prompt_tokens", "completion_tokens", "latency"):
            value = getattr(self, name)
            if value is not None:
                form[name] = value
        for name in ("clipped", "retries"):
            if getattr(self, name):
                form[name] = getattr(self, name)
        if self.error is not None:
            form["error"] = [str(self.error.kind), self.error.message]
        return form

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Response:
        """Read what :meth:`as_json` wrote."""
        error = form.get("error")
        return cls(
            text=form.get("text"),
            options=tuple(OptionScore(lp, tokens, greedy) for lp, tokens, greedy in form.get("options", ())),
            finish=form.get("finish"),
            method=form.get("method"),
            clipped=form.get("clipped", 0),
            prompt_tokens=form.get("prompt_tokens"),
            completion_tokens=form.get("completion_tokens"),
            latency=form.get("latency"),
            retries=form.get("retries", 0),
            error=ResponseError(ErrorKind(error[0]), error[1]) if error else None,
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers: the model and every setting that changes its answers.

    Attributes:
        model: the name for people.
        backend: the backend's name.
        details: what was digested: weights, tokenizer, dtype, chat template, base URL, declared revision …
    """

    model: str
    backend: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over backend and details; the display name does not count."""
        return digest([self.backend, self.details])
