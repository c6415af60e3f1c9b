"""What the record holds, as the documents an index holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.index.contract import Batch
from pipeline.record import Transaction
from pipeline.steps.known.briefs import LINES, Briefs
from pipeline.steps.known.threads import Development, development_of
from pipeline.tell.briefs import before_of, rivals_of
from pipeline.tell.words import headline_of
from schemas.alert import Alert
from schemas.article import Article
from schemas.brief import Brief, BriefFigure
from schemas.feed import Entry
from schemas.figure import Figure, FigureInArticle, Telling, Value, Verdict
from schemas.search import (
    AlertDocument,
    ArticleDocument,
    BriefDocument,
    Document,
    EntryDocument,
    FigureDocument,
    IndexKind,
    StoryDocument,
)
from schemas.story import Story


def article_document(article: Article, version: int) -> ArticleDocument:
    reading = article.reading
    return ArticleDocument(
        id=article.id,
        version=version,
        url=reading.url,
        title=reading.title,
        text=reading.text,
        outlet=reading.outlet,
        language=reading.language,
        authors=reading.authors,
        published=reading.published,
        ingested=article.first_seen,
        topics=article.on_topics,
        outcome=article.outcome,
        copy_of=article.copy_of,
        story=article.story,
        revision=article.revision,
    )


def story_document(story: Story, version: int) -> StoryDocument:
    return StoryDocument(
        id=story.id,
        version=version,
        topics=story.topics,
        headline=story.headline,
        lead=story.lead,
        lead_article=story.lead_article,
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        reports=len(story.articles),
        copies=len(story.copies),
        outlets=story.outlets,
        articles=story.articles,
        thread=story.thread,
        previous=story.previous,
    )


def figure_documents(
    found: FigureInArticle, verdicts: Sequence[Verdict], article: Article, labels: dict[str, str], version: int
) -> list[FigureDocument]:
    """One for each topic a figure is followed in, or one without a topic."""
    figure = found.figure
    bare = FigureDocument(
        id=found.id,
        version=version,
        figure=found.id,
        article=found.article,
        url=article.reading.url,
        title=article.reading.title,
        outlet=found.outlet,
        language=article.reading.language,
        published=found.published,
        ingested=article.first_seen,
        revision=found.revision,
        start=figure.span[0],
        end=figure.span[1],
        surface=figure.surface,
        quote=figure.quote,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        modifier=figure.modifier,
        unit=figure.unit,
        counted=figure.counted,
        action=figure.action,
        place=figure.scope.place,
        window=figure.scope.window,
        group=figure.scope.group,
        kind=figure.scope.kind,
        attribution=figure.attribution,
        as_of=figure.as_of,
        wording=headline_of(figure),
    )
    if not verdicts:
        return [bare]
    # The first takes the figure's own id, so that a verdict that comes later replaces the document without one.
    return [
        bare.model_copy(
            update={
                "id": found.id if number == 0 else f"{found.id}@{verdict.topic}",
                "topic": verdict.topic,
                "series": verdict.series,
                "series_label": labels.get(verdict.series),
                "verdict": verdict.kind.value,
                "from_value": _ends(verdict.from_value),
                "contradicts": verdict.contradicts,
                "reason": verdict.reason,
                "wrong": verdict.wrong,
                **_told(verdict.telling),
            }
        )
        for number, verdict in enumerate(sorted(verdicts, key=lambda verdict: verdict.topic))
    ]


def alert_document(alert: Alert, version: int) -> AlertDocument:
    news, story, feed = alert.figure, alert.story_news, alert.feed
    said = news.statement if news else None
    told = said.article if said else story.lead_article if story else None
    return AlertDocument(
        id=alert.id,
        version=version,
        topic=alert.topic,
        kind=alert.kind,
        state=alert.state,
        created=alert.created,
        due=alert.due,
        sent=alert.sent,
        attempts=alert.attempts,
        backlog=alert.backlog,
        error=alert.error,
        message_id=alert.message_id,
        story=alert.story,
        headline=story.headline if story else None,
        series=news.series if news else None,
        series_label=news.label if news else None,
        verdict=news.verdict if news else None,
        figure=said.figure_id if said else None,
        value=_stated(said.figure) if said else (),
        from_value=_ends(news.from_value) if news else (),
        quote=said.figure.quote if said else None,
        wording=headline_of(said.figure) if said else None,
        tell=news.tell if news else None,
        worth=news.worth if news else None,
        followed=news.followed if news else None,
        wrong=news.wrong if news else None,
        article=told.id if told else None,
        outlet=told.outlet if told else None,
        url=told.url if told else None,
        feed=feed.id if feed else None,
        feed_url=feed.url if feed else None,
        health=feed.health if feed else None,
        since=feed.since if feed else None,
        reason=feed.error if feed else None,
    )


def entry_document(entry: Entry, feed_url: str | None, version: int) -> EntryDocument:
    announced = entry.announcement
    return EntryDocument(
        id=entry.id,
        version=version,
        seq=entry.seq,
        origin=entry.origin,
        feed=entry.feed,
        feed_url=feed_url,
        topics=entry.topics,
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


def brief_documents(
    brief: Brief, development: Development, articles: Mapping[str, Article], version: int
) -> list[BriefDocument]:
    """A document for each of the first lines of a brief; one without a figure where there is none.

    ``articles`` are those whose sentences the lines are, by id.
    """
    lines = brief.figures[:LINES]
    bare = BriefDocument(
        id=brief.id,
        version=version,
        thread=brief.id,
        headline=brief.headline,
        topics=brief.topics,
        first_seen=brief.first_seen,
        last_seen=brief.last_seen,
        stories=len(development.stories),
        reports=len(development.articles),
        copies=len(development.copies),
        outlets=brief.outlets,
        importance=lines[0].importance if lines else None,
        place=1,
    )
    return [
        bare.model_copy(
            update={"id": _line_id(brief.id, place), "place": place, **_line(figure, articles.get(figure.article))}
        )
        for place, figure in enumerate(lines, 1)
    ] or [bare]


def _line(figure: BriefFigure, article: Article | None) -> dict[str, object]:
    return {
        "figure": figure.figure,
        "wording": figure.headline,
        "quote": figure.quote,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "modifier": figure.modifier.value,
        "unit": figure.unit,
        "speaker": figure.speaker,
        "as_of": figure.as_of,
        "since": figure.since,
        "stating": figure.outlets,
        "witnesses": figure.witnesses,
        "sure": figure.sure,
        "worth": figure.worth,
        "contradicted": bool(figure.rivals),
        "rivals": "; ".join(rivals_of(figure)) or None,
        "rivals_by": tuple(
            dict.fromkeys(who for one in figure.rivals for who in ([one.speaker] if one.speaker else one.outlets))
        ),
        "before": before_of(figure) or None,
        "article": figure.article,
        "title": article.reading.title if article else None,
        "url": article.reading.url if article else None,
    }


def _line_id(development: str, place: int) -> str:
    return development if place == 1 else f"{development}@{place}"


def _ends(value: Value | None) -> tuple[float, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _told(telling: Telling | None) -> dict[str, object]:
    if telling is None:
        return {}
    return {
        "tell": telling.tell.value,
        "worth": telling.worth,
        "told": telling.kind.value,
        "told_from": _ends(telling.from_value),
        "told_of": telling.of,
    }


def _stated(figure: Figure) -> tuple[float, ...]:
    if figure.value is not None:
        return (figure.value,)
    return tuple(end for end in (figure.low, figure.high) if end is not None)


def _articles(tx: Transaction, since: int, limit: int) -> Batch | None:
    changed = tx.articles.changed_since(since, limit)
    documents = [article_document(article, version) for version, article in changed]
    return Batch(documents, changed[-1][0]) if changed else None


def _stories(tx: Transaction, since: int, limit: int) -> Batch | None:
    changed = tx.stories.changed_since(since, limit)
    removed = tx.stories.removed_since(since, limit)
    if not changed and not removed:
        return None
    # What lies beyond the last of a full page may be on the other page's next one.
    ends = [page[-1][0] for page in (changed, removed) if page]
    full = [page[-1][0] for page in (changed, removed) if len(page) == limit]
    heard = min(full) if full else max(ends)
    return Batch(
        [story_document(story, version) for version, story in changed if version <= heard],
        heard,
        IndexKind.STORIES,
        [(id, version) for version, id in removed if version <= heard],
    )


def _figures(tx: Transaction, since: int, limit: int) -> Batch | None:
    changed = tx.figures.changed_since(since, limit)
    if not changed:
        return None
    verdicts = tx.figures.verdicts_of_many(figure.id for _, figure in changed)
    articles = tx.articles.get_many({figure.article for _, figure in changed})
    labels: dict[str, str] = {}
    for id in {verdict.series for some in verdicts.values() for verdict in some}:
        if series := tx.figures.get_series(id):
            labels[id] = series.label
    documents: list[Document] = []
    for version, figure in changed:
        documents += figure_documents(figure, verdicts.get(figure.id, ()), articles[figure.article], labels, version)
    return Batch(documents, changed[-1][0], IndexKind.FIGURES)


def _alerts(tx: Transaction, since: int, limit: int) -> Batch | None:
    changed = tx.alerts.changed_since(since, limit)
    documents = [alert_document(alert, version) for version, alert in changed]
    return Batch(documents, changed[-1][0], IndexKind.ALERTS) if changed else None


def _entries(tx: Transaction, since: int, limit: int) -> Batch | None:
    changed = tx.entries.changed_since(since, limit)
    feeds = {id: tx.feeds.get(id) for id in {entry.feed for _, entry in changed if entry.feed}}
    urls = {id: feed.url for id, feed in feeds.items() if feed}
    documents = [entry_document(entry, urls.get(entry.feed or ""), version) for version, entry in changed]
    return Batch(documents, changed[-1][0], IndexKind.ENTRIES) if changed else None


def _briefs(tx: Transaction, since: int, limit: int) -> Batch | None:
    """The briefs of developments of which anything changed, whole.

    A story that joins a development, or leaves it, changes those few lines and none of its other stories' documents.
    """
    changed = tx.stories.developments_changed_since(since, limit)
    if not changed:
        return None
    briefs = Briefs(tx)
    documents: list[Document] = []
    removed: list[tuple[str, int]] = []
    for version, identity in changed:
        development = development_of(tx, identity)
        lines: list[BriefDocument] = []
        if development is not None:
            brief = briefs.of_development(development)
            articles = tx.articles.get_many({figure.article for figure in brief.figures[:LINES]})
            lines = brief_documents(brief, development, articles, version)
        documents += lines
        # How many lines it had before is not known.
        removed += [(_line_id(identity, place), version) for place in range(len(lines) + 1, LINES + 1)]
    return Batch(documents, changed[-1][0], IndexKind.BRIEFS, removed)


CHANGES: dict[IndexKind, Callable[[Transaction, int, int], Batch | None]] = {
    IndexKind.ARTICLES: _articles,
    IndexKind.STORIES: _stories,
    IndexKind.FIGURES: _figures,
    IndexKind.ALERTS: _alerts,
    IndexKind.ENTRIES: _entries,
    IndexKind.BRIEFS: _briefs,
}
"""What changed of each kind after a version, at most so many things; ``None`` where nothing did."""
