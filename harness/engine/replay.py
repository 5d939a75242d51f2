"""``--model replay:RUN``: another run's answers, asked for again.

A card with other parsers or metrics, or the same prompts under another name, is so answered without any model. It
stands here and not with the other backends because it reads runs and stores.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from itertools import islice
from pathlib import Path
from typing import ClassVar

from harness.backends.base import Capabilities, Need
from harness.store.manifest import Manifest
from harness.store.records import SampleRecord, TaskSummary
from harness.store.run import DEFAULT_ROOT, RunDirectory
from harness.store.store import ResponseStore
from harness.values import ErrorKind, Identity, OptionScore, Request, Response

_WINDOW = 500  # requests that are looked up together


class ReplayBackend:
    """Answers what a run has answered; everything else is an error response, so that it is counted.

    The run's response store is asked first: it has every answer. What it does not have, because it was moved or
    cleaned, comes from the run's own samples, which lack only the unconditional half of PMI.

    Args:
        model: the run: a path, its name under ``results``, or ``latest``.
        results: the folder of run directories.
        store: where the run's response store is now, if not where the run left it.

    Raises:
        StoreError: there is no such run, or it cannot be read.
    """

    name = "replay"
    claims: ClassVar = Capabilities(choose=True, letters=True, perplexity=True, chat=True, prefill=True, images=True)

    def __init__(
        self, model: str | Path, *, results: str | Path = DEFAULT_ROOT, store: str | Path | None = None
    ) -> None:
        self._run = RunDirectory.open(model, Path(results))
        manifest = self._run.manifest
        # Runs that were scored from a file of replies have no identity of a model.
        self._source = manifest.identity
        self._identity = Identity(manifest.model, self.name, {"source": manifest.identity or self._run.path.name})
        self._capabilities = _capabilities(manifest)
        folder = Path(store).expanduser() if store is not None else Path(manifest.store)
        self._store = ResponseStore(folder) if manifest.store or store is not None else None
        self._samples: dict[str, Response] | None = None

    @property
    def identity(self) -> Identity:
        """The model that answered the run, known by its identity there."""
        return self._identity

    def probe(self, kinds: Collection[Need]) -> Capabilities:
        """What the run was asked, so that prompts come out as they did there."""
        return self._capabilities

    def answer(self, requests: Iterable[Request]) -> Generator[tuple[int, Response], None, None]:
        """Answer in order."""
        numbered = enumerate(requests)
        while window := list(islice(numbered, _WINDOW)):
            keys = [request.key(self._source) for _, request in window]
            stored = self._store.lookup(keys, self._source) if self._store is not None else {}
            for (index, request), key in zip(window, keys, strict=True):
                known = stored.get(key)
                yield index, known if known is not None and known.error is None else self._recorded(request, known)

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()

    def _recorded(self, request: Request, failed: Response | None) -> Response:
        """Return the answer among the run's samples, or that there is none."""
        if self._samples is None:
            pairs = ((record.asked, _response(record)) for record in self._run.samples())
            self._samples = {asked: response for asked, response in pairs if response is not None}
        found = self._samples.get(request.digest()[:32])
        if found is not None:
            return found
        why = f"; it holds only an error: {failed.error.message}" if failed is not None and failed.error else ""
        return Response.failed(ErrorKind.REFUSED, f"not in the run '{self._run.path.name}'{why}")


def _capabilities(manifest: Manifest) -> Capabilities:
    """Return what the run's model could do, as far as its tasks show; all of it where they do not."""
    tasks = manifest.tasks
    asked = {formulation for task in tasks if task.card.get("ask") == "choose" for formulation in task.formulations}
    plain = not any(task.chat and not _likes_chat(task) for task in tasks)
    return Capabilities(
        choose="cf" in asked or not asked,
        letters="mcf" in asked or not asked,
        perplexity=True,
        chat=any(task.chat for task in tasks),
        plain=plain,
        prefill=True,
        images=True,
        falls_back="generate" in asked,
        notes=(f"answers of the run that {manifest.model} made on {manifest.created[:10]}",),
    )


def _likes_chat(task: TaskSummary) -> bool:
    """Return whether its card sends messages to a model that takes plain text as well."""
    chat = task.card.get("chat", "auto")
    return chat == "always" or (chat == "auto" and ("generate" in task.formulations or bool(task.card.get("images"))))


def _response(record: SampleRecord) -> Response | None:
    """Return the answer that a record was made from, or None where there was none."""
    if record.reply is None and not record.option_logprobs:
        return None
    scores = zip(record.option_logprobs, record.option_tokens, record.option_greedy, strict=True)
    return Response(
        text=record.reply,
        options=tuple(OptionScore(*score) for score in scores),
        finish=record.finish,
        method=record.method,
        clipped=record.clipped,
        prompt_tokens=record.prompt_tokens,
        completion_tokens=record.completion_tokens,
        latency=record.latency,
        retries=record.retries,
    )
