"""What a digest may say of a period, read from the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.steps.health import feeds_of_digest
from pipeline.steps.news import figure_news, statement_of, story_news
from schemas.alert import AlertState, CoverageDay, DigestData, FigureNews, SeriesNews
from schemas.article import Article
from schemas.figure import Claim, Series, Value, VerdictKind
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_HELD = (VerdictKind.NEW, VerdictKind.CHANGED, VerdictKind.CORRECTION)
_COVERAGE_DAYS = 14


def digest_data(tx: Transaction, topic: Topic, start: datetime, end: datetime) -> DigestData:
    """What arrived from ``start`` up to, but not including, ``end``.

    A period takes what *arrived* in it, whatever date it bears: late news is news.
    """
    articles = [one for one in tx.articles.iterate(topic=topic.name, since=start) if one.first_seen < end]
    latest: dict[str, tuple[Series, FigureNews]] = {}
    contradictions: dict[str, FigureNews] = {}
    for article in articles:
        figures = {figure.id: figure for figure in tx.figures.of_article(article.id)}
        for figure_id, verdicts in tx.figures.verdicts_of_many(figures).items():
            for verdict in verdicts:
                series = tx.figures.get_series(verdict.series)
                if verdict.topic != topic.name or series is None or series.muted:
                    continue
                if verdict.kind is VerdictKind.CONTRADICTION:
                    contradictions[series.id] = figure_news(tx, article, figures[figure_id], verdict, series)
                elif verdict.kind in _HELD:
                    known = latest.get(series.id)
                    news = figure_news(tx, article, figures[figure_id], verdict, series)
                    # A series that is new in this period and has changed since is still new to the reader.
                    if known is not None and known[1].verdict is VerdictKind.NEW:
                        news = news.model_copy(update={"verdict": VerdictKind.NEW})
                    latest[series.id] = (series, news)
    shown = [one for series, news in latest.values() if (one := _series_news(tx, series, news)) is not None]
    stories = [story for story in tx.stories.find(topic=topic.name, since=start) if story.first_seen < end]
    ill, back = feeds_of_digest(tx, topic, start, end)
    stories.sort(key=lambda story: (-len(story.articles), -len(story.copies), story.first_seen))
    return DigestData(
        topic=topic.name,
        start=start,
        end=end,
        stories=tuple(story_news(tx, story) for story in stories),
        changed=tuple(one for one in shown if one.verdict is not VerdictKind.NEW),
        new=tuple(one for one in shown if one.verdict is VerdictKind.NEW),
        contradictions=tuple(contradictions.values()),
        coverage=_coverage(tx, topic, end),
        articles=len(articles),
        copies=sum(one.copy_link is not None for one in articles),
        outcomes=dict(
            Counter(
                entry.outcome.value
                for entry in tx.entries.find(since=start)
                if entry.outcome and topic.name in entry.topics and entry.first_seen < end
            )
        ),
        feeds_ill=ill,
        feeds_back=back,
        held_back=sum(
            start <= alert.created < end and (alert.feed is None or alert.feed.id in {one.id for one in ill})
            for alert in tx.alerts.find(topic=topic.name, state=AlertState.DIGEST)
        ),
    )


def held_values(claims: Iterable[Claim]) -> tuple[tuple[datetime, Value], ...]:
    """The values that held one after another, with the moment each was published."""
    return tuple(
        (claim.published, value) for claim in claims if claim.kind in _HELD and (value := stated(claim)) is not None
    )


def stated(claim: Claim) -> Value | None:
    """The value a claim states, or its two ends where both are known."""
    if claim.value is not None:
        return claim.value
    return (claim.low, claim.high) if claim.low is not None and claim.high is not None else None


def _series_news(tx: Transaction, series: Series, news: FigureNews) -> SeriesNews | None:
    current = statement_of(tx, series.current or news.statement.figure_id) or news.statement
    return SeriesNews(
        series=series.id,
        label=series.label,
        current=current,
        from_value=news.from_value,
        history=held_values(series.claims),
        verdict=news.verdict,
    )


def _coverage(tx: Transaction, topic: Topic, end: datetime) -> tuple[CoverageDay, ...]:
    """Reports and copies by day of the reader's zone, days without any included, up to the end of the period."""
    last = (end - timedelta(microseconds=1)).astimezone(topic.tzinfo).date()
    first = last - timedelta(days=_COVERAGE_DAYS - 1)
    reports: Counter[date] = Counter()
    copies: Counter[date] = Counter()
    since = datetime(first.year, first.month, first.day, tzinfo=topic.tzinfo)
    for article in tx.articles.iterate(topic=topic.name, since=since):
        if article.first_seen < end:
            _count(article, topic, copies if article.copy_link else reports)
    days = [first + timedelta(days=n) for n in range(_COVERAGE_DAYS)]
    return tuple(CoverageDay(day=day, reports=reports[day], copies=copies[day]) for day in days)


def _count(article: Article, topic: Topic, days: Counter[date]) -> None:
    days[article.first_seen.astimezone(topic.tzinfo).date()] += 1
