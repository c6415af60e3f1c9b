"""What a topic's rules would tell of what is in the record, by the very code that tells it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.figures.telling import Limits
from pipeline.steps.judging.alerting import development_news, left_to_digest
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.known.news import figure_news
from pipeline.steps.known.threads import Development
from pipeline.tell.health import health_alerts
from pipeline.tell.rules import decide
from schemas.alert import Alert, FigureNews
from schemas.figure import Tell, Verdict, VerdictKind, Wrong
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction


def rehearse(
    tx: Transaction, topic: Topic, *, since: datetime | None, until: datetime | None, now: datetime
) -> list[Alert]:
    """The alerts of what arrived, and of feeds that fell ill, from ``since`` until ``until``; nothing is kept.

    How a figure is told follows from its worth by the rules of ``topic``, not by those it was told by. What a figure
    repeats stays what the record says, whichever way that was told.
    """
    limits = Limits.of(topic.alerts.tells)
    news: list[FigureNews] = []
    story_of: dict[str, str | None] = {}
    for article in tx.articles.iterate(topic=topic.name, since=since, until=until):
        figures = {figure.id: figure for figure in tx.figures.of_article(article.id)}
        for figure_id, verdicts in tx.figures.verdicts_of_many(figures).items():
            for verdict in verdicts:
                series = tx.figures.get_series(verdict.series)
                if verdict.topic == topic.name and _is_news(verdict) and series is not None and not verdict.withdrawn:
                    found = figure_news(tx, article, figures[figure_id], verdict, series)
                    telling = verdict.telling
                    if telling and telling.wanted is not None and verdict.wrong is not Wrong.WORTH:
                        found = found.model_copy(update={"tell": limits.tier(telling.worth, telling.wanted)})
                    news.append(found)
                    story_of[figure_id] = article.story
    begun = _begun(tx, topic, since, until)
    decided = DecidedNow(tx, now)
    told = decide(
        topic,
        figures=news,
        stories=[development_news(tx, one) for one in begun],
        to_digest=left_to_digest(tx, topic, begun),
        story_of=story_of,
        now=now,
        first_run=False,
        heeded=lambda alert: decided.heeded(alert, topic),
    )
    ill = health_alerts(topic, tx.feeds.all(topic=topic.name), now=now)
    lately = [alert for alert in ill if alert.feed and _within(alert.feed.illness, since, until)]
    return [*told, *(decided.heeded(alert, topic) for alert in lately)]


def _begun(tx: Transaction, topic: Topic, since: datetime | None, until: datetime | None) -> list[Development]:
    """The developments that began from ``since`` until ``until``, the earliest first."""
    lately = tx.stories.find(topic=topic.name, since=since)
    found = [
        Development(thread, tuple(story for story in tx.stories.of_thread(thread) if topic.name in story.topics))
        for thread in dict.fromkeys(story.thread for story in reversed(lately) if story.thread)
    ]
    return [one for one in found if _within(one.stories[0].first_seen, since, until)]


def _is_news(verdict: Verdict) -> bool:
    """Whether a figure says something new.

    What was worth nothing then was not held against what was told; of that, its series says whether it is known.
    """
    telling = verdict.telling
    if telling is None or (telling.tell is Tell.NONE and telling.kind is VerdictKind.NEW):
        return verdict.kind is not VerdictKind.REPEATED
    return telling.kind is not VerdictKind.REPEATED


def _within(when: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= when) and (until is None or when < until)
