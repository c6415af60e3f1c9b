"""What may be asked of the index, and what it answers."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Model, Utc


class ArticleDocument(Model):
    """An article as the index holds it; ``version`` grows with every change of it."""

    id: str
    version: int
    url: str
    title: str
    text: str
    outlet: str
    language: str | None
    authors: tuple[str, ...] = ()
    published: Utc
    ingested: Utc
    topics: tuple[str, ...] = ()
    outcome: str
    copy_of: str | None = None
    story: str | None = None


class Query(Model):
    """``text`` in the reader's words: every word must be there; "a phrase" in quotes; a final * for a prefix; -word."""

    text: str = ""
    topics: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    story: str | None = None
    since: Utc | None = None
    until: Utc | None = None
    copies: bool = Field(default=True, description="whether copies are shown")
    off_topic: bool = Field(default=False, description="whether articles of no topic are shown")
    limit: int = Field(default=20, ge=1, le=1000)
    after: str | None = Field(default=None, description="the cursor that the page before gave")


class Hit(Model):
    """One article found; ``highlights`` are parts of it with the words found between ⟦ and ⟧."""

    document: ArticleDocument
    score: float
    highlights: tuple[str, ...] = ()


class Facet(Model):
    value: str
    count: int


class Results(Model):
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Facet, ...]] = Field(default={}, description="outlet, language, story and day")
    next: str | None = Field(default=None, description="cursor of the next page; None at the end")
