"""Write to the index what has changed since it last heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.record import Record
from pipeline.steps.services import Services
from schemas.article import Article
from schemas.search import ArticleDocument

_BATCH = 200


def document_of(article: Article, version: int) -> ArticleDocument:
    """An article as the index holds it."""
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
    )


def publish(services: Services) -> int:
    """Bring the index up to date; gives the number of documents written.

    Safe to repeat and to break off: each batch carries the version it brings the index to.
    """
    services.index.setup()
    written = 0
    for documents, heard in _changes(services.record, services.index.heard()):
        services.index.write(documents, heard=heard)
        written += len(documents)
    return written


def rebuild(services: Services) -> int:
    """Build the index anew from the record beside the one that serves; gives the number of documents."""
    count = services.index.rebuild(_changes(services.record, 0))
    publish(services)
    return count


def _changes(record: Record, heard: int) -> Iterator[tuple[list[ArticleDocument], int]]:
    while True:
        with record.read() as tx:
            batch: Iterable[tuple[int, Article]] = tx.articles.changed_since(heard, _BATCH)
            documents = [document_of(article, version) for version, article in batch]
        if not documents:
            return
        heard = documents[-1].version
        yield documents, heard
