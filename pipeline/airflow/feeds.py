"""How work is cut for Airflow: feeds into groups for triggers, waiting entries into batches for tasks. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from pipeline.steps.deciding.enrol import feed_id
from pipeline.urls import host_of
from schemas.feed import Entry, Feed
from schemas.topic import Topic

GROUP = 100
"""Feeds that one trigger asks. A trigger for each feed costs as much again, and fills a triggerer at a thousand."""

BATCH, LARGEST = 50, 100
"""Entries that one task reads, and the most of one host. A task costs a third of a second before it does anything."""

MOST_BATCHES = 16
"""Of one run; what passes it is read by the next, which then begins at once."""


def groups_for(topics: Iterable[Topic]) -> int:
    """How many groups the feeds of ``topics`` make: one at least, so that feeds added by hand are asked too."""
    feeds = {feed_id(ref.url) for topic in topics for ref in topic.feeds}
    return max(1, -(-len(feeds) // GROUP))


def in_group(feed: Feed, group: int, groups: int) -> bool:
    """Whether ``feed`` is of the ``group``-th of so many ``groups``; each is of one."""
    digest = hashlib.blake2b(feed.id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % groups == group


def batches_by_host(
    entries: Sequence[Entry], *, batch: int = BATCH, largest: int = LARGEST, most: int = MOST_BATCHES
) -> list[list[str]]:
    """Ids of ``entries`` in batches of about ``batch``, all of one host in one of them, so that its pace is kept.

    What passes ``largest`` of one host, or ``most`` batches, is left for later. Hosts are kept in order of arrival.
    """
    hosts: dict[str, list[str]] = {}
    for entry in entries:
        hosts.setdefault(host_of(entry.announcement.url), []).append(entry.id)
    made: list[list[str]] = []
    for ids in sorted((ids[:largest] for ids in hosts.values()), key=len, reverse=True):
        room = next((one for one in made if len(one) + len(ids) <= batch), None)
        if room is not None:
            room += ids
        elif len(made) < most:
            made.append(list(ids))
    return made
