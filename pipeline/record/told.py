"""What the desks of topics were told, for telling to compare the next figures with: bounded, in order of arrival."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Named, Table, TypedColumns, delete, select

from pipeline.record.base import Document, Words, batches, from_document, metadata, put_rows, to_document
from schemas.figure import HeardArticle, ToldFigure


class _Told(TypedColumns):
    figure: Named[str] = Column(Words, ForeignKey("figures.id"), primary_key=True)
    topic: Named[str] = Column(Words, primary_key=True)
    seq: Named[int] = Column(Integer, nullable=False)
    start: Named[int] = Column(Integer, nullable=False)
    document: Named[str] = Column(Document, nullable=False)


class _Heard(TypedColumns):
    article: Named[str] = Column(Words, ForeignKey("articles.id"), primary_key=True)
    topic: Named[str] = Column(Words, primary_key=True)
    seq: Named[int] = Column(Integer, nullable=False)
    document: Named[str] = Column(Document, nullable=False)


told = Table("told", metadata, _Told, Index(None, "topic", "seq", "start"))
heard = Table("heard", metadata, _Heard, Index(None, "topic", "seq"))


class ToldBefore:
    """What was told and heard, as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def figures(self, topic: str) -> list[ToldFigure]:
        """The figures remembered for a topic, in order of arrival."""
        rows = self._connection.execute(
            select(told.c.figure, told.c.document).where(told.c.topic == topic).order_by(told.c.seq, told.c.start)
        )
        return [from_document(ToldFigure, document, f"what was told of figure {id}") for id, document in rows]

    def articles(self, topic: str) -> list[HeardArticle]:
        """The articles remembered for a topic, in order of arrival."""
        rows = self._connection.execute(
            select(heard.c.article, heard.c.document).where(heard.c.topic == topic).order_by(heard.c.seq)
        )
        return [from_document(HeardArticle, document, f"what was heard in article {id}") for id, document in rows]

    def put(self, topic: str, seq: int, article: HeardArticle, figures: Iterable[ToldFigure]) -> None:
        """Remember an article, number ``seq`` in order of arrival, and those of its figures worth remembering.

        Both are put into the record before.
        """
        row = {"article": article.id, "topic": topic, "seq": seq, "document": to_document(article)}
        put_rows(self._connection, heard, [row])
        rows = [
            {
                "figure": one.figure.id,
                "topic": topic,
                "seq": seq,
                "start": one.figure.figure.span[0],
                "document": to_document(one),
            }
            for one in figures
        ]
        put_rows(self._connection, told, rows)

    def forget(self, topic: str, *, articles: Iterable[str] = (), figures: Iterable[str] = ()) -> None:
        """Let go of articles and figures by id; they stay in the record."""
        for some in batches(articles):
            self._connection.execute(delete(heard).where(heard.c.topic == topic, heard.c.article.in_(some)))
        for some in batches(figures):
            self._connection.execute(delete(told).where(told.c.topic == topic, told.c.figure.in_(some)))
