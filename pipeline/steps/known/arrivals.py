"""When things came in, brought back from a clock that ran ahead.

What came in under such a clock would pass for the latest news until that day: its stories would stand before all that
begin since, and what it says without a date of its own would be compared as the later word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.article import Article
from schemas.base import Model
from schemas.figure import Claim, Series

if TYPE_CHECKING:
    from pipeline.record import Transaction

M = TypeVar("M", bound=Model)


def came_ahead(tx: Transaction, latest: datetime) -> int:
    """How many articles and stories are said to have come in after ``latest``."""
    return tx.articles.count_ahead(latest) + tx.stories.count(since=latest)


def bring_back_arrivals(tx: Transaction, now: datetime, latest: datetime) -> int:
    """Let all have come in ``now`` that is said to have come in after ``latest``; gives how many things that were.

    So too with the date of what says none: it is that of its arrival. Grouping, following and telling remember these,
    and find them as they are now.
    """
    brought = tx.entries.bring_back(now, latest)
    articles = tx.articles.ahead(latest)
    for article in articles:
        tx.articles.put(at_most(article, now))
        tx.figures.put(*(at_most(figure, now) for figure in tx.figures.of_article(article.id)))
    tx.articles.bring_back_revisions(now, latest)
    memories = [one for one in tx.articles.remembered() if max(one.time, one.told or one.time) > latest]
    tx.articles.remember(*(at_most(one, now) for one in memories))
    _bring_back_figures(tx, articles, now)
    stories = list(tx.stories.each(since=latest))
    for story in stories:
        tx.stories.put(at_most(story, now))
    tx.threads.put(at_most(one, now) for one in tx.threads.remembered() if one.portrait.last > latest)
    return brought + len(articles) + len(stories)


def _bring_back_figures(tx: Transaction, articles: Iterable[Article], now: datetime) -> None:
    """Bring back what series and desks remember of the figures of ``articles``."""
    numbers = {article.id: article.seq for article in articles}
    if not numbers:
        return
    figures = [figure.id for article in numbers for figure in tx.figures.of_article(article)]
    said = (verdict for verdicts in tx.figures.verdicts_of_many(figures).values() for verdict in verdicts)
    for series in tx.figures.get_series_many({verdict.series for verdict in said}).values():
        tx.figures.put_series(_series_at_most(series, now))
    for topic in tx.topics.all():
        told = tx.told.figures(topic.name)
        for heard in tx.told.articles(topic.name):
            if heard.id in numbers:
                its = [at_most(one, now) for one in told if one.figure.article == heard.id]
                tx.told.put(topic.name, numbers[heard.id], at_most(heard, now), its)


def _series_at_most(series: Series, now: datetime) -> Series:
    def claimed(claim: Claim) -> Claim:
        return claim.model_copy(update={"as_of": min(claim.as_of, now.date())})

    brought = at_most(series, now)
    claims, wrong = tuple(map(claimed, brought.claims)), tuple(map(claimed, brought.wrong))
    return brought.model_copy(update={"claims": claims, "wrong": wrong})


def at_most(model: M, now: datetime) -> M:
    """The model with no moment in it later than ``now``."""
    return model.model_copy(update={name: _at_most(getattr(model, name), now) for name in type(model).model_fields})


def _at_most(value: Any, now: datetime) -> Any:
    if isinstance(value, datetime):
        return min(value, now)
    if isinstance(value, Model):
        return at_most(value, now)
    return tuple(_at_most(one, now) for one in value) if isinstance(value, tuple) else value
