"""From a sample to the requests that ask it, in one formulation.

``mcf`` shows the labelled choices and ranks their letters; ``cf`` ranks the choices' texts after the bare question;
``generate`` lets the model write. All templates are compiled once for a card; the block of description and shots is
rendered once for each set of shots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from harness.cards.schema import Card
from harness.errors import CardError
from harness.prompts.images import addresses
from harness.prompts.shots import ShotPicker
from harness.prompts.variables import check_field_names, gold_indices, variables
from harness.templates import Template, Values
from harness.values import Generation, Message, Option, Request, Sample

CONTINUATION = {"cf": " {{ choice }}", "mcf": " {{ letter }}"}

Role = Literal["main", "unconditional"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a sample and what it is for.

    Attributes:
        request: the question.
        role: ``main``, or ``unconditional`` for the second half of PMI.
        repeat: which of the sample's repeats.
    """

    request: Request
    role: Role = "main"
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class _Shot:
    prompt: str
    target: str
    images: tuple[str, ...] = ()


class Asker:
    """Makes the requests of one (sub)card in one formulation.

    Args:
        card: the resolved card of the subset.
        formulation: ``mcf``, ``cf`` or ``generate``; empty for ``perplexity``.
        picker: chooses shots, or None for zero-shot.
        chat: whether the model gets messages.
        where: how errors call the card.

    Raises:
        CardError: a template is wrong.
    """

    def __init__(self, card: Card, formulation: str, picker: ShotPicker | None, *, chat: bool, where: str) -> None:
        check_field_names(card.columns, where)
        self.card = card
        self.formulation = formulation
        self._picker = picker
        self.chat = chat
        self._where = where
        self._ask = ask = card.how(formulation)
        self._ranks = formulation in CONTINUATION
        self._prompt = self._compile("prompt", ask.prompt if ask.prompt is not None else card.prompt)
        self._description = self._compile("description", card.description)
        self._descriptions: dict[str, str] | None = {} if self._description.names <= {"subset", "formulation"} else None
        self._system = self._compile("system", card.system)
        self._prefill = self._compile("prefill", card.prefill)
        self._option = self._compile("option", ask.option if ask.option is not None else card.option)
        shot = ask.shot if ask.shot is not None else card.shot
        self._shot = self._compile("shot", shot) if shot else None
        self._target = self._compile("target", card.target) if card.target else None
        continuation = ask.continuation if ask.continuation is not None else CONTINUATION.get(formulation, "")
        self._continuation = self._compile("continuation", continuation)
        self._context = self._compile("context", ask.context) if ask.context is not None else None
        templates = (
            self._prompt,
            self._description,
            self._system,
            self._prefill,
            self._shot,
            self._target,
            self._context,
        )
        used = any("options" in template.names for template in templates if template is not None)
        self._shows_options = used and formulation != "cf"
        if self._shot is not None and card.shots.turns and card.shots.count:
            raise CardError("'shot' writes a shot as one text, so 'shots.turns' cannot split it; use 'target'", where)
        self._shot_texts: dict[str, _Shot] = {}

    @property
    def prompt_names(self) -> frozenset[str]:
        """The variables that the prompt uses."""
        return self._prompt.names

    def requests(self, sample: Sample) -> list[Asked]:
        """Return the requests of a sample: one for each repeat, and one more for PMI."""
        card = self.card
        values = self._values(sample)
        if card.ask == "perplexity":
            return [Asked(self._likelihood(sample, values))]
        if self._ranks:
            return self._choose(sample, values)
        prompt, messages, prefill = self._compose(sample, values, self._prompt.render(values))
        spec = card.generation
        generation = Generation(spec.max_tokens, spec.stop, spec.temperature, spec.top_p, spec.seed)
        return [
            Asked(
                Request(
                    "generate",
                    prompt=prompt,
                    messages=messages,
                    prefill=prefill,
                    generation=generation,
                    repeat=repeat,
                    max_length=card.max_length,
                    truncation=card.truncation,
                ),
                repeat=repeat,
            )
            for repeat in range(card.repeats)
        ]

    def _likelihood(self, sample: Sample, values: dict[str, Any]) -> Request:
        """Ask for the likelihood of the text: alone, or as the continuation of the prompt where the card has one."""
        card = self.card
        text = str(sample.fields["text"])
        if not (card.prompt or card.description or card.system or self._picker):
            return Request("perplexity", prompt=text, max_length=card.max_length)
        context, messages, prefill = self._compose(sample, values, self._prompt.render(values))
        return Request(
            "choose",
            prompt=context,
            messages=messages,
            prefill=prefill,
            options=(Option(text),),
            max_length=card.max_length,
            truncation=card.truncation,
        )

    def continuations(self, sample: Sample) -> list[str]:
        """Return the texts that are ranked for a sample, leading space included."""
        values = self._values(sample)
        return [self._continuation.render(v) for v in self._choice_values(values)]

    def _choose(self, sample: Sample, values: dict[str, Any]) -> list[Asked]:
        continuations = [self._continuation.render(v) for v in self._choice_values(values)]
        if self._context is None:
            prompt, messages, prefill = self._compose(sample, values, self._prompt.render(values))
            options = tuple(Option(c) for c in continuations)
        else:
            each = self._choice_values(values)
            contexts = [self._compose(sample, v, self._context.render(v))[0] for v in each]
            prompt, messages, prefill = None, (), ""
            options = tuple(Option(c, context) for c, context in zip(continuations, contexts, strict=True))
        main = Request(
            "choose",
            prompt=prompt,
            messages=messages,
            prefill=prefill,
            options=options,
            max_length=self.card.max_length,
            truncation=self.card.truncation,
        )
        if self._ask.normalize != "pmi":
            return [Asked(main)]
        bare = tuple(Option(c) for c in continuations)
        return [Asked(main), Asked(Request("choose", prompt=self._ask.unconditional, options=bare), "unconditional")]

    def _compose(self, sample: Sample, values: Values, query: str) -> tuple[str | None, tuple[Message, ...], str]:
        """Put system, description, shots and question together: as text, or as messages."""
        system = self._system.render(values)
        prefill = self._prefill.render(values)
        description = self._described(sample.subset, values)
        shots = [self._shot_text(shot) for shot in self._picker.pick(sample)] if self._picker else []
        separator = self.card.shots.separator
        images = addresses(sample, self.card.images, self._where)
        chat = self.chat and self._context is None
        if images and not chat:
            raise CardError(
                "'images' are shown in chat messages only; leave out 'chat: never' and 'context'", self._where
            )
        if chat and self.card.shots.turns:
            first = [description] if description else []
            messages = [Message("system", system)] if system else []
            for shot in shots:
                messages.append(Message("user", separator.join([*first, shot.prompt]), shot.images))
                messages.append(Message("assistant", shot.target.strip()))
                first = []
            messages.append(Message("user", separator.join([*first, query]), images))
            return None, tuple(messages), prefill
        blocks = [description] if description else []
        blocks += [shot.prompt + shot.target for shot in shots]
        text = separator.join([*blocks, query])
        if chat:
            head = (Message("system", system),) if system else ()
            every = (*(image for shot in shots for image in shot.images), *images)
            return None, (*head, Message("user", text, every)), prefill
        return (separator.join((system, text)) if system else text) + prefill, (), ""

    def _described(self, subset: str, values: Values) -> str:
        """Render the description, once where nothing but the subset is in it."""
        if self._descriptions is None:
            return self._description.render(values)
        if subset not in self._descriptions:
            self._descriptions[subset] = self._description.render(values)
        return self._descriptions[subset]

    def _shot_text(self, shot: Sample) -> _Shot:
        known = self._shot_texts.get(shot.id)
        if known is None:
            values = self._values(shot)
            images = addresses(shot, self.card.images, self._where)
            if self._shot is not None:
                known = _Shot(self._shot.render(values), "", images)
            else:
                known = _Shot(self._prompt.render(values), self._target_text(shot, values), images)
            self._shot_texts[shot.id] = known
        return known

    def _target_text(self, shot: Sample, values: dict[str, Any]) -> str:
        if self._target is not None:
            return self._target.render(values)
        gold = gold_indices(shot)
        if self._ranks and gold:
            return self._continuation.render(next(islice(self._choice_values(values), gold[0], None)))
        if self.card.ask == "perplexity":
            return str(values["text"])
        if "letter" in values:
            return f" {values['letter']}"
        answer = values.get("answer", "")
        return f" {answer[0] if isinstance(answer, list | tuple) and answer else answer}"

    def _values(self, sample: Sample) -> dict[str, Any]:
        values = variables(sample, self.formulation)
        shows_options = self._shows_options and "letters" in values
        each = self._choice_values(values) if shows_options else ()
        values["options"] = "".join(self._option.render(v) for v in each)
        return values

    @staticmethod
    def _choice_values(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the variables of each choice: one map, changed from choice to choice."""
        own = dict(values)
        for index, (label, choice) in enumerate(zip(values["letters"], values["choices"], strict=True)):
            own["choice"], own["index"], own["letter"] = choice, index, label
            yield own

    def _compile(self, key: str, text: str) -> Template:
        return Template(text, f"{self._where}: {key}")
