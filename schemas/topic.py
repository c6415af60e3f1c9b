"""A topic: what someone watches, and how they want to hear of it."""

from __future__ import annotations

import re
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.base import Model
from schemas.figure import Tell, VerdictKind

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_duration(value: Any) -> Any:
    """``"15m"``, ``"1d 12h"`` → timedelta; anything that is no text is passed on to pydantic.

    Raises ``ValueError`` where the text is no duration.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    found = _DURATION.findall(text)
    if not found or _DURATION.sub("", text).strip():
        raise ValueError(f"{value!r} is no duration; write for example 30s, 15m, 6h, 2d or 1w")
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in found))


def format_duration(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads back as the same whole seconds."""
    seconds, parts = int(value.total_seconds()), []
    for unit in ("w", "d", "h", "m", "s"):
        count, seconds = divmod(seconds, _SECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\s*\d+(\.\d+)?\s*[smhdwSMHDW])+\s*$",
            "examples": ["30s", "15m", "6h", "2d", "1w"],
        }
    ),
]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; write for example Europe/Kyiv or UTC")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
"""An IANA time zone name, such as ``Europe/Kyiv``."""


def _wall_time(value: Any) -> Any:
    # YAML 1.1 reads an unquoted 07:00 as text but 22:30 as the base-60 integer 1350.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(*divmod(value, 60))
    return value


# JSON Schema's own format "time" asks for seconds and an offset, and editors would mark every 07:00.
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "examples": ["07:00"]}),
]
"""A time of day in the topic's zone, ``HH:MM``."""


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
                raise ValueError(f"the term {term!r} holds no letter or digit")
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
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        mapping = {name: part for name, part in schema.items() if name not in ("title", "description")}
        kept = {name: schema[name] for name in ("title", "description")}
        schema.clear()
        schema.update(kept, anyOf=[mapping["properties"]["url"], mapping])
        return reference


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
    min_change: float = Field(default=0.0, ge=0, description="tell of a change only from this share on; 0.05 is 5 %")
    bundle: Duration = Field(
        default="10m", validate_default=True, description="wait this long for more of the same development"
    )
    pause: Duration = Field(
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


class Topic(Model):
    """What someone watches; the whole of a topic file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="its id: lower case, digits, hyphens")]
    title: str = Field(default="", description="for people; the name if left out")
    match: Match = Field(default_factory=Match)
    feeds: tuple[FeedRef, ...] = ()
    alerts: AlertRules = AlertRules()
    figures: tuple[FollowedFigure, ...] = Field(default=(), description="figures the desk follows whatever happens")
    recipients: tuple[Address, ...] = ()
    digest: DigestTimes | None = DigestTimes()
    zone: Zone = "UTC"
    window: Duration = Field(
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

    @property
    def heading(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)
