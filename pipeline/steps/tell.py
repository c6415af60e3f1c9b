"""Send what is due in the outbox, and the digests whose time has come."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.record import Transaction
from pipeline.steps.digest import digest_data
from pipeline.steps.news import begun_note
from pipeline.steps.services import Services
from pipeline.tell.delivery import Mailer, PartlyDelivered
from pipeline.tell.digest import compose_digest, digest_page, is_empty
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import Plan, plan
from pipeline.tell.schedule import due_period
from pipeline.tell.sender import Sender
from schemas.alert import Alert, AlertState, DigestData, Mail
from schemas.topic import Topic

_TRIES = 12
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=3)


@dataclass
class TellReport:
    """What was told: mails sent with the alerts in them, digests, and what did not get through."""

    mails: list[str] = field(default_factory=list)
    alerts: int = 0
    to_digest: int = 0
    digests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def tell(
    services: Services,
    mailer: Mailer,
    sender: Sender,
    *,
    topics: Collection[str] | None = None,
    digests: bool = True,
    wait: float = 60.0,
    stop: Callable[[], bool] = lambda: False,
) -> TellReport:
    """Send the alerts that are due, and ``digests`` whose time has come, until ``stop`` between one mail and the next.

    A mail's alerts are bound to its Message-ID before it is sent and marked afterwards. A process that dies in between
    sends the very same mail again, with the same Message-ID, and never the same news in another mail. Of two processes
    that tell of a topic the second waits for the first; raises RecordBusy if that takes longer than ``wait`` seconds.
    """
    report = TellReport()
    with services.record.read() as tx:
        wanted = [topic for topic in tx.topics.all() if topics is None or topic.name in topics]
    for topic in wanted:
        if stop():
            break
        with services.record.telling(topic.name, wait):
            _tell_alerts(services, mailer, sender, topic, report, stop)
            if digests and not stop():
                _tell_digest(services, mailer, sender, topic, report)
    return report


def topics_to_tell(services: Services) -> list[str]:
    """The names of the topics that have a mail to send now. Nothing is bound or sent."""
    now = services.clock()
    with services.record.read() as tx:
        names = {alert.topic for alert in tx.alerts.due(now)}
        topics = [topic for topic in tx.topics.all() if topic.name in names]
        plans = {topic.name: _planned(tx, topic, now) for topic in topics}
    return [name for name, planned in plans.items() if planned.bundles or planned.to_digest]


def _tell_alerts(
    services: Services,
    mailer: Mailer,
    sender: Sender,
    topic: Topic,
    report: TellReport,
    stop: Callable[[], bool],
) -> None:
    now = services.clock()
    mails: list[tuple[tuple[Alert, ...], Mail]] = []
    with services.record.begin() as tx:
        if tx.notes.get(begun_note(topic.name)) is None:
            tx.notes.set(begun_note(topic.name), now.isoformat())
        planned = _planned(tx, topic, now)
        for alert in planned.to_digest:
            tx.alerts.put(alert.model_copy(update={"state": AlertState.DIGEST}))
        report.to_digest += len(planned.to_digest)
        for bundle in planned.bundles:
            mail = compose_alert(topic, bundle, sender=sender)
            alerts = tuple(alert.model_copy(update={"message_id": mail.message_id}) for alert in bundle.alerts)
            for alert in alerts:
                tx.alerts.put(alert)
            left = bundle.alerts[0].recipients_left
            mails.append((alerts, mail if left is None else mail.model_copy(update={"recipients": left})))
    for alerts, mail in mails:
        if stop():
            return
        update = _send(mailer, alerts, mail, services.clock(), report)
        with services.record.begin() as tx:
            for alert in alerts:
                tx.alerts.put(alert.model_copy(update=update))


def _planned(tx: Transaction, topic: Topic, now: datetime) -> Plan:
    waiting = list(tx.alerts.find(topic=topic.name, state=AlertState.WAITING))
    if waiting and not topic.recipients:
        return Plan(to_digest=tuple(waiting))
    midnight = now.astimezone(topic.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
    return plan(topic, waiting, sent_today=tx.alerts.sent_since(topic.name, midnight), now=now)


def _send(
    mailer: Mailer, alerts: tuple[Alert, ...], mail: Mail, now: datetime, report: TellReport
) -> dict[str, object]:
    """Send a mail, and give what changes in its alerts by what became of it."""
    try:
        delivery = mailer.send(mail, date=now)
    except DeliveryError as error:
        report.troubles.append(f"{mail.subject}: {error}")
        attempts = max(alert.attempts for alert in alerts) + 1
        lost = isinstance(error, DeliveryRefused) or attempts >= _TRIES
        left = error.deferred if isinstance(error, PartlyDelivered) else alerts[0].recipients_left
        return {
            "attempts": attempts,
            "error": str(error),
            "state": AlertState.FAILED if lost else AlertState.WAITING,
            "due": now + min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT),
            "recipients_left": left,
        }
    report.mails.append(mail.subject)
    report.alerts += len(alerts)
    refused = "; ".join(f"{one.recipient}: {one.why}" for one in delivery.refused)
    if refused:
        report.troubles.append(f"{mail.subject}: refused for {refused}")
    return {"state": AlertState.SENT, "sent": now, "error": refused or None, "recipients_left": None}


def tell_digest(services: Services, mailer: Mailer, sender: Sender, topic: Topic, *, wait: float = 60.0) -> TellReport:
    """Send the digest of ``topic`` if its time has come; its period begins where that of the last one ended.

    Raises RecordBusy as `tell` does.
    """
    report = TellReport()
    with services.record.telling(topic.name, wait):
        _tell_digest(services, mailer, sender, topic, report)
    return report


def digest_again(
    services: Services,
    sender: Sender,
    topic: Topic,
    period: tuple[datetime, datetime],
    *,
    mailer: Mailer | None = None,
) -> TellReport:
    """The digest of a period that is past, as the record tells it now: the page, and the mail too given a ``mailer``.

    What was sent regularly, and when the next one is due, stays as it is.
    """
    report = TellReport()
    with services.record.read() as tx:
        data = digest_data(tx, topic, *period)
    _deliver_digest(services, mailer, sender, topic, data, report)
    return report


def _tell_digest(services: Services, mailer: Mailer, sender: Sender, topic: Topic, report: TellReport) -> None:
    if topic.digest is None:
        return
    now = services.clock()
    key = f"digest:{topic.name}:end"
    with services.record.begin() as tx:
        last = tx.notes.get(key)
        period = due_period(topic, datetime.fromisoformat(last) if last else _first_start(tx, topic, now), now)
        if period is None:
            return
        data = digest_data(tx, topic, *period)
    if _deliver_digest(services, mailer, sender, topic, data, report):
        with services.record.begin() as tx:
            tx.notes.set(key, data.end.isoformat())


def _first_start(tx: Transaction, topic: Topic, now: datetime) -> datetime:
    """Where the topic's first digest begins: when the topic was first seen here, or with its first report.

    That may be the earlier of the two, for reports come in before anything is told of them.
    """
    key = f"digest:{topic.name}:begun"
    begun = tx.notes.get(key)
    if begun is None:
        tx.notes.set(key, begun := now.isoformat())
    first = tx.articles.first_seen(topic.name)
    return min(datetime.fromisoformat(begun), first or now)


def _deliver_digest(
    services: Services, mailer: Mailer | None, sender: Sender, topic: Topic, data: DigestData, report: TellReport
) -> bool:
    """Write the page of a digest and mail it; False where it should be tried again, under the same Message-ID."""
    if is_empty(data) and not (topic.digest and topic.digest.empty):
        return True
    path = services.settings.digest_path / f"{topic.name}-{data.end:%Y%m%dT%H%MZ}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(digest_page(topic, data, sender=sender), encoding="utf-8")
    except OSError as error:
        why = f"{path}: it can't be written ({error.strerror or error})"
        report.troubles.append(f"digest of {topic.heading}: {why}")
        return False
    report.digests.append(str(path))
    if not topic.recipients or mailer is None:
        return True
    try:
        mailer.send(compose_digest(topic, data, sender=sender), date=services.clock())
    except DeliveryError as error:
        report.troubles.append(f"digest of {topic.heading}: {error}")
        return isinstance(error, DeliveryRefused)
    return True
