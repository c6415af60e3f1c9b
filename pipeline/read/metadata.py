"""The arbiter: of all that speaks for a title, an author, a date or an outlet, whom to believe.

A page says these things several times over, to search engines (JSON-LD), to social networks (OpenGraph), to anyone
(meta tags) and to its readers (headings, bylines). In general who is told decides how carefully it is said: JSON-LD is
checked by search engines and holds the time of day and the zone; OpenGraph titles are written to be clicked; bylines
say most but must be guessed at. The feed's word stands in where the page is silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.read.address import address
from pipeline.read.bylines import bylines_of, region_of
from pipeline.read.dates import parse_date, settle
from pipeline.read.headline import headings, one_line, site_tags, title_of
from pipeline.read.jsonld import Said
from pipeline.read.language import language_code, language_of
from pipeline.read.layout import Layout
from pipeline.read.markup import Markup
from pipeline.read.names import names
from pipeline.read.published import published_of
from pipeline.read.titles import words
from pipeline.urls import host_of, outlet_domain
from schemas.article import Hint, MetadataSource

S = MetadataSource


def _listed(names: str) -> list[str]:
    return names.split()


_MODIFIED_TAGS = _listed("""
    article:modified_time og:article:modified_time og:updated_time datemodified last-modified revised
""")
_AUTHOR_TAGS = _listed("""
    author article:author og:article:author parsely-author sailthru.author dc.creator dcterms.creator byl
    article:author_name cxenseparse:author
""")


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


def outlet_of(markup: Markup, said: Said, hint: Hint, url: str, titles: list[str]) -> tuple[str, MetadataSource]:
    """The name of the outlet as its pages give it."""
    candidates = [
        (hint.outlet or "", hint.source) if hint.source is S.GIVEN else ("", S.GIVEN),
        (markup.first("og:site_name"), S.OPEN_GRAPH),
        (said.publisher, S.JSON_LD),
        (hint.outlet or "", hint.source),
        (next(iter(site_tags(markup, titles, said.publisher, url)), ""), S.META),
    ]
    domain = outlet_domain(url)
    label = words(max(domain.split(".")[:-1], key=len, default="")).replace(" ", "")
    named: list[tuple[str, MetadataSource]] = []
    for text, source in candidates:
        # A slogan or a section stands beside the name; the domain tells which is which.
        for name in re.split(r"\s+[|–—•·-]\s+|\s*\|\s*", one_line(text)):
            if 2 <= len(name) <= 50 and not re.search(r"https?:|www\.|@", name):
                if source is S.GIVEN:
                    return name, source
                named.append((name, source))
    for name, source in named:
        key = words(name).replace(" ", "")
        if len(key) >= 3 and (key in label or label in key):
            return name, source
    return named[0] if named else (domain or "unknown", S.URL)


def authors_of(
    markup: Markup, said: Said, hint: Hint, sites: list[str], shown: tuple[tuple[str, ...], float]
) -> tuple[tuple[str, ...], MetadataSource]:
    """People before desks: the first source that names anyone who is not the outlet itself.

    An agency that JSON-LD names beside people is an author like them.

    ``shown`` is what `bylines_of` found. Where two later sources agree on a name that the first does not know, the
    first speaks of something else.
    """
    own = {words(site) for site in sites} | {words(site).replace(" ", "") for site in sites}
    domains = (site for site in sites if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", site))
    own |= {label for domain in domains for label in domain.split(".")[:-1] if len(label) > 1} - {"co", "com", "org"}
    sources = [
        (hint.authors if hint.source is S.GIVEN else (), S.GIVEN),
        (said.authors if said.persons else (), S.JSON_LD),
        (tuple(markup.tag(*_AUTHOR_TAGS)), S.META),
        (hint.authors, hint.source),
        (shown[0], S.PAGE),
        (said.organisations, S.JSON_LD),
    ]
    named = [(names(bylines_given, sites), source) for bylines_given, source in sources]
    fallback = next((pair for pair in named if pair[0]), ((), S.PAGE))
    people = [pair for pair in named if pair[0] and not all(_is_own(name, own) for name in pair[0])]
    if not people:
        return fallback
    keys = [{words(name) for name in found} for found, _ in people]
    if people[0][1] is not S.GIVEN and not any(keys[0] & other for other in keys[1:]):
        for number, own_keys in enumerate(keys[1:], 1):
            if any(own_keys & other for other in keys[number + 1 :]):
                return people[number]
    return people[0]


def _is_own(name: str, own: set[str]) -> bool:
    """Whether an author is the outlet: by its name, its domain, or that domain's initials (Deutsche Welle, dw.com)."""
    key = words(name)
    if key in own or key.replace(" ", "") in own:
        return True
    initials = "".join(word[0] for word in key.split())
    return len(initials) >= 2 and any(site.split(" ")[0] == initials for site in own)


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


def judge(markup: Markup, said: Said, hint: Hint, layout: Layout, *, text: str, final_url: str, now: datetime) -> Facts:
    """Everything that is known of the article beside its text, each with its source."""
    notes: list[str] = []
    url, url_source = address(markup, said, final_url)
    titles = [said.headline, hint.title, *headings(markup.tree)]
    outlet, outlet_source = outlet_of(markup, said, hint, url, titles)
    sites = [
        name
        for name in (
            *site_tags(markup, titles, said.publisher, url),
            said.publisher,
            hint.outlet or "",
            outlet,
            outlet_domain(url),
        )
        if name
    ]
    title, title_source = title_of(markup, said, hint, sites, layout, text)
    region = region_of(layout, (title, said.headline, hint.title, markup.first("og:title")), text)
    authors, authors_source = authors_of(markup, said, hint, sites, bylines_of(layout, region, sites, text))
    published, published_source = published_of(
        markup, said, hint, layout, region, final_url=final_url, now=now, notes=notes
    )
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
        description=one_line(description)[:1000],
        sources=sources,
        notes=notes,
    )
