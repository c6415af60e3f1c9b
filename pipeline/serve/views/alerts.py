"""Alerts: what waits and why, what was mailed to whom, what was left to the digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.record.looking import Place
from pipeline.steps.showing.fates import fate
from pipeline.steps.tell import waiting_for
from pipeline.tell.outbox import Waiting
from pipeline.tell.views import TAGS, headline
from pipeline.tell.words import listed, one_line, short_moment
from schemas.alert import Alert, AlertKind, AlertState
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_STATES = {
    AlertState.WAITING: "Waiting",
    AlertState.SENT: "Sent",
    AlertState.DIGEST: "In the digest",
    AlertState.FAILED: "Given up",
    AlertState.SILENCED: "Silenced",
}
_KINDS = {
    AlertKind.NEW_FIGURE: "new",
    AlertKind.CHANGED_FIGURE: "changed",
    AlertKind.CONTRADICTION: "contradiction",
    AlertKind.CORRECTION: "correction",
    AlertKind.NEW_STORY: "story",
    AlertKind.FEED_HEALTH: "failing",
}
_NAMED = 6


@dataclass(frozen=True)
class AlertLine:
    """An alert in a list."""

    id: str
    topic: str
    kind: str
    tag: str
    words: str
    link: str
    state: str
    created: datetime
    due: datetime
    sent: datetime | None
    why: str
    worth: str


@dataclass(frozen=True)
class Mailed:
    """Alerts of one mail (or one that were left to the digest, or given up), and to whom it went."""

    state: str
    when: datetime
    topic: str
    recipients: str
    lines: tuple[AlertLine, ...]


def alert_line(alert: Alert, why: str = "") -> AlertLine:
    return AlertLine(
        id=alert.id,
        topic=alert.topic,
        kind=_KINDS[alert.kind],
        tag=TAGS.get(alert.kind, "Feed"),
        words=_words(alert),
        link=_link(alert),
        state=_STATES[alert.state],
        created=alert.created,
        due=alert.due,
        sent=alert.sent,
        why=one_line(why or alert.reason or alert.error or "", 400),
        worth=f"{alert.figure.worth:.2f}" if alert.figure else "",
    )


def _words(alert: Alert) -> str:
    if alert.figure is not None:
        return headline(alert.figure, credit=True)
    if alert.feed is not None:
        return one_line(f"{alert.feed.title or alert.feed.url} is {alert.feed.health.value}", 200)
    return one_line(alert.story_news.headline, 200) if alert.story_news else alert.id


def _link(alert: Alert) -> str:
    if alert.figure is not None:
        return f"/figures/{alert.figure.series}#{alert.figure.statement.figure_id}"
    if alert.feed is not None:
        return f"/feeds/{alert.feed.id}"
    return f"/stories/{alert.story}" if alert.story else f"/explain/{alert.id}"


def waiting_lines(
    tx: Transaction, topics: Mapping[str, Topic], name: str | None, now: datetime, limit: int
) -> list[AlertLine]:
    """What waits, with until when and for what, those due first at the head."""
    waits: dict[str, Waiting] = {}
    asked: set[str] = set()
    found = []
    for alert in tx.looking.alerts_waiting(limit, name):
        topic = topics.get(alert.topic)
        if topic is not None and topic.name not in asked:
            asked.add(topic.name)
            waits |= waiting_for(tx, topic, now)
        found.append(alert_line(alert, _why(alert, topic, waits.get(alert.id))))
    return found


def _why(alert: Alert, topic: Topic | None, waiting: Waiting | None) -> str:
    """ "until Sun 1 Mar 18:10: more on the same development", "for the next round"."""
    if topic is None or waiting is None:
        return "its topic is no longer watched"
    until = f"until {short_moment(waiting.until, topic.tzinfo)}: " if waiting.until else "for "
    trouble = f" ({alert.error})" if alert.error else ""
    return f"{until}{waiting.why}{trouble}"


def mailed(tx: Transaction, found: Iterable[tuple[Place, Alert]], zone: ZoneInfo) -> list[Mailed]:
    """Alerts that wait no more, those told together in one, the latest first; each with what its recipients got."""
    mails: dict[tuple[str, str, str], list[Alert]] = {}
    for _, alert in found:
        if alert.state is not AlertState.WAITING:
            together = alert.sent.isoformat() if alert.sent else alert.id
            mails.setdefault((alert.state.value, alert.topic, together), []).append(alert)
    fates = _fates(tx, [alert for alerts in mails.values() for alert in alerts], zone)
    return [_mailed(alerts, fates, zone) for alerts in mails.values()]


def _fates(tx: Transaction, alerts: Sequence[Alert], zone: ZoneInfo) -> dict[str, dict[str, str]]:
    """What became of each alert by recipient."""
    found: dict[str, dict[str, str]] = {alert.id: {} for alert in alerts}
    for topic in {alert.topic for alert in alerts}:
        own = [alert for alert in alerts if alert.topic == topic]
        until = max(alert.sent or alert.created for alert in own)
        for message in tx.looking.messages(topic, min(alert.created for alert in own), until):
            for alert_id in found.keys() & set(message.alerts):
                found[alert_id][message.recipient] = fate(message, zone)
    return found


def _mailed(alerts: Sequence[Alert], fates: Mapping[str, Mapping[str, str]], zone: ZoneInfo) -> Mailed:
    first = alerts[0]
    when = first.sent or first.created
    same = f"sent {short_moment(when, zone)}"
    told = {to: how for alert in alerts for to, how in fates[alert.id].items()}
    names = [one_line(to if how == same else f"{to} ({how})", 240) for to, how in list(told.items())[:_NAMED]]
    if len(told) > _NAMED:
        names.append(f"{len(told) - _NAMED} more")
    return Mailed(
        state=_STATES[first.state],
        when=when,
        topic=first.topic,
        recipients=listed(names),
        lines=tuple(map(alert_line, alerts)),
    )
