"""Topics: what is going on in each, what changed, what waits, which feeds are in trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.record.looking import Place, Waiting
from pipeline.serve.views.common import DevelopmentLine, FigureLine, figures_told
from pipeline.serve.views.feeds import ILL
from pipeline.steps.deciding.decide import standing
from pipeline.steps.known.threads import development_of
from pipeline.tell.decided import RULE_WORDS, choice_words
from pipeline.tell.rules import ALERT_KINDS
from pipeline.tell.words import count, listed, one_line
from schemas.alert import AlertKind
from schemas.decision import Subject, SubjectKind
from schemas.topic import Topic
from schemas.written import format_duration

if TYPE_CHECKING:
    from pipeline.record import Transaction

_FEW, _PAGE = 4, 20


@dataclass(frozen=True)
class TopicPart:
    """A topic in short."""

    topic: Topic
    heading: str
    developments: tuple[DevelopmentLine, ...]
    further: Place | None
    figures: tuple[FigureLine, ...]
    waiting: Waiting | None
    feeds: int
    trouble: str
    """The feeds with problems, in words; empty if there are none."""
    since: datetime | None
    changed: str
    """What changed since the reader looked, in words; empty where nothing did, or they look for the first time."""


def topic_part(
    tx: Transaction,
    topic: Topic,
    waiting: Mapping[str, Waiting],
    since: datetime | None,
    *,
    limit: int = _FEW,
    before: Place | None = None,
) -> TopicPart:
    """A topic with so many of its developments and figures, the latest first."""
    developments, further = developments_of(tx, topic.name, since, limit, before)
    figures = figures_told(tx, topic.name, limit, since)
    health = tx.looking.feeds_by_health(topic.name)
    ill = [count(health[one], f"{one.value} feed") for one in ILL if health.get(one)]
    return TopicPart(
        topic=topic,
        heading=one_line(topic.heading, 160),
        developments=tuple(developments),
        further=further,
        figures=tuple(figures),
        waiting=waiting.get(topic.name),
        feeds=sum(health.values()),
        trouble=listed(ill),
        since=since,
        changed=_changed(developments, figures, limit),
    )


def developments_of(
    tx: Transaction, topic: str, since: datetime | None, limit: int = _PAGE, before: Place | None = None
) -> tuple[list[DevelopmentLine], Place | None]:
    """The developments of a topic, the latest first, and where the next page begins."""
    ids, further = tx.looking.developments(topic, limit, before)
    found = [development for id in ids if (development := development_of(tx, id)) is not None]
    # One whose newest story stands on an earlier page was shown there.
    own = [one for one in found if before is None or (one.last_seen, "") <= (before[0], before[1])]
    return [DevelopmentLine.of(one, since) for one in own], further


def _changed(developments: list[DevelopmentLine], figures: list[FigureLine], limit: int) -> str:
    """ "2 developments and 4 figures or more"."""
    parts = []
    for lines, noun in ((developments, "development"), (figures, "figure")):
        fresh = sum(one.fresh for one in lines)
        if fresh:
            parts.append(f"{count(fresh, noun)}{' or more' if fresh == limit else ''}")
    return listed(parts)


@dataclass(frozen=True)
class RuleLine:
    """A kind of alert that a topic sends, and whether it is muted, in words; empty if it is not."""

    id: str
    words: str
    held: str


def rule_lines(tx: Transaction, topic: Topic, now: datetime) -> list[RuleLine]:
    """The kinds of alerts that the file of a topic asks for, and which of them people muted."""
    asked = {AlertKind.NEW_STORY: topic.alerts.stories, AlertKind.FEED_HEALTH: topic.alerts.feeds}
    asked |= {kind: verdict in topic.alerts.figures for verdict, kind in ALERT_KINDS.items()}
    lines = []
    for kind, words in RULE_WORDS.items():
        if asked[kind]:
            held = standing(tx, Subject(kind=SubjectKind.RULE, id=kind.value, topic=topic.name), now)
            own = [choice_words(one, topic.tzinfo) for one in held if one.subject.topic == topic.name]
            lines.append(RuleLine(kind.value, words, listed(own)))
    return lines


def rules_of(topic: Topic) -> list[tuple[str, str]]:
    """How a topic tells, for people: what its file says, in words."""
    alerts, digest = topic.alerts, topic.digest
    rules = [
        (
            "Mails at once",
            {"urgent": "urgent figures only", "normal": "important figures"}.get(
                alerts.tells.value, "every new figure"
            ),
        )
    ]
    rules.append(("Limit", f"{count(alerts.daily_cap, 'mail')} a day"))
    rules.append(("Pause", f"{format_duration(alerts.pause)} between two mails on one development"))
    if alerts.quiet is not None:
        rules.append(("Quiet hours", f"{alerts.quiet.start:%H:%M}–{alerts.quiet.end:%H:%M}"))
    rules.append(("Digest", f"{listed([f'{at:%H:%M}' for at in digest.at])}" if digest else "none"))
    rules.append(("Zone", topic.zone))
    return rules
