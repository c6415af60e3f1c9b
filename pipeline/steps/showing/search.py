"""search: the index asked in the reader's words, and the record asked what it alone knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pipeline.errors import SearchRefused
from pipeline.index.contract import FACETS, MARK_END, MARK_START
from pipeline.steps.known.threads import development_of
from pipeline.steps.services import Services
from schemas.export import FoundRow
from schemas.search import Facet, Hit, Query, Results

if TYPE_CHECKING:
    from pipeline.record import Transaction

_SHOWN = 20
"""Developments told as a facet, as many as values of the others."""
_PAGE = 1000
MOST_ROWS = 10_000
"""Rows of a result as CSV: more than a person reads, and no more than is made in some seconds."""


@dataclass(frozen=True)
class DevelopmentFacet:
    """How many of the articles found are of a development."""

    id: str
    headline: str
    count: int


@dataclass(frozen=True)
class Found:
    """A page of results, and the developments that most of all articles found are of (on the first page)."""

    results: Results
    developments: tuple[DevelopmentFacet, ...] = ()
    of: Mapping[str, str] = field(default_factory=dict)
    """The development of each story that an article shown is of."""


def search(services: Services, query: Query, developments: Sequence[str] = ()) -> Found:
    """What ``query`` finds in any of ``developments``, the fresh ahead of the old.

    Raises SearchRefused where a topic or a development is not known, or the cursor is none; SearchIndexError where the
    index can't be used.
    """
    with services.record.read() as tx:
        query = _understood(tx, services, query, developments)
        results = services.index.search(query)
        stories = {hit.document.story for hit in results.hits if hit.document.story}
        return Found(
            results,
            tuple(_developments(tx, results.facets.get("story", ()))),
            tx.stories.developments_of(sorted(stories)),
        )


def rows(services: Services, query: Query, developments: Sequence[str] = ()) -> Iterator[FoundRow]:
    """The first `MOST_ROWS` of what ``query`` finds, from its first page on, a copy after its original.

    Raises as `search` does, before the first row.
    """
    with services.record.read() as tx:
        query = _understood(tx, services, query, developments).model_copy(update={"limit": _PAGE, "after": None})
    results = services.index.search(query)
    return _rows(services, query, results)


def _rows(services: Services, query: Query, results: Results) -> Iterator[FoundRow]:
    told = 0
    while True:
        for hit in results.hits:
            yield found_row(hit)
            told += 1
            if told == MOST_ROWS:
                return
        if results.next is None:
            return
        results = services.index.search(query.model_copy(update={"after": results.next}))


def found_row(hit: Hit) -> FoundRow:
    """What is told of an article found."""
    found = hit.document
    return FoundRow(
        id=found.id,
        url=found.url,
        title=found.title,
        source=found.outlet,
        language=found.language,
        published=found.published,
        topics=found.topics,
        story=found.story,
        copy_of=found.copy_of,
        copies=tuple(copy.id for copy in hit.copies),
        score=hit.score,
        excerpt=" ".join(hit.highlights[-1].replace(MARK_START, "").replace(MARK_END, "").split())
        if hit.highlights
        else "",
    )


def _understood(tx: Transaction, services: Services, query: Query, developments: Sequence[str]) -> Query:
    """``query`` as the index takes it, at this moment."""
    known = [topic.name for topic in tx.topics.all()]
    for name in query.topics:
        if name not in known:
            raise _unknown_topic(name, known)
    stories: set[str] = set()
    for identity in developments:
        found = development_of(tx, identity)
        if found is None:
            raise SearchRefused(
                f"there is no development {_short(identity)!r}",
                hint="`tallywire threads list` lists them; one that was merged goes by the id of the other",
            )
        stories |= {story.id for story in found.stories}
    if developments:
        wanted = stories & set(query.stories) if query.stories else stories
        query = query.model_copy(update={"stories": tuple(sorted(wanted)) or ("",)})
    named = {name: tuple(map(_writable, getattr(query, name))) for name in ("outlets", "languages", "stories")}
    return query.model_copy(update={"at": services.clock(), **named})


def _writable(name: str) -> str:
    """``name`` without halves of pairs, as an argument may hold that is no UTF-8; no index takes them."""
    return name.encode("utf-8", "replace").decode()


def _unknown_topic(name: str, known: Sequence[str]) -> SearchRefused:
    close = get_close_matches(name, known, n=1)
    listed = ", ".join(known[:20]) + ("…" if len(known) > 20 else "")
    return SearchRefused(
        f"there is no topic {_short(name)!r}",
        hint=f"did you mean {close[0]!r}?" if close else f"the topics are: {listed}" if known else "there is none yet",
    )


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:80]}…"


def _developments(tx: Transaction, stories: Sequence[Facet]) -> Iterator[DevelopmentFacet]:
    """Counted from the stories that most articles are of, `FACETS` of them at most."""
    known = tx.stories.developments_of(facet.value for facet in stories[: FACETS["story"]])
    counts: Counter[str] = Counter()
    for facet in stories:
        if facet.value in known:
            counts[known[facet.value]] += facet.count
    for identity, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]:
        development = development_of(tx, identity)
        if development is not None:
            yield DevelopmentFacet(identity, development.face.headline, count)
