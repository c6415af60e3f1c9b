"""Search: a page of what is found, with ways to narrow it, and all of it as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pipeline.errors import SearchRefused
from pipeline.index.contract import MARK_END, MARK_START
from pipeline.index.excerpts import EXCERPT
from pipeline.index.words import MAX_TEXT
from pipeline.serve.pages.subscribe import feed_links
from pipeline.serve.section import Section, shows
from pipeline.serve.shell import in_sentences, page, reading, window_of
from pipeline.steps.showing.search import MOST_ROWS, Found, rows, search
from pipeline.steps.showing.tables import csv_lines
from pipeline.tell.words import one_line
from schemas.export import FoundRow
from schemas.search import Hit, Query, Sort
from schemas.topic import Topic

_PAGE = 20
_MOST_VALUES = 50
"""Of one filter in an address."""
_SHOWN = 8
"""Values of a facet shown at first; the rest unfold."""
_FILTERS = ("topic", "outlet", "language", "development")
_TITLE = 300
_UTC = ZoneInfo("UTC")

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """A value to narrow by, or one chosen: where it leads to, and how many articles are of it."""

    label: str
    address: str
    count: int | None = None


@dataclass(frozen=True)
class Part:
    """A part of a title or excerpt; ``found`` for the words searched for."""

    text: str
    found: bool


@dataclass(frozen=True)
class Shown:
    """An article found, as the page shows it."""

    hit: Hit
    title: tuple[Part, ...]
    excerpt: tuple[Part, ...]
    address: str
    development: str | None


@dataclass(frozen=True)
class Asked:
    """What an address asks for. Its parameters lead to the same search whenever it is opened."""

    query: Query
    developments: tuple[str, ...]
    given: Params
    wrong: tuple[str, ...] = ()

    def address(self, *more: tuple[str, str], without: tuple[str, str] | None = None) -> str:
        """The address of this search with something else; from its first page on."""
        replaced = {name for name, _ in more if name not in _FILTERS}
        kept = [pair for pair in self.given if pair[0] not in replaced and pair != without]
        return f"/search?{urlencode([*kept, *more])}"


def _page(request: Request) -> Response:
    with reading(request) as tx:
        topics = tx.topics.all()
    asked = asked_of(request.query_params, zone := _zone(topics, request.query_params.getlist("topic")))
    wrong, found = list(asked.wrong), None
    try:
        found = search(window_of(request).services, asked.query, asked.developments)
    except SearchRefused as error:
        wrong.append(in_sentences(error))
    return page(
        request,
        "search.html.j2",
        title=f"{asked.query.text} – search" if asked.query.text else "Search",
        zone=zone,
        status=400 if wrong else 200,
        asked=asked,
        fields={
            **request.query_params,
            **{name: _for_field(request.query_params, name) for name in ("since", "until")},
        },
        kept=[pair for pair in asked.given if pair[0] in _FILTERS],
        chosen=_chosen(asked, found, topics),
        narrower=_narrower(asked, found, topics) if found else {},
        shown=[_shown(hit, found) for hit in found.results.hits] if found else [],
        results=found.results if found else None,
        wrong=wrong,
        csv=asked.address().replace("/search?", "/search.csv?", 1),
        sorts=[(one.value, asked.address(("sort", one.value)), asked.query.sort is one) for one in Sort],
        first=asked.address() if asked.query.after else "",
        following=asked.address(("after", found.results.next)) if found and found.results.next else "",
        longest=MAX_TEXT,
        few=_SHOWN,
        feeds=[link for topic in topics if topic.name in asked.query.topics for link in feed_links(request, topic)],
        most_rows=MOST_ROWS,
    )


def _csv(request: Request) -> Response:
    with reading(request) as tx:
        topics = tx.topics.all()
    asked = asked_of(request.query_params, _zone(topics, request.query_params.getlist("topic")))
    if asked.wrong:
        raise HTTPException(400, asked.wrong[0])
    try:
        found = rows(window_of(request).services, asked.query, asked.developments)
    except SearchRefused as error:
        raise HTTPException(400, in_sentences(error)) from error
    return StreamingResponse(
        _encoded(csv_lines(FoundRow, found)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="tallywire-search.csv"'},
    )


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode("utf-8", "replace")


def _for_field(params: QueryParams, name: str) -> str:
    """A day as a date field takes it; empty for what is not a day."""
    try:
        return date.fromisoformat(params.get(name, "")).isoformat()
    except ValueError:
        return ""


def asked_of(params: QueryParams, zone: ZoneInfo) -> Asked:
    """What the parameters of an address ask for; what can't be understood is left out, and said.

    ``since`` and ``until`` are days in ``zone``, both of them included.
    """
    wrong: list[str] = []

    def day(name: str) -> date | None:
        text = params.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            wrong.append(f"“{text[:40]}” is not a date. Write it like 2026-03-01.")
            return None

    def among(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for value in params.getlist(name) if value))[:_MOST_VALUES]

    since, until = day("since"), day("until")
    if since and until and until < since:
        wrong.append("The last day is before the first.")
    try:
        sort = Sort(params.get("sort") or Sort.RELEVANCE.value)
    except ValueError:
        wrong.append("Sort by relevance or date.")
        sort = Sort.RELEVANCE
    filters = {name: among(name) for name in _FILTERS}
    query = Query(
        text=" ".join(params.get("q", "").split()),
        topics=filters["topic"],
        outlets=filters["outlet"],
        languages=filters["language"],
        since=_midnight(since, zone),
        until=_midnight(until, zone, days=1),
        copies="no-copies" not in params,
        off_topic="off-topic" in params,
        sort=sort,
        limit=_PAGE,
        after=params.get("after") or None,
    )
    return Asked(query, filters["development"], _given(params, filters), tuple(wrong))


def _given(params: QueryParams, filters: Mapping[str, Sequence[str]]) -> Params:
    """The parameters that say something, in one order, so that one search has one address."""
    single = [(name, params.get(name, "").strip()) for name in ("q", "since", "until", "sort")]
    flags = [(name, "yes") for name in ("no-copies", "off-topic") if name in params]
    several = [(name, value) for name, values in filters.items() for value in values]
    return tuple(pair for pair in [*single, *several, *flags] if pair[1])


def _midnight(day: date | None, zone: ZoneInfo, days: int = 0) -> datetime | None:
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC)
    except OverflowError:
        # The first or the last day there is: no bound at all.
        return None


def _zone(topics: Sequence[Topic], chosen: Sequence[str]) -> ZoneInfo:
    """The zone of the topics asked for, or of all; UTC where they differ."""
    zones = {topic.zone for topic in topics if not chosen or topic.name in chosen}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else _UTC


def _chosen(asked: Asked, found: Found | None, topics: Sequence[Topic]) -> list[Choice]:
    """The filters that hold, each leading to the search without it."""
    names = {topic.name: topic.heading for topic in topics}
    headlines = {one.id: one.headline for one in found.developments} if found else {}
    return [
        Choice(names.get(value, headlines.get(value, value)), asked.address(without=(name, value)))
        for name, value in asked.given
        if name in _FILTERS
    ]


def _narrower(asked: Asked, found: Found, topics: Sequence[Topic]) -> dict[str, list[Choice]]:
    """What the result may be narrowed to, by facet; nothing that it is narrowed to already or that changes nothing."""
    names = {topic.name: topic.heading for topic in topics}
    choices: dict[str, list[Choice]] = {}
    for label, name in (("Topic", "topic"), ("Outlet", "outlet"), ("Language", "language")):
        choices[label] = [
            Choice(names.get(facet.value, facet.value), asked.address((name, facet.value)), facet.count)
            for facet in found.results.facets.get(name, ())
            if (name, facet.value) not in asked.given
        ]
    choices["Development"] = [
        Choice(one.headline or one.id, asked.address(("development", one.id)), one.count)
        for one in found.developments
        if ("development", one.id) not in asked.given
    ]
    choices["Day"] = [
        Choice(facet.value, asked.address(("since", facet.value), ("until", facet.value)), facet.count)
        for facet in found.results.facets.get("day", ())
    ]
    return {label: some for label, some in choices.items() if len(some) > 1 or (some and label == "Development")}


def _shown(hit: Hit, found: Found) -> Shown:
    document = hit.document
    parts = [_parts(one) for one in hit.highlights]
    title = next((one for one in parts if "".join(part.text for part in one) == document.title), None)
    excerpt = next((one for one in parts if one is not title), None)
    return Shown(
        hit=hit,
        title=title or (Part(one_line(document.title, _TITLE) or one_line(document.url, _TITLE), found=False),),
        excerpt=excerpt or (Part(one_line(document.text, EXCERPT), found=False),),
        address=document.url if document.url.startswith(("https://", "http://")) else "",
        development=found.of.get(document.story or ""),
    )


def _parts(marked: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for number, piece in enumerate(marked.split(MARK_START)):
        found, _, rest = piece.rpartition(MARK_END) if number else ("", "", piece)
        parts += [Part(found, found=True), Part(rest, found=False)]
    return tuple(part for part in parts if part.text)


SECTION = Section(routes=(shows("/search", _page), shows("/search.csv", _csv)), nav=("Search", "/search"))
