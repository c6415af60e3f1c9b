"""Which of two reports came first. Pure: what feeds and pages say decides, never which of them answered first.

The inbox is read and judged in the order of `place_of`: the earlier published stands first. What a feed gives no date
for stands at the moment of the poll that found it; of several such items of one feed the lower in it stands first, for
feeds list the newest on top. At one place the record's order of arrival decides.

Of two articles that repeat each other the original is the one that `told_at` puts first, however late it came in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas.article import MetadataSource, Reading
from schemas.feed import Announcement, Entry

_APART = timedelta(microseconds=1)
_OWN_WORD = frozenset(
    {
        MetadataSource.JSON_LD,
        MetadataSource.OPEN_GRAPH,
        MetadataSource.META,
        MetadataSource.MICRODATA,
        MetadataSource.FEED,
        MetadataSource.GIVEN,
    }
)
"""Where a date stands that its publisher meant to be read by programs; one found in a text or an address is often
that of a day, or of something else."""


def place_of(one: Announcement, polled: datetime, below: int = 0) -> datetime:
    """Where an announcement stands that a poll at ``polled`` found with so many items ``below`` it in its feed."""
    if one.published is not None:
        return min(one.published, polled)
    return polled + below * _APART


def told_at(entry: Entry, reading: Reading) -> datetime:
    """When an article was first told, as far as can be trusted: its feed's date, or its page's, or when it came in.

    The feed's goes first, for it names its zone, and stands where the article stood in the order of judging.
    """
    said = entry.announcement.published
    if said is None and reading.sources.get("published") in _OWN_WORD:
        said = reading.published
    return entry.first_seen if said is None else min(said, entry.first_seen)
