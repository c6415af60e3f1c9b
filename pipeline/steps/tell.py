"""Send what is due in the outbox, and the digests whose time has come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.record import Transaction
from pipeline.steps.briefs import Briefs
from pipeline.steps.developments import OPEN_FOR
from pipeline.steps.digest import digest_data
from pipeline.steps.news import begun_note, story_of
from pipeline.steps.services import Services
from pipeline.steps.summaries import summed_up
from pipeline.steps.threads import development_of
from pipeline.tell.delivery import Mailer, PartlyDelivered, Refusal
from pipeline.tell.digest import compose_digest, digest_id, digest_page, is_empty
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import Bundle, BundleKind, Heard, Plan, after_failure, plan
from pipeline.tell.schedule import due_period
from pipeline.tell.sender import Sender
from schemas.alert import Alert, AlertState, Digest, DigestData, DigestState, Mail
from schemas.topic import DigestTimes, Topic


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

    What is left of digests begun before is sent in any case. A mail's alerts, and a digest with its period, are bound
    to a Message-ID before it is sent and marked afterwards. A process that dies in between sends the very same mail
    again, with the same Message-ID, and never the same news in another mail. Of two processes that tell of a topic the
    second waits for the first; raises RecordBusy if that takes longer than ``wait`` seconds.
    """
    report = TellReport()
    with services.record.read() as tx:
        wanted = [topic for topic in tx.topics.all() if topics is None or topic.name in topics]
    for topic in wanted:
        if stop():
            break
        with services.record.telling(topic.name, wait):
            _tell_alerts(services, mailer, sender, topic, report, stop)
            if not stop():
                _tell_digests(services, mailer, sender, topic, report, begin=digests, stop=stop)
    return report


def topics_to_tell(services: Services) -> list[str]:
    """The names of the topics that have a mail to send now. Nothing is bound or sent."""
    now = services.clock()
    with services.record.read() as tx:
        names = {alert.topic for alert in tx.alerts.due(now)}
        begun = {digest.topic for digest in tx.digests.due(now)}
        plans = {topic.name: _planned(tx, topic, now) for topic in tx.topics.all() if topic.name in names | begun}
    return [name for name, planned in plans.items() if planned.bundles or planned.to_digest or name in begun]


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
        # Where there is nobody to mail to, no limit was passed.
        left_to_digest = {"state": AlertState.DIGEST, "held_back": bool(topic.recipients)}
        for alert in planned.to_digest:
            tx.alerts.put(alert.model_copy(update=left_to_digest))
        report.to_digest += len(planned.to_digest)
        if any(bundle.thread or bundle.threads for bundle in planned.bundles):
            _forget_conversations(tx, topic.name, now)
        briefs = Briefs(tx)
        for planned_bundle in planned.bundles:
            bundle = _bound(tx, briefs, planned_bundle, now)
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


def _bound(tx: Transaction, briefs: Briefs, bundle: Bundle, now: datetime) -> Bundle:
    """The bundle with what its mail says of developments, which is kept with it: sent again, it says the same."""
    first, *others = bundle.alerts
    if first.message_id is not None:
        return bundle
    if bundle.kind is BundleKind.SUMMARY:
        bound = summed_up(briefs, bundle)
    elif bundle.thread is not None:
        told = tx.notes.get(told_note(bundle.topic, bundle.thread))
        news = briefs.news(bundle.thread, datetime.fromisoformat(told) if told else None)
        tx.notes.set(told_note(bundle.topic, bundle.thread), now.isoformat())
        bound = bundle.model_copy(update={"alerts": (first.model_copy(update={"development": news}), *others)})
    else:
        return bundle
    for alert in bound.alerts:
        if alert.thread is not None:
            tx.notes.set(told_note(bundle.topic, alert.thread), now.isoformat())
    return bound


def told_note(topic: str, thread: str) -> str:
    """The note that says when a mail of a topic last told of a thread."""
    return f"{_told_notes(topic)}{thread}:told"


def _told_notes(topic: str) -> str:
    return f"topic:{topic}:thread:"


def _forget_conversations(tx: Transaction, topic: str, now: datetime) -> None:
    """Forget when mails told of threads that are closed: no other can come. Those of one topic are thus no more than it
    tells of in the time that a thread is open."""
    since = now - OPEN_FOR
    prefix = _told_notes(topic)
    for key, told in tx.notes.all(prefix).items():
        if datetime.fromisoformat(told) < since:
            development = development_of(tx, key.removeprefix(prefix).removesuffix(":told"))
            if development is None or development.last_seen < since:
                tx.notes.set(key, None)


def _heard(tx: Transaction, topic: Topic, waiting: Iterable[Alert]) -> Heard:
    """The threads of the stories that alerts are about, and when mails last told of them."""
    threads: dict[str, str] = {}
    for alert in waiting:
        if alert.story is not None and alert.story not in threads:
            story = tx.stories.get(alert.story)
            if story is None and alert.figure is not None:
                # It was merged into another since.
                merged = story_of(tx, alert.figure)
                story = tx.stories.get(merged) if merged else None
            if story is not None:
                threads[alert.story] = story.development
    notes = {thread: tx.notes.get(told_note(topic.name, thread)) for thread in {*threads.values()}}
    return Heard(threads=threads, told={thread: datetime.fromisoformat(told) for thread, told in notes.items() if told})


def _planned(tx: Transaction, topic: Topic, now: datetime) -> Plan:
    waiting = list(tx.alerts.find(topic=topic.name, state=AlertState.WAITING))
    if waiting and not topic.recipients:
        return Plan(to_digest=tuple(waiting))
    midnight = now.astimezone(topic.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
    sent_today = tx.alerts.sent_since(topic.name, midnight)
    return plan(topic, waiting, sent_today=sent_today, now=now, heard=_heard(tx, topic, waiting))


def _send(
    mailer: Mailer, alerts: tuple[Alert, ...], mail: Mail, now: datetime, report: TellReport
) -> dict[str, object]:
    """Send a mail, and give what changes in its alerts by what became of it."""
    try:
        delivery = mailer.send(mail, date=now)
    except DeliveryError as error:
        report.troubles.append(f"{mail.subject}: {error}")
        attempts = max(alert.attempts for alert in alerts)
        tried = after_failure(attempts, now, refused=isinstance(error, DeliveryRefused))
        left = error.deferred if isinstance(error, PartlyDelivered) else alerts[0].recipients_left
        return {
            "attempts": tried.attempts,
            "error": str(error),
            "state": AlertState.FAILED if tried.given_up else AlertState.WAITING,
            "due": tried.due,
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

    What is left of earlier ones, and due, goes out too. Raises RecordBusy as `tell` does.
    """
    report = TellReport()
    with services.record.telling(topic.name, wait):
        _tell_digests(services, mailer, sender, topic, report)
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
    if is_empty(data) and not (topic.digest and topic.digest.empty):
        return report
    try:
        _write_page(services, sender, topic, data, report)
        if topic.recipients and mailer is not None:
            mailer.send(compose_digest(topic, data, sender=sender), date=services.clock())
    except DeliveryError as error:
        report.troubles.append(f"digest of {topic.heading}: {error}")
    return report


def _tell_digests(
    services: Services,
    mailer: Mailer,
    sender: Sender,
    topic: Topic,
    report: TellReport,
    *,
    begin: bool = True,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Send the digests that are bound and due; ``begin`` binds the one whose time has come."""
    now = services.clock()
    if begin and topic.digest is not None:
        with services.record.begin() as tx:
            _bind_digest(tx, sender, topic, topic.digest, now)
    with services.record.read() as tx:
        due = tx.digests.due(now, topic.name)
    for digest in due:
        if stop():
            return
        update = _send_digest(services, mailer, sender, topic, digest, report)
        with services.record.begin() as tx:
            tx.digests.put(digest.model_copy(update=update))


def _bind_digest(tx: Transaction, sender: Sender, topic: Topic, times: DigestTimes, now: datetime) -> None:
    """Bind the digest whose time has come, if any, to its period, words and Message-ID; the next begins at its end."""
    key, judged = f"digest:{topic.name}:end", f"digest:{topic.name}:entries"
    last = tx.notes.get(key)
    period = due_period(topic, datetime.fromisoformat(last) if last else _first_start(tx, topic, now), now)
    if period is None:
        return
    start, end = period
    # Read before anything else: what ends later is told in the next digest, whenever it was announced.
    reached, before = tx.entries.version(), tx.notes.get(judged)
    data = digest_data(tx, topic, start, end, after=int(before) if before else None)
    tx.notes.set(key, end.isoformat())
    tx.notes.set(judged, str(reached))
    if is_empty(data) and not times.empty:
        return
    identity = digest_id(data)
    message_id = sender.message_id(identity)
    digest = Digest(id=identity, topic=topic.name, start=start, end=end, message_id=message_id, data=data, due=now)
    tx.digests.put(digest)


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


def _send_digest(
    services: Services, mailer: Mailer, sender: Sender, topic: Topic, digest: Digest, report: TellReport
) -> dict[str, object]:
    """Write the page of a digest and mail it to those who have not got it; gives what changes in it thereby."""
    assert digest.data is not None
    now, left = services.clock(), digest.recipients_left
    recipients = topic.recipients if left is None else tuple(one for one in left if one in topic.recipients)
    refused: tuple[Refusal, ...] = ()
    try:
        _write_page(services, sender, topic, digest.data, report, again=digest.attempts > 0)
        if recipients:
            mail = compose_digest(topic, digest.data, sender=sender)
            bound = {"message_id": digest.message_id, "recipients": recipients}
            refused = mailer.send(mail.model_copy(update=bound), date=now).refused
    except DeliveryError as error:
        tried = after_failure(digest.attempts, now, refused=isinstance(error, DeliveryRefused))
        report.troubles.append(f"digest of {topic.heading}: {_given_up(digest, error) if tried.given_up else error}")
        return {
            "attempts": tried.attempts,
            "error": str(error),
            "state": DigestState.FAILED if tried.given_up else DigestState.WAITING,
            "due": tried.due,
            "recipients_left": error.deferred if isinstance(error, PartlyDelivered) else left,
        }
    why = "; ".join(f"{one.recipient}: {one.why}" for one in refused)
    if why:
        report.troubles.append(f"digest of {topic.heading}: refused for {why}")
    return {"state": DigestState.SENT, "sent": now, "data": None, "error": why or None, "recipients_left": None}


def _given_up(digest: Digest, error: DeliveryError) -> DeliveryError:
    """``error`` with what a person can do, now that nothing is tried again."""
    hint = (
        f"it is given up; once that is mended, `tallywire digest retry {digest.id}` sends it to whom it did not reach"
    )
    return DeliveryError(error.what, where=error.where, why=error.why, hint=hint)


def _write_page(
    services: Services, sender: Sender, topic: Topic, data: DigestData, report: TellReport, *, again: bool = False
) -> None:
    """Write the page of a digest; ``again`` reports it only where it is not there yet.

    Raises DeliveryError where its folder can't be written to.
    """
    path = services.settings.digest_path / f"{topic.name}-{data.end:%Y%m%dT%H%MZ}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        told = again and path.exists()
        path.write_text(digest_page(topic, data, sender=sender), encoding="utf-8")
    except OSError as error:
        raise DeliveryError(
            "the page of the digest can't be written",
            where=str(path),
            why=error.strerror or str(error),
            hint="give the folder room and permission to write; it is tried again",
        ) from error
    if not told:
        report.digests.append(str(path))
