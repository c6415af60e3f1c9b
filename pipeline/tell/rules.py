"""Which news is worth an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.tell.words import singular, value_of
from pipeline.text import fold
from schemas.alert import Alert, AlertKind, FigureNews, StoryNews
from schemas.base import stable_id
from schemas.figure import Value, VerdictKind
from schemas.topic import AlertRules, Topic

_KINDS = {
    VerdictKind.NEW: AlertKind.NEW_FIGURE,
    VerdictKind.CHANGED: AlertKind.CHANGED_FIGURE,
    VerdictKind.CONTRADICTION: AlertKind.CONTRADICTION,
    VerdictKind.CORRECTION: AlertKind.CORRECTION,
}


def decide(
    topic: Topic,
    *,
    figures: Sequence[FigureNews],
    stories: Sequence[StoryNews],
    story_of: Mapping[str, str | None],
    now: datetime,
    first_run: bool = False,
) -> tuple[Alert, ...]:
    """The alerts of one run, each once.

    ``figures`` and ``stories`` are what this run added, whenever it was published; ``story_of`` gives the story of a
    figure by the figure's id. An alert is due after the topic's bundle window, so that more of the same story can
    join it in one mail. Those of a topic's first run, and of a run that found more than ``topic.alerts.backlog``,
    are marked as a backlog, which the outbox tells in one summary.
    """
    due = now + topic.alerts.bundle
    alerts: dict[str, Alert] = {}
    for news in figures:
        if _worth_telling(topic.alerts, news):
            kind = _KINDS[news.verdict]
            alert = Alert(
                id=_figure_alert_id(topic, kind, news),
                topic=topic.name,
                kind=kind,
                story=story_of.get(news.statement.figure_id),
                figure=news,
                created=now,
                due=due,
            )
            alerts.setdefault(alert.id, alert)
    for story in stories if topic.alerts.stories else ():
        alert = Alert(
            id=stable_id("alert", topic.name, AlertKind.NEW_STORY, story.id),
            topic=topic.name,
            kind=AlertKind.NEW_STORY,
            story=story.id,
            story_news=story,
            created=now,
            due=due,
        )
        alerts.setdefault(alert.id, alert)
    if first_run or len(alerts) > topic.alerts.backlog:
        return tuple(alert.model_copy(update={"backlog": True}) for alert in alerts.values())
    return tuple(alerts.values())


def share_of_change(before: Value, after: Value) -> float:
    """By which share of ``before`` a value changed; ranges are taken at their middle. From 0 it is infinite."""
    old, new = _middle(before), _middle(after)
    if old == new:
        return 0.0
    return abs(new - old) / abs(old) if old else float("inf")


def _middle(value: Value) -> float:
    return (value[0] + value[1]) / 2 if isinstance(value, tuple) else value


def _worth_telling(rules: AlertRules, news: FigureNews) -> bool:
    if news.verdict not in _KINDS or news.verdict not in rules.figures or not _counts(rules, news):
        return False
    if news.verdict is VerdictKind.CHANGED and news.from_value is not None and rules.min_change:
        return share_of_change(news.from_value, value_of(news.statement.figure)) >= rules.min_change
    return True


def _counts(rules: AlertRules, news: FigureNews) -> bool:
    """Whether what is counted (or the unit) holds one of the wanted words, in singular or plural.

    Who wants people is told of all of them, whatever the text calls them: passengers, civilians, bodies.
    """
    if not rules.counted:
        return True
    figure = news.statement.figure
    if figure.people and any(_words(wanted) in _PEOPLE for wanted in rules.counted):
        return True
    said = [_words(text) for text in (figure.counted, figure.unit) if text]
    return any(
        wanted == words[start : start + len(wanted)]
        for wanted in map(_words, rules.counted)
        for words in said
        for start in range(len(words))
    )


_PEOPLE = (["person"], ["human"], ["human", "being"])
"""Words for people of every kind, in singular."""


def _words(text: str) -> list[str]:
    return [singular(word) for word in fold(text).split()]


def _figure_alert_id(topic: Topic, kind: AlertKind, news: FigureNews) -> str:
    figure = news.statement.figure
    value = _key(value_of(figure))
    if kind is AlertKind.CONTRADICTION:
        # A against B and B against A are one piece of news.
        values = {value, *(_key(value_of(other.figure)) for other in news.against)}
        return stable_id("alert", topic.name, kind, news.series, *sorted(values))
    came_from = "" if news.from_value is None else _key(news.from_value)
    # A figure of a recurring window ("in the last 24 hours") may go from 8 to 12 on Monday and again on Friday.
    day = figure.as_of.isoformat() if figure.as_of else ""
    return stable_id("alert", topic.name, kind, news.series, value, came_from, day)


def _key(value: Value) -> str:
    return "–".join(map(repr, map(float, value))) if isinstance(value, tuple) else repr(float(value))
