"""Figures as they were read, their verdicts, and the series they belong to. Nothing here is ever dropped."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    TypedColumns,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    update,
)

from pipeline.record.articles import articles
from pipeline.record.base import (
    SERIAL,
    Document,
    Moment,
    Words,
    batches,
    from_document,
    metadata,
    put_rows,
    to_document,
)
from pipeline.record.counters import Counter, Counters
from schemas.figure import FigureInArticle, Series, Verdict

D = TypeVar("D", bound=BaseModel)

_SERIES = 100
"""Series that are read at once: each may hold many claims."""
_ARTICLES = 200
"""Articles whose figures are read at once."""


class _Figures(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)
    article: Named[str] = Column(Words, ForeignKey("articles.id"), nullable=False)
    revision: Named[int] = Column(Integer, nullable=False)
    start: Named[int] = Column(Integer, nullable=False)
    document: Named[str] = Column(Document, nullable=False)


class _Verdicts(TypedColumns):
    figure: Named[str] = Column(Words, ForeignKey("figures.id"), primary_key=True)
    topic: Named[str] = Column(Words, primary_key=True)
    document: Named[str] = Column(Document, nullable=False)


class _Series(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    topic: Named[str] = Column(Words, nullable=False)
    opened: Named[datetime] = Column(Moment, nullable=False)
    last: Named[datetime | None] = Column(Moment)
    claims: Named[int] = Column(Integer, nullable=False, default=0)
    pinned: Named[bool] = Column(Boolean, nullable=False, default=False)
    found_by: Named[str | None] = Column(Words)
    document: Named[str] = Column(Document, nullable=False)


class _SeriesDecisions(TypedColumns):
    id: Named[int] = Column(SERIAL, primary_key=True)
    topic: Named[str] = Column(Words, nullable=False, index=True)
    document: Named[str] = Column(Document, nullable=False)


figures = Table("figures", metadata, _Figures, Index(None, "article", "revision", "start"))
verdicts = Table("verdicts", metadata, _Verdicts)
series = Table(
    "series",
    metadata,
    _Series,
    Index(None, "topic", "opened"),
    Index(None, "topic", "last", "id"),
    Index(None, "topic", "pinned", "claims"),
)
series_decisions = Table("series_decisions", metadata, _SeriesDecisions)


_OFTEN = or_(series.c.claims > 1, series.c.pinned)

# Made once: to make a statement takes longer than to run it.
_FOUND_BY = update(series).where(series.c.id == bindparam("of")).values(found_by=bindparam("text"))
_HOMES = select(verdicts.c.figure, verdicts.c.document).where(
    verdicts.c.topic == bindparam("within"), verdicts.c.figure.in_(bindparam("of", expanding=True))
)
_SERIES_OF = select(series.c.id, series.c.document).where(series.c.id.in_(bindparam("of", expanding=True)))
_CHANGED = update(figures).where(figures.c.id == bindparam("of")).values(changed=bindparam("version"))


def _rank(one: Series) -> tuple[bool, int, datetime, str]:
    return not one.pinned, -len(one.claims), one.opened, one.id


class Figures:
    """Figures, verdicts and series as one transaction sees them."""

    def __init__(self, connection: Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters

    def put(self, *many: FigureInArticle) -> None:
        """Keep figures, each in place of the one of its id. Their articles are put before them."""
        if not many:
            return
        versions = self._counters.take(Counter.CHANGED, len(many))
        rows = [
            {
                "id": figure.id,
                "changed": changed,
                "article": figure.article,
                "revision": figure.revision,
                "start": figure.figure.span[0],
                "document": to_document(figure),
            }
            for figure, changed in zip(many, versions, strict=True)
        ]
        put_rows(self._connection, figures, rows)

    def get(self, id: str) -> FigureInArticle | None:
        document = self._connection.execute(select(figures.c.document).where(figures.c.id == id)).scalar()
        return None if document is None else from_document(FigureInArticle, document, f"figure {id}")

    def get_many(self, ids: Iterable[str]) -> dict[str, FigureInArticle]:
        """Those of ``ids`` that are there, by id."""
        return {
            id: from_document(FigureInArticle, document, f"figure {id}")
            for some in batches(ids)
            for id, document in self._connection.execute(
                select(figures.c.id, figures.c.document).where(figures.c.id.in_(some))
            )
        }

    def of_article(self, article: str, revision: int | None = None) -> list[FigureInArticle]:
        """The figures of an article in the order they stand there; those of all its revisions where none is named."""
        query = (
            select(figures.c.id, figures.c.document)
            .where(figures.c.article == article)
            .order_by(figures.c.revision, figures.c.start, figures.c.id)
        )
        if revision is not None:
            query = query.where(figures.c.revision == revision)
        rows = self._connection.execute(query)
        return [from_document(FigureInArticle, document, f"figure {id}") for id, document in rows]

    def of_revisions(self, revisions: Mapping[str, int]) -> dict[str, list[FigureInArticle]]:
        """The figures of each article in the revision named with its id, in the order they stand there."""
        found: dict[str, list[FigureInArticle]] = {}
        for some in batches(revisions.items()):
            rows = self._connection.execute(
                select(figures.c.id, figures.c.article, figures.c.document)
                # The articles by themselves too: for pairs SQLite walks through the whole index.
                .where(figures.c.article.in_([article for article, _ in some]))
                .where(tuple_(figures.c.article, figures.c.revision).in_(some))
                .order_by(figures.c.article, figures.c.start, figures.c.id)
            )
            for id, article, document in rows:
                found.setdefault(article, []).append(from_document(FigureInArticle, document, f"figure {id}"))
        return found

    def put_verdict(self, *many: Verdict) -> None:
        """Keep what figures say in a topic, each in place of what it said there before. The figures are put before."""
        if not many:
            return
        versions = self._counters.take(Counter.CHANGED, len(many))
        rows = [{"figure": one.figure, "topic": one.topic, "document": to_document(one)} for one in many]
        put_rows(self._connection, verdicts, rows)
        changes = [{"of": one.figure, "version": version} for one, version in zip(many, versions, strict=True)]
        self._connection.execute(_CHANGED, changes)

    def verdicts_of(self, figure: str) -> list[Verdict]:
        """The verdicts of a figure, one for each topic it belongs to, by topic."""
        return self.verdicts_of_many([figure]).get(figure, [])

    def verdicts_of_many(self, ids: Iterable[str]) -> dict[str, list[Verdict]]:
        """The verdicts of each figure of ``ids`` that has one, by its id; each list as in `verdicts_of`."""
        found: dict[str, list[Verdict]] = {}
        for some in batches(ids):
            rows = self._connection.execute(
                select(verdicts.c.figure, verdicts.c.document)
                .where(verdicts.c.figure.in_(some))
                .order_by(verdicts.c.figure, verdicts.c.topic)
            )
            for figure, document in rows:
                found.setdefault(figure, []).append(from_document(Verdict, document, f"verdict of figure {figure}"))
        return found

    def rows(self) -> int:
        """How many pairs of a figure and a verdict (or none) there are: as many as `iterate` gives."""
        pairs = figures.join(verdicts, verdicts.c.figure == figures.c.id, isouter=True)
        return self._connection.execute(select(func.count()).select_from(pairs)).scalar_one()

    def iterate(self, topic: str | None = None) -> Iterator[tuple[FigureInArticle, Verdict | None]]:
        """Every figure with each of its verdicts, in order of the articles' arrival, a batch at a time.

        A figure without a verdict (its article is of no topic) comes once, with ``None``; with ``topic`` only
        verdicts of that topic come.
        """
        after = 0
        while seqs := self._connection.scalars(
            select(articles.c.seq).where(articles.c.seq > after).order_by(articles.c.seq).limit(_ARTICLES)
        ).all():
            query = (
                select(figures.c.id, figures.c.document, verdicts.c.document.label("verdict"))
                .join(articles, articles.c.id == figures.c.article)
                .join(verdicts, verdicts.c.figure == figures.c.id, isouter=topic is None)
                .where(articles.c.seq > after, articles.c.seq <= seqs[-1])
                .order_by(articles.c.seq, figures.c.revision, figures.c.start, figures.c.id, verdicts.c.topic)
            )
            if topic is not None:
                query = query.where(verdicts.c.topic == topic)
            for row in self._connection.execute(query).all():
                where = f"figure {row.id}"
                yield (
                    from_document(FigureInArticle, row.document, where),
                    None if row.verdict is None else from_document(Verdict, row.verdict, f"verdict of {where}"),
                )
            after = seqs[-1]

    def changed_since(self, version: int, limit: int) -> list[tuple[int, FigureInArticle]]:
        """At most ``limit`` figures that changed, or whose verdicts did, after ``version``.

        Each with the version it is at, in that order; `verdicts_of_many` has their verdicts.
        """
        rows = self._connection.execute(
            select(figures.c.id, figures.c.changed, figures.c.document)
            .where(figures.c.changed > version)
            .order_by(figures.c.changed)
            .limit(limit)
        )
        return [(changed, from_document(FigureInArticle, document, f"figure {id}")) for id, changed, document in rows]

    def put_series(self, one: Series, found_by: str | None = None) -> None:
        """Keep a series, in place of the one of that id.

        ``found_by`` is what following finds it by, in a form of its own that means nothing elsewhere; None: not known.
        """
        self.put_series_many([(one, found_by)])

    def put_series_many(self, many: Iterable[tuple[Series, str | None]]) -> None:
        """Keep several series, each with what following finds it by, as `put_series` keeps one."""
        rows = [
            {
                "id": one.id,
                "topic": one.topic,
                "opened": one.opened,
                "last": max((claim.published for claim in one.claims), default=one.opened),
                "claims": len(one.claims),
                "pinned": one.pinned,
                "found_by": found_by,
                "document": to_document(one),
            }
            for one, found_by in many
        ]
        put_rows(self._connection, series, rows)

    def get_series(self, id: str) -> Series | None:
        document = self._connection.execute(select(series.c.document).where(series.c.id == id)).scalar()
        return None if document is None else from_document(Series, document, f"series {id}")

    def get_series_many(self, ids: Iterable[str]) -> dict[str, Series]:
        """Those of ``ids`` that are there, by id."""
        return {
            id: from_document(Series, document, f"series {id}")
            for some in batches(ids)
            for id, document in self._connection.execute(_SERIES_OF, {"of": some})
        }

    def series_found_by(self, topic: str) -> list[tuple[str, datetime, str | None]]:
        """The ids of the series of a topic, in the order they were opened, with when that was and what following finds
        each by."""
        rows = self._connection.execute(
            select(series.c.id, series.c.opened, series.c.found_by)
            .where(series.c.topic == topic)
            .order_by(series.c.opened, series.c.id)
        )
        return [(id, opened, found_by) for id, opened, found_by in rows]

    def put_found_by(self, found_by: Mapping[str, str]) -> None:
        """Keep what following finds series by, by their ids."""
        rows = [{"of": id, "text": text} for id, text in found_by.items()]
        if rows:
            self._connection.execute(_FOUND_BY, rows)

    def homes(self, topic: str, ids: Iterable[str]) -> dict[str, str]:
        """The series, in a topic, of each figure of ``ids`` that has a verdict there."""
        found: dict[str, str] = {}
        for some in batches(ids):
            for figure, document in self._connection.execute(_HOMES, {"within": topic, "of": some}):
                found[figure] = from_document(Verdict, document, f"verdict of figure {figure}").series
        return found

    def series(self, topic: str) -> list[Series]:
        """The series of a topic, in the order they were opened."""
        rows = self._connection.execute(
            select(series.c.id, series.c.document).where(series.c.topic == topic).order_by(series.c.opened, series.c.id)
        )
        return [from_document(Series, document, f"series {id}") for id, document in rows]

    def ranked(self, topics: Iterable[str], *, often: bool = False) -> Iterator[Series]:
        """The series of topics, those pinned first, then those stated most often; read a few at a time.

        ``often`` leaves out those stated only once and not pinned.
        """
        return heapq.merge(*(self._ranked(topic, often=often) for topic in topics), key=_rank)

    def _ranked(self, topic: str, *, often: bool) -> Iterator[Series]:
        query = select(series.c.id, series.c.document).where(series.c.topic == topic)
        if often:
            query = query.where(_OFTEN)
        query = query.order_by(series.c.pinned.desc(), series.c.claims.desc(), series.c.opened, series.c.id)
        start = 0
        while rows := self._connection.execute(query.limit(_SERIES).offset(start)).all():
            for id, document in rows:
                yield from_document(Series, document, f"series {id}")
            start += len(rows)

    def count_series(self, topics: Iterable[str], *, often: bool = False) -> int:
        """How many series `ranked` gives."""
        query = select(func.count()).select_from(series).where(series.c.topic.in_(list(topics)))
        return self._connection.execute(query.where(_OFTEN) if often else query).scalar_one()

    def decide_series(self, topic: str, decision: BaseModel) -> None:
        """Keep what a person decided about the series of a topic."""
        self._connection.execute(series_decisions.insert(), {"topic": topic, "document": to_document(decision)})

    def series_decisions(self, topic: str, kind: type[D]) -> list[D]:
        """What people decided about the series of a topic, in the order they did, read as ``kind``."""
        rows = self._connection.execute(
            select(series_decisions.c.id, series_decisions.c.document)
            .where(series_decisions.c.topic == topic)
            .order_by(series_decisions.c.id)
        )
        return [from_document(kind, document, f"series decision {id}") for id, document in rows]

    def all_series_decisions(self, kind: type[D], latest: int | None = None) -> list[tuple[str, D]]:
        """What people decided about the series of all topics, each with its topic, in the order they did; of the
        ``latest`` alone, if given.
        """
        columns = (series_decisions.c.id, series_decisions.c.topic, series_decisions.c.document)
        query = select(*columns).order_by(series_decisions.c.id.desc()).limit(latest)
        rows = reversed(self._connection.execute(query).all())
        return [(topic, from_document(kind, document, f"series decision {id}")) for id, topic, document in rows]
