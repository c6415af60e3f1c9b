"""Which of the waiting alerts go into one mail, and when.

A caller that must not tell the same news twice writes the mail's Message-ID to a bundle's alerts before it sends, and
marks them sent afterwards. Alerts that already carry one are planned as the very mail they were bound to: another
alert that came in since waits for the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from pipeline.tell.schedule import next_day, quiet_until
from schemas.alert import Alert, AlertKind
from schemas.base import Model, Utc, stable_id
from schemas.topic import Topic

_TRIES = 12
URGENT = 0.9
"""The worth from which a figure does not wait for the pause of its development to end: of what is mailed of labelled
streams, one figure in five."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=3)

_URGENCY = {
    AlertKind.CORRECTION: 0,
    AlertKind.CONTRADICTION: 0,
    AlertKind.CHANGED_FIGURE: 1,
    AlertKind.NEW_FIGURE: 2,
    AlertKind.NEW_STORY: 3,
    AlertKind.FEED_HEALTH: 4,
}


class BundleKind(StrEnum):
    """What the alerts of a mail have in common."""

    DEVELOPMENT = "development"
    SERIES = "series"
    FEEDS = "feeds"
    SUMMARY = "summary"


class Heard(Model):
    """What a plan needs to know of developments: in which thread stories are, and when a mail last told of a thread."""

    threads: Mapping[str, str] = {}
    told: Mapping[str, Utc] = {}

    def thread_of(self, alert: Alert) -> str | None:
        """The development that an alert is about; its story, where no thread is known."""
        return None if alert.story is None else self.threads.get(alert.story, alert.story)


class Bundle(Model):
    """Alerts to be told in one mail, the most urgent first."""

    topic: str
    alerts: tuple[Alert, ...]
    kind: BundleKind
    thread: str | None = Field(default=None, description="the development all of it is about, if it is about one")
    threads: Mapping[str, str] = Field(
        default={}, description="in a summary, the development of each alert of which it is known, by the alert's id"
    )

    @property
    def id(self) -> str:
        """The same for the same alerts, in whichever order."""
        return stable_id("alert", self.topic, *sorted(alert.id for alert in self.alerts))


class Plan(Model):
    """What to do with the waiting alerts now, and when to ask again (None: when there is a new alert)."""

    bundles: tuple[Bundle, ...] = ()
    to_digest: tuple[Alert, ...] = ()
    wait: Utc | None = None


class Tried(Model):
    """What comes of a try that failed: when the next is due, unless there is none any more."""

    attempts: int
    due: Utc
    given_up: bool


def after_failure(attempts: int, now: datetime, *, refused: bool) -> Tried:
    """What to do about a mail that failed at ``now``, after so many ``attempts`` before.

    It is tried again after a minute, then after twice as long each time, up to three hours; what was ``refused`` for
    good, or failed twelve times, is given up.
    """
    wait = min(_FIRST_WAIT * 2**attempts, _LONGEST_WAIT)
    return Tried(attempts=attempts + 1, due=now + wait, given_up=refused or attempts + 1 >= _TRIES)


def by_urgency(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Figures by their worth, then stories, then feeds.

    Of one worth corrections and contradictions go first, then changes, then new figures; of two alike the later,
    and of those of one article the one it states first.
    """

    def rank(alert: Alert) -> tuple[tuple[float, int], float, int, str]:
        said = alert.figure.statement if alert.figure else None
        told = said.article.published if said else alert.created
        return _urgency(alert), -told.timestamp(), said.figure.span[0] if said else 0, alert.id

    return tuple(sorted(alerts, key=rank))


def _urgency(alert: Alert) -> tuple[float, int]:
    """The lower the sooner; what is no figure comes after all figures."""
    return -alert.figure.worth if alert.figure else 1.0, _URGENCY[alert.kind]


def plan(topic: Topic, waiting: Sequence[Alert], *, sent_today: int, now: datetime, heard: Heard | None = None) -> Plan:
    """Bundles to send at ``now``, alerts to leave to the digest, and when to plan again.

    Alerts of one development (or of one series where no story is known) are one bundle, ready once the oldest is due
    and the pause since the last mail on it is over, unless one of them is urgent. So are those of feeds, and a backlog.
    Nothing goes out in the topic's quiet hours. ``sent_today`` counts the alert mails sent since midnight of the
    topic's zone; what passes the daily cap is left to the digest, the least urgent first, or waits for the next day
    where the topic has no digest. A mail that was bound before is past the cap: it may have been sent.
    """
    heard = heard or Heard()
    groups = _groups(topic, waiting, heard)
    ready: list[list[Alert]] = []
    later: list[datetime] = []
    for key, group in groups.items():
        due = _due(topic, key, group, heard)
        if due <= now:
            ready.append(group)
        else:
            later.append(due)
    if ready and (until := quiet_until(topic.alerts.quiet, topic.tzinfo, now)):
        return Plan(wait=until)
    bundles: list[Bundle] = []
    to_digest: list[Alert] = []
    room = max(topic.alerts.daily_cap - sent_today, 0)
    for bundle in sorted((_bundle(topic, group, heard) for group in ready), key=_order):
        if _bound(bundle) or room > 0:
            bundles.append(bundle)
            room -= not _bound(bundle)
        elif topic.digest is not None:
            to_digest.extend(bundle.alerts)
        else:
            later.append(next_day(topic.tzinfo, now))
    return Plan(bundles=tuple(bundles), to_digest=tuple(to_digest), wait=min(later, default=None))


_Key = tuple[str, str]
"""What alerts of one mail have in common: a kind and an id."""


def _groups(topic: Topic, waiting: Sequence[Alert], heard: Heard) -> dict[_Key, list[Alert]]:
    """The waiting alerts that belong into one mail, those due first at the head of each."""
    found = [alert for alert in waiting if alert.message_id is None and alert.kind is not AlertKind.FEED_HEALTH]
    runs = Counter(alert.created for alert in found)
    groups: dict[_Key, list[Alert]] = {}
    for alert in sorted(waiting, key=lambda alert: (alert.due, alert.id)):
        if alert.message_id is not None:
            key = ("mail", alert.message_id)
        elif alert.kind is AlertKind.FEED_HEALTH:
            key = ("feeds", "")
        elif alert.backlog or runs[alert.created] > topic.alerts.backlog:
            key = ("backlog", "")
        elif thread := heard.thread_of(alert):
            key = ("thread", thread)
        else:
            key = ("series", alert.figure.series if alert.figure else alert.id)
        groups.setdefault(key, []).append(alert)
    return groups


def _due(topic: Topic, key: _Key, group: Sequence[Alert], heard: Heard) -> datetime:
    """When a group may go out. One of a development waits for the pause after the last mail on it."""
    first = group[0].due
    told = heard.told.get(key[1]) if key[0] == "thread" else None
    if told is None or any(map(_is_urgent, group)):
        return first
    return max(first, told + topic.alerts.pause)


def _is_urgent(alert: Alert) -> bool:
    """Whether an alert does not wait: what was told is contradicted or taken back, or the desk surely wants it now."""
    if alert.kind in (AlertKind.CORRECTION, AlertKind.CONTRADICTION):
        return True
    return alert.figure is not None and (alert.figure.worth >= URGENT or alert.figure.followed is not None)


def _bundle(topic: Topic, alerts: Sequence[Alert], heard: Heard) -> Bundle:
    """The mail that alerts make: of feeds, else of one development, else of one series, else a backlog's summary.

    More than a backlog of one development is summed up too. What was bound as a summary stays one.
    """
    found = {alert.id: heard.thread_of(alert) for alert in alerts}
    threads = set(found.values())
    series = {alert.figure.series if alert.figure else alert.id for alert in alerts}
    thread = next(iter(threads)) if len(threads) == 1 else None
    bound = alerts[0].message_id is not None
    is_summary = any(alert.thread for alert in alerts) or (len(alerts) > topic.alerts.backlog and not bound)
    if all(alert.kind is AlertKind.FEED_HEALTH for alert in alerts):
        kind = BundleKind.FEEDS
    elif is_summary:
        kind = BundleKind.SUMMARY
    elif thread is not None:
        kind = BundleKind.DEVELOPMENT
    else:
        kind = BundleKind.SERIES if len(series) == 1 else BundleKind.SUMMARY
    return Bundle(
        topic=topic.name,
        alerts=by_urgency(alerts),
        kind=kind,
        thread=thread,
        threads={id: one for id, one in found.items() if one} if kind is BundleKind.SUMMARY else {},
    )


def _bound(bundle: Bundle) -> bool:
    return bundle.alerts[0].message_id is not None


def _order(bundle: Bundle) -> tuple[bool, tuple[float, int], datetime, str]:
    first = bundle.alerts[0]
    return not _bound(bundle), _urgency(first), min(alert.due for alert in bundle.alerts), bundle.id
