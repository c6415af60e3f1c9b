"""The links of one mail to one reader: by them they mute, snooze or correct what it tells, or stop such mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.tell.links import LASTS, Link, Links
from pipeline.tell.rules import alert_kind
from schemas.alert import Alert, DigestData, FigureNews, SeriesNews
from schemas.topic import Topic


@dataclass(frozen=True)
class Acts:
    """What a mail offers to decide; without links it names a command instead.

    Links are for one reader, so a mail to several has none. They expire by ``until``, which hangs on what the mail
    tells and not on when it is sent: the same mail sent again is the same.
    """

    links: Links | None = None
    topic: str = ""
    recipient: str = ""
    until: datetime | None = None
    figures: Mapping[str, Link] = field(default_factory=dict)
    series: str = ""
    """The series that the command at the foot mutes, of the first figure; empty where the mail tells of none."""

    def figure(self, id: str) -> str:
        """Where a reader decides about a figure, its series and its rule; empty where there is no link."""
        link = self.figures.get(id)
        return self.links.to(link) if self.links and link else ""

    def thread(self, id: str | None) -> str:
        """Where a reader decides about a development."""
        link = self._link(thread=id) if id else None
        return self.links.to(link) if self.links and link else ""

    @property
    def stop(self) -> str:
        """Where a reader stops these mails."""
        link = self._link()
        return self.links.to(link) if self.links and link else ""

    @property
    def command(self) -> str:
        """The command that mutes the first figure, where there are no links."""
        return f"tallywire figures mute {self.series}" if self.series and self.links is None else ""

    def _link(self, thread: str | None = None) -> Link | None:
        if self.until is None:
            return None
        return Link(topic=self.topic, recipient=self.recipient, thread=thread, until=self.until)


def acts_of_alerts(topic: Topic, alerts: Iterable[Alert], links: Links | None) -> Acts:
    """What a mail of alerts offers."""
    told = [(alert.figure, alert) for alert in alerts]
    news = [figure for figure, _ in told if figure is not None]
    found = min((alert.created for _, alert in told), default=None)
    return _acts(topic, news, found, links)


def acts_of_digest(topic: Topic, data: DigestData, links: Links | None) -> Acts:
    """What the mail of a digest offers."""
    return _acts(topic, (*data.changed, *data.contradictions, *data.new), data.end, links)


def _acts(topic: Topic, news: Iterable[FigureNews | SeriesNews], at: datetime | None, links: Links | None) -> Acts:
    told = list(news)
    series = told[0].series if told else ""
    if links is None or at is None or len(topic.recipients) != 1:
        return Acts(series=series)
    recipient = topic.recipients[0].to
    until = (at + LASTS).replace(microsecond=0)
    figures = {}
    for one in told:
        id = one.current.figure_id if isinstance(one, SeriesNews) else one.statement.figure_id
        rule = alert_kind(one.verdict)
        figures[id] = Link(topic=topic.name, recipient=recipient, series=one.series, figure=id, rule=rule, until=until)
    return Acts(links=links, topic=topic.name, recipient=recipient, until=until, figures=figures, series=series)
