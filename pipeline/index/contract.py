"""What every index does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.search import Document, IndexKind, Query, Refusal, Results

MARK_START, MARK_END = "⟦", "⟧"
"""What stands around the words found in a highlight; no news text holds these brackets, and no markup is needed."""

FACETS = {"topic": 20, "outlet": 20, "language": 20, "story": 1000, "day": 20}
"""What is counted of all that was found, and how many values of it are told: the most frequent, or the latest days.

Stories are so many because they are counted by development afterwards, which only the record knows.
"""
MOST_COUNTED = 2_500
"""Articles counted where no words narrow a search, and weighed in SQLite: the latest of all found. Who looks at so many
needs no exact number, and the common words of a record of millions would take long to weigh and count."""
COPIES_SHOWN = 20
"""Copies of an article told with it."""


@dataclass(frozen=True)
class Batch:
    """Documents of one kind that changed, and what is gone, up to the version ``heard`` of the record."""

    documents: Sequence[Document]
    heard: int
    kind: IndexKind = IndexKind.ARTICLES
    removed: Sequence[tuple[str, int]] = ()
    """Ids of what is gone, each with the version at which it went."""


Settle = Callable[[Batch, Sequence[Refusal]], None]
"""Told of each batch once it is written, with the documents the index would not take, before the index remembers
having heard of it: what is kept then is kept whatever happens next."""


def ignore_refusals(batch: Batch, refused: Sequence[Refusal]) -> None:
    """Settle nothing."""


class SearchIndex(Protocol):
    """A place to search articles, and to look at whatever else of the record it holds (``kinds``).

    Writing is idempotent: a document replaces what is there only if its ``version`` is higher, so a publisher may
    repeat itself after a crash. What was heard is kept with the documents, so that an index that was dropped has heard
    nothing and is filled again from the start. Every call raises SearchIndexError where the index can't be used.
    """

    @property
    def kinds(self) -> tuple[IndexKind, ...]:
        """The kinds it holds; nothing else may be written to it."""
        ...

    def setup(self) -> None:
        """Create what is missing; harmless if nothing is."""
        ...

    def owner(self) -> str | None:
        """What `own` said last; ``None`` if it never did, or where nobody else could write there."""
        ...

    def own(self, owner: str) -> None:
        """Remember which record this is the projection of."""
        ...

    def write(self, batch: Batch, settle: Settle = ignore_refusals) -> None:
        """Write a batch, and remember the version up to which the index has heard."""
        ...

    def heard(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        """The highest version of the record that the index has heard of; 0 for a new index."""
        ...

    def rebuild(self, kind: IndexKind, batches: Iterable[Batch], settle: Settle = ignore_refusals) -> int:
        """Fill a new version beside the one that serves, then let it serve instead; gives the number of documents.

        Search answers from the old version meanwhile, and writers go on writing to it. What they wrote after the last
        of ``batches`` is unheard of by the new version, so publishing once more brings it over.
        """
        ...

    def search(self, query: Query) -> Results:
        """A page of what is found; the same articles whatever the index is made of, in an order of its own.

        Raises SearchIndexError also where the cursor is none.
        """
        ...

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        """How many documents of a kind it holds; of briefs how many there are, whatever their lines."""
        ...

    def versions(self) -> dict[str, int]:
        """The version of the record that each article is of, by its key; see `write`."""
        ...

    def close(self) -> None: ...
