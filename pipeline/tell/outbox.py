"""Which of the waiting alerts go into one mail, and when.

A caller that must not tell the same news twice writes the mail's Message-ID to a bundle's alerts before it sends, and
marks them sent afterwards. Alerts that already carry one are planned as the very mail they were bound to: another
alert that came in since waits for the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.tell.schedule import next_day, quiet_until
from schemas.alert import Alert, AlertKind
from schemas.base import Model, Utc, stable_id
from schemas.topic import Topic

_TRIES = 12
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

    STORY = "story"
    SERIES = "series"
    FEEDS = "feeds"
    SUMMARY = "summary"

    @classmethod
    def of(cls, alerts: Sequence[Alert]) -> BundleKind:
        """Feeds, else one story, else one series (where no story is known), else the summary of a backlog."""
        if all(alert.kind is AlertKind.FEED_HEALTH for alert in alerts):
            return cls.FEEDS
        stories = {alert.story for alert in alerts}
        if len(stories) == 1 and None not in stories:
            return cls.STORY
        if len({alert.figure.series if alert.figure else alert.id for alert in alerts}) == 1:
            return cls.SERIES
        return cls.SUMMARY


class Bundle(Model):
    """Alerts to be told in one mail, the most urgent first."""

    topic: str
    alerts: tuple[Alert, ...]
    kind: BundleKind

    @property
    def id(self) -> str:
        """The same for the same alerts, in whichever order."""
        return stable_id("alert", self.topic, *sorted(alert.id for alert in self.alerts))

    @property
    def story(self) -> str | None:
        """The story all of it is about, if it is about one."""
        return self.alerts[0].story if self.kind is BundleKind.STORY else None


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


def plan(topic: Topic, waiting: Sequence[Alert], *, sent_today: int, now: datetime) -> Plan:
    """Bundles to send at ``now``, alerts to leave to the digest, and when to plan again.

    Alerts of one story (or of one series where no story is known) are one bundle, ready once the oldest is due. So are
    those of feeds, and a backlog. Nothing goes out in the topic's quiet hours. ``sent_today`` counts the
    alert mails sent since midnight of the topic's zone; what passes the daily cap is left to the digest, the least
    urgent first, or waits for the next day where the topic has no digest. A mail that was bound before is past the cap:
    it may have been sent.
    """
    groups = _groups(topic, waiting)
    ready = [group for group in groups if group[0].due <= now]
    later = [group[0].due for group in groups if group[0].due > now]
    if ready and (until := quiet_until(topic.alerts.quiet, topic.tzinfo, now)):
        return Plan(wait=until)
    bundles: list[Bundle] = []
    to_digest: list[Alert] = []
    room = max(topic.alerts.daily_cap - sent_today, 0)
    for bundle in sorted((_bundle(topic, group) for group in ready), key=_order):
        if _bound(bundle) or room > 0:
            bundles.append(bundle)
            room -= not _bound(bundle)
        elif topic.digest is not None:
            to_digest.extend(bundle.alerts)
        else:
            later.append(next_day(topic.tzinfo, now))
    return Plan(bundles=tuple(bundles), to_digest=tuple(to_digest), wait=min(later, default=None))


def _groups(topic: Topic, waiting: Sequence[Alert]) -> list[list[Alert]]:
    """The waiting alerts that belong into one mail, those due first at the head of each."""
    found = [alert for alert in waiting if alert.message_id is None and alert.kind is not AlertKind.FEED_HEALTH]
    runs = Counter(alert.created for alert in found)
    groups: dict[tuple[str, str], list[Alert]] = {}
    for alert in sorted(waiting, key=lambda alert: (alert.due, alert.id)):
        if alert.message_id is not None:
            key = ("mail", alert.message_id)
        elif alert.kind is AlertKind.FEED_HEALTH:
            key = ("feeds", "")
        elif alert.backlog or runs[alert.created] > topic.alerts.backlog:
            key = ("backlog", "")
        elif alert.story is not None:
            key = ("story", alert.story)
        else:
            key = ("series", alert.figure.series if alert.figure else alert.id)
        groups.setdefault(key, []).append(alert)
    return list(groups.values())


def _bundle(topic: Topic, alerts: Sequence[Alert]) -> Bundle:
    return Bundle(topic=topic.name, alerts=by_urgency(alerts), kind=BundleKind.of(alerts))


def _bound(bundle: Bundle) -> bool:
    return bundle.alerts[0].message_id is not None


def _order(bundle: Bundle) -> tuple[bool, tuple[float, int], datetime, str]:
    first = bundle.alerts[0]
    return not _bound(bundle), _urgency(first), min(alert.due for alert in bundle.alerts), bundle.id
