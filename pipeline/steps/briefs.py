"""Briefs of stories and threads, from what the record holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.figures.briefs import READ, brief_figures
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.worth import Stream
from pipeline.steps.developments import fullest
from pipeline.steps.news import article_ref
from pipeline.tell.words import headline_of
from schemas.alert import BriefLine, DevelopmentNews
from schemas.article import Article
from schemas.brief import Brief, Report
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction


_LINES = 12
"""Figures of a brief that a mail may show: some of them are told in it anyway."""
_REPORTS = 5


class Briefs:
    """Makes briefs within one transaction; what a topic spoke of is read from the record once."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._streams: dict[str, Stream] = {}

    def of(self, story: Story) -> Brief:
        """The brief of a story as it stands."""
        return self.of_stories(story.id, [story])

    def development(self, thread: str, since: datetime | None) -> DevelopmentNews | None:
        """What a mail says of a thread; ``since`` is when the last one did. None where no story is in the thread."""
        stories = self._tx.stories.of_thread(thread)
        if not stories:
            return None
        brief = self.of_stories(thread, stories)
        own = {article for story in stories for article in story.articles}
        lines = []
        for figure in brief.figures[:_LINES]:
            article = self._tx.articles.get(figure.article)
            if article is not None:
                lines.append(BriefLine(figure=figure, source=article_ref(article)))
        fresh = [one for one in self._latest(stories) if one.id in own and since is not None and one.first_seen > since]
        return DevelopmentNews(
            thread=thread,
            headline=brief.headline,
            first_seen=brief.first_seen,
            reports=len(own),
            copies=sum(len(story.copies) for story in stories),
            outlets=brief.outlets,
            figures=tuple(lines),
            latest=tuple(article_ref(article) for article in fresh[:_REPORTS]),
            more=max(len(fresh) - _REPORTS, 0),
        )

    def of_stories(self, identity: str, stories: Sequence[Story]) -> Brief:
        """The brief of the stories of a thread, ``identity``, as they stand, under the face of the fullest.

        Raises ``ValueError`` where there is no story.
        """
        face = fullest(stories)
        stream = self._stream(face.topics[0]) if face.topics else Stream()
        articles = self._latest(stories)
        reports = [self._report(article) for article in articles]
        return Brief(
            id=identity,
            topics=tuple(sorted({topic for story in stories for topic in story.topics})),
            headline=face.headline,
            lead=face.lead,
            first_seen=min(story.first_seen for story in stories),
            last_seen=max(story.last_seen for story in stories),
            articles=tuple(article for story in stories for article in (*story.articles, *story.copies)),
            outlets=tuple(dict.fromkeys(outlet for story in stories for outlet in story.outlets)),
            figures=brief_figures(reports, stream.rarity, headline_of),
        )

    def _latest(self, stories: Sequence[Story]) -> list[Article]:
        """The articles that came last, the latest first: no more than a brief reads."""
        found: list[Article] = []
        for story in sorted(stories, key=lambda story: (story.last_seen, story.id), reverse=True):
            found += self._tx.articles.of_story(story.id)
            if len(found) >= READ:
                break
        return sorted(found, key=lambda article: (article.first_seen, article.seq), reverse=True)[:READ]

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
