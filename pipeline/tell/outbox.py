"""Which of the waiting alerts go into one message to a recipient, and when; and what becomes of an alert thereby.

All of it is about one recipient, whose topic is given as `Topic.for_recipient` has it. What was bound to a message is
not planned again: a message is sent as it was bound, and another alert that came in since waits for the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.tell.schedule import next_day, quiet_until
from pipeline.tell.wants import is_urgent, wants_alert
from schemas.alert import Alert, AlertKind, AlertState
from schemas.base import Model, Utc
from schemas.message import Bundle, BundleKind, Message, MessageState
from schemas.topic import Recipient, Topic

_TRIES = 12
_PAUSE, _BUNDLE = "pause after the last mail on this", "bundle, for more on this"
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=3)

_URGENCY = {
    AlertKind.CORRECTION: 0,
    AlertKind.CONTRADICTION: 0,
    AlertKind.CHANGED_FIGURE: 1,
    AlertKind.NEW_FIGURE: 2,
    AlertKind.NEW_STORY: 3,
    AlertKind.FEED_HEALTH: 4,
}


class Heard(Model):
    """What a plan needs to know of developments: in which thread stories are, and when a mail last told of a thread."""

    threads: Mapping[str, str] = {}
    told: Mapping[str, Utc] = {}

    def thread_of(self, alert: Alert) -> str | None:
        """The development that an alert is about; its story, where no thread is known."""
        return None if alert.story is None else self.threads.get(alert.story, alert.story)


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


def open_to(recipient: Recipient, waiting: Iterable[Alert], messages: Iterable[Message]) -> list[Alert]:
    """Those of the ``waiting`` alerts that the recipient wants, and that none of their ``messages`` has yet."""
    theirs = (one for one in messages if one.recipient == recipient.to and one.state is not MessageState.DROPPED)
    bound = {alert for message in theirs for alert in message.alerts}
    return [alert for alert in waiting if alert.id not in bound and not alert.over and wants_alert(recipient, alert)]


def settled(alert: Alert, topic: Topic, messages: Iterable[Message]) -> Alert:
    """A waiting alert by what became of it: it waits on while a recipient has yet to be told.

    ``messages`` are those of the topic since it was created. It is sent if anybody got it, failed if nobody did and a
    channel refused it, and else left to the digest.
    """
    telling = [message for message in messages if alert.id in message.alerts]
    states = {message.state for message in telling}
    update: dict[str, object] = {
        "message_id": alert.message_id or next((one.message_id for one in telling if one.message_id), None),
        "attempts": max((message.attempts for message in telling), default=0),
        "error": "; ".join(f"{one.recipient}: {one.error}" for one in telling if one.error) or None,
        "sent": min((message.sent for message in telling if message.sent), default=None),
        "held_back": MessageState.DIGEST in states,
    }
    if MessageState.WAITING not in states and not any(open_to(one, [alert], telling) for one in topic.recipients):
        if MessageState.SENT in states:
            update["state"] = AlertState.SENT
        else:
            update["state"] = AlertState.FAILED if MessageState.FAILED in states else AlertState.DIGEST
    return alert.model_copy(update=update)


def plan(topic: Topic, waiting: Sequence[Alert], *, sent_today: int, now: datetime, heard: Heard | None = None) -> Plan:
    """Bundles to send to a recipient at ``now``, alerts to leave to the digest, and when to plan again.

    Alerts of one development (or of one series where no story is known) are one bundle, ready once the oldest is due
    and the pause since the last message on it is over, unless one of them is urgent. So are those of feeds, and a
    backlog. Nothing goes out in quiet hours. ``sent_today`` counts the messages of alerts sent to the recipient since
    midnight of their zone; what passes the daily cap is left to the digest, the least urgent first, or waits for the
    next day where there is no digest.
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
    room = max(topic.alerts.daily_cap - sent_today, 0)
    bundles = sorted((_bundle(topic, group, heard) for group in ready), key=_order)
    left = [alert for bundle in bundles[room:] for alert in bundle.alerts]
    if left and topic.digest is None:
        later.append(next_day(topic.tzinfo, now))
        left = []
    return Plan(bundles=tuple(bundles[:room]), to_digest=tuple(left), wait=min(later, default=None))


class Waiting(Model):
    """Until when an alert waits at least (None: the next run sends it), and for what."""

    until: Utc | None
    why: str


def why_waiting(
    topic: Topic, waiting: Sequence[Alert], *, sent_today: int, now: datetime, heard: Heard | None = None
) -> dict[str, Waiting]:
    """What each of the waiting alerts waits for at ``now``, by its id; arguments are as for `plan`."""
    heard = heard or Heard()
    quiet = quiet_until(topic.alerts.quiet, topic.tzinfo, now)
    planned = plan(topic, waiting, sent_today=sent_today, now=now, heard=heard)
    going = {alert.id for bundle in planned.bundles for alert in bundle.alerts}

    def one(alert: Alert, due: datetime, first: datetime) -> Waiting:
        if due > now:
            return Waiting(until=due, why=_PAUSE if due > first else _BUNDLE)
        if quiet:
            return Waiting(until=quiet, why="quiet hours")
        if alert.id in going:
            return Waiting(until=None, why="the next run")
        return Waiting(until=next_day(topic.tzinfo, now), why=f"cap of {topic.alerts.daily_cap} mails a day")

    return {
        alert.id: one(alert, _due(topic, key, group, heard), group[0].due)
        for key, group in _groups(topic, waiting, heard).items()
        for alert in group
    }


_Key = tuple[str, str]
"""What alerts of one message have in common: a kind and an id."""


def _groups(topic: Topic, waiting: Sequence[Alert], heard: Heard) -> dict[_Key, list[Alert]]:
    """The waiting alerts that belong into one message, those due first at the head of each."""
    runs = Counter(alert.created for alert in waiting if alert.kind is not AlertKind.FEED_HEALTH)
    groups: dict[_Key, list[Alert]] = {}
    for alert in sorted(waiting, key=lambda alert: (alert.due, alert.id)):
        if alert.kind is AlertKind.FEED_HEALTH:
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
    if told is None or any(map(is_urgent, group)):
        return first
    return max(first, told + topic.alerts.pause)


def _bundle(topic: Topic, alerts: Sequence[Alert], heard: Heard) -> Bundle:
    """The message that alerts make: of feeds, else of one development, else of one series, else a backlog's summary.

    More than a backlog of one development is summed up too. What was told under developments once is a summary again.
    """
    found = {alert.id: heard.thread_of(alert) for alert in alerts}
    threads = set(found.values())
    series = {alert.figure.series if alert.figure else alert.id for alert in alerts}
    thread = next(iter(threads)) if len(threads) == 1 else None
    if all(alert.kind is AlertKind.FEED_HEALTH for alert in alerts):
        kind = BundleKind.FEEDS
    elif len(alerts) > topic.alerts.backlog or any(alert.thread for alert in alerts):
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


def _order(bundle: Bundle) -> tuple[tuple[float, int], datetime, str]:
    return _urgency(bundle.alerts[0]), min(alert.due for alert in bundle.alerts), bundle.id
