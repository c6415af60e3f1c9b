"""What the commands share by which a person decides what they are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from pipeline.cli.common import home_option, opened, say
from schemas.enums import Act, SubjectKind

if TYPE_CHECKING:
    from pipeline.steps.services import Services
    from schemas.decision import Decision, Subject

F = TypeVar("F", bound=Callable[..., Any])

A_WEEK = timedelta(weeks=1)

_NOUNS = {SubjectKind.SERIES: "series", SubjectKind.THREAD: "thread", SubjectKind.FIGURE: "figure"}


class Span(click.ParamType[timedelta]):
    """How long: ``3d``, ``12h``."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        from schemas.written import parse_duration

        if isinstance(value, timedelta):
            return value
        try:
            span: timedelta = parse_duration(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a duration; write for example 12h, 3d or 2w", param, ctx)
        if span <= timedelta():
            self.fail("the duration must be longer than 0", param, ctx)
        return span


class Coming(click.ParamType[datetime]):
    """A moment to come, ISO 8601; without a zone it is meant in the topic's."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-03-01T12:00", param, ctx)


by_option = click.option(
    "--by", default="the command line", show_default=True, help="Your name; recorded with the decision."
)


def lasting(default: timedelta | None = None) -> Callable[[F], F]:
    """Options --for and --until; ``default`` is how long it lasts without them, for ever if it is None."""

    def decorate(command: F) -> F:
        command = click.option("--until", type=Coming(), help="Until this time; ISO 8601 in the topic's zone.")(command)
        usual = "a week" if default == A_WEEK else "for ever"
        return click.option("--for", "span", type=Span(), help=f"For this long, such as 3d; without it, {usual}.")(
            command
        )

    return decorate


def until_of(
    services: Services, subject: Subject, span: timedelta | None, until: datetime | None, default: timedelta | None
) -> datetime | None:
    """The moment that --for or --until means for a subject; None is for ever.

    Raises click.UsageError where both are given.
    """
    if span is not None and until is not None:
        raise click.UsageError("use either --for or --until, not both")
    if until is not None:
        return until if until.tzinfo else until.replace(tzinfo=zone_of(services, subject))
    lasts = span or default
    return None if lasts is None else services.clock() + lasts


def zone_of(services: Services, subject: Subject) -> ZoneInfo:
    """The zone of the topic that a subject is of; UTC where it is of none or of several."""
    from pipeline.steps.deciding.decide import topic_of

    with services.record.read() as tx:
        name = topic_of(tx, subject)
        topic = tx.topics.get(name) if name else None
    return topic.tzinfo if topic else ZoneInfo("UTC")


def deciding(name: str, act: Act, kind: SubjectKind, words: str, default: timedelta | None = None) -> click.Command:
    """A command that decides the same of each thing of a ``kind`` that is named."""
    lasts = act is Act.MUTE

    def command(
        ids: tuple[str, ...],
        home: Path | None,
        by: str,
        topic: str | None = None,
        span: timedelta | None = None,
        until: datetime | None = None,
    ) -> None:
        from pipeline.steps.deciding.decide import decide
        from schemas.decision import Choice, Subject

        with opened(home) as services:
            for id in ids:
                subject = Subject(kind=kind, id=id, topic=topic)
                moment = until_of(services, subject, span, until, default) if lasts else None
                tell_decided(services, decide(services, subject, Choice(act=act, until=moment), by=by))

    command.__doc__ = words
    if lasts:
        command = lasting(default)(command)
    if kind is SubjectKind.THREAD:
        command = click.option("--topic", help="Only in this topic; in all of its topics if left out.")(command)
    command = home_option(by_option(command))
    return click.command(name)(
        click.argument("ids", metavar=f"{_NOUNS[kind].upper()}...", nargs=-1, required=True)(command)
    )


def tell_decided(services: Services, decision: Decision) -> None:
    """Say what was decided, and how to take it back."""
    from pipeline.tell.decided import choice_words, subject_words

    zone = zone_of(services, decision.subject)
    say(f"{subject_words(decision.subject, decision.label)}: {choice_words(decision, zone)}")
    say(f"  `tallywire decisions undo {decision.id}` undoes it")
