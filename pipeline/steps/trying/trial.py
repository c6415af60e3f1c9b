"""What a topic would have told of what the record holds, had it been watched: played through the very steps that tell.

The topic gets a record of its own for the while, in a folder that is thrown away. Articles of the real record come to
it in the order and at the times at which they arrived, and its mails go nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.read.match import match_topic
from pipeline.record import Transaction
from pipeline.steps.deciding.enrol import enrol, feed_id
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.intake.reading import with_figures
from pipeline.steps.judge import Judge
from pipeline.steps.replay import ReplayClock
from pipeline.steps.services import Services, open_services
from pipeline.steps.tell import next_mail, tell
from pipeline.steps.transport import sender_of
from pipeline.tell.channels import Post
from pipeline.tell.delivery import Delivery
from schemas.alert import Alert, AlertState, Mail
from schemas.article import Article, ReadEntry, Reading
from schemas.topic import Topic

_ROUND = timedelta(minutes=5)
"""Articles that arrived within it are judged together; feeds are polled no more often than so."""

_NOBODY = "nobody@localhost"


@dataclass
class Trial:
    """What would have been told: mails with their times, and the alerts that were decided on."""

    articles: int = 0
    covered: int = 0
    all_feeds: bool = False
    mails: list[tuple[datetime, str]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def to_digest(self) -> int:
        """Alerts that would have been left to digests."""
        return sum(alert.state is AlertState.DIGEST for alert in self.alerts)


@dataclass
class _Post:
    """Takes mails and keeps their subjects."""

    mails: list[tuple[datetime, str]]

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        self._take(mail, date)
        return Delivery(delivered=mail.recipients)

    def post(self, post: Post, *, date: datetime) -> None:
        self._take(post.mail, date)

    def _take(self, mail: Mail, date: datetime) -> None:
        # What goes to several recipients at one moment is told once.
        if (date, mail.subject) not in self.mails:
            self.mails.append((date, mail.subject))


def try_topic(
    services: Services, topic: Topic, *, since: datetime | None = None, until: datetime | None = None
) -> Trial:
    """What ``topic`` would have told from ``since`` until ``until``; nothing in the record changes.

    Counted are the articles that its own feeds brought; where the record knows none of these feeds, all it has.
    """
    trial = Trial()
    addressed = topic if topic.recipients else topic.model_validate({**topic.model_dump(), "recipients": [_NOBODY]})
    with TemporaryDirectory(prefix="tallywire-try-") as folder:
        settings = services.settings.model_copy(
            update={"home": Path(folder), "database_url": None, "elasticsearch_url": None}
        )
        clock = ReplayClock(services.clock)
        bench = open_services(settings, clock=clock)
        try:
            enrol(bench.record, [addressed], logins_of(bench))
            _play(services, replace(bench, clock=clock), addressed, clock, trial, (since, until))
            with bench.record.read() as tx:
                trial.alerts = tx.alerts.find(topic=topic.name)
        finally:
            bench.close()
    return trial


def _play(
    services: Services,
    bench: Services,
    topic: Topic,
    clock: ReplayClock,
    trial: Trial,
    period: tuple[datetime | None, datetime | None],
) -> None:
    post, judge = _Post(trial.mails), Judge(bench)
    channels = {recipient.to: post for recipient in topic.recipients}

    def tell_until(end: datetime) -> None:
        """Send what is due, at the time it would have been, up to ``end``."""
        tell(bench, post, sender_of(bench.settings), channels=channels, digests=False)
        while (due := next_mail(bench, topic)) is not None and clock.at < due <= end:
            clock.advance(due)
            tell(bench, post, sender_of(bench.settings), channels=channels, digests=False)

    with services.record.read() as tx:
        for arrived, group in groupby(_covered(tx, topic, trial, period), key=lambda read: _round_of(read)):
            if trial.covered:
                tell_until(arrived)
            clock.advance(arrived)
            reads = list(group)
            trial.covered += len(reads)
            with bench.record.begin() as mine:
                mine.entries.add(read.entry for read in reads)
                for read in reads:
                    mine.entries.put_reading(read.entry.id, read)
            while judge.run().judged:
                pass
    tell_until(services.clock())


def _round_of(read: ReadEntry) -> datetime:
    """The end of the round in which an article arrived."""
    seconds = _ROUND.total_seconds()
    whole = read.entry.first_seen.timestamp() // seconds * seconds + seconds
    return datetime.fromtimestamp(whole, read.entry.first_seen.tzinfo)


def _covered(
    tx: Transaction, topic: Topic, trial: Trial, period: tuple[datetime | None, datetime | None]
) -> Iterator[ReadEntry]:
    """The articles that are coverage of ``topic``, in order of arrival, as they would come before its judge."""
    own = {feed_id(ref.url) for ref in topic.feeds}
    trial.all_feeds = not any(tx.feeds.get(id) for id in own)
    since, until = period
    for article in tx.articles.iterate(since=since, until=until):
        entry = tx.entries.get(article.entry)
        if entry is None or not (trial.all_feeds or entry.feed in own):
            continue
        trial.articles += 1
        match = match_topic(topic, article.reading)
        if match.matched:
            fresh = {"seq": 0, "topics": (topic.name,), "outcome": None, "ended": None, "reason": ""}
            asked = entry.model_copy(update={**fresh, "first_seen": article.first_seen})
            yield ReadEntry(entry=asked, reading=_with_figures(article), matches=(match,))


def _with_figures(article: Article) -> Reading:
    """Figures are read of what some topic covers; what none did has not been looked at for any."""
    reading = article.reading
    return reading if article.on_topics or reading.teaser else with_figures(reading)
