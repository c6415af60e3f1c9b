"""What every index does, and how a reader's words are understood by all of them alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from schemas.search import Document, IndexKind, Query, Refusal, Results

MARK_START, MARK_END = "⟦", "⟧"
"""What stands around the words found in a highlight; no news text holds these brackets, and no markup is needed."""

FACETS = ("outlet", "language", "story", "day")
FACET_VALUES = 20


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
        """Raises SearchIndexError also where the cursor is none."""
        ...

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        """How many documents of a kind it holds; of briefs how many there are, whatever their lines."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Term:
    """One word or phrase a reader asked for."""

    words: str
    phrase: bool = False
    prefix: bool = False
    negated: bool = False


@dataclass(frozen=True)
class Words:
    """A reader's query, understood."""

    terms: tuple[Term, ...] = field(default=())

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.negated)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.negated)


_TERM = re.compile(r'(?P<no>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
MAX_TERMS = 64


def _in_word(character: str) -> bool:
    # Marks belong to the letters they stand on: without them Thai and Hindi words fall apart.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def understand(text: str) -> Words:
    """Words that must all be there; a phrase in double quotes; ``prefix*``; ``-word`` for what must not.

    Nothing a reader types is an error: punctuation is ignored, a quote left open ends with the text, and what is past
    the first 64 terms is left out.
    """
    terms: list[Term] = []
    for found in _TERM.finditer(text):
        negated = found["no"] is not None
        raw = found["phrase"] if found["phrase"] is not None else found["word"]
        words = " ".join("".join(c if _in_word(c) else " " for c in raw).split())
        if words:
            terms.append(
                Term(
                    words=words,
                    phrase=" " in words or found["phrase"] is not None,
                    prefix=found["word"] is not None and raw.endswith("*"),
                    negated=negated,
                )
            )
    return Words(tuple(terms[:MAX_TERMS]))
