"""Things to keep in a record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.alert import Alert, AlertKind
from schemas.article import Article, CopyKind, CopyLink, ReadEntry, Reading, TopicMatch
from schemas.feed import Announcement, Entry, Feed, FeedState, Outcome
from schemas.figure import Figure, FigureInArticle, Scope, Series, Verdict, VerdictKind
from schemas.story import Remembered, Story

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def entry(name: str, **more: Any) -> Entry:
    url = f"https://news.example/{name}"
    announcement = Announcement(url=url, canonical_url=url, title=name.title(), fingerprint=name)
    return Entry(**{"id": name, "announcement": announcement, "first_seen": NOW, "feed": "feed-a"} | more)


def reading(name: str, text: str = "Only 1,605 have returned.", **more: Any) -> Reading:
    url = f"https://news.example/{name}"
    given = {"requested_url": url, "url": url, "title": name.title(), "text": text, "published": NOW, "outlet": "news"}
    return Reading(**given | more)


def read_entry(one: Entry, *topics: str) -> ReadEntry:
    matches = tuple(TopicMatch(topic=topic, matched=True, reason="said so") for topic in topics)
    return ReadEntry(entry=one, reading=reading(one.id), matches=matches)


def article(name: str, *topics: str, text: str = "Only 1,605 have returned.", **more: Any) -> Article:
    given = {
        "id": name,
        "entry": f"entry-of-{name}",
        "reading": reading(name, text),
        "first_seen": NOW,
        "topics": tuple(TopicMatch(topic=topic, matched=True, reason="said so") for topic in topics),
        "outcome": Outcome.INDEXED if topics else Outcome.OFF_TOPIC,
    }
    return Article(**given | more)


def copy_of(original: str, name: str, *topics: str) -> Article:
    link = CopyLink(original=original, nearest=original, kind=CopyKind.EXACT, containment=1.0, reason="the same words")
    return article(name, *topics, copy_link=link, outcome=Outcome.COPY)


def remembered(name: str, seq: int, *topics: str, **more: Any) -> Remembered:
    given = {"id": name, "seq": seq, "time": NOW, "outlet": "news", "language": "en", "topics": topics, "title": name}
    return Remembered(**given | more)


def feed(name: str, *topics: str, next_poll: datetime | None = None) -> Feed:
    url = f"https://news.example/{name}.xml"
    return Feed(id=name, url=url, topics=topics, state=FeedState(next_poll=next_poll))


def story(name: str, *topics: str, last_seen: datetime = NOW) -> Story:
    return Story(id=name, topics=topics, headline=name, first_seen=NOW, last_seen=last_seen, articles=(name,))


def figure(name: str, in_article: str, start: int = 5, revision: int = 1, value: float = 1605) -> FigureInArticle:
    read = Figure(span=(start, start + 5), surface="1,605", quote="Only 1,605 have returned.", value=value)
    return FigureInArticle(id=name, article=in_article, revision=revision, outlet="news", published=NOW, figure=read)


def verdict(of: str, topic: str, kind: VerdictKind = VerdictKind.NEW, in_series: str = "series-a") -> Verdict:
    return Verdict(figure=of, topic=topic, series=in_series, kind=kind, reason="nothing like it before")


def series(name: str, topic: str, opened: datetime = NOW) -> Series:
    return Series(
        id=name, topic=topic, label=name, counted="children", action="returned", unit=None, scope=Scope(), opened=opened
    )


def alert(name: str, topic: str = "kids", **more: Any) -> Alert:
    given = {"id": name, "topic": topic, "kind": AlertKind.NEW_STORY, "created": NOW, "due": NOW}
    return Alert(**given | more)
