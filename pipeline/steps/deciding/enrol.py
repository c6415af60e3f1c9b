"""Topics and their feeds enter the record."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from pipeline.collect.logins import Logins
from pipeline.record import Record, Transaction
from pipeline.topics import read_folder
from pipeline.urls import canonical
from schemas.base import stable_id
from schemas.feed import Feed
from schemas.topic import FeedRef, Topic

_OF_FOLDER = "topics of the folder"
_log = logging.getLogger(__name__)


def feed_id(url: str) -> str:
    """The id of the feed at ``url``; two spellings of one address are one feed."""
    return stable_id("feed", canonical(url))


def enrol(record: Record, topics: Iterable[Topic], logins: Logins) -> None:
    """Put topics into the record as their files now stand, with the feeds they name.

    A feed that a topic no longer names is no longer polled for it; a feed added by hand stays. User names and passwords
    in the addresses of feeds go to ``logins`` alone.
    """
    bare = [_without_logins(topic, logins) for topic in topics]
    with record.begin() as tx:
        for topic in bare:
            before = tx.topics.get(topic.name)
            tx.topics.put(topic)
            named = {feed_id(ref.url) for ref in topic.feeds}
            for ref in before.feeds if before else ():
                dropped = tx.feeds.get(feed_id(ref.url), to_change=True)
                if dropped and dropped.id not in named:
                    tx.feeds.put(_without(dropped, topic.name))
            for ref in topic.feeds:
                tx.feeds.put(joined(tx.feeds.get(feed_id(ref.url), to_change=True), ref, topic.name))


def _without_logins(topic: Topic, logins: Logins) -> Topic:
    feeds = [ref.model_copy(update={"url": logins.taken_off(feed_id(ref.url), ref.url)}) for ref in topic.feeds]
    return topic.model_copy(update={"feeds": tuple(feeds)})


class Folder:
    """The folder of topic files that a deployment follows: what is put there is watched, what is removed no longer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: object = None

    def enrol_changes(self, record: Record, logins: Logins) -> None:
        """Bring the record in step with the folder, if anything in it changed since the last call.

        A broken file is logged, and its topic goes on as it was last read; it harms no other. Topics that came in
        another way are left alone.
        """
        seen = _signature(self._path)
        if seen == self._seen:
            return
        topics, broken = read_folder(self._path)
        for error in broken:
            _log.error("%s", error)
        enrol(record, topics, logins)
        names = {topic.name for topic in topics}
        with record.begin() as tx:
            before = set(json.loads(tx.notes.get(_OF_FOLDER) or "[]"))
            if not broken:
                for name in sorted(before - names):
                    _retire(tx, name)
                before = names
            tx.notes.set(_OF_FOLDER, json.dumps(sorted(before | names)))
        self._seen = seen


def retire(record: Record, names: Iterable[str]) -> None:
    """Stop watching topics; what was found for them stays."""
    with record.begin() as tx:
        for name in names:
            _retire(tx, name)


def _retire(tx: Transaction, name: str) -> None:
    for feed in tx.feeds.all(topic=name):
        tx.feeds.put(_without(feed, name))
    tx.topics.remove(name)


def _without(feed: Feed, topic: str) -> Feed:
    """``feed`` as ``topic`` no longer asks for it."""
    return feed.model_copy(update={"topics": tuple(name for name in feed.topics if name != topic)})


def _signature(folder: Path) -> object:
    try:
        return sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in folder.iterdir())
    except OSError as error:
        return error.errno


def joined(known: Feed | None, ref: FeedRef, topic: str) -> Feed:
    """The feed of ``ref`` with ``topic`` among those that asked for it, its polling state kept."""
    feed = known or Feed(id=feed_id(ref.url), url=ref.url)
    update: dict[str, object] = {"topics": tuple(sorted({*feed.topics, topic}))}
    if ref.title:
        update["title"] = ref.title
    if ref.every is not None:
        update["min_interval"] = ref.every.total_seconds()
    return feed.model_copy(update=update)
