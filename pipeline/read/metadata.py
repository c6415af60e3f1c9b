"""The arbiter: of all that speaks for a title, an author, a date or an outlet, whom to believe.

A page says these things several times over, to search engines (JSON-LD), to social networks (OpenGraph), to anyone
(meta tags) and to its readers (headings, bylines). In general who is told decides how carefully it is said: JSON-LD is
checked by search engines and holds the time of day and the zone; OpenGraph titles are written to be clicked; bylines
say most but must be guessed at. The feed's word stands in where the page is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lxml.html import HtmlElement

from pipeline.read.address import address
from pipeline.read.dates import LATEST_AHEAD, Moment, date_in_path, parse_date, settle
from pipeline.read.jsonld import Said
from pipeline.read.language import language_code, language_of
from pipeline.read.markup import Markup
from pipeline.read.names import names
from pipeline.read.titles import LONGEST as LONGEST_TITLE
from pipeline.read.titles import without_site, words
from pipeline.text import normalise
from pipeline.urls import host_of, outlet_domain
from schemas.article import Hint, MetadataSource

S = MetadataSource


def _listed(names: str) -> list[str]:
    return names.split()


_PUBLISHED_TAGS = _listed("""
    article:published_time og:article:published_time og:published_time datepublished parsely-pub-date sailthru.date
    cxenseparse:recs:publishtime dc.date.issued dcterms.created dc.date dcterms.date publishdate publish-date
    publication_date published_time pubdate article.published date last-published
""")
_MODIFIED_TAGS = _listed("""
    article:modified_time og:article:modified_time og:updated_time datemodified last-modified revised
""")
_AUTHOR_TAGS = _listed("""
    author article:author og:article:author parsely-author sailthru.author dc.creator dcterms.creator byl
    article:author_name cxenseparse:author
""")
_BYLINE_CLASSES = _listed("byline-name article-author author-name author__name author_name authorName")
_BYLINES = (
    "//*[@rel='author']",
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author'][not(*)]",
    "//body//*[not(self::script)][contains(concat(' ', translate(@class, '-_', '  '), ' '), ' byline ')"
    + "".join(f" or contains(@class, '{name}')" for name in _BYLINE_CLASSES)
    + "]",
)
_SITE_TAGS = ("og:site_name", "application-name", "apple-mobile-web-app-title")


@dataclass(slots=True)
class Facts:
    """What was decided; the same names as in `Reading`."""

    url: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime | None
    language: str | None
    outlet: str
    description: str
    sources: dict[str, MetadataSource] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _one_line(text: str) -> str:
    return normalise(text).replace("\n", " ")


def headings(tree: HtmlElement) -> Iterator[str]:
    """The page's first headings of the highest rank."""
    for number, heading in enumerate(tree.iter("h1")):
        if number == 10:
            return
        # A space where inline elements meet: a kicker and a headline often share a heading.
        if text := _one_line(" ".join(heading.itertext())):
            yield text


def outlet_of(markup: Markup, said: Said, hint: Hint, url: str) -> tuple[str, MetadataSource]:
    """The name of the outlet as its pages give it."""
    candidates = [
        (hint.outlet or "", hint.source) if hint.source is S.GIVEN else ("", S.GIVEN),
        (markup.first("og:site_name"), S.OPEN_GRAPH),
        (said.publisher, S.JSON_LD),
        (hint.outlet or "", hint.source),
        (markup.first(*_SITE_TAGS[1:]), S.META),
    ]
    domain = outlet_domain(url)
    label = words(max(domain.split(".")[:-1], key=len, default="")).replace(" ", "")
    named: list[tuple[str, MetadataSource]] = []
    for text, source in candidates:
        # A slogan or a section stands beside the name; the domain tells which is which.
        for name in re.split(r"\s+[|–—•·-]\s+|\s*\|\s*", _one_line(text)):
            if 2 <= len(name) <= 50 and not re.search(r"https?:|www\.|@", name):
                if source is S.GIVEN:
                    return name, source
                named.append((name, source))
    for name, source in named:
        key = words(name).replace(" ", "")
        if len(key) >= 3 and (key in label or label in key):
            return name, source
    return named[0] if named else (domain or "unknown", S.URL)


def title_of(markup: Markup, said: Said, hint: Hint, sites: list[str]) -> tuple[str, MetadataSource]:
    """The headline: JSON-LD's, or else OpenGraph's, the heading's, the window's, the feed's."""
    shown = list(headings(markup.tree))
    window = _one_line(next(("".join(title.itertext()) for title in markup.tree.iter("title")), ""))
    og, twitter = _one_line(markup.first("og:title")), _one_line(markup.first("twitter:title"))
    everything = " ".join(words(text) for text in (said.headline, og, twitter, window, hint.title))
    confirmed = [heading for heading in shown if words(heading) and words(heading) in everything]
    heading = max(confirmed or shown[:1], key=len, default="")
    others = [said.headline, og, heading, hint.title, twitter]
    candidates = [
        (hint.title if hint.source is S.GIVEN else "", S.GIVEN),
        (said.headline, S.JSON_LD),
        (og, S.OPEN_GRAPH),
        (heading, S.PAGE),
        (twitter, S.META),
        (window, S.PAGE),
        (hint.title, hint.source),
    ]
    names_of_site = {words(site) for site in sites}
    for text, source in candidates:
        text = without_site(_one_line(text), sites, others)
        if len(text) < 3 or words(text) in names_of_site:
            continue
        if text.endswith(("…", "...")):
            # Cut for a search result; another candidate may have the whole.
            start = words(text)
            text = next(
                (
                    other
                    for other in (heading, hint.title, og)
                    if words(other).startswith(start) and len(other) >= len(text)
                ),
                text,
            )
        return text[:LONGEST_TITLE], source
    return "", S.PAGE


def authors_of(markup: Markup, said: Said, hint: Hint, sites: list[str]) -> tuple[tuple[str, ...], MetadataSource]:
    """People before desks: the first source that names anyone who is not the outlet itself."""
    bylines = ["\n".join(element.itertext()) for path in _BYLINES for element in markup.tree.xpath(path)[:8]]
    # A single word near a byline is as often a button or a date as a name.
    shown = [
        name
        for name in names((line for line in bylines if len(line) <= 200), sites)
        if " " in name or not name.isascii()
    ]
    sources = [
        (hint.authors if hint.source is S.GIVEN else (), S.GIVEN),
        (said.persons, S.JSON_LD),
        (tuple(markup.tag(*_AUTHOR_TAGS)), S.META),
        (hint.authors, hint.source),
        (shown, S.PAGE),
        (said.organisations, S.JSON_LD),
    ]
    own = {words(site) for site in sites}
    fallback: tuple[tuple[str, ...], MetadataSource] | None = None
    for bylines_given, source in sources:
        people = names(bylines_given, sites)
        if people and all(words(name) in own for name in people):
            fallback = fallback or (people, source)
        elif people:
            return people, source
    return fallback or ((), S.PAGE)


def _day_only(final_url: str, html_date: str | None) -> Iterator[tuple[Moment | None, MetadataSource]]:
    yield date_in_path(final_url), S.URL
    yield (parse_date(html_date) if html_date else None), S.PAGE


def published_of(
    markup: Markup, said: Said, hint: Hint, *, final_url: str, now: datetime, notes: list[str]
) -> tuple[datetime, MetadataSource]:
    """When it was published, in UTC and never after ``now``.

    In this order: what the page's metadata say with a time of day; the feed's word; a day without a time from the
    metadata, the address or the text of the page; the moment of arrival.
    """
    if hint.published is not None and hint.source is S.GIVEN:
        return hint.published, S.GIVEN
    times = [element.get("datetime") or "" for element in markup.tree.iter("time")][:5]
    claims = [(said.published, S.JSON_LD)] + [(value, S.META) for value in markup.tag(*_PUBLISHED_TAGS)]
    marked = [e.get("datetime") or "" for e in markup.tree.xpath("//time[@pubdate or @itemprop='datePublished']")[:2]]
    claims += [(value, S.MICRODATA) for value in marked]
    moments = [(moment, source) for text, source in claims if text and (moment := parse_date(text))]
    shown = [moment for text in times if text and (moment := parse_date(text))]
    peers = [moment for moment, _ in moments] + shown
    host = host_of(final_url)
    latest = now + LATEST_AHEAD

    def settled(moment: Moment) -> datetime | None:
        at, note = settle(moment, peers, hint.published, host)
        if at > latest:
            notes.append(f"the page gives {at:%Y-%m-%d} as its date, which is still to come")
            return None
        if note:
            notes.append(note)
        return at

    for moment, source in moments:
        if moment.timed and (at := settled(moment)):
            return _not_after(at, now, notes), source
    days = [(moment, source) for moment, source in moments if not moment.timed]
    if hint.published is not None and not any(
        abs(hint.published - m.at.replace(tzinfo=UTC)) > timedelta(days=2) for m, _ in days
    ):
        return _not_after(hint.published, now, notes), hint.source
    # The first time element stands at the head of the article, unless it is the clock of the page.
    for moment in shown[:1]:
        near = not days or abs(moment.at.replace(tzinfo=UTC) - days[0][0].at.replace(tzinfo=UTC)) < timedelta(days=2)
        if moment.timed and near and (at := settled(moment)):
            return _not_after(at, now, notes), S.PAGE
    for moment, source in days:
        if at := settled(moment):
            return _not_after(at, now, notes), source
    for other, source in _day_only(final_url, _html_date(markup.tree, final_url, now)):
        if other and (at := settled(other)):
            return _not_after(at, now, notes), source
    if hint.published is not None:
        return _not_after(hint.published, now, notes), hint.source
    notes.append("nothing says when it was published; taken for the moment it arrived")
    return now, S.ARRIVAL


def _html_date(tree: HtmlElement, url: str, now: datetime) -> str | None:
    from htmldate import find_date

    found: str | None = find_date(
        tree, url=url, original_date=True, max_date=f"{now:%Y-%m-%d}", outputformat="%Y-%m-%d"
    )
    return found


def _not_after(at: datetime, now: datetime, notes: list[str]) -> datetime:
    if at <= now:
        return at
    notes.append(f"the time given, {at:%Y-%m-%d %H:%M} UTC, is after the page was read; taken for the latter")
    return now


def _modified_of(
    markup: Markup, said: Said, published: datetime, host: str, now: datetime
) -> tuple[datetime, MetadataSource] | None:
    claims = [(said.modified, S.JSON_LD)] + [(value, S.META) for value in markup.tag(*_MODIFIED_TAGS)]
    for text, source in claims:
        moment = parse_date(text) if text else None
        if moment and moment.timed:
            at = min(settle(moment, [], None, host)[0], now)
            return (at, source) if at > published else None
    return None


def _declared(markup: Markup, said: Said, hint: Hint) -> str | None:
    root = markup.tree if markup.tree.tag == "html" else next(markup.tree.iter("html"), markup.tree)
    tags = [root.get("lang"), said.language, root.get("xml:lang"), *markup.tag("og:locale", "content-language")]
    return next((code for tag in (*tags, hint.language) if (code := language_code(tag))), None)


def judge(markup: Markup, said: Said, hint: Hint, *, text: str, final_url: str, now: datetime) -> Facts:
    """Everything that is known of the article beside its text, each with its source."""
    notes: list[str] = []
    url, url_source = address(markup, said, final_url)
    outlet, outlet_source = outlet_of(markup, said, hint, url)
    sites = [
        name
        for name in (*markup.tag(*_SITE_TAGS), said.publisher, hint.outlet or "", outlet, outlet_domain(url))
        if name
    ]
    title, title_source = title_of(markup, said, hint, sites)
    authors, authors_source = authors_of(markup, said, hint, sites)
    published, published_source = published_of(markup, said, hint, final_url=final_url, now=now, notes=notes)
    modified = _modified_of(markup, said, published, host_of(url), now)
    declared = _declared(markup, said, hint)
    language: str | None
    if hint.source is S.GIVEN and hint.language:
        language, from_text = hint.language, False
    else:
        language, from_text = language_of(f"{title}\n{text}", declared)
    sources = {"url": url_source, "outlet": outlet_source, "published": published_source}
    if title:
        sources["title"] = title_source
    if authors:
        sources["authors"] = authors_source
    if modified:
        sources["modified"] = modified[1]
    if language:
        sources["language"] = (
            S.MODEL if from_text else hint.source if language == hint.language and not declared else S.META
        )
    described = [
        (markup.first("og:description"), S.OPEN_GRAPH),
        (said.description, S.JSON_LD),
        (markup.first("description"), S.META),
    ]
    description, description_source = next((pair for pair in described if pair[0]), ("", S.META))
    if description:
        sources["description"] = description_source
    return Facts(
        url=url,
        title=title,
        authors=authors,
        published=published,
        modified=modified[0] if modified else None,
        language=language,
        outlet=outlet,
        description=_one_line(description)[:1000],
        sources=sources,
        notes=notes,
    )
