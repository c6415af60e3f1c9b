"""What one run of the judge puts into the outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.known.news import begun_note, story_news, story_of
from pipeline.steps.known.threads import Development, begin_often, is_confirmed
from pipeline.tell.rules import decide, development_alert_id
from schemas.alert import AlertKind, AlertState, FigureNews, StoryNews
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction


def put_alerts(
    tx: Transaction,
    topic: Topic,
    *,
    figures: Sequence[FigureNews],
    begun: Sequence[Development],
    gone_on: Sequence[Development],
    decided: DecidedNow,
    now: datetime,
) -> Counter[AlertKind]:
    """Put into the outbox what a run found worth telling of a topic; gives how many of each kind.

    ``begun`` are the developments that began with this run, ``gone_on`` those that went on; ``decided`` is what people
    decided, held against the stories and threads as they are now.
    """
    alerts = decide(
        topic,
        figures=figures,
        stories=[development_news(tx, one) for one in begun],
        story_of={one.statement.figure_id: story_of(tx, one) for one in figures},
        to_digest=left_to_digest(tx, topic, begun),
        now=now,
        # Until the topic's first mails have gone out, all that is found is the backlog of its feeds.
        first_run=tx.notes.get(begun_note(topic.name)) is None,
        heeded=lambda alert: decided.heeded(alert, topic),
    )
    if not tx.alerts.has_begun(topic.name):
        # Whoever has just set up a topic wants to see that it works; more of the same can come in a second mail.
        alerts = tuple(alert.model_copy(update={"due": now}) for alert in alerts)
    added = Counter(alert.kind for alert in alerts if tx.alerts.add(alert))
    added[AlertKind.NEW_STORY] += sum(_take_up(tx, decided, topic, one, now) for one in gone_on)
    return +added


def development_news(tx: Transaction, development: Development) -> StoryNews:
    """What an alert says of a development that begins."""
    return story_news(tx, development.face).model_copy(update={"opening": development.opening})


def left_to_digest(tx: Transaction, topic: Topic, begun: Sequence[Development]) -> set[str]:
    """The faces of developments that one outlet alone reports, where they begin too often to be told at once."""
    if not begun or not begin_often(tx, topic.name):
        return set()
    return {one.face.id for one in begun if not is_confirmed(tx, one.stories)}


def _take_up(tx: Transaction, decided: DecidedNow, topic: Topic, development: Development, now: datetime) -> bool:
    """Tell at once of a development that was left to the digest, if a second outlet reports it now."""
    alert = tx.alerts.get(development_alert_id(topic, development.opening))
    if alert is None or alert.state is not AlertState.DIGEST or alert.held_back:
        return False
    if not is_confirmed(tx, development.stories):
        return False
    due, news = now + topic.alerts.bundle, development_news(tx, development)
    told = {"state": AlertState.WAITING, "created": now, "due": due, "story": news.id, "story_news": news}
    heeded = decided.heeded(alert.model_copy(update=told), topic)
    tx.alerts.put(heeded)
    return heeded.state is AlertState.WAITING
