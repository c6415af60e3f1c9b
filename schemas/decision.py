"""What a person decided about what they are told: silence, errors, wishes; with who decided it and when.

How series, stories and threads are put together is decided elsewhere (`SeriesDecision`, `StoryDecision`,
`ThreadDecision`): those decisions change what is followed, these what reaches a reader.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from schemas.alert import AlertKind
from schemas.base import Model, Utc
from schemas.enums import Act as Act
from schemas.enums import Mails as Mails
from schemas.enums import SubjectKind as SubjectKind
from schemas.figure import Modifier, Wrong

ACTS = {
    SubjectKind.SERIES: (Act.MUTE, Act.UNMUTE, Act.FOLLOW, Act.UNFOLLOW),
    SubjectKind.THREAD: (Act.MUTE, Act.UNMUTE),
    SubjectKind.RULE: (Act.MUTE, Act.UNMUTE),
    SubjectKind.FIGURE: (Act.WRONG,),
    SubjectKind.RECIPIENT: (Act.STOP, Act.RESUME),
}
"""What can be decided about each kind of thing."""


class Subject(Model):
    """One thing that a decision is about.

    ``id`` is the id of a series, thread or figure, the kind of alert of a rule, or the address of a recipient. A rule
    and a recipient are of one ``topic``; a thread is meant in every topic unless one is named, and series and figures
    are of the topic in which they are followed.
    """

    kind: SubjectKind
    id: str = Field(min_length=1, max_length=320)
    topic: str | None = Field(default=None, max_length=63)

    @model_validator(mode="after")
    def _of_one_topic(self) -> Subject:
        if self.kind in (SubjectKind.RULE, SubjectKind.RECIPIENT) and self.topic is None:
            raise ValueError(f"a {self.kind.value} is of one topic, which must be named")
        if self.kind is SubjectKind.RULE and self.id not in {kind.value for kind in AlertKind}:
            raise ValueError(f"{self.id!r} is no kind of alert")
        return self


class Choice(Model):
    """What is decided about a subject.

    ``mute`` lasts ``until`` a moment, or for ever without one. ``wrong`` needs to say what is wrong. ``stop`` and
    ``resume`` name which mails.
    """

    act: Act
    until: Utc | None = None
    wrong: Wrong | None = None
    mails: Mails | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Choice:
        for given, acts, name in (
            (self.until, (Act.MUTE,), "a moment"),
            (self.wrong, (Act.WRONG,), "what is wrong"),
            (self.mails, (Act.STOP, Act.RESUME), "which mails"),
        ):
            if given is not None and self.act not in acts:
                raise ValueError(f"{self.act.value} takes no word on {name}")
        if self.act is Act.WRONG and self.wrong is None:
            raise ValueError("say what is wrong: number, thing, series or worth")
        if self.act in (Act.STOP, Act.RESUME) and self.mails is None:
            raise ValueError("say which mails: alerts, digests or both")
        return self


class Said(Model):
    """A figure as its text has it, by which it is known again in a later revision and in copies of the article.

    It is the ``nth`` (from 0) number written ``surface`` in the sentence ``quote``, counted among the figures of one
    revision.
    """

    article: str
    original: str = Field(description="id of the article that it is a copy of; its own where it is none")
    outlet: str
    url: str
    published: Utc
    quote: str
    surface: str
    nth: int = Field(default=0, ge=0)
    span: tuple[int, int] = Field(description="[start, end) in the text that was read when it was decided")
    value: float | None = None
    low: float | None = None
    high: float | None = None
    modifier: Modifier = Modifier.EXACT
    unit: str | None = None
    counted: str | None = None
    action: str | None = None


class Undone(Model):
    """That a decision was taken back, by whom and when."""

    by: str
    at: Utc


class Decision(Model):
    """What a person decided.

    The latest decision about a subject holds; one that was undone holds no more, and stays in the record.
    """

    id: str
    subject: Subject
    choice: Choice
    label: str = Field(default="", description="what the subject was called then, for people")
    opening: str | None = Field(
        default=None, description="thread: the article it began with, by which it is known under another id"
    )
    said: Said | None = Field(default=None, description="figure: the sentence and the number")
    series: Mapping[str, str] = Field(default={}, description="figure: the series it was in, by topic")
    apart: Mapping[str, str] = Field(
        default={}, description="figure that is not of its series: the one it went into, by topic"
    )
    figures: tuple[str, ...] = Field(
        default=(), description="figure: ids of those of that sentence, in all revisions and copies there were"
    )
    by: str = Field(
        min_length=1, max_length=400, description="who: a name, “the command line”, “a link in a mail to X”"
    )
    decided: Utc
    undone: Undone | None = None

    @model_validator(mode="after")
    def _possible(self) -> Decision:
        if self.choice.act not in ACTS[self.subject.kind]:
            raise ValueError(f"a {self.subject.kind.value} can't be decided about by {self.choice.act.value!r}")
        if self.choice.until is not None and self.choice.until <= self.decided:
            raise ValueError("it would be over before it began; name a moment to come")
        return self
