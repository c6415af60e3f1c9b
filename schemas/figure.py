"""A figure: one numeric claim in one sentence of one article; its series; and what it says against it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from schemas.base import Model, Utc
from schemas.enums import Wrong as Wrong

Value = float | tuple[float, float]
"""A number, or the two ends of a range."""


class Modifier(StrEnum):
    """How exactly a value is meant."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    UP_TO = "up_to"
    FEWER_THAN = "fewer_than"
    ABOUT = "about"
    NEARLY = "nearly"
    ONLY = "only"
    RANGE = "range"
    VAGUE = "vague"


class ScopeKind(StrEnum):
    """Whether a figure states what is, what is expected, or by how much something grew."""

    ACTUAL = "actual"
    FORECAST = "forecast"
    INCREMENT = "increment"


class Scope(Model):
    """What a figure covers beyond its noun and action; what the text leaves open is ``None``."""

    place: str | None = None
    window: str | None = Field(default=None, description="such as 'last 24 hours' or 'since February 2022'")
    group: str | None = Field(default=None, description="a part of the whole, such as 'children' among the killed")
    kind: ScopeKind = ScopeKind.ACTUAL

    def __str__(self) -> str:
        said = [self.place, self.window, self.group, None if self.kind is ScopeKind.ACTUAL else self.kind.value]
        return ", ".join(part for part in said if part)


class Wording(Model):
    """How a figure is said to a reader, in the words of its own sentence."""

    text: str = Field(description="the shortest clause that says it; what was resolved stands in [square brackets]")
    cut: bool = Field(
        description="whether … stands in it: a bound of the claim is left out, or it is the sentence, cut"
    )
    speaker: str = Field(
        "", description="who says so, to stand behind it; empty where it names them, or nobody is named"
    )
    sure: float | None = Field(
        None, description="how likely it is true to its text and clear by itself; not known where nothing was parsed"
    )


class Clause(Model):
    """How the clause around a figure is built, as a parser saw it; for weighing and matching, never for display.

    Words are stems in lower case. ``tag`` is a Penn Treebank tag, ``relation`` and ``role`` are ClearNLP labels.
    """

    verb: str | None = Field(default=None, description="the verb that governs the number")
    tag: str | None = Field(default=None, description="the tag of that verb")
    relation: str | None = Field(default=None, description="how that verb hangs on the rest: ROOT, relcl, advcl …")
    role: str = Field(default="", description="what the counted noun is to the verb: nsubj, dobj, pobj …")
    modal: str | None = Field(default=None, description="'will' or 'may', where a modal verb stands with the verb")
    tense: str | None = Field(
        default=None, description="of that verb: perfect, pluperfect, past, present or progressive; 'modal' under one"
    )
    negated: bool = False
    conditional: bool = Field(default=False, description="whether it stands under 'if', 'unless' or the like")
    inside: tuple[str, ...] = Field(
        default=(), description="the subordinate clauses it stands in: relcl, advcl, ccomp, acl"
    )
    depth: int = Field(
        default=0, description="words between that verb and the main one, which counts; 0 in a main clause"
    )
    position: float = Field(default=0.0, description="where in the sentence the number stands, 0 to 1")
    phrase: tuple[str, ...] = Field(default=(), description="the counted noun with what stands to it")
    proper: tuple[str, ...] = Field(default=(), description="proper names within that phrase")
    arguments: tuple[str, ...] = Field(default=(), description="the verb with its subject, objects and places")
    names: tuple[str, ...] = Field(default=(), description="proper names among these")


class Figure(Model):
    """One numeric claim as it was read.

    Either ``value`` is set, or ``low`` and ``high`` are (a range, or what a vague word such as "dozens" allows).
    ``span`` counts characters of the text that was read, and covers the number with its modifier's number words only.
    """

    span: tuple[int, int]
    surface: str = Field(description="the text of the span")
    quote: str = Field(description="the sentence it stands in")
    value: float | None = None
    low: float | None = None
    high: float | None = None
    modifier: Modifier = Modifier.EXACT
    unit: str | None = Field(default=None, description="%, USD, km … where it measures")
    counted: str | None = Field(default=None, description="the noun counted, as the text says it, resolved")
    people: bool = Field(default=False, description="whether people are counted: passengers, bodies, deaths, arrests")
    action: str | None = Field(default=None, description="a canonical class: killed, returned, deported …")
    scope: Scope = Scope()
    attribution: str | None = Field(default=None, description="who says so, if the text says it")
    as_of: date | None = Field(default=None, description="the day it holds for, if the text says it")
    earlier: Value | None = Field(default=None, description="the value it replaces, where the same sentence gives it")
    factor: float | None = Field(default=None, description="2 for 'doubled to 84'")
    against: tuple[int, int] | None = Field(
        default=None, description="the span of the number told before it that the text sets it against"
    )

    @field_validator("against", mode="before")
    @classmethod
    def _place_or_nothing(cls, told: object) -> object:
        """Drop what records of old hold: the value of that number, which does not tell of which of two equal ones."""
        place = isinstance(told, (tuple, list)) and all(isinstance(end, int) for end in told)
        return told if place else None

    wording: Wording | None = Field(default=None, description="the clause that says it, for people")
    clause: Clause | None = Field(default=None, description="how its clause is built; None where no parser was at hand")

    @model_validator(mode="after")
    def _one_or_two_ends(self) -> Figure:
        if self.value is None and (self.low is None or self.high is None):
            raise ValueError("a figure needs a value, or both a low and a high end")
        return self


class Rejected(Model):
    """A numeral that is no figure, and why (year, age, score …)."""

    span: tuple[int, int]
    surface: str
    why: str


class VerdictKind(StrEnum):
    """What a figure says against its series."""

    NEW = "new"
    REPEATED = "repeated"
    CHANGED = "changed"
    CONTRADICTION = "contradiction"
    CORRECTION = "correction"


class Tell(StrEnum):
    """How a figure reaches the desk: in a mail at once, in the digest, or not at all (it stays in the record)."""

    NOW = "now"
    DIGEST = "digest"
    NONE = "none"


class Telling(Model):
    """What the desk of a topic is told of a figure, and why.

    ``kind`` claims less than a verdict may: it says that something changed or is contradicted only on strong evidence,
    and is ``new`` otherwise. ``repeated`` was told before, and is never told again.
    """

    worth: float = Field(ge=0, le=1, description="how likely it is of the kind that a desk of this topic wants at once")
    wanted: float | None = Field(
        default=None, ge=0, le=1, description="how likely the desk wants it in a mail, after all it was told before"
    )
    tell: Tell
    kind: VerdictKind
    from_value: Value | None = Field(
        default=None, description="changed, contradiction, correction: the value told before"
    )
    of: str | None = Field(
        default=None, description="id of the figure told before that it repeats, changes or contradicts"
    )
    before: tuple[str, ...] = Field(
        default=(),
        description="ids of figures told before that may concern the same, the latest first; no move is claimed",
    )
    reasons: tuple[str, ...] = Field(default=(), description="for people: what spoke for its worth and against it")


class FigureInArticle(Model):
    """A figure with its id and where it was read; what following needs to know of its source."""

    id: str
    article: str
    revision: int
    outlet: str
    published: Utc
    figure: Figure


class Verdict(Model):
    """What one figure says against one series of one topic."""

    figure: str
    topic: str
    series: str
    kind: VerdictKind
    from_value: Value | None = Field(default=None, description="changed, correction: what it was")
    contradicts: tuple[str, ...] = Field(default=(), description="ids of the figures it is incompatible with")
    reason: str = Field(description="for people: how it was decided")
    telling: Telling | None = Field(
        default=None, description="what the desk is told of it; None before that was decided"
    )
    wrong: Wrong | None = Field(default=None, description="what a person found wrong with it, if that still holds")

    @property
    def withdrawn(self) -> bool:
        """Whether the figure says what its text does not: it is shown nowhere but in its history."""
        return self.wrong in (Wrong.NUMBER, Wrong.THING)


class Marks(Model):
    """What following noted around a number, to recognise the next mention of the same figure. For no other use.

    Words and names carry a weight from 0 to 1, the nearer to the number the more.
    """

    words: dict[str, float] = Field(default_factory=dict, description="stems and classes of the words around it")
    names: dict[str, float] = Field(default_factory=dict, description="proper names of its sentence, in lower case")
    nouns: tuple[str, ...] = Field(default=(), description="what is counted: classes and stems, the head first")
    actions: tuple[str, ...] = Field(default=(), description="what happened to it: classes, the governing one first")
    traits: tuple[str, ...] = Field(default=(), description="such as 'part', 'more', 'direction:north', 'per:day'")
    window: str | None = Field(default=None, description="the resolved period, such as '2026-06' or 'total'")
    cues: tuple[str, ...] = Field(default=(), description="'history', 'update' or 'dispute' words that concern it")
    about: tuple[str, ...] = Field(default=(), description="the commonest names of its article; ? if unsure")


class ToldFigure(Model):
    """A figure that was worth remembering, as telling compares the next ones with it.

    ``track`` is shared by the states of one thing: the id of the figure that opened it.
    """

    figure: FigureInArticle
    marks: Marks
    telling: Telling
    track: str


class HeardArticle(Model):
    """What the stream of a topic keeps of one article: which words it used, and what its figures count and state."""

    id: str
    published: Utc
    words: frozenset[str] = Field(description="stems")
    actions: tuple[str, ...] = Field(default=(), description="of each figure that has one")
    nouns: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = Field(default=(), description="noun and action, of each figure that has both")
    values: frozenset[tuple[str, str]] = Field(default=frozenset(), description="values with their units")
    figures: int = 0


class Claim(Model):
    """A figure as its series remembers it."""

    figure: str
    article: str
    outlet: str
    attribution: str | None
    published: Utc
    as_of: date
    low: float | None = Field(description="the interval the words allow; None is open")
    high: float | None
    value: float | None
    modifier: Modifier
    kind: VerdictKind
    marks: Marks | None = None


class Series(Model):
    """The same figure followed over time and across outlets within one topic.

    ``id`` is stable: it is made of the topic and of the figure that opened the series.
    """

    id: str
    topic: str
    label: str = Field(description="for people: 'children returned home, Ukraine, cumulative'")
    counted: str | None
    action: str | None
    unit: str | None
    scope: Scope
    claims: tuple[Claim, ...] = ()
    current: str | None = Field(default=None, description="id of the figure that holds now")
    opened: Utc
    pinned: bool = False
    wrong: tuple[Claim, ...] = Field(
        default=(), description="claims that a person found wrong: kept, and compared with nothing"
    )
    merged_into: str | None = Field(default=None, description="the series a person found it the same as; empty since")


class DecisionKind(StrEnum):
    """What a person can decide about how series of a topic are kept and shown."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    PIN = "pin"
    UNPIN = "unpin"


class SeriesDecision(Model):
    """What a person decided about series; it outlives every replay, for it names ids that a replay reproduces.

    ``merge``: the other ``series`` are the same as the first. ``split``: ``figures`` of the one series are another
    figure, and what resembles them from now on is too. ``rename``: the one series is called ``label``.
    """

    kind: DecisionKind
    series: tuple[str, ...] = Field(min_length=1)
    figures: tuple[str, ...] = Field(default=(), description="split: ids of the figures that are taken out")
    label: str | None = Field(default=None, description="rename: the new name; split: one for the new series")
    decided: Utc
    by: str = Field(default="", max_length=400, description="who, as of a `Decision`; empty in old records")
    labels: tuple[str, ...] = Field(default=(), description="what the series were called then, for people")

    @model_validator(mode="after")
    def _enough_to_act_on(self) -> SeriesDecision:
        if self.kind is DecisionKind.MERGE and len(set(self.series)) < 2:
            raise ValueError("a merge needs two series or more")
        if self.kind is not DecisionKind.MERGE and len(self.series) != 1:
            raise ValueError(f"a {self.kind.value} is of one series")
        if self.kind is DecisionKind.SPLIT and not self.figures:
            raise ValueError("a split needs the figures that are taken out")
        if self.kind is DecisionKind.RENAME and not self.label:
            raise ValueError("a rename needs a label")
        return self
