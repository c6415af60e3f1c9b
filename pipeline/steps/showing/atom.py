"""atom: the feeds of a topic, from the record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pipeline import __version__
from pipeline.errors import TallywireError
from pipeline.record import Record, Transaction
from pipeline.steps.known.briefs import Briefs
from pipeline.steps.known.identity import identity
from pipeline.steps.known.threads import development_of
from pipeline.steps.services import Services
from pipeline.tell.atom import AtomEntry, AtomFeed, atom_document, tag_uri
from pipeline.tell.atomwords import Ids, alert_entry, development_entry, is_told
from schemas.alert import Alert
from schemas.story import Story
from schemas.topic import Topic

_AUTHORITY = "atom authority"
_NO_HOST = "localhost"

Before = tuple[datetime, str]
T = TypeVar("T", Alert, Story)


@dataclass(frozen=True)
class AtomPage:
    """A page of a feed: what tells it from what it was before, and a way to make it where somebody wants it."""

    etag: str
    updated: datetime
    document: Callable[[], bytes]


@dataclass(frozen=True)
class _Where:
    """The addresses of a feed: ``base`` of the window, the ``path`` in it, and the key that opens it.

    ``before`` is what the address of the page asked for holds.
    """

    base: str
    path: str
    key: str
    before: str

    def page(self, before: str = "") -> str:
        given = {name: value for name, value in (("key", self.key), ("before", before)) if value}
        return f"{self.base.rstrip('/')}{self.path}" + (f"?{urlencode(given)}" if given else "")

    def for_people(self, topic: str) -> str:
        """The reports of the topic, the latest first."""
        return f"{self.base.rstrip('/')}/search?{urlencode({'sort': 'date', 'topic': topic})}"


def atom_path(topic: str, kind: str) -> str:
    """Where in the window the feed of ``kind``, one of `KINDS`, is for a topic."""
    return f"/atom/{quote(topic, safe='')}/{kind}"


def atom_page(services: Services, topic: Topic, kind: str, *, base: str, key: str = "", before: str = "") -> AtomPage:
    """A page of the feed of ``kind`` for ``topic``; ``before`` is what the page before gave in its address.

    Raises TallywireError where ``before`` is nothing that a page gives.
    """
    after = read_before(before) if before else None
    ids, began = _ids(services)
    where = _Where(base, atom_path(topic.name, kind), key, before)
    return KINDS[kind].page(kind, services.record, topic, ids, began, where, after)


@dataclass(frozen=True)
class _Kind(Generic[T]):
    """A kind of feed: how many entries a page of it has, where they come from, and how each is told."""

    subtitle: str
    size: int
    latest: Callable[[Transaction, str, Before | None, int], Sequence[tuple[int, T]]]
    moment: Callable[[T], datetime]
    is_told: Callable[[T], bool]
    entry: Callable[[Transaction, T, Ids, Topic], AtomEntry | None]

    def page(
        self, name: str, record: Record, topic: Topic, ids: Ids, began: datetime, where: _Where, after: Before | None
    ) -> AtomPage:
        """The page that begins ``after`` an entry; a feed in which nothing is told yet is as old as its ids."""
        with record.read() as tx:
            found = self.latest(tx, topic.name, after, self.size + 1)
        shown = [one for _, one in found[: self.size]]
        more = len(found) > self.size
        told = [one for one in shown if self.is_told(one)]
        feed = AtomFeed(
            id=ids(name, topic.name),
            title=f"{topic.heading}: {name}",
            subtitle=self.subtitle,
            updated=max(map(self.moment, told), default=began),
            self_link=where.page(where.before),
            first=where.page(),
            following=where.page(_before(self.moment(shown[-1]), shown[-1].id)) if more else None,
            alternate=where.for_people(topic.name),
        )

        def document() -> bytes:
            with record.read() as tx:
                entries = [self.entry(tx, one, ids, topic) for one in told]
            return _document(feed, [entry for entry in entries if entry is not None])

        return AtomPage(_etag(feed, [version for version, _ in found]), feed.updated, document)


def _development(tx: Transaction, id: str, ids: Ids) -> AtomEntry | None:
    development = development_of(tx, id)
    if development is None:
        return None
    brief = Briefs(tx).of_development(development)
    lead = development.face.lead_article or development.opening
    article = tx.articles.get(lead)
    return development_entry(
        brief, len(development.articles), len(development.copies), article.reading.url if article else None, ids
    )


KINDS: dict[str, _Kind[Alert] | _Kind[Story]] = {
    "alerts": _Kind[Alert](
        subtitle="What is worth telling at once, as it is found.",
        size=50,
        latest=lambda tx, topic, after, limit: tx.alerts.latest(topic, after, limit),
        moment=lambda alert: alert.created,
        is_told=is_told,
        entry=lambda tx, alert, ids, topic: alert_entry(alert, ids, topic.tzinfo),
    ),
    # What holds in a development takes longer to tell.
    "developments": _Kind[Story](
        subtitle="Each development, told again when there is a new report.",
        size=20,
        latest=lambda tx, topic, after, limit: tx.stories.latest_developments(topic, after, limit),
        moment=lambda story: story.last_seen,
        is_told=lambda story: True,
        entry=lambda tx, story, ids, topic: _development(tx, story.development, ids),
    ),
}
"""The feeds of each topic, by the last part of their address."""


def _document(feed: AtomFeed, entries: Sequence[AtomEntry]) -> bytes:
    return atom_document(feed.model_copy(update={"entries": tuple(entries)}))


def _etag(feed: AtomFeed, versions: Sequence[int]) -> str:
    """The same as long as nothing of the page changed, without making it."""
    said = [__version__, feed.model_dump_json(), *map(str, versions)]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


def _before(moment: datetime, id: str) -> str:
    return f"{moment.astimezone(UTC).strftime('%Y%m%dT%H%M%S.%fZ')}~{id}"


def read_before(text: str) -> Before:
    """The moment and the id after which a page begins. Raises TallywireError if ``text`` says none."""
    moment, _, id = text[:2000].partition("~")
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC), id
    except ValueError as error:
        raise TallywireError("the page of the feed asked for can't be found", hint="begin at its first page") from error


def _ids(services: Services) -> tuple[Ids, datetime]:
    """What makes ids that stay, and the day since when they are made so.

    The host that was known on the first day stays in them for ever, whatever the address of the window is later.
    """
    with services.record.read() as tx:
        kept = tx.notes.get(_AUTHORITY)
    if kept is None:
        host = urlsplit(services.settings.public_url or "").hostname or _NO_HOST
        today = services.clock().date()
        try:
            tag_uri(host, today)
        except ValueError:
            host = _NO_HOST
        with services.record.begin() as tx:
            kept = tx.notes.get(_AUTHORITY) or f"{host} {today.isoformat()}"
            tx.notes.set(_AUTHORITY, kept)
    host, _, day = kept.partition(" ")
    since, ours = date.fromisoformat(day), identity(services.record)

    def ids(kind: str, id: str) -> str:
        return tag_uri(host, since, ours, kind, id)

    return ids, datetime(since.year, since.month, since.day, tzinfo=UTC)
