"""When an article was published: of the dates on its page and in its feed, which one to believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml.html import HtmlElement

from pipeline.dates import Hints
from pipeline.read.bylines import Region
from pipeline.read.dates import LATEST_AHEAD, Moment, as_written, date_in_path, dates_in, hints_of, parse_date, settle
from pipeline.read.jsonld import Said
from pipeline.read.layout import Block, Layout, Spot, without
from pipeline.read.markup import Markup
from pipeline.urls import host_of
from schemas.article import Hint, MetadataSource

S = MetadataSource

_PUBLISHED_TAGS = """
    article:published_time og:article:published_time og:published_time datepublished parsely-pub-date sailthru.date
    cxenseparse:recs:publishtime dc.date.issued dcterms.created dc.date dcterms.date publishdate publish-date
    publication_date published_time pubdate article.published date last-published
""".split()  # noqa: SIM905 - one line of names is easier to read
_MOST_DATES = 6
"""Dates at the head of an article that are looked at; more are those of a list."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """What settles a date: the moment of reading, the feed's word, the host, and other dates of the page."""

    now: datetime
    fed: datetime | None
    host: str
    peers: list[Moment]
    notes: list[str]

    def settled(self, moment: Moment) -> datetime | None:
        """``moment`` in its zone, never after the page was read; None if it is further ahead than any zone explains."""
        at, note = settle(moment, self.peers, self.fed, self.host)
        if at > self.now + LATEST_AHEAD:
            self.notes.append(f"the page gives {at:%Y-%m-%d} as its date, which is in the future")
            return None
        if note:
            self.notes.append(note)
        return as_written(_not_after(at, self.now, self.notes), moment, self.peers)


def published_of(
    markup: Markup,
    said: Said,
    hint: Hint,
    layout: Layout,
    region: Region,
    *,
    final_url: str,
    now: datetime,
    notes: list[str],
) -> tuple[datetime, MetadataSource]:
    """When it was published, in the zone in which the page says so, and never after ``now``.

    In this order: what the page's metadata say with a time of day; the feed's word; a day without a time from the
    metadata; what the page shows at its head; the address; the only day that the page shows elsewhere; any date on the
    page; the moment of arrival.
    """
    if hint.published is not None and hint.source is S.GIVEN:
        return hint.published, S.GIVEN
    hints = hints_of(host_of(final_url), hint.language)
    shown = shown_dates(layout, region, hints)
    moments = _claimed(markup, said, layout, hints_of(host_of(final_url)))
    clock = _Clock(now, hint.published, host_of(final_url), [moment for moment, _ in moments] + shown, notes)
    for moment, source in moments:
        if moment.timed and (at := clock.settled(moment)):
            return at, source
    days = [(moment, source) for moment, source in moments if not moment.timed]
    if hint.published is not None and not any(_apart(hint.published, m) for m, _ in days):
        return _not_after(hint.published, now, notes), hint.source
    in_path = date_in_path(final_url)
    named = [*(moment for moment, _ in days[:1]), *([in_path] if in_path else [])]
    # What stands at the head of the article counts, with its time of day, unless metadata or the address know better.
    near = [moment for moment in shown if not named or not _apart(named[0].at.replace(tzinfo=UTC), moment)]
    first = min((moment.at.date() for moment in near), default=None)
    best = sorted((m for m in near if m.at.date() == first), key=lambda m: (not m.timed, m.at.replace(tzinfo=None)))
    candidates = [(m, S.PAGE) for m in best[:1] if m.timed or not days] + days
    for moment, source in [*candidates, *([(in_path, S.URL)] if in_path else [])]:
        if at := clock.settled(moment):
            return at, source
    with without(layout.unread):
        day = parse_date(_html_date(markup.tree, final_url, now) or "")
    for moment in (day,) if day else dates_elsewhere(layout, region, hints)[:1]:
        if at := clock.settled(moment):
            return at, S.PAGE
    if hint.published is not None:
        return _not_after(hint.published, now, notes), hint.source
    notes.append("no publication date found; the time of arrival is used")
    return now, S.ARRIVAL


def _claimed(markup: Markup, said: Said, layout: Layout, hints: Hints) -> list[tuple[Moment, MetadataSource]]:
    claims = [(said.published, S.JSON_LD)] + [(value, S.META) for value in markup.tag(*_PUBLISHED_TAGS)]
    times = (e for e in markup.tree.iter("time") if e.get("pubdate") is not None)
    marked = list(dict.fromkeys([*layout.properties.get("datepublished", ()), *times]))[:2]
    claims += [(e.get("datetime") or e.get("content") or "", S.MICRODATA) for e in marked]
    return [(moment, source) for text, source in claims if text and (moment := parse_date(text, hints))]


def _apart(at: datetime, moment: Moment) -> bool:
    return abs(at - moment.at.replace(tzinfo=UTC)) > timedelta(days=2)


def shown_dates(layout: Layout, region: Region, hints: Hints) -> list[Moment]:
    """The dates at the head of the article: what its elements for dates hold, and else the lines around its heading."""
    marked = _marked((spot for spot in layout.times if region.at_head(spot.at)), region, hints)
    return marked or _written(layout.blocks[region.head.start : region.head.stop], region, hints)


def _marked(spots: Iterable[Spot], region: Region, hints: Hints) -> list[Moment]:
    found: list[Moment] = []
    for spot in spots:
        if not spot.signs & region.ours and len(found) < _MOST_DATES:
            value = spot.element.get("datetime") or (spot.element.get("title") if spot.element.tag == "abbr" else "")
            moment = parse_date(value, hints) if value else None
            found.extend([moment] if moment else dates_in(" ".join(spot.lines.split()), hints))
    return found


def _written(blocks: Iterable[Block], region: Region, hints: Hints) -> list[Moment]:
    found: list[Moment] = []
    for block in blocks:
        if not block.signs & region.ours and len(found) < _MOST_DATES:
            found.extend(dates_in(block.text, hints))
    return found


def dates_elsewhere(layout: Layout, region: Region, hints: Hints) -> list[Moment]:
    """The dates beyond the head of the article, where they name one day: what elements for dates hold, or its foot.

    Several days are those of comments, of other articles or of what the page tells.
    """
    for found in (
        _marked(layout.times, region, hints),
        _written(layout.blocks[region.last + 1 : region.end], region, hints),
    ):
        if len({moment.at.date() for moment in found}) == 1:
            return found
    return []


def _html_date(tree: HtmlElement, url: str, now: datetime) -> str | None:
    """A day in a likely place.

    htmldate would look everywhere, which takes a hundred times longer. Of the 11 days that this found on 521 pages,
    2 were known to be right; the moment of arrival is the better guess.
    """
    from htmldate import find_date

    day: str | None = find_date(
        tree, url=url, original_date=True, max_date=f"{now:%Y-%m-%d}", outputformat="%Y-%m-%d", extensive_search=False
    )
    return day


def _not_after(at: datetime, now: datetime, notes: list[str]) -> datetime:
    if at <= now:
        return at
    notes.append(f"the time given, {at:%Y-%m-%d %H:%M} UTC, is after the page was read; taken for the latter")
    return now
