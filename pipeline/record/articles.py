"""Articles, their revisions, and what grouping remembers of them.

A text is kept once, under its digest: an article, its revisions and its exact copies point at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    Row,
    Table,
    TypedColumns,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from pipeline.record.base import (
    Document,
    Moment,
    Words,
    add_rows,
    batches,
    from_document,
    metadata,
    put_rows,
    to_document,
    url_key,
)
from pipeline.record.counters import Counter, Counters
from schemas.article import Article, Revision
from schemas.feed import Outcome
from schemas.story import Remembered

_BATCH = 100
"""Articles read at once: each may be long."""
_LATELY = 200
"""Articles that a transaction does not read again if it asks for them once more."""


class _Texts(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    body: Named[str] = Column(Words, nullable=False)


class _Articles(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    seq: Named[int] = Column(BigInteger, nullable=False, unique=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)
    url_key: Named[str] = Column(Words, nullable=False, index=True)
    outcome: Named[str] = Column(Words, nullable=False)
    story: Named[str | None] = Column(Words, index=True)
    copy_of: Named[str | None] = Column(Words, index=True)
    first_seen: Named[datetime] = Column(Moment, nullable=False, index=True)
    text: Named[str] = Column(Words, ForeignKey("texts.id"), nullable=False)
    document: Named[str] = Column(Document, nullable=False)


class _ArticleTopics(TypedColumns):
    article: Named[str] = Column(Words, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    topic: Named[str] = Column(Words, primary_key=True)
    seq: Named[int] = Column(BigInteger, nullable=False)


class _Revisions(TypedColumns):
    article: Named[str] = Column(Words, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    number: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    seen: Named[datetime] = Column(Moment, nullable=False)
    title: Named[str] = Column(Words, nullable=False)
    text: Named[str] = Column(Words, ForeignKey("texts.id"), nullable=False)


class _Remembered(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    seq: Named[int] = Column(BigInteger, nullable=False)
    time: Named[datetime] = Column(Moment, nullable=False, index=True)
    features: Named[bytes] = Column(LargeBinary, nullable=False)
    document: Named[str] = Column(Document, nullable=False)


texts = Table("texts", metadata, _Texts)
articles = Table("articles", metadata, _Articles, Index(None, "outcome", "seq"), Index(None, "text", "seq"))
article_topics = Table("article_topics", metadata, _ArticleTopics, Index(None, "topic", "seq"))
revisions = Table("revisions", metadata, _Revisions)
remembered = Table("remembered", metadata, _Remembered, Index(None, "seq", "id"))

_ARTICLE = (articles.c.id, articles.c.seq, articles.c.changed, articles.c.document, texts.c.body)
_SELECT = select(*_ARTICLE).join(texts, texts.c.id == articles.c.text)

# Made once: to make a statement takes longer than to run it.
_GET = _SELECT.where(articles.c.id == bindparam("wanted"))
_SEQ = select(articles.c.seq).where(articles.c.id == bindparam("wanted"))
_OF_STORY = _SELECT.where(articles.c.story == bindparam("of")).order_by(articles.c.seq.desc())
_INSERT = articles.insert()
_DROP_TOPICS = delete(article_topics).where(article_topics.c.article == bindparam("of"))


class Articles:
    """The articles as one transaction sees them."""

    def __init__(self, connection: Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters
        self._lately: dict[str, Article | None] = {}

    def put(self, article: Article) -> Article:
        """Keep ``article``, in place of the one of that id; it comes back with its order of arrival (``seq``).

        That order is given once, when the id is first seen; what ``article.seq`` says is not asked.
        """
        self._lately.pop(article.id, None)
        changed = self._counters.next(Counter.CHANGED)
        seq = self._connection.execute(_SEQ, {"wanted": article.id}).scalar()
        arrived = seq is None
        if seq is None:
            seq = self._counters.next(Counter.ARTICLE)
        kept = article.model_copy(update={"seq": seq})
        row = {
            "id": article.id,
            "seq": seq,
            "changed": changed,
            "url_key": url_key(article.reading.url),
            "outcome": article.outcome.value,
            "story": article.story,
            "copy_of": article.copy_of,
            "first_seen": article.first_seen,
            "text": self._put_text(article.reading.text),
            "document": to_document(_without_text(kept)),
        }
        if arrived:
            self._connection.execute(_INSERT, row)
        else:
            put_rows(self._connection, articles, [row])
            self._connection.execute(_DROP_TOPICS, {"of": article.id})
        add_rows(
            self._connection,
            article_topics,
            [{"article": article.id, "topic": topic, "seq": seq} for topic in article.on_topics],
        )
        return kept

    def get(self, id: str) -> Article | None:
        if id not in self._lately:
            if len(self._lately) >= _LATELY:
                self._lately.clear()
            row = self._connection.execute(_GET, {"wanted": id}).first()
            self._lately[id] = None if row is None else _article(row)
        return self._lately[id]

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """Those of ``ids`` that are there, by id."""
        found: dict[str, Article] = {}
        for some in batches(ids, _BATCH):
            rows = self._connection.execute(_SELECT.where(articles.c.id.in_(some)))
            found.update((row.id, _article(row)) for row in rows)
        return found

    def by_url(self, url: str) -> Article | None:
        """The article of this canonical address; of several the first that arrived."""
        row = self._connection.execute(
            _SELECT.where(articles.c.url_key == url_key(url)).order_by(articles.c.seq).limit(1)
        ).first()
        return None if row is None else _article(row)

    def of_text(self, text: str, latest: int) -> list[Article]:
        """The articles that have this very text, so many of the ``latest``, in order of arrival."""
        query = _SELECT.where(articles.c.text == _digest(text)).order_by(articles.c.seq.desc()).limit(latest)
        return [_article(row) for row in self._connection.execute(query)][::-1]

    def iterate(
        self,
        after_seq: int = 0,
        topic: str | None = None,
        outcome: Outcome | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[Article]:
        """Articles in order of arrival, a batch at a time.

        ``topic`` is one they are coverage of; ``since`` (inclusive) and ``until`` (exclusive) are when they were first
        seen, for late news is news.
        """
        order: ColumnElement[int] = articles.c.seq
        query = _SELECT
        if topic is not None:
            query = query.join(article_topics, article_topics.c.article == articles.c.id)
            query = query.where(article_topics.c.topic == topic)
            order = article_topics.c.seq
        if outcome is not None:
            query = query.where(articles.c.outcome == outcome.value)
        if since is not None:
            query = query.where(articles.c.first_seen >= since)
        if until is not None:
            query = query.where(articles.c.first_seen < until)
        query = query.order_by(order).limit(_BATCH)
        while rows := self._connection.execute(query.where(order > after_seq)).all():
            yield from map(_article, rows)
            after_seq = rows[-1].seq

    def count_ahead(self, moment: datetime) -> int:
        """How many articles were first seen after ``moment``."""
        query = select(func.count()).where(articles.c.first_seen > moment)
        return self._connection.execute(query).scalar_one()

    def ahead(self, moment: datetime) -> list[Article]:
        """The articles of which a revision was first seen after ``moment``, in order of arrival."""
        late = select(revisions.c.article).where(revisions.c.seen > moment)
        query = _SELECT.where(or_(articles.c.first_seen > moment, articles.c.id.in_(late))).order_by(articles.c.seq)
        return [_article(row) for row in self._connection.execute(query)]

    def bring_back_revisions(self, now: datetime, latest: datetime) -> None:
        """Let revisions have been seen ``now`` that are said to have been seen after ``latest``."""
        self._connection.execute(update(revisions).where(revisions.c.seen > latest).values(seen=now))

    def first_seen(self, topic: str) -> datetime | None:
        """When the first article that is coverage of ``topic`` was first seen; None where there is none."""
        query = select(func.min(articles.c.first_seen)).join(article_topics, article_topics.c.article == articles.c.id)
        return self._connection.execute(query.where(article_topics.c.topic == topic)).scalar()

    def of_story(self, story: str, latest: int | None = None, copies: bool | None = None) -> list[Article]:
        """The articles put into ``story``, in order of arrival: all, or so many of the ``latest``.

        ``copies`` asks for copies alone, or for reports alone.
        """
        query = _OF_STORY if latest is None else _OF_STORY.limit(latest)
        if copies is not None:
            query = query.where(articles.c.copy_of.is_not(None) if copies else articles.c.copy_of.is_(None))
        return [_article(row) for row in self._connection.execute(query, {"of": story})][::-1]

    def count_reports(self, stories: Iterable[str], topic: str, before: datetime) -> int:
        """How many reports of a topic that were first seen ``before`` a moment are in ``stories``, copies left out."""
        query = (
            select(func.count())
            .select_from(articles.join(article_topics, article_topics.c.article == articles.c.id))
            .where(article_topics.c.topic == topic, articles.c.first_seen < before, articles.c.copy_of.is_(None))
        )
        return sum(
            self._connection.execute(query.where(articles.c.story.in_(some))).scalar_one() for some in batches(stories)
        )

    def copies_of(self, article: str) -> list[Article]:
        """The copies whose original is ``article``, in order of arrival."""
        rows = self._connection.execute(_SELECT.where(articles.c.copy_of == article).order_by(articles.c.seq))
        return [_article(row) for row in rows]

    def changed_since(self, version: int, limit: int) -> list[tuple[int, Article]]:
        """At most ``limit`` articles that changed after ``version``, each with the version it is at, in that order."""
        rows = self._connection.execute(
            _SELECT.where(articles.c.changed > version).order_by(articles.c.changed).limit(limit)
        )
        return [(row.changed, _article(row)) for row in rows]

    def add_revision(self, revision: Revision) -> None:
        """Keep a revision; the same number given again replaces it. Its article is put in the same transaction."""
        row = {
            "article": revision.article,
            "number": revision.number,
            "seen": revision.seen,
            "title": revision.title,
            "text": self._put_text(revision.text),
        }
        put_rows(self._connection, revisions, [row])

    def revisions(self, article: str) -> list[Revision]:
        """The kept revisions of ``article``, oldest first."""
        rows = self._connection.execute(
            select(revisions.c.number, revisions.c.seen, revisions.c.title, texts.c.body)
            .join(texts, texts.c.id == revisions.c.text)
            .where(revisions.c.article == article)
            .order_by(revisions.c.number)
        )
        return [
            Revision(article=article, number=number, title=title, text=body, seen=seen)
            for number, seen, title, body in rows
        ]

    def remember(self, *memories: Remembered) -> None:
        """Keep what grouping remembers of articles, in place of what it remembered of them before."""
        rows = [
            {
                "id": memory.id,
                "seq": memory.seq,
                "time": memory.time,
                "features": memory.features,
                "document": to_document(memory.model_copy(update={"features": b""})),
            }
            for memory in memories
        ]
        put_rows(self._connection, remembered, rows)

    def forget(self, ids: Iterable[str]) -> None:
        """Let go of what grouping remembers of articles; the articles themselves stay."""
        for some in batches(ids):
            self._connection.execute(delete(remembered).where(remembered.c.id.in_(some)))

    def remembered(self, since: datetime | None = None, topics: Iterable[str] | None = None) -> Iterator[Remembered]:
        """What is remembered, in order of arrival, a batch at a time.

        ``since`` is the time that the articles give themselves; ``topics`` leaves out what shares none of them.
        """
        query = select(remembered).order_by(remembered.c.seq, remembered.c.id).limit(_BATCH)
        if since is not None:
            query = query.where(remembered.c.time >= since)
        wanted = None if topics is None else set(topics)
        rows = self._connection.execute(query).all()
        while rows:
            for row in rows:
                memory = from_document(Remembered, row.document, f"memory of article {row.id}")
                if wanted is None or not wanted.isdisjoint(memory.topics):
                    yield memory.model_copy(update={"features": row.features})
            last = rows[-1]
            further = or_(
                remembered.c.seq > last.seq,
                (remembered.c.seq == last.seq) & (remembered.c.id > last.id),
            )
            rows = self._connection.execute(query.where(further)).all()

    def _put_text(self, text: str) -> str:
        id = _digest(text)
        add_rows(self._connection, texts, [{"id": id, "body": text}])
        return id


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _without_text(article: Article) -> Article:
    return article.model_copy(update={"reading": article.reading.model_copy(update={"text": ""})})


def _article(row: Row[*tuple[Any, ...]]) -> Article:
    article = from_document(Article, row.document, f"article {row.id}")
    reading = article.reading.model_copy(update={"text": row.body})
    return article.model_copy(update={"seq": row.seq, "reading": reading})
