"""A reader's query as a request to Elasticsearch, and its answer as results."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import SearchIndexError
from pipeline.index.contract import FACET_VALUES, FACETS, MARK_END, MARK_START, Term, understand
from pipeline.index.elastic.documents import article_of
from pipeline.index.elastic.mappings import STEMS, name_of
from schemas.search import Facet, Hit, IndexKind, Query, Results

Request = dict[str, Any]


def _name(field: str) -> str:
    return name_of(IndexKind.ARTICLES, field)


_TITLE, _TEXT, _WHEN, _ID = _name("title"), _name("text"), _name("published"), _name("id")
_TITLE_WEIGHT = 4
_STEMMED_TERMS = 16
"""Terms looked up by their stems as well. Each costs a clause for every language, and clauses are limited."""
_SNIPPET = 160
"""Characters of a highlight."""

_UNBROKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u30a0-\u30ff]+")
"""Scripts that Elasticsearch sees as one word however long: Thai, Lao, Burmese, Khmer, Katakana."""


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: a frozen view of the index, and the sort values of the page's last hit."""

    view: str
    last: tuple[str | int | float, ...]

    def __str__(self) -> str:
        said = json.dumps([self.view, list(self.last)], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor that ``text`` says. Raises SearchIndexError if it is none."""
    try:
        view, last = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        key, identity, *rest = last
        if not (isinstance(view, str) and isinstance(identity, str) and all(isinstance(n, int) for n in rest)):
            raise ValueError("not what a cursor holds")
        return Cursor(view, (float(key) if isinstance(key, float) else int(key), identity, *rest))
    except (ValueError, TypeError, binascii.Error) as error:
        raise no_cursor(text) from error


def no_cursor(text: str) -> SearchIndexError:
    """``text`` is not a cursor that a page gave."""
    shown = text if len(text) <= 80 else text[:80] + "…"
    return SearchIndexError(
        "the page asked for can't be found",
        why=f"{shown!r} is no cursor",
        hint="take `next` of the page before, unchanged",
    )


def request_for(query: Query, languages: Sequence[str]) -> Request:
    """The search that ``query`` asks for, apart from where and from which page on.

    One hit more than a page holds is asked for, to see whether there is a next one.
    """
    terms = understand(query.text).terms
    clauses: dict[str, list[Request]] = {"must": [], "must_not": [], "filter": _filters(query)}
    for number, term in enumerate(terms):
        stems = languages if number < _STEMMED_TERMS else ()
        clauses["must_not" if term.negated else "must"] += _clauses(term, stems)
    ranked = any(not term.negated for term in terms)
    request: Request = {
        "query": {"bool": {name: some for name, some in clauses.items() if some}},
        "sort": [{"_score": "desc"} if ranked else {_WHEN: "desc"}, {_ID: "asc"}],
        "size": query.limit + 1,
        "version": True,
        "track_total_hits": True,
        "track_scores": ranked,
    }
    if ranked:
        request["highlight"] = _highlight(clauses["must"], languages)
    if query.after is None:
        request["aggs"] = _facets()
    return request


def results_of(answer: Mapping[str, Any], query: Query) -> Results:
    """The answer to `request_for` as results, with a cursor if there is more."""
    hits = answer["hits"]["hits"]
    shown = hits[: query.limit]
    more = len(hits) > query.limit
    return Results(
        total=answer["hits"]["total"]["value"],
        hits=tuple(
            Hit(
                document=article_of(hit["_source"], hit["_version"]),
                score=hit.get("_score") or 0.0,
                highlights=tuple(
                    part for field in (_TITLE, _TEXT) for part in hit.get("highlight", {}).get(field, ())[:1]
                ),
            )
            for hit in shown
        ),
        facets={
            name: tuple(
                Facet(value=str(bucket.get("key_as_string", bucket["key"])), count=bucket["doc_count"])
                for bucket in answer["aggregations"][name]["buckets"][:FACET_VALUES]
            )
            for name in (FACETS if query.after is None else ())
        },
        next=str(Cursor(answer["pit_id"], tuple(shown[-1]["sort"]))) if more else None,
    )


def _clauses(term: Term, languages: Sequence[str]) -> list[Request]:
    unbroken = _UNBROKEN.findall(term.words)
    if unbroken:
        # One clause, so that a negated term rules out what has all of it.
        rest = _UNBROKEN.sub(" ", term.words).split()
        parts = [_containing(run) for run in unbroken] + [_phrase(word, languages) for word in rest]
        return [{"bool": {"must": parts}}]
    if term.prefix and not term.phrase:
        return [{"multi_match": {"query": term.words, "type": "bool_prefix", "fields": _fields(())}}]
    if term.prefix:
        asked = {"query": term.words, "type": "phrase_prefix", "fields": _fields(()), "max_expansions": 500}
        return [{"multi_match": asked}]
    return [_phrase(term.words, languages)]


def _phrase(words: str, languages: Sequence[str]) -> Request:
    # A word may fall into several (CJK characters, what stands around an apostrophe): as a phrase they stay together.
    return {"multi_match": {"query": words, "type": "phrase", "fields": _fields(languages)}}


def _containing(run: str) -> Request:
    fields = ((_TITLE, _TITLE_WEIGHT), (_TEXT, 1))
    return {"dis_max": {"queries": [{"wildcard": {name: {"value": f"*{run}*", "boost": n}}} for name, n in fields]}}


def _fields(languages: Sequence[str]) -> list[str]:
    return [f"{_TITLE}^{_TITLE_WEIGHT}", _TEXT, *_stems(languages)]


def _stems(languages: Sequence[str]) -> list[str]:
    return [f"{STEMS}.{language}" for language in languages]


def _filters(query: Query) -> list[Request]:
    found: list[Request] = []
    for field, wanted in (("outlet", query.outlets), ("language", query.languages), ("topics", query.topics)):
        if wanted:
            found.append({"terms": {_name(field): list(wanted)}})
    if query.story is not None:
        found.append({"term": {_name("story"): query.story}})
    if not query.topics and not query.off_topic:
        found.append({"exists": {"field": _name("topics")}})
    span = {
        bound: moment.isoformat() for bound, moment in (("gte", query.since), ("lt", query.until)) if moment is not None
    }
    if span:
        found.append({"range": {_WHEN: span}})
    if not query.copies:
        found.append({"bool": {"must_not": [{"exists": {"field": _name("copy_of")}}]}})
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
    by_count = [{"_count": "desc"}, {"_key": "asc"}]
    facets: Request = {
        name: {"terms": {"field": _name(name), "size": FACET_VALUES, "order": by_count}}
        for name in FACETS
        if name != "day"
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
