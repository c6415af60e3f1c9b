"""Which news is worth an alert."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from pipeline.tell.followed import as_followed, counts_one_of
from pipeline.tell.words import value_of
from schemas.alert import Alert, AlertKind, AlertState, FigureNews, StoryNews
from schemas.base import stable_id
from schemas.figure import Tell, Value, VerdictKind
from schemas.topic import AlertRules, Topic

ALERT_KINDS = {
    VerdictKind.NEW: AlertKind.NEW_FIGURE,
    VerdictKind.CHANGED: AlertKind.CHANGED_FIGURE,
    VerdictKind.CONTRADICTION: AlertKind.CONTRADICTION,
    VerdictKind.CORRECTION: AlertKind.CORRECTION,
}
"""The rule by which a figure is told, by what it says against its series."""


def decide(
    topic: Topic,
    *,
    figures: Sequence[FigureNews],
    stories: Sequence[StoryNews],
    story_of: Mapping[str, str | None],
    now: datetime,
    to_digest: Collection[str] = (),
    first_run: bool = False,
    heeded: Callable[[Alert], Alert] = lambda alert: alert,
) -> tuple[Alert, ...]:
    """The alerts of one run, each once.

    ``figures`` and ``stories`` are what this run added, whenever it was published; ``story_of`` gives the story of a
    figure by the figure's id. A figure for the digest, and a story that ``to_digest`` names by its id, is an alert that
    is left to the digest from the start. Any other alert is due after the topic's bundle window, so that more of the
    same development can join it in one mail. Those of a topic's first run, and of a run that found more than
    ``topic.alerts.backlog`` to tell at once, are marked as a backlog, which the outbox tells in one summary.
    ``heeded`` gives an alert as people decided that it is told: silenced, or as it is.
    """
    due = now + topic.alerts.bundle
    alerts: dict[str, Alert] = {}
    told = [as_followed(topic, news) for news in figures]
    # What two articles say alike is told the more urgent way.
    for news in sorted(told, key=lambda news: news.tell is not Tell.NOW):
        if _worth_telling(topic.alerts, news):
            kind = ALERT_KINDS[news.verdict]
            alert = Alert(
                id=figure_alert_id(topic, news),
                topic=topic.name,
                kind=kind,
                story=story_of.get(news.statement.figure_id),
                figure=news,
                created=now,
                state=AlertState.WAITING if news.tell is Tell.NOW else AlertState.DIGEST,
                due=due,
            )
            alerts.setdefault(alert.id, heeded(alert))
    for story in stories if topic.alerts.stories else ():
        alert = Alert(
            id=development_alert_id(topic, story.opening or story.id),
            topic=topic.name,
            kind=AlertKind.NEW_STORY,
            story=story.id,
            story_news=story,
            created=now,
            state=AlertState.DIGEST if story.id in to_digest else AlertState.WAITING,
            due=due,
        )
        alerts.setdefault(alert.id, heeded(alert))
    at_once = sum(alert.state is AlertState.WAITING for alert in alerts.values())
    if first_run or at_once > topic.alerts.backlog:
        return tuple(
            alert.model_copy(update={"backlog": True}) if alert.state is AlertState.WAITING else alert
            for alert in alerts.values()
        )
    return tuple(alerts.values())


def alert_kind(verdict: VerdictKind) -> AlertKind | None:
    """The rule by which a figure is told; None for a mere repetition."""
    return ALERT_KINDS.get(verdict)


def share_of_change(before: Value, after: Value) -> float:
    """By which share of ``before`` a value changed; ranges are taken at their middle. From 0 it is infinite."""
    old, new = _middle(before), _middle(after)
    if old == new:
        return 0.0
    return abs(new - old) / abs(old) if old else float("inf")


def _middle(value: Value) -> float:
    return (value[0] + value[1]) / 2 if isinstance(value, tuple) else value


def _worth_telling(rules: AlertRules, news: FigureNews) -> bool:
    if news.verdict not in ALERT_KINDS or news.verdict not in rules.figures or news.tell is Tell.NONE:
        return False
    # A figure that the desk follows by name counts what it wants.
    if rules.counted and news.followed is None and not counts_one_of(news.statement.figure, rules.counted):
        return False
    if news.verdict is VerdictKind.CHANGED and news.from_value is not None and rules.min_change:
        return share_of_change(news.from_value, value_of(news.statement.figure)) >= rules.min_change
    return True


def development_alert_id(topic: Topic, opening: str) -> str:
    """The id of the alert that tells of a development, by the article it began with."""
    return stable_id("alert", topic.name, AlertKind.NEW_STORY, opening)


def figure_alert_id(topic: Topic, news: FigureNews) -> str:
    """The id of the alert that tells a figure: of each figure one, for telling found it new before."""
    return _figure_alert_id(topic.name, ALERT_KINDS[news.verdict], news.statement.figure_id)


def figure_alert_ids(topic: str, figure: str) -> list[str]:
    """The ids that an alert of a figure may have in a topic."""
    return [_figure_alert_id(topic, kind, figure) for kind in ALERT_KINDS.values()]


def _figure_alert_id(topic: str, kind: AlertKind, figure: str) -> str:
    return stable_id("alert", topic, kind, figure)
