"""What is remembered of the visits to one page: with what to ask again, and when."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Model, Utc


class Visit(Model):
    """A page by the address it is asked for at, and what came of asking."""

    url: str
    article: str | None = Field(default=None, description="id of the article it was read as")
    topics: tuple[str, ...] = Field(default=(), description="those that were asked whether it is coverage of theirs")
    first: Utc = Field(description="when it was first asked for")
    last: Utc = Field(description="when it was last asked for, and answered")
    etag: str | None = None
    last_modified: str | None = None
    page: str | None = Field(default=None, description="id of the archive's record of the page, as last changed")
    page_at: Utc | None = Field(default=None, description="when that was fetched")
    revision: int = Field(default=0, description="of that article, as it was last found")
    visits: int = Field(default=0, description="how often it was visited again")
    changes: tuple[Utc, ...] = Field(default=(), description="when it was last found changed")
    lively: bool = Field(default=False, description="whether it states figures that are followed")
    closed: bool = Field(default=False, description="whether it shows less than the article yet: a paywall, a consent")
    next: Utc | None = Field(default=None, description="when it is visited again; None: not")
