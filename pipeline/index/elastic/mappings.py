"""What the indices hold and how each field is searched: the one place where the index is described.

`FIELDS` says for each field of a document (`schemas.search`) where it stands in Elasticsearch and as what. Names are
ECS where its meaning is exactly ours (``@timestamp``, ``url.full``, ``event.ingested``, ``error.message``), and our own
nouns elsewhere; what several kinds share has one name in all of them, so that one filter holds for a whole dashboard.

``@timestamp`` is when an article was published, a figure's article was; when a story, or the development of a brief,
last got a report; when an alert was found; when an entry came in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from schemas.search import IndexKind

Mapped = dict[str, Any]

TEXT_CAP = 200_000
"""Characters of an article's text that the index keeps; the record keeps all."""
WORD_CAP = 1024
"""Characters from which on a name is kept, but not searched: Lucene refuses terms of more than 32,766 bytes."""
ADDRESS_CAP = 2048

PLAIN = "*"
"""Stands among the analysers for every language that has none of its own."""
FOLDING = "folding"
"""Our analyser for ``*``: words without case and accents, acronyms without their dots."""
_FOLDING = "tallywire_folding"
_ACRONYMS = "tallywire_acronyms"
ACRONYMS: Mapped = {
    "type": "pattern_replace",
    "pattern": r"\.(?<=^(?:\p{L}\.){1,12})(?=(?:\p{L}\.){0,12}\p{L}$)",
    "replacement": "",
}
"""Makes ``irs`` of the word ``i.r.s`` and leaves ``example.org`` alone, as `pipeline.index.words.joined` does."""

DATE: Mapped = {"type": "date"}
NAME: Mapped = {"type": "keyword", "ignore_above": WORD_CAP}
ADDRESS: Mapped = {"type": "keyword", "ignore_above": ADDRESS_CAP}
COUNT: Mapped = {"type": "integer"}
ORDER: Mapped = {"type": "long"}
NUMBER: Mapped = {"type": "double"}
FLAG: Mapped = {"type": "boolean"}
TEXT: Mapped = {"type": "text"}
TITLE: Mapped = {"type": "text", "fields": {"raw": NAME}}
"""Searched by its words; ``.raw`` is for tables and for counting."""

FIELDS: dict[IndexKind, dict[str, tuple[str, Mapped]]] = {
    IndexKind.ARTICLES: {
        "id": ("article.id", NAME),
        "published": ("@timestamp", DATE),
        "ingested": ("event.ingested", DATE),
        "url": ("url.full", ADDRESS),
        "title": ("article.title", TITLE),
        "text": ("article.text", TEXT),
        "authors": ("article.authors", NAME),
        "outcome": ("article.outcome", NAME),
        "copy_of": ("article.copy_of", NAME),
        "revision": ("article.revision", COUNT),
        "shortened": ("article.shortened", FLAG),
        "outlet": ("outlet", NAME),
        "language": ("language", NAME),
        "topics": ("topic", NAME),
        "story": ("story.id", NAME),
    },
    IndexKind.STORIES: {
        "id": ("story.id", NAME),
        "last_seen": ("@timestamp", DATE),
        "first_seen": ("story.first_seen", DATE),
        "headline": ("story.headline", TITLE),
        "lead": ("story.lead", TEXT),
        "lead_article": ("story.lead_article", NAME),
        "reports": ("story.reports", COUNT),
        "copies": ("story.copies", COUNT),
        "thread": ("thread.id", NAME),
        "previous": ("story.previous", NAME),
        "articles": ("article.id", NAME),
        "outlets": ("outlet", NAME),
        "topics": ("topic", NAME),
    },
    IndexKind.FIGURES: {
        "id": ("id", NAME),
        "published": ("@timestamp", DATE),
        "ingested": ("event.ingested", DATE),
        "url": ("url.full", ADDRESS),
        "title": ("article.title", TITLE),
        "article": ("article.id", NAME),
        "revision": ("article.revision", COUNT),
        "outlet": ("outlet", NAME),
        "language": ("language", NAME),
        "topic": ("topic", NAME),
        "figure": ("figure.id", NAME),
        "start": ("figure.start", COUNT),
        "end": ("figure.end", COUNT),
        "surface": ("figure.surface", NAME),
        "quote": ("figure.quote", TITLE),
        "value": ("figure.value", NUMBER),
        "low": ("figure.low", NUMBER),
        "high": ("figure.high", NUMBER),
        "modifier": ("figure.modifier", NAME),
        "unit": ("figure.unit", NAME),
        "counted": ("figure.counted", NAME),
        "action": ("figure.action", NAME),
        "place": ("figure.place", NAME),
        "window": ("figure.window", NAME),
        "group": ("figure.group", NAME),
        "kind": ("figure.kind", NAME),
        "attribution": ("figure.attribution", NAME),
        "as_of": ("figure.as_of", DATE),
        "series": ("series.id", NAME),
        "series_label": ("series.label", NAME),
        "verdict": ("verdict.kind", NAME),
        "from_value": ("verdict.from", NUMBER),
        "contradicts": ("verdict.contradicts", NAME),
        "reason": ("verdict.reason", TEXT),
        "wording": ("figure.wording", TITLE),
        "tell": ("telling.tell", NAME),
        "worth": ("telling.worth", NUMBER),
        "told": ("telling.kind", NAME),
        "told_from": ("telling.from", NUMBER),
        "told_of": ("telling.of", NAME),
        "wrong": ("figure.wrong", NAME),
    },
    IndexKind.ALERTS: {
        "id": ("alert.id", NAME),
        "created": ("@timestamp", DATE),
        "kind": ("alert.kind", NAME),
        "state": ("alert.state", NAME),
        "due": ("alert.due", DATE),
        "sent": ("alert.sent", DATE),
        "attempts": ("alert.attempts", COUNT),
        "backlog": ("alert.backlog", FLAG),
        "message_id": ("alert.message_id", NAME),
        "error": ("error.message", TEXT),
        "topic": ("topic", NAME),
        "story": ("story.id", NAME),
        "headline": ("story.headline", TITLE),
        "series": ("series.id", NAME),
        "series_label": ("series.label", NAME),
        "verdict": ("verdict.kind", NAME),
        "from_value": ("verdict.from", NUMBER),
        "figure": ("figure.id", NAME),
        "value": ("figure.value", NUMBER),
        "quote": ("figure.quote", TITLE),
        "wording": ("figure.wording", TITLE),
        "tell": ("telling.tell", NAME),
        "worth": ("telling.worth", NUMBER),
        "followed": ("alert.followed", NAME),
        "wrong": ("figure.wrong", NAME),
        "article": ("article.id", NAME),
        "outlet": ("outlet", NAME),
        "url": ("url.full", ADDRESS),
        "feed": ("feed.id", NAME),
        "feed_url": ("feed.url", ADDRESS),
        "health": ("feed.health", NAME),
        "since": ("feed.since", DATE),
        "reason": ("feed.error", TEXT),
    },
    IndexKind.ENTRIES: {
        "id": ("entry.id", NAME),
        "first_seen": ("@timestamp", DATE),
        "seq": ("entry.seq", ORDER),
        "origin": ("entry.origin", NAME),
        "title": ("entry.title", TITLE),
        "published": ("entry.published", DATE),
        "attempts": ("entry.attempts", COUNT),
        "outcome": ("entry.outcome", NAME),
        "reason": ("entry.reason", TITLE),
        "ended": ("entry.ended", DATE),
        "feed": ("feed.id", NAME),
        "feed_url": ("feed.url", ADDRESS),
        "url": ("url.full", ADDRESS),
        "article": ("article.id", NAME),
        "topics": ("topic", NAME),
    },
    IndexKind.BRIEFS: {
        "id": ("id", NAME),
        "last_seen": ("@timestamp", DATE),
        "thread": ("thread.id", NAME),
        "headline": ("thread.headline", TITLE),
        "first_seen": ("thread.first_seen", DATE),
        "stories": ("thread.stories", COUNT),
        "reports": ("thread.reports", COUNT),
        "copies": ("thread.copies", COUNT),
        "outlets": ("thread.outlets", NAME),
        "importance": ("thread.importance", NUMBER),
        "topics": ("topic", NAME),
        "place": ("brief.place", COUNT),
        "since": ("brief.since", DATE),
        "witnesses": ("brief.witnesses", COUNT),
        "sure": ("brief.sure", FLAG),
        "contradicted": ("brief.contradicted", FLAG),
        "rivals": ("brief.rivals", TITLE),
        "rivals_by": ("brief.rivals_by", NAME),
        "before": ("brief.before", TITLE),
        "figure": ("figure.id", NAME),
        "wording": ("figure.wording", TITLE),
        "quote": ("figure.quote", TITLE),
        "value": ("figure.value", NUMBER),
        "low": ("figure.low", NUMBER),
        "high": ("figure.high", NUMBER),
        "modifier": ("figure.modifier", NAME),
        "unit": ("figure.unit", NAME),
        "speaker": ("figure.attribution", NAME),
        "as_of": ("figure.as_of", DATE),
        "worth": ("telling.worth", NUMBER),
        "stating": ("outlet", NAME),
        "article": ("article.id", NAME),
        "title": ("article.title", TITLE),
        "url": ("url.full", ADDRESS),
    },
}
"""Field of the document → name and type in Elasticsearch. ``version`` is the document's external version."""

STEMS = "stems"
"""Articles only: title and text once more, under the article's language, as that language's analyser sees them. They
are searched, never shown: ``_source`` leaves them out, for the index is rebuilt from the record and never from itself.
"""

HEARD: Mapped = {
    "dynamic": "strict",
    "properties": {"index": NAME, "kind": NAME, "heard": ORDER, "record": NAME},
}
"""What each index has heard, by its unique id; and, once, the record that all of them are a projection of."""


def name_of(kind: IndexKind, field: str) -> str:
    """What a field of a document is called in Elasticsearch."""
    return FIELDS[kind][field][0]


def languages_of(analyzers: Mapping[str, str]) -> tuple[str, ...]:
    """The languages that have an analyser of their own."""
    return tuple(sorted(language for language in analyzers if language != PLAIN))


def mappings(kind: IndexKind, analyzers: Mapping[str, str]) -> Mapped:
    """The mapping of an index: strict, so that a field nobody described is an error and not a guess."""
    plain = _plain(analyzers)
    properties: Mapped = {}
    for name, described in FIELDS[kind].values():
        *parents, leaf = name.split(".")
        place = properties
        for parent in parents:
            place = place.setdefault(parent, {"properties": {}})["properties"]
        place[leaf] = described | {"analyzer": plain} if described["type"] == "text" else dict(described)
    made: Mapped = {"dynamic": "strict", "properties": properties}
    if kind is IndexKind.ARTICLES:
        stems = {language: {"type": "text", "analyzer": analyzers[language]} for language in languages_of(analyzers)}
        properties[STEMS] = {"properties": stems}
        made["_source"] = {"excludes": [STEMS]}
    made["_meta"] = {"mapping": _fingerprint(made, settings(analyzers)), "tallywire": _version()}
    return made


def settings(analyzers: Mapping[str, str]) -> Mapped:
    """The settings of an index: one shard holds millions of articles; a copy of it where there is a second node."""
    made: Mapped = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
    if analyzers.get(PLAIN, FOLDING) == FOLDING:
        words = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding", _ACRONYMS]}
        made["analysis"] = {"filter": {_ACRONYMS: ACRONYMS}, "analyzer": {_FOLDING: words}}
    return made


def fingerprint(kind: IndexKind, analyzers: Mapping[str, str]) -> str:
    """What tells one mapping from another; an index carries the one it was made with in its ``_meta``."""
    return str(mappings(kind, analyzers)["_meta"]["mapping"])


def _plain(analyzers: Mapping[str, str]) -> str:
    chosen = analyzers.get(PLAIN, FOLDING)
    return _FOLDING if chosen == FOLDING else chosen


def _fingerprint(mapped: Mapped, settings: Mapped) -> str:
    described = json.dumps([mapped, settings], sort_keys=True)
    return hashlib.blake2b(described.encode(), digest_size=8).hexdigest()


def _version() -> str:
    try:
        return version("tallywire")
    except PackageNotFoundError:
        return "unknown"
