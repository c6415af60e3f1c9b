"""What the archive says of a run beside its pages: what feeds said, when it was read, what was judged together."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Model, Utc
from schemas.feed import Entry, Outcome


class EntryNote(Model):
    """An entry as it was read, or as it ended without: with its feed's words, and the page that they announced."""

    entry: Entry
    outlet: str | None = Field(default=None, description="name of its feed")
    others: tuple[str, ...] = Field(default=(), description="topics of the deployment that did not ask for its feed")
    at: Utc = Field(description="the moment of reading")
    page: str | None = Field(default=None, description="id of its page's record; None: its feed was read, or nothing")
    figures: bool = Field(default=False, description="whether its figures were wanted though no topic took it")
    outcome: Outcome | None = Field(default=None, description="how it ended; None: it went on to the judge")
    reason: str = ""
    article: str | None = Field(default=None, description="id of the article that it ended as")


class TurnNote(Model):
    """Readings that were judged together."""

    turn: int = Field(description="counted by the record; of two of one number the later one counts")
    at: Utc = Field(description="the moment of judging")
    entries: tuple[str, ...] = Field(description="ids of the records of the entries' notes, in the order of judging")
