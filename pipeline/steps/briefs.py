"""Briefs of stories, from what the record holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.figures.briefs import brief_figures
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.worth import Stream
from pipeline.tell.words import headline_of
from schemas.article import Article
from schemas.brief import Brief, Report
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction


class Briefs:
    """Makes briefs within one transaction; what a topic spoke of is read from the record once."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._streams: dict[str, Stream] = {}

    def of(self, story: Story) -> Brief:
        """The brief of a story as it stands."""
        articles = self._tx.articles.of_story(story.id)
        stream = self._stream(story.topics[0]) if story.topics else Stream()
        reports = [self._report(article) for article in articles]
        return Brief(
            id=story.id,
            topics=story.topics,
            headline=story.headline,
            lead=story.lead,
            first_seen=story.first_seen,
            last_seen=story.last_seen,
            articles=tuple(article.id for article in articles),
            outlets=story.outlets,
            figures=brief_figures(reports, stream.rarity, headline_of),
        )

    def _stream(self, topic: str) -> Stream:
        if topic not in self._streams:
            self._streams[topic] = Stream(self._tx.told.articles(topic))
        return self._streams[topic]

    def _report(self, article: Article) -> Report:
        """An article with its figures that telling judged, each with the most any of its topics thinks it worth."""
        read = self._tx.figures.of_article(article.id, revision=article.revision)
        verdicts = self._tx.figures.verdicts_of_many(one.id for one in read)
        marks = marks_of_article(read, article.reading.text)
        judged = []
        for figure, mark in zip(read, marks, strict=True):
            worths = [verdict.telling.worth for verdict in verdicts.get(figure.id, ()) if verdict.telling]
            if worths:
                judged.append((figure, mark, max(worths)))
        return Report(
            id=article.id,
            outlet=article.reading.outlet,
            published=article.reading.published,
            copy_of=article.copy_of,
            figures=tuple(figure for figure, _, _ in judged),
            marks=tuple(mark for _, mark, _ in judged),
            worths=tuple(worth for _, _, worth in judged),
        )
