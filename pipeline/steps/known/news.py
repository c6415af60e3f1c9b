"""What mails, digests and lists say of figures and stories, taken from the record and from nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.tell.words import one_line
from schemas.alert import ArticleRef, FigureNews, Statement, StoryNews
from schemas.article import Article
from schemas.figure import Claim, FigureInArticle, Series, Tell, Telling, Verdict, VerdictKind, Wrong
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction

_MOST_AGAINST = 4
_MOST_BEFORE = 3
_MOST_REPORTS = 12


def begun_note(topic: str) -> str:
    """The note that says since when a topic's alerts have been told."""
    return f"topic:{topic}:begun"


def article_ref(article: Article) -> ArticleRef:
    reading = article.reading
    return ArticleRef(
        id=article.id,
        title=reading.title or one_line(reading.text, 80),
        url=reading.url,
        outlet=reading.outlet,
        published=reading.published,
    )


def statement_of(tx: Transaction, figure_id: str) -> Statement | None:
    """The figure with its source; None where the record no longer holds one of them."""
    figure = tx.figures.get(figure_id)
    article = tx.articles.get(figure.article) if figure else None
    if figure is None or article is None:
        return None
    return Statement(figure_id=figure.id, figure=figure.figure, article=article_ref(article))


def figure_news(
    tx: Transaction, article: Article, figure: FigureInArticle, verdict: Verdict, series: Series
) -> FigureNews:
    """What is to be told of one figure, with what it replaces or contradicts, or what was said before.

    What the desk is told goes before what the figure says against its series; a record from before there was telling
    has the latter alone.
    """
    telling = verdict.telling
    if telling is not None and _claims_wrongly(tx, verdict, telling):
        # What it was held against is not what it was taken for; that it is new is all that is left to say.
        telling = telling.model_copy(update={"kind": VerdictKind.NEW, "from_value": None, "of": None})
    if telling is None:
        replaced = _claim_of(series, verdict)
        against = _not_wrong(tx, verdict.topic, verdict.contradicts) or ((replaced.figure,) if replaced else ())
        kind, from_value = verdict.kind, verdict.from_value
        before: tuple[str, ...] = ()
        since = replaced.published if replaced else None
    else:
        kind, from_value = telling.kind, telling.from_value
        before = () if verdict.wrong is Wrong.SERIES else _not_wrong(tx, verdict.topic, telling.before)
        against = (telling.of,) if telling.of else ()
        told = tx.figures.get(telling.of) if telling.of else None
        since = told.published if told and from_value is not None else None
    return FigureNews(
        series=series.id,
        label=series.label,
        verdict=kind,
        statement=Statement(figure_id=figure.id, figure=figure.figure, article=article_ref(article)),
        tell=_tell(verdict),
        worth=telling.worth if telling else 1.0,
        from_value=from_value,
        since=since,
        against=_statements(tx, against[:_MOST_AGAINST]),
        before=_statements(tx, before[:_MOST_BEFORE]),
        reason="" if telling else verdict.reason,
    )


def _tell(verdict: Verdict) -> Tell:
    """How the figure reaches the desk: in the digest at most, where a person found it not worth a mail."""
    tell = verdict.telling.tell if verdict.telling else Tell.NOW
    return Tell.DIGEST if tell is Tell.NOW and verdict.wrong is Wrong.WORTH else tell


def _claims_wrongly(tx: Transaction, verdict: Verdict, telling: Telling) -> bool:
    """Whether telling claims a move or a contradiction between figures of which a person found one wrong.

    What merely says again what was told before is left as it is: it was told.
    """
    if telling.kind is VerdictKind.REPEATED or telling.of is None:
        return False
    return verdict.wrong is Wrong.SERIES or not _not_wrong(tx, verdict.topic, [telling.of])


def _not_wrong(tx: Transaction, topic: str, figures: Iterable[str]) -> tuple[str, ...]:
    """The figures of which nobody found that their number, their thing or their series is wrong."""
    wanted = tuple(figures)
    verdicts = tx.figures.verdicts_of_many(wanted)
    wrong = {
        figure
        for figure, some in verdicts.items()
        for one in some
        if one.topic == topic and one.wrong not in (None, Wrong.WORTH)
    }
    return tuple(one for one in wanted if one not in wrong)


def _statements(tx: Transaction, ids: Iterable[str]) -> tuple[Statement, ...]:
    return tuple(found for one in ids if (found := statement_of(tx, one)) is not None)


def _claim_of(series: Series, verdict: Verdict) -> Claim | None:
    """The earliest claim of the value that a verdict says was replaced."""
    if verdict.from_value is None:
        return None
    for claim in series.claims:
        stated = claim.value if claim.value is not None else (claim.low, claim.high)
        if claim.figure != verdict.figure and stated == verdict.from_value:
            return claim
    return None


def story_of(tx: Transaction, news: FigureNews) -> str | None:
    """The story that the article which states a figure is in."""
    article = tx.articles.get(news.statement.article.id)
    return article.story if article else None


def story_news(tx: Transaction, story: Story) -> StoryNews:
    reports = [article for identity in story.articles[:_MOST_REPORTS] if (article := tx.articles.get(identity))]
    lead = next((article for article in reports if article.id == story.lead_article), None)
    return StoryNews(
        id=story.id,
        thread=story.thread,
        headline=story.headline,
        lead=story.lead,
        lead_article=article_ref(lead) if lead else None,
        first_seen=story.first_seen,
        reports=tuple(article_ref(article) for article in reports),
        more=len(story.articles) - len(reports),
        copies=len(story.copies),
        outlets=story.outlets,
    )
