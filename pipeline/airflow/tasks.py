"""The body of each task. All that lasts is in the record, so every one of them may be killed, repeated, or run beside
itself; what they give back is for Airflow's eyes and the wiring only.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.airflow.environment import deployment_settings
from pipeline.airflow.feeds import BATCH, LARGEST, MOST_BATCHES, batches_by_host
from pipeline.airflow.metrics import AirflowMetrics, Metrics, count_all
from pipeline.airflow.trouble import send_waiting
from pipeline.errors import DeliveryError, TallywireError, TopicError
from pipeline.steps.services import Services, open_services
from schemas.feed import Entry

if TYPE_CHECKING:
    from pipeline.steps.judging.turn import JudgeReport

STAYING = timedelta(hours=1)
"""How long a judge that stays does: what it holds in memory is read anew then, as after every task that is killed."""
_PATIENCE = timedelta(minutes=2)
"""News does not wait longer than this for what was published before it and is still to be read."""
_LISTED = 4 * BATCH * MOST_BATCHES
_LEVELS = {"ok": logging.INFO, "warning": logging.WARNING, "problem": logging.ERROR}
_AIRFLOW = AirflowMetrics()
_log = logging.getLogger(__name__)


def plan(topic: str | None = None, limit: int | None = None) -> list[list[str]]:
    """The entries that wait, in batches of ids for `read`; nothing is claimed yet.

    ``topic`` is the one whose entries are meant, of all if None; ``limit`` how many of them at most.
    """
    with _services() as services, services.record.read() as tx:
        waiting = tx.entries.due(services.clock(), _LISTED)
    waiting = [entry for entry in waiting if topic is None or topic in entry.topics][:limit]
    batches = batches_by_host(waiting)
    _log.info("%s entries wait; %s go into %s batches", len(waiting), sum(map(len, batches)), len(batches))
    return batches


def read(ids: Sequence[str], owner: str, metrics: Metrics = _AIRFLOW) -> dict[str, int]:
    """Read the entries ``ids``; gives how they fared. ``owner`` is the same at every try of one task."""
    from pipeline.read.page import PRELOAD
    from pipeline.read.workers import WorkerPool
    from pipeline.steps.intake.reading import read_job
    from pipeline.steps.read import ReadReport, read
    from pipeline.steps.transport import fetcher_of

    with _services() as services:
        settings = services.settings
        # Airflow runs several of these at once, so each is content with one process unless it is told otherwise. Most
        # batches hold nothing to be parsed, so that what parses English is left to be loaded by the first that does.
        workers = 1 if settings.workers is None else settings.workers
        pool = WorkerPool(read_job, workers=workers, seconds=settings.read_timeout, preload=PRELOAD)
        pool.warm()

        async def run() -> ReadReport:
            async with fetcher_of(services) as fetcher:
                return await read(services, fetcher, pool, limit=LARGEST, among=ids, owner=owner)

        with pool:
            report = asyncio.run(run())
    count_all(metrics, "entries", {outcome.value: count for outcome, count in report.ended.items()})
    count_all(metrics, "entries", {"again": report.again})
    fared = {"claimed": report.claimed, "read": report.read, "again": report.again, "ended": report.ended.total()}
    for outcome, count in sorted(report.ended.items()):
        _log.info("%s ended as %s", count, outcome.value)
    _log.info("%s claimed, %s read, %s to be tried again", report.claimed, report.read, report.again)
    return fared


def judge(metrics: Metrics = _AIRFLOW) -> list[str]:
    """Judge all that was read, or wait for the judge that stays; gives the names of the topics that have something to
    tell now."""
    from pipeline.steps.judge import Judge
    from pipeline.steps.judging.turn import JudgeReport
    from pipeline.steps.keeping.measured import measure
    from pipeline.steps.stay import left_to_one_that_stays
    from pipeline.steps.tell import topics_to_tell

    report = JudgeReport()
    with _services() as services:
        if not left_to_one_that_stays(services, patience=_PATIENCE):
            judge = Judge(services)
            began = time.monotonic()
            lags = _lags(services, metrics)
            while (done := judge.run(wait=60.0, patience=_PATIENCE, on_entry=lags)).judged:
                report.add(done)
            if report.judged:
                measure(services, judged=report.judged, judge_seconds=time.monotonic() - began)
        topics = topics_to_tell(services)
    _count_judged(metrics, report)
    _log.info("judged %s: %s; to be told now: %s", report.judged, dict(report.ended), topics)
    return topics


def stay(metrics: Metrics = _AIRFLOW, until: datetime | None = None) -> int:
    """Judge what comes in until a moment, by default for `STAYING`; gives how many entries that were."""
    from pipeline.steps.keeping.measured import measure
    from pipeline.steps.stay import stay

    with _services() as services:

        def counted(report: JudgeReport, seconds: float) -> None:
            measure(services, judged=report.judged, judge_seconds=seconds)
            _count_judged(metrics, report)
            _log.info("judged %s: %s", report.judged, dict(report.ended))

        until = until or services.clock() + STAYING
        return stay(services, until, patience=_PATIENCE, on_entry=_lags(services, metrics), on_turn=counted)


def _lags(services: Services, metrics: Metrics) -> Callable[[Entry], None]:
    return lambda entry: metrics.timing("lag", services.clock() - entry.first_seen)


def _count_judged(metrics: Metrics, report: JudgeReport) -> None:
    count_all(metrics, "entries", {outcome.value: count for outcome, count in report.ended.items()})
    count_all(metrics, "verdicts", {kind.value: count for kind, count in report.verdicts.items()})
    count_all(metrics, "alerts", {kind.value: count for kind, count in report.alerts.items()})


def publish(metrics: Metrics = _AIRFLOW) -> int:
    """Bring the index up to date; gives the number of documents written."""
    from pipeline.steps.keeping.measured import entry_version, measure
    from pipeline.steps.publish import publish

    with _services() as services:
        reached = entry_version(services)
        written = publish(services)
        measure(services, searchable=reached)
    count_all(metrics, "documents", {"published": written})
    return written


def beat() -> None:
    """Give the operator's monitoring a sign of life, if it wants one."""
    from pipeline.steps.telling.heartbeat import Heart

    heart = Heart(deployment_settings())
    heart.beat()
    heart.rest(15.0)


def waiting(metrics: Metrics = _AIRFLOW) -> bool:
    """Whether anything waits to be read or judged at this moment."""
    with _services() as services, services.record.read() as tx:
        counts = tx.entries.counts()
        due = bool(tx.entries.due(services.clock(), 1)) or bool(counts["read"])
    metrics.gauge("entries.waiting", counts["waiting"] + counts["read"])
    return due


def due() -> list[str]:
    """The names of the topics that have something to tell now; what waits for the operator is sent at once."""
    from pipeline.steps.tell import topics_to_tell

    with _services() as services:
        send_waiting(services.settings)
        return topics_to_tell(services)


def tell(topic: str, metrics: Metrics = _AIRFLOW) -> list[str]:
    """Send what is due of ``topic``; gives the subjects. Raises DeliveryError where a mail did not get through.

    What did not get through is due again after a while, so there is no need to repeat the task.
    """
    from pipeline.steps.keeping.measured import measure
    from pipeline.steps.tell import tell
    from pipeline.steps.transport import channels_of, mailer_of, sender_of

    with _services() as services:
        settings = services.settings
        report = tell(
            services,
            mailer_of(settings),
            sender_of(settings),
            channels=channels_of(settings),
            topics={topic},
            digests=False,
        )
        measure(services, troubles=len(report.troubles))
    count_all(metrics, "mails", {"sent": len(report.mails), "failed": len(report.troubles)})
    _raise_troubles(topic, report.troubles)
    return report.mails


def digest(topic: str, *, until: datetime | None = None, mail: bool = False, metrics: Metrics = _AIRFLOW) -> list[str]:
    """Send the digest of ``topic`` that is due; gives the pages written.

    Given ``until``, a digest time that is past, the digest of the period that ended then is made once more, and mailed
    only if ``mail`` says so.
    """
    from pipeline.steps.telling.digests import digest_again, tell_digest
    from pipeline.steps.transport import channels_of, mailer_of, sender_of
    from pipeline.tell.schedule import period_of

    with _services() as services:
        settings = services.settings
        mailer, sender, channels = mailer_of(settings), sender_of(settings), channels_of(settings)
        with services.record.read() as tx:
            found = tx.topics.get(topic)
        if found is None:
            raise TopicError(
                f"there is no topic {topic!r} in the record",
                hint="the feeds' trigger adds it from its file; check that the triggerer is running",
            )
        if until is None:
            report = tell_digest(services, mailer, sender, found, channels=channels)
        elif (period := period_of(found, until)) is not None:
            report = digest_again(services, sender, found, period, mailer=mailer if mail else None, channels=channels)
        else:
            return []
    count_all(metrics, "digests", {"written": len(report.digests), "failed": len(report.troubles)})
    _raise_troubles(topic, report.troubles)
    return report.digests


def upkeep(metrics: Metrics = _AIRFLOW) -> dict[str, int]:
    """The daily upkeep; gives how many findings there were of each level. All of them stand in the log.

    Raises TallywireError where a part of the work could not be done.
    """
    from pipeline.steps.upkeep import upkeep

    with _services() as services:
        report = upkeep(services)
    for finding in report.findings:
        _log.log(_LEVELS[finding.level], "%s", finding.what + (f"; {finding.advice}" if finding.advice else ""))
    for health, count in report.feeds.items():
        metrics.gauge(f"feeds.{health.value}", count)
    if report.problems:
        raise TallywireError(
            "upkeep ended with problems",
            why="; ".join(problem.what for problem in report.problems),
            hint="; ".join(problem.advice for problem in report.problems if problem.advice),
        )
    return dict(Counter(finding.level for finding in report.findings))


def _raise_troubles(topic: str, troubles: Sequence[str]) -> None:
    if troubles:
        raise DeliveryError(
            f"messages of {topic} could not be delivered",
            why=" | ".join(troubles),
            hint="they wait in the outbox and are tried again; `tallywire doctor` checks the mail server",
        )


@contextmanager
def _services() -> Iterator[Services]:
    services = open_services(deployment_settings())
    try:
        yield services
    finally:
        services.close()
