"""What several pages show: lines of lists, places in them, when a reader looked last, whose clock is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.record.looking import Place
from pipeline.steps.known.news import article_ref
from pipeline.steps.known.threads import Development
from pipeline.tell import words
from pipeline.tell.pages import link
from pipeline.tell.views import outlet_name, outlet_names, reports_words
from pipeline.tell.words import amount, headline_of, one_line, said_by
from schemas.article import Article
from schemas.base import to_utc
from schemas.figure import Tell, ToldFigure, VerdictKind
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

TAGS = {
    VerdictKind.NEW: "New",
    VerdictKind.REPEATED: "Repeated",
    VerdictKind.CHANGED: "Changed",
    VerdictKind.CONTRADICTION: "Contradiction",
    VerdictKind.CORRECTION: "Corrected",
}
"""What the window calls what a figure says against those before it."""

OUTCOMES = {"waiting": "waiting", "read": "read, not judged yet"} | words.OUTCOMES
"""What the window calls what became of an entry."""

UTC_ZONE = ZoneInfo("UTC")
_AGAIN = timedelta(minutes=30)
"""Who comes back sooner is still looking."""
_OUTLETS = 4
_KEPT = "\n\t\u200c\u200d"
"""Joiners are part of how Persian and Hindi are written."""


@dataclass(frozen=True)
class Looked:
    """When a reader looked last: ``before`` is the end of the visit before this one, ``now`` this moment."""

    before: datetime | None
    now: datetime

    @classmethod
    def of(cls, cookie: str, now: datetime) -> Looked:
        """What the cookie says, as `cookie` wrote it; one that was tampered with says nothing."""
        moments = [_moment(part) for part in cookie.split("~")[:2]]
        before, last = (*moments, None, None)[:2]
        if last is None or last > now:
            return cls(None, now)
        return cls(before if now - last < _AGAIN else last, now)

    @property
    def cookie(self) -> str:
        return f"{self.before.isoformat() if self.before else ''}~{self.now.isoformat()}"


def _moment(text: str) -> datetime | None:
    try:
        return to_utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def place_of(text: str) -> Place | None:
    """The place in a list that an address names; None where it names none."""
    when, _, id = text.partition("~")
    moment = _moment(when)
    return (moment, id) if moment is not None and id else None


def written(place: Place | None) -> str:
    """A place as an address holds it."""
    return f"{place[0].isoformat()}~{place[1]}" if place else ""


def zone_of(topics: Iterable[Topic]) -> ZoneInfo:
    """The zone of topics that agree on one, else UTC."""
    zones = {topic.zone for topic in topics}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else UTC_ZONE


def harmless(text: str) -> str:
    """``text`` without what steers rather than says something: controls, and marks that turn the direction around."""
    return "".join(letter for letter in text if letter.isprintable() or letter in _KEPT)


@dataclass(frozen=True)
class DevelopmentLine:
    """A development in a list."""

    id: str
    headline: str
    counts: str
    outlets: str
    last_seen: datetime
    fresh: bool

    @classmethod
    def of(cls, development: Development, since: datetime | None) -> DevelopmentLine:
        copies = len(development.copies)
        return cls(
            id=development.id,
            headline=one_line(development.face.headline, 200) or "untitled",
            counts=reports_words(len(development.articles) + copies, copies),
            outlets=outlet_names(development.outlets, _OUTLETS),
            last_seen=development.last_seen,
            fresh=since is not None and development.last_seen > since,
        )


@dataclass(frozen=True)
class FigureLine:
    """A figure that a topic was told of."""

    figure: str
    series: str | None
    kind: str
    tag: str
    claim: str
    was: str
    speaker: str
    outlet: str
    published: datetime
    fresh: bool

    @classmethod
    def of(cls, told: ToldFigure, series: str | None, *, fresh: bool) -> FigureLine:
        figure, telling = told.figure, told.telling
        moved = telling.kind in (VerdictKind.CHANGED, VerdictKind.CORRECTION) and telling.from_value is not None
        return cls(
            figure=figure.id,
            series=series,
            kind=telling.kind.value,
            tag=TAGS[telling.kind],
            claim=headline_of(figure.figure),
            was=f"was {amount(telling.from_value, figure.figure.unit)}" if moved and telling.from_value else "",
            speaker=one_line(said_by(figure.figure), 80),
            outlet=outlet_name(figure.outlet),
            published=figure.published,
            fresh=fresh,
        )


def figures_told(tx: Transaction, topic: str, limit: int, since: datetime | None) -> list[FigureLine]:
    """The figures that a topic was told of last, at once or in a digest."""
    # Some of what telling remembers was told to nobody.
    found = [(seq, one) for seq, one in tx.looking.told(topic, limit * 3) if one.telling.tell is not Tell.NONE]
    found = [(seq, one) for seq, one in found if one.telling.kind is not VerdictKind.REPEATED][:limit]
    known = tx.looking.arrived_before(since) if since is not None else 0
    series = series_of(tx, topic, [one.figure.id for _, one in found])
    return [
        FigureLine.of(one, series.get(one.figure.id), fresh=since is not None and seq > known) for seq, one in found
    ]


def series_of(tx: Transaction, topic: str | None, figures: Iterable[str]) -> dict[str, str]:
    """The series of figures within a topic, or in the first of any, by the figures' ids."""
    return {
        figure: verdict.series
        for figure, verdicts in tx.figures.verdicts_of_many(figures).items()
        for verdict in reversed(verdicts)
        if topic is None or verdict.topic == topic
    }


@dataclass(frozen=True)
class ReportLine:
    """An article in a list."""

    id: str
    title: str
    url: str | None
    outlet: str
    published: datetime
    first_seen: datetime
    outcome: str
    copy_of: str | None
    why: str
    revision: int

    @classmethod
    def of(cls, article: Article) -> ReportLine:
        ref = article_ref(article)
        return cls(
            id=article.id,
            title=one_line(ref.title, 200) or "untitled",
            url=link(ref.url),
            outlet=outlet_name(ref.outlet),
            published=ref.published,
            first_seen=article.first_seen,
            outcome=OUTCOMES[article.outcome.value],
            copy_of=article.copy_of,
            why=one_line(article.copy_link.reason if article.copy_link else article.reason, 300),
            revision=article.revision,
        )
