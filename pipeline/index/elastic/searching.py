"""A reader's query as a request to Elasticsearch, and its answer as results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.index.contract import COPIES_SHOWN, FACETS, MARK_END, MARK_START, MOST_COUNTED
from pipeline.index.elastic.documents import article_of
from pipeline.index.elastic.mappings import STEMS, name_of
from pipeline.index.words import (
    FRESH_HALF_LIFE,
    FRESH_SHARE,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    Term,
    joined,
    may_miss,
    understand,
)
from schemas.search import ArticleDocument, Copy, Facet, Hit, IndexKind, Query, Sort

Request = dict[str, Any]


def _name(field: str) -> str:
    return name_of(IndexKind.ARTICLES, field)


_TITLE, _TEXT, _WHEN, _ID, _COPY_OF = map(_name, ("title", "text", "published", "id", "copy_of"))
_STEMMED_TERMS = 16
"""Terms looked up by their stems as well. Each costs a clause for every language, and clauses are limited."""
_SNIPPET = 160
"""Characters of a highlight."""

_UNBROKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u30a0-\u30ff\uff66-\uff9f]+")
"""Scripts that Elasticsearch sees as one word however long: Thai, Lao, Burmese, Khmer, Katakana."""
_COPIES = "copies"


def by_score(query: Query) -> bool:
    """Whether relevance decides what comes first."""
    return query.sort is Sort.RELEVANCE and bool(understand(query.text).wanted)


def request_for(query: Query, languages: Sequence[str]) -> Request:
    """The search that ``query`` asks for, apart from where and from which page on.

    One hit more than a page holds is asked for, to see whether there is a next one.
    """
    asked = _asked(query.text, languages)
    ranked = by_score(query)
    request: Request = {
        "query": _query(asked, query),
        "sort": [{"_score": "desc"} if ranked else {_WHEN: "desc"}, {_ID: "asc"}],
        "size": query.limit + 1,
        "version": True,
        "track_total_hits": True if asked.wanted else MOST_COUNTED,
        "track_scores": ranked,
        "aggs": {_COPIES: {"filter": {"exists": {"field": _COPY_OF}}}},
    }
    if ranked and query.at is not None:
        request["query"] = _fresh(request["query"], query.at)
    if asked.wanted:
        request["highlight"] = _highlight(asked.wanted, languages)
    if query.after is None:
        request["aggs"] |= _facets()
    return request


def only(request: Request, identities: Sequence[str]) -> Request:
    """``request`` for those of ``identities`` alone, and for nothing but their ids."""
    return {
        "query": {"bool": {"filter": [request["query"], {"terms": {_ID: list(identities)}}]}},
        "size": len(identities),
        "source": [_ID],
    }


def copies_request(originals: Sequence[str]) -> Request:
    """The first copies of each of ``originals``."""
    first = {
        "size": COPIES_SHOWN,
        "sort": [{_WHEN: "asc"}, {_ID: "asc"}],
        "_source": [_name(field) for field in Copy.model_fields],
    }
    return {
        "query": {"terms": {_COPY_OF: list(originals)}},
        "size": 0,
        "aggs": {
            _COPIES: {
                "terms": {"field": _COPY_OF, "size": len(originals)},
                "aggs": {"first": {"top_hits": first}},
            }
        },
    }


def copies_of(answer: Mapping[str, Any]) -> dict[str, tuple[Copy, ...]]:
    """The answer to `copies_request`: copies by the id of their original."""
    return {
        bucket["key"]: tuple(_copy(hit["_source"]) for hit in bucket["first"]["hits"]["hits"])
        for bucket in answer["aggregations"][_COPIES]["buckets"]
    }


def ids_of(answer: Mapping[str, Any]) -> set[str]:
    """The ids of what an answer to `only` holds."""
    return {_value(hit["_source"], _ID) for hit in answer["hits"]["hits"]}


def copied_of(answer: Mapping[str, Any]) -> int:
    """How many of all articles found are copies."""
    return int(answer["aggregations"][_COPIES]["doc_count"])


def hit_of(hit: Mapping[str, Any]) -> Hit:
    """One hit of an answer, without its copies."""
    return Hit(
        document=document_of(hit),
        score=hit.get("_score") or 0.0,
        highlights=tuple(part for field in (_TITLE, _TEXT) for part in hit.get("highlight", {}).get(field, ())[:1]),
    )


def document_of(hit: Mapping[str, Any]) -> ArticleDocument:
    return article_of(hit["_source"], hit["_version"])


def facets_of(answer: Mapping[str, Any]) -> dict[str, tuple[Facet, ...]]:
    return {
        name: tuple(
            Facet(value=str(bucket.get("key_as_string", bucket["key"])), count=bucket["doc_count"])
            for bucket in answer["aggregations"][name]["buckets"][:most]
        )
        for name, most in FACETS.items()
    }


def _copy(source: Mapping[str, Any]) -> Copy:
    return Copy.model_validate({field: _value(source, _name(field)) or "" for field in Copy.model_fields})


def _value(source: Mapping[str, Any], name: str) -> Any:
    found: Any = source
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


@dataclass(frozen=True)
class _Asked:
    """The clauses of a reader's words: what must be there, the simple words, and what must not be there."""

    required: list[Request]
    simple: list[Request]
    unwanted: list[Request]

    @property
    def wanted(self) -> list[Request]:
        return [*self.required, *self.simple]


def _asked(text: str, languages: Sequence[str]) -> _Asked:
    asked = _Asked([], [], [])
    for number, term in enumerate(understand(text).terms):
        kind = asked.unwanted if term.negated else asked.simple if term.simple else asked.required
        kind += _clauses(term, languages if number < _STEMMED_TERMS else ())
    return asked


def _query(asked: _Asked, query: Query) -> Request:
    must = list(asked.required)
    if asked.simple:
        enough = len(asked.simple) - may_miss(len(asked.simple))
        must.append({"bool": {"should": asked.simple, "minimum_should_match": enough}})
    clauses = {"must": must, "must_not": asked.unwanted, "filter": _filters(query)}
    return {"bool": {name: some for name, some in clauses.items() if some}}


def _fresh(query: Request, at: datetime) -> Request:
    """``query`` with the score of each article multiplied by `pipeline.index.words.freshness` of its age."""
    now = at.isoformat()
    decay = {"origin": now, "scale": f"{FRESH_HALF_LIFE.total_seconds():.0f}s", "decay": 0.5}
    return {
        "function_score": {
            "query": query,
            "functions": [
                {"weight": 1 - FRESH_SHARE},
                {"filter": {"range": {_WHEN: {"lte": now}}}, "exp": {_WHEN: decay}, "weight": FRESH_SHARE},
                {"filter": {"range": {_WHEN: {"gt": now}}}, "weight": FRESH_SHARE},
            ],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def _clauses(term: Term, languages: Sequence[str]) -> list[Request]:
    words = joined(term.words)
    unbroken = _UNBROKEN.findall(words)
    if unbroken:
        # One clause, so that a negated term rules out what has all of it.
        rest = _UNBROKEN.sub(" ", words).split()
        parts = [_containing(run) for run in unbroken] + [_phrase(word, languages) for word in rest]
        return [{"bool": {"must": parts}}]
    if term.prefix and words.isalnum():
        return [{"multi_match": {"query": words, "type": "bool_prefix", "fields": _fields(())}}]
    if term.prefix:
        asked = {"query": words, "type": "phrase_prefix", "fields": _fields(()), "max_expansions": 500}
        return [{"multi_match": asked}]
    return [_phrase(words, languages)]


def _phrase(words: str, languages: Sequence[str]) -> Request:
    # A word may fall into several (CJK characters, what a hyphen joins): as a phrase they stay together.
    return {"multi_match": {"query": words, "type": "phrase", "fields": _fields(languages)}}


def _containing(run: str) -> Request:
    fields = ((_TITLE, TITLE_WEIGHT), (_TEXT, TEXT_WEIGHT))
    return {"dis_max": {"queries": [{"wildcard": {name: {"value": f"*{run}*", "boost": n}}} for name, n in fields]}}


def _fields(languages: Sequence[str]) -> list[str]:
    return [f"{_TITLE}^{TITLE_WEIGHT}", _TEXT, *_stems(languages)]


def _stems(languages: Sequence[str]) -> list[str]:
    return [f"{STEMS}.{language}" for language in languages]


def _filters(query: Query) -> list[Request]:
    found: list[Request] = []
    asked = (
        ("outlet", query.outlets),
        ("language", query.languages),
        ("topics", query.topics),
        ("story", query.stories),
    )
    for field, wanted in asked:
        if wanted:
            found.append({"terms": {_name(field): list(wanted)}})
    if not query.topics and not query.off_topic:
        found.append({"exists": {"field": _name("topics")}})
    span = {
        bound: moment.isoformat() for bound, moment in (("gte", query.since), ("lt", query.until)) if moment is not None
    }
    if span:
        found.append({"range": {_WHEN: span}})
    if not query.copies:
        found.append({"bool": {"must_not": [{"exists": {"field": _COPY_OF}}]}})
    return found


def _highlight(wanted: Sequence[Request], languages: Sequence[str]) -> Request:
    return {
        "type": "unified",
        # Asked for all at once, words would be marked only where a single field has all of them.
        "highlight_query": {"bool": {"should": list(wanted)}},
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "fields": {
            _TITLE: {"number_of_fragments": 0, "matched_fields": [_TITLE, *_stems(languages)]},
            _TEXT: {
                "number_of_fragments": 1,
                "fragment_size": _SNIPPET,
                "matched_fields": [_TEXT, *_stems(languages)],
            },
        },
    }


def _facets() -> Request:
    fields = {
        name: name_of(IndexKind.ARTICLES, "topics" if name == "topic" else name) for name in FACETS if name != "day"
    }
    facets: Request = {
        name: {"terms": {"field": field, "size": FACETS[name], "order": [{"_count": "desc"}, {"_key": "asc"}]}}
        for name, field in fields.items()
    }
    facets["day"] = {
        "date_histogram": {
            "field": _WHEN,
            "calendar_interval": "day",
            "format": "yyyy-MM-dd",
            "min_doc_count": 1,
            "order": {"_key": "desc"},
        }
    }
    return facets
