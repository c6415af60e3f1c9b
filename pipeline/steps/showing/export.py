"""Everything the record holds, as rows of documented fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.figures.wording.punctuated import LONGEST
from pipeline.figures.wording.render import length
from pipeline.steps.known.briefs import Briefs
from pipeline.tell.words import credited, headline_of, value_of
from schemas.alert import Alert
from schemas.article import Article
from schemas.brief import Brief
from schemas.decision import Decision, Said
from schemas.export import AlertRow, ArticleRow, DecisionRow, EntryRow, FigureRow, MoveRow, Row, StoryRow
from schemas.feed import Entry
from schemas.figure import Figure, FigureInArticle, Value, Verdict
from schemas.story import Story, StoryMove

if TYPE_CHECKING:
    from pipeline.record import Transaction


def article_row(article: Article) -> ArticleRow:
    reading = article.reading
    return ArticleRow(
        id=article.id,
        url=reading.url,
        requested_url=reading.requested_url,
        title=reading.title,
        text=reading.text,
        authors=reading.authors,
        published=reading.published,
        published_source=reading.sources.get("published"),
        modified=reading.modified,
        source=reading.outlet,
        language=reading.language,
        topics=article.on_topics,
        outcome=article.outcome,
        reason=article.reason,
        copy_of=article.copy_of,
        copy_kind=article.copy_link.kind if article.copy_link else None,
        story=article.story,
        revision=article.revision,
        first_seen=article.first_seen,
        revised=article.revised,
    )


def story_row(story: Story) -> StoryRow:
    return StoryRow(
        id=story.id,
        topics=story.topics,
        headline=story.headline,
        lead=story.lead,
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        reports=len(story.articles),
        copies=len(story.copies),
        outlets=story.outlets,
        articles=story.articles,
        copy_ids=story.copies,
        thread=story.thread,
        previous=story.previous,
    )


def figure_row(figure: FigureInArticle, verdict: Verdict | None, label: str | None) -> FigureRow:
    read, telling = figure.figure, verdict.telling if verdict else None
    return FigureRow(
        id=figure.id,
        article=figure.article,
        revision=figure.revision,
        span=read.span,
        surface=read.surface,
        quote=read.quote,
        value=read.value,
        low=read.low,
        high=read.high,
        modifier=read.modifier,
        unit=read.unit,
        counted=read.counted,
        action=read.action,
        scope=str(read.scope),
        attribution=read.attribution,
        as_of=read.as_of,
        outlet=figure.outlet,
        published=figure.published,
        topic=verdict.topic if verdict else None,
        series=verdict.series if verdict else None,
        series_label=label,
        verdict=verdict.kind if verdict else None,
        from_value=verdict.from_value if verdict else None,
        contradicts=verdict.contradicts if verdict else (),
        reason=verdict.reason if verdict else "",
        wording=headline_of(read),
        tell=telling.tell if telling else None,
        worth=telling.worth if telling else None,
        told=telling.kind if telling else None,
        told_from=telling.from_value if telling else None,
        told_of=telling.of if telling else None,
        wrong=verdict.wrong if verdict else None,
    )


def alert_row(alert: Alert) -> AlertRow:
    news, story, feed = alert.figure, alert.story_news, alert.feed
    said = news.statement if news else None
    return AlertRow(
        id=alert.id,
        topic=alert.topic,
        kind=alert.kind,
        state=alert.state,
        created=alert.created,
        due=alert.due,
        sent=alert.sent,
        attempts=alert.attempts,
        error=alert.error,
        message_id=alert.message_id,
        story=alert.story,
        headline=_headline(said.figure) if said else story.headline if story else None,
        tell=news.tell if news else None,
        worth=news.worth if news else None,
        followed=news.followed if news else None,
        wrong=news.wrong if news else None,
        series=news.series if news else None,
        label=news.label if news else None,
        verdict=news.verdict if news else None,
        figure=said.figure_id if said else None,
        value=value_of(said.figure) if said else None,
        from_value=news.from_value if news else None,
        quote=said.figure.quote if said else None,
        outlet=said.article.outlet if said else None,
        url=said.article.url if said else feed.url if feed else None,
        feed=feed.id if feed else None,
        health=feed.health if feed else None,
        since=feed.since if feed else None,
        reason=alert.reason,
    )


def _headline(figure: Figure) -> str:
    """The words of a figure, with who says so where a headline has room for both."""
    both = credited(figure)
    return both if length(both) <= LONGEST else headline_of(figure)


def decision_row(decision: Decision) -> DecisionRow:
    subject, choice, said, undone = decision.subject, decision.choice, decision.said, decision.undone
    return DecisionRow(
        id=decision.id,
        decided=decision.decided,
        by=decision.by,
        act=choice.act,
        kind=subject.kind,
        subject=subject.id,
        topic=subject.topic,
        label=decision.label,
        until=choice.until,
        mails=choice.mails,
        wrong=choice.wrong,
        article=said.article if said else None,
        outlet=said.outlet if said else None,
        url=said.url if said else None,
        published=said.published if said else None,
        quote=said.quote if said else None,
        surface=said.surface if said else None,
        span=said.span if said else None,
        value=_stated(said) if said else None,
        modifier=said.modifier if said else None,
        unit=said.unit if said else None,
        counted=said.counted if said else None,
        action=said.action if said else None,
        undone=undone.at if undone else None,
        undone_by=undone.by if undone else None,
    )


def _stated(said: Said) -> Value | None:
    if said.value is not None or said.low is None or said.high is None:
        return said.value
    return said.low, said.high


def entry_row(entry: Entry) -> EntryRow:
    announced = entry.announcement
    return EntryRow(
        id=entry.id,
        seq=entry.seq,
        origin=entry.origin,
        feed=entry.feed,
        url=announced.url,
        title=announced.title,
        published=announced.published,
        first_seen=entry.first_seen,
        attempts=entry.attempts,
        outcome=entry.outcome,
        reason=entry.reason,
        ended=entry.ended,
        article=entry.article,
    )


def move_row(at: datetime, move: StoryMove) -> MoveRow:
    return MoveRow(
        at=at,
        article=move.article,
        kind=move.kind,
        from_story=move.from_story,
        to_story=move.to_story,
        reason=move.reason,
    )


def _articles(tx: Transaction) -> Iterator[Row]:
    return map(article_row, tx.articles.iterate())


def _stories(tx: Transaction) -> Iterator[Row]:
    return map(story_row, tx.stories.find())


def _briefs(tx: Transaction) -> Iterator[Row]:
    briefs = Briefs(tx)
    for story in tx.stories.find():
        yield briefs.of(story)


def _moves(tx: Transaction) -> Iterator[Row]:
    return (move_row(at, move) for at, move in tx.stories.moves())


def _figures(tx: Transaction) -> Iterator[Row]:
    labels: dict[str, str] = {}
    for figure, verdict in tx.figures.iterate():
        if verdict is not None and verdict.series not in labels:
            series = tx.figures.get_series(verdict.series)
            labels[verdict.series] = series.label if series else ""
        yield figure_row(figure, verdict, labels.get(verdict.series) if verdict else None)


def _alerts(tx: Transaction) -> Iterator[Row]:
    return map(alert_row, tx.alerts.find())


def _entries(tx: Transaction) -> Iterator[Row]:
    return map(entry_row, tx.entries.find())


def _decisions(tx: Transaction) -> Iterator[Row]:
    return map(decision_row, tx.decisions.find(undone=True))


EXPORTS: dict[str, tuple[type[Row], Callable[[Transaction], Iterator[Row]]]] = {
    "articles": (ArticleRow, _articles),
    "stories": (StoryRow, _stories),
    "briefs": (Brief, _briefs),
    "moves": (MoveRow, _moves),
    "figures": (FigureRow, _figures),
    "alerts": (AlertRow, _alerts),
    "entries": (EntryRow, _entries),
    "decisions": (DecisionRow, _decisions),
}
"""What can be exported: the fields of a row, and where the rows come from, in order of arrival."""
