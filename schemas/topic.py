"""A topic: what someone watches, and how they want to hear of it."""

from __future__ import annotations

import re
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.base import Model
from schemas.channel import CHANNEL
from schemas.figure import Tell, VerdictKind
from schemas.language import LanguageCode, language_in
from schemas.written import FROM_FILE, Duration, WallTime, Zone


def _in_file(least: Any, most: Any, words: str) -> AfterValidator:
    """Holds what a topic file says to bounds; what is in a record already stays as it is."""

    def check(value: Any, info: ValidationInfo) -> Any:
        if info.context == FROM_FILE and not least <= value <= most:
            raise ValueError(words)
        return value

    return AfterValidator(check)


class Terms(Model):
    """Words and phrases to look for: those of every language, and those of one language only.

    In a topic file a plain list stands for ``every``; a mapping of language codes to lists stands for ``by_language``
    (its key ``"*"`` for ``every``). A term is a phrase of whole words; a final ``*`` lets its last word go on.
    """

    every: tuple[str, ...] = ()
    by_language: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return {"every": value}
        if isinstance(value, dict) and not set(value) <= {"every", "by_language"}:
            return {
                "every": value.get("*", ()),
                "by_language": {language: terms for language, terms in value.items() if language != "*"},
            }
        return value

    @model_validator(mode="after")
    def _no_blank_term(self) -> Terms:
        for term in (*self.every, *(t for terms in self.by_language.values() for t in terms)):
            if not re.search(r"\w", term):
                raise ValueError(f"the term {term!r} has no letter or digit")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        terms = {"type": "array", "items": {"type": "string", "minLength": 1}}
        by_language = {
            "type": "object",
            "propertyNames": {"pattern": r"^([a-z]{2,3}|\*)$"},
            "additionalProperties": terms,
        }
        kept = {name: schema[name] for name in ("title", "description")}
        schema.clear()
        schema.update(kept, anyOf=[terms, by_language])
        return reference

    def __bool__(self) -> bool:
        return bool(self.every or any(self.by_language.values()))

    def of(self, language: str | None) -> tuple[str, ...]:
        """The terms that count in ``language``; all of them where it is unknown."""
        if language is None:
            return self.every + tuple(t for terms in self.by_language.values() for t in terms)
        return self.every + self.by_language.get(language, ())


class Match(Model):
    """What counts as coverage: at least one of ``any``, each of ``all``, none of ``none``, in one of ``languages``.

    Everything left empty asks for nothing, so an empty match takes every article.
    """

    any: Terms = Field(default_factory=Terms)
    all: Terms = Field(default_factory=Terms)
    none: Terms = Field(default_factory=Terms)
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = ()


def _or_alone(core: CoreSchema, handler: GetJsonSchemaHandler, name: str) -> JsonSchemaValue:
    """The schema of a model for which the value of its field ``name`` may stand alone."""
    reference = handler(core)
    schema = handler.resolve_ref_schema(reference)
    mapping = {key: part for key, part in schema.items() if key not in ("title", "description")}
    kept = {key: schema[key] for key in ("title", "description")}
    schema.clear()
    schema.update(kept, anyOf=[mapping["properties"][name], mapping])
    return reference


class FeedRef(Model):
    """A feed as a topic names it. In a topic file a bare address stands for ``{url: ...}``."""

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    title: str | None = None
    every: Duration | None = Field(default=None, description="the shortest time between two polls")

    @model_validator(mode="before")
    @classmethod
    def _from_address(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _or_alone(core, handler, "url")


class QuietHours(Model):
    """The time of day, in the topic's zone, in which no alert is sent; it may run over midnight."""

    start: WallTime
    end: WallTime


class Tells(StrEnum):
    """How much a desk wants to be mailed at once: only what it must not miss, what it needs, or every figure."""

    URGENT = "urgent"
    NORMAL = "normal"
    EVERYTHING = "everything"


def _one_word(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _no_blank_word(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not word.strip():
            raise ValueError(f"the word {word!r} is blank")
    return words


class _OneOrSeveral:
    """In a topic file a word alone stands for a list of it."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        word = {"type": "string", "pattern": r"\S"}
        return {"anyOf": [word, {"type": "array", "items": word}]}


Words = Annotated[tuple[str, ...], BeforeValidator(_one_word), AfterValidator(_no_blank_word), _OneOrSeveral]


class FollowedFigure(Model):
    """A figure that the desk follows whatever its worth: ``counted`` and ``action`` narrow down which.

    A figure is meant if it counts (or measures in) one of ``counted`` and does one of ``action``, as far as they are
    given; ``name`` is what mails call it.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    counted: Annotated[
        Words, Field(description="what is counted, or its unit, singular or plural; people are all people")
    ] = ()
    action: Annotated[Words, Field(description="what happens to it, in any form of the verb")] = ()
    always: Tell = Field(default=Tell.NOW, description="now, digest or none: told so, however worthy it is")

    @model_validator(mode="after")
    def _narrows(self) -> FollowedFigure:
        if not (self.counted or self.action):
            raise ValueError(f"the figure {self.name!r} needs `counted` or `action`, or it would mean every figure")
        return self


class AlertRules(Model):
    """What is worth a mail at once, and how many mails anyone can bear."""

    tells: Tells = Field(default=Tells.NORMAL, description="urgent: fewer mails; everything: each new figure")

    figures: tuple[VerdictKind, ...] = (
        VerdictKind.NEW,
        VerdictKind.CHANGED,
        VerdictKind.CONTRADICTION,
        VerdictKind.CORRECTION,
    )
    stories: bool = Field(
        default=True, description="tell of a new development; where they begin often, once a second outlet reports it"
    )
    feeds: bool = Field(default=True, description="tell of a feed that falls silent, is gone or fails for long")
    counted: Annotated[Words, Field(description="only figures that count one of these; empty: all")] = ()
    min_change: Annotated[float, _in_file(0, 1, "it is a share from 0 to 1: write 0.05 for 5 %")] = Field(
        default=0.0,
        ge=0,
        json_schema_extra={"maximum": 1},
        description="tell of a change only from this share on; 0.05 is 5 %",
    )
    bundle: Annotated[Duration, _in_file(timedelta(), timedelta(days=1), "it is at most 1d")] = Field(
        default="10m", validate_default=True, description="wait this long for more of the same development"
    )
    pause: Annotated[Duration, _in_file(timedelta(), timedelta(days=7), "it is at most 7d")] = Field(
        default="1h",
        validate_default=True,
        description="least time between two mails on one development; what is urgent does not wait",
    )
    daily_cap: int = Field(default=20, ge=1, description="alert mails a day; the rest waits for the digest")
    backlog: int = Field(default=25, ge=1, description="more alerts than this from one run are told as one summary")
    quiet: QuietHours | None = None


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class DigestTimes(Model):
    """When the digest is sent, in the topic's zone."""

    at: tuple[WallTime, ...] = (time(7, 0),)
    days: tuple[Weekday, ...] = tuple(Weekday)
    empty: bool = Field(default=False, description="send a digest even if there is nothing to report")


Address = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]


_MAILBOX = r"[^@\s<>,;]+@[^@\s<>,;]+"


def _known_destination(to: str) -> str:
    if is_channel(to):
        if not CHANNEL.fullmatch(to):
            raise ValueError(f"{to!r} does not name a channel; write for example webhook:newsdesk or apprise:newsdesk")
    elif not re.fullmatch(_MAILBOX, to):
        raise ValueError(
            f"{to!r} is neither a mail address (desk@news.example) nor a channel (webhook:newsdesk, apprise:newsdesk)"
        )
    return to


def is_channel(to: str) -> bool:
    """Whether ``to`` names a channel of the settings rather than a mail address."""
    return to.startswith(("webhook:", "apprise:"))


Destination = Annotated[
    str,
    AfterValidator(_known_destination),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({_MAILBOX}|{CHANNEL.pattern})$",
            "examples": ["desk@news.example", "webhook:newsdesk", "apprise:newsdesk"],
        }
    ),
]
"""A mail address, or a channel by the name that the settings give it."""

Language = Annotated[LanguageCode, language_in(FROM_FILE)]
"""A language code of ISO 639, such as ``en`` or ``uk``; in a topic file one of a language whose dates are known."""


class Reach(StrEnum):
    """What a recipient gets: alerts at once, digests, or both."""

    NOW = "now"
    DIGEST = "digest"
    BOTH = "both"


class Severity(StrEnum):
    """Which alerts a recipient gets at once: all that the topic's rules tell, or only what does not wait for a pause.

    Urgent are contradictions, corrections, figures that the topic follows by name, and figures worth 0.9 or more.
    """

    URGENT = "urgent"
    NORMAL = "normal"


def _never_quiet(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value != "never":
        raise ValueError(
            f"{value!r} is not a time of day from start to end, such as {{start: '22:00', end: '07:00'}}, nor never"
        )
    # Hours that end as they begin are none at all.
    return {"start": "00:00", "end": "00:00"}


class _OrNever:
    """In a topic file the word never stands for no hours at all."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        return {"anyOf": [{"enum": ["never"]}, *schema.get("anyOf", [schema])]}


class Recipient(Model):
    """Who is told, how and when. In a topic file a bare address or channel stands for ``{to: ...}``.

    What is left out is as the topic has it.
    """

    to: Destination
    tells: Reach = Field(default=Reach.BOTH, description="now: alerts only; digest: digests only")
    severity: Severity = Field(
        default=Severity.NORMAL, description="urgent: only contradictions, corrections, followed and worthiest figures"
    )
    language: Language | None = Field(default=None, description="of all that is not quoted; the topic's if left out")
    zone: Zone | None = Field(
        default=None, description="of the times shown and of quiet hours; the topic's if left out"
    )
    quiet: Annotated[QuietHours | None, BeforeValidator(_never_quiet), _OrNever] = Field(
        default=None, description="in this recipient's zone; never: none, whatever the topic has"
    )

    @model_validator(mode="before")
    @classmethod
    def _from_address(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _or_alone(core, handler, "to")

    @property
    def takes_alerts(self) -> bool:
        return self.tells is not Reach.DIGEST

    @property
    def takes_digests(self) -> bool:
        return self.tells is not Reach.NOW


class Topic(Model):
    """What someone watches; the whole of a topic file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="its id: lower case, digits, hyphens")]
    title: str = Field(default="", description="for people; the name if left out")
    match: Match = Field(default_factory=Match)
    feeds: tuple[FeedRef, ...] = ()
    alerts: AlertRules = AlertRules()
    figures: tuple[FollowedFigure, ...] = Field(default=(), description="figures the desk follows whatever happens")
    recipients: tuple[Recipient, ...] = ()
    digest: DigestTimes | None = DigestTimes()
    zone: Zone = "UTC"
    language: Language = Field(default="en", description="of all that mails and digests say beside what they quote")
    window: Annotated[Duration, _in_file(timedelta(hours=1), timedelta(days=90), "it is from 1h to 90d")] = Field(
        default="7d", validate_default=True, description="an event stays open to new reports this long"
    )

    @model_validator(mode="after")
    def _feeds_once(self) -> Topic:
        seen: set[str] = set()
        for feed in self.feeds:
            if feed.url in seen:
                raise ValueError(f"the feed {feed.url} is listed twice")
            seen.add(feed.url)
        return self

    @model_validator(mode="after")
    def _recipients_once(self) -> Topic:
        seen: set[str] = set()
        for recipient in self.recipients:
            if recipient.to in seen:
                raise ValueError(f"the recipient {recipient.to} is listed twice")
            seen.add(recipient.to)
        return self

    def for_recipient(self, recipient: Recipient) -> Topic:
        """The topic as one recipient has it: told to no one else, with that one's zone, language and quiet hours.

        Who takes no digests has a topic without them.
        """
        quiet = recipient.quiet or self.alerts.quiet
        own = {
            "recipients": (recipient,),
            "zone": recipient.zone or self.zone,
            "language": recipient.language or self.language,
            "digest": self.digest if recipient.takes_digests else None,
            "alerts": self.alerts.model_copy(update={"quiet": quiet}),
        }
        return self.model_copy(update=own)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The mail addresses among the recipients."""
        return tuple(recipient.to for recipient in self.recipients if not is_channel(recipient.to))

    @property
    def heading(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
