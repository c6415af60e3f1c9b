"""What a topic's rules would tell of what is in the record, by the very code that tells it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.steps.news import figure_news, story_news
from pipeline.tell.health import health_alerts
from pipeline.tell.rules import decide
from schemas.alert import Alert, FigureNews
from schemas.figure import VerdictKind
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction


def rehearse(
    tx: Transaction, topic: Topic, *, since: datetime | None, until: datetime | None, now: datetime
) -> list[Alert]:
    """The alerts of what arrived, and of feeds that fell ill, from ``since`` until ``until``; nothing is kept."""
    news: list[FigureNews] = []
    story_of: dict[str, str | None] = {}
    for article in tx.articles.iterate(topic=topic.name, since=since, until=until):
        figures = {figure.id: figure for figure in tx.figures.of_article(article.id)}
        for figure_id, verdicts in tx.figures.verdicts_of_many(figures).items():
            for verdict in verdicts:
                series = tx.figures.get_series(verdict.series)
                kind = verdict.telling.kind if verdict.telling else verdict.kind
                wanted = verdict.topic == topic.name and kind is not VerdictKind.REPEATED
                if wanted and series is not None and not series.muted:
                    news.append(figure_news(tx, article, figures[figure_id], verdict, series))
                    story_of[figure_id] = article.story
    stories = [
        story_news(tx, story)
        for story in reversed(tx.stories.find(topic=topic.name, since=since))
        if until is None or story.first_seen < until
    ]
    told = decide(topic, figures=news, stories=stories, story_of=story_of, now=now, first_run=False)
    ill = health_alerts(topic, tx.feeds.all(topic=topic.name), now=now)
    return [*told, *(alert for alert in ill if alert.feed and _within(alert.feed.illness, since, until))]


def _within(when: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= when) and (until is None or when < until)
