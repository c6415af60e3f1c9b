"""Send what is due in the outbox, and the digests whose time has come."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.steps.digest import digest_data
from pipeline.steps.news import begun_note
from pipeline.steps.services import Services
from pipeline.tell.delivery import Mailer, PartlyDelivered
from pipeline.tell.digest import compose_digest, digest_page, is_empty
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import Plan, plan
from pipeline.tell.schedule import due_period
from pipeline.tell.sender import Sender
from schemas.alert import Alert, AlertState, Mail
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
    stop: Callable[[], bool] = lambda: False,
) -> TellReport:
    """Send the alerts that are due and the digests whose time has come, until ``stop`` between one mail and the next.

    A mail's alerts are bound to its Message-ID before it is sent and marked afterwards. A process that dies in between
    sends the very same mail again, with the same Message-ID, and never the same news in another mail.
    """
    report = TellReport()
    with services.record.read() as tx:
        wanted = [topic for topic in tx.topics.all() if topics is None or topic.name in topics]
    for topic in wanted:
        _tell_alerts(services, mailer, sender, topic, report, stop)
        if not stop():
            _tell_digest(services, mailer, sender, topic, report)
    return report


def _tell_alerts(
    services: Services,
    mailer: Mailer,
    sender: Sender,
    topic: Topic,
    report: TellReport,
    stop: Callable[[], bool],
) -> None:
    now = services.clock()
    midnight = now.astimezone(topic.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
    mails: list[tuple[tuple[Alert, ...], Mail]] = []
    with services.record.begin() as tx:
        if tx.notes.get(begun_note(topic.name)) is None:
            tx.notes.set(begun_note(topic.name), now.isoformat())
        waiting = list(tx.alerts.find(topic=topic.name, state=AlertState.WAITING))
        if waiting and not topic.recipients:
            planned = Plan(to_digest=tuple(waiting))
        else:
            planned = plan(topic, waiting, sent_today=tx.alerts.sent_since(topic.name, midnight), now=now)
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


def _tell_digest(services: Services, mailer: Mailer, sender: Sender, topic: Topic, report: TellReport) -> None:
    if topic.digest is None:
        return
    now = services.clock()
    key = f"digest:{topic.name}:end"
    with services.record.begin() as tx:
        last = tx.notes.get(key)
        if last is None:
            # A topic's first period begins when it is first seen here: there is nothing to report from before.
            tx.notes.set(key, now.isoformat())
            return
        period = due_period(topic, datetime.fromisoformat(last), now)
        if period is None:
            return
        data = digest_data(tx, topic, *period)
    if topic.digest.empty or not is_empty(data):
        page = digest_page(topic, data, sender=sender)
        path = services.settings.digest_path / f"{topic.name}-{data.end:%Y%m%dT%H%MZ}.html"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8")
        except OSError as error:
            # The period stays open, as below.
            why = f"{path}: it can't be written ({error.strerror or error})"
            report.troubles.append(f"digest of {topic.heading}: {why}")
            return
        report.digests.append(str(path))
        if topic.recipients:
            try:
                mailer.send(compose_digest(topic, data, sender=sender), date=now)
            except DeliveryRefused as error:
                report.troubles.append(f"digest of {topic.heading}: {error}")
            except DeliveryError as error:
                # The period stays open, so the next run sends the same digest under the same Message-ID.
                report.troubles.append(f"digest of {topic.heading}: {error}")
                return
    with services.record.begin() as tx:
        tx.notes.set(key, data.end.isoformat())
