"""Briefs of stories and threads, from what the record holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from pipeline.figures.briefs import READ, brief_figures
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.worth import Stream
from pipeline.steps.known.news import article_ref
from pipeline.steps.known.threads import Development, development_of
from pipeline.tell.words import headline_of, said_by
from schemas.alert import ArticleRef, BriefLine, DevelopmentNews
from schemas.article import Article
from schemas.brief import Brief, BriefFigure, Report
from schemas.figure import FigureInArticle
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction


LINES = 12
"""Figures of a brief that the index holds, and that a mail may show: some of them are told in it anyway."""
_REPORTS = 5


Rarities = dict[str, Callable[[str], float]]
"""How telling a word is, by topic."""


class Briefs:
    """Makes briefs within one transaction; what a topic spoke of is read from the record once, and what is news of a
    development is made once for all who are told of it. ``rarities`` are those that another made of the same record,
    and are added to."""

    def __init__(self, tx: Transaction, rarities: Rarities | None = None) -> None:
        self._tx = tx
        self._rarities = {} if rarities is None else rarities
        self._made: dict[str, tuple[Development, list[Article], Brief]] = {}

    def of(self, story: Story) -> Brief:
        """The brief of a story as it stands."""
        return self.of_development(Development(story.id, (story,)))

    def of_development(self, development: Development) -> Brief:
        """The brief of a development as it stands, under the face of its fullest story."""
        return self._brief(development, self._latest(development.stories))

    def reports(self, story: Story) -> list[Report]:
        """What the brief of a story is made from: its latest reports and copies, with their figures."""
        return self._reports(self._latest((story,)))

    def news(self, thread: str, since: datetime | None) -> DevelopmentNews | None:
        """What a mail says of a thread; ``since`` is when the last one did. None where no story is in the thread."""
        if thread not in self._made:
            found = development_of(self._tx, thread)
            if found is None:
                return None
            reports = self._latest(found.stories)
            self._made[thread] = found, reports, self._brief(found, reports)
        development, latest, brief = self._made[thread]
        sources = {article.id: article_ref(article) for article in latest}
        own = set(development.articles)
        fresh = [one for one in latest if one.id in own and since is not None and one.first_seen > since]
        return DevelopmentNews(
            thread=thread,
            headline=brief.headline,
            lead_article=self._source(development.face.lead_article, sources),
            first_seen=brief.first_seen,
            reports=len(own),
            copies=len(development.copies),
            outlets=brief.outlets,
            figures=self._lines(brief.figures[:LINES], sources),
            beyond=max(len(brief.figures) - LINES, 0),
            latest=tuple(sources[article.id] for article in fresh[:_REPORTS]),
            more=max(len(fresh) - _REPORTS, 0),
        )

    def _lines(self, figures: Sequence[BriefFigure], sources: Mapping[str, ArticleRef]) -> tuple[BriefLine, ...]:
        best = self._tx.figures.get_many(one.figure for one in figures)
        return tuple(
            BriefLine(figure=one, source=sources[one.article], credit=said_by(best[one.figure].figure))
            for one in figures
        )

    def _source(self, article: str | None, known: Mapping[str, ArticleRef]) -> ArticleRef | None:
        """An article as a mail names it, which may be older than those that a brief reads."""
        if article is None or article in known:
            return known.get(article or "")
        found = self._tx.articles.get(article)
        return article_ref(found) if found else None

    def _brief(self, development: Development, articles: Sequence[Article]) -> Brief:
        face = development.face
        rarity = self._rarity(face.topics[0]) if face.topics else Stream().rarity
        return Brief(
            id=development.id,
            topics=development.topics,
            headline=face.headline,
            lead=face.lead,
            first_seen=development.first_seen,
            last_seen=development.last_seen,
            articles=tuple(article for story in development.stories for article in (*story.articles, *story.copies)),
            outlets=development.outlets,
            figures=brief_figures(self._reports(articles), rarity, headline_of),
        )

    def _latest(self, stories: Sequence[Story]) -> list[Article]:
        """The reports that came last, and the copies that did, the latest first: no more of either than a brief reads.

        Copies never take the place of reports. What came in together is in the order of publication.
        """
        return [article for copies in (False, True) for article in self._latest_of(stories, copies)]

    def _latest_of(self, stories: Sequence[Story], copies: bool) -> list[Article]:
        found: list[Article] = []
        for story in sorted(stories, key=lambda story: (story.last_seen, story.id), reverse=True):
            found += self._tx.articles.of_story(story.id, latest=READ, copies=copies)
            if len(found) >= READ:
                break
        return sorted(found, key=lambda one: (one.first_seen, one.reading.published, one.id), reverse=True)[:READ]

    def _rarity(self, topic: str) -> Callable[[str], float]:
        """How telling a word is in a topic; kept, for it is asked of a word in each pair of figures that both have."""
        if topic not in self._rarities:
            self._rarities[topic] = cache(Stream(self._tx.told.articles(topic)).rarity)
        return self._rarities[topic]

    def _reports(self, articles: Sequence[Article]) -> list[Report]:
        """Articles with their figures that telling judged, each with the most any of its topics thinks it worth."""
        read = self._tx.figures.of_revisions({article.id: article.revision for article in articles})
        verdicts = self._tx.figures.verdicts_of_many(one.id for figures in read.values() for one in figures)
        worths = {
            figure: max(judged)
            for figure, some in verdicts.items()
            if (judged := [verdict.telling.worth for verdict in some if verdict.telling and not verdict.withdrawn])
        }
        return [_report(article, read.get(article.id, ()), worths) for article in articles]


def _report(article: Article, read: Sequence[FigureInArticle], worths: Mapping[str, float]) -> Report:
    """An article with those of its figures that have a worth."""
    # What stands around a number is told from all numbers of its article.
    marks = marks_of_article(read, article.reading.text)
    judged = [(figure, mark) for figure, mark in zip(read, marks, strict=True) if figure.id in worths]
    return Report(
        id=article.id,
        outlet=article.reading.outlet,
        published=article.reading.published,
        copy_of=article.copy_of,
        figures=tuple(figure for figure, _ in judged),
        marks=tuple(mark for _, mark in judged),
        worths=tuple(worths[figure.id] for figure, _ in judged),
    )
