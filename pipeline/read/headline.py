"""The headline of an article, of all the titles that its page and its feed give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from pipeline.read.jsonld import Said
from pipeline.read.layout import OTHER, Layout
from pipeline.read.markup import Markup
from pipeline.read.titles import LONGEST, labels_of, names_domain, without_site, words
from pipeline.text import normalise
from pipeline.urls import outlet_domain
from schemas.article import Hint, MetadataSource

S = MetadataSource
_SITE_TAGS = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_WORDS_OF_A_NAME = 4
_MOST_HEADINGS = 10
_WHOLE_HEADING = (3, 0.4)
"""Words, and share of a longer title that contains it, from which on a heading is the headline and no section."""
_WORDS_OF_A_SLOGAN = 5
_SENTENCE, _SHORTLY = 60, 12
"""Characters of a paragraph, and how many blocks before it the heading may stand that it belongs to."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_FAR_BETTER = 0.3
"""By so much more of its words must a heading stand in the text than those of a title, for it to be a slogan."""


def one_line(text: str) -> str:
    return normalise(text).replace("\n", " ")


def _leads_home(heading: HtmlElement) -> bool:
    """Whether all that a heading says is a link to the front page: the logo of the site."""
    links = list(heading.iter("a"))
    if len(links) != 1 or words("".join(links[0].itertext())) != words("".join(heading.itertext())):
        return False
    path = (links[0].get("href") or "").partition("://")[2] or links[0].get("href") or ""
    return (path.startswith(("/", "./")) and not path.strip("/.")) or ("/" not in path.strip("/") and "." in path)


def headings(tree: HtmlElement) -> Iterator[str]:
    """The page's first headings of the highest rank, but for the logo of the site."""
    for number, heading in enumerate(tree.iter("h1")):
        if number == _MOST_HEADINGS:
            return
        # A space where inline elements meet: a kicker and a headline often share a heading.
        if (text := one_line(" ".join(heading.itertext()))) and not _leads_home(heading):
            yield text


def window_title(tree: HtmlElement) -> str:
    """What the window of a browser is called."""
    return one_line(next(("".join(title.itertext()) for title in tree.iter("title")), ""))


def site_tags(markup: Markup, titles: list[str], publisher: str, url: str) -> list[str]:
    """What a page's head calls the site.

    Portals give the headline as the name of an application: a long name counts only if it holds the publisher's or the
    domain's, and none that is the headline elsewhere.
    """
    known = {words(title) for title in titles} - {""}
    site = markup.first("og:site_name")
    keys = [key for key in (words(site), words(publisher), *words(outlet_domain(url)).split()[:-1]) if len(key) > 2]
    found = [site] if site else []
    for name in markup.tag(*_SITE_TAGS[1:]):
        key = words(name)
        named = any(part.replace(" ", "") in key.replace(" ", "") for part in keys)
        if key not in known and (named or len(name.split()) <= _WORDS_OF_A_NAME) and name not in found:
            found.append(name)
    return found


def _names_site(title: str, sites: list[str]) -> bool:
    """Whether a title is the name of the site, as the page gives it or as its domain shortens it."""
    key = words(title)
    return key in map(words, sites) or (" " in key and names_domain(title, labels_of(sites)))


@dataclass(frozen=True, slots=True)
class _Titles:
    """The titles of a page as they stand, and the one of its headings that may be the headline."""

    headline: str
    og: str
    twitter: str
    window: str
    fed: str
    application: str
    heading: str

    @property
    def others(self) -> list[str]:
        return [self.headline, self.og, self.heading, self.fed, self.twitter]


def _titles_of(markup: Markup, said: Said, hint: Hint, sites: list[str]) -> _Titles:
    window = window_title(markup.tree)
    og, twitter = one_line(markup.first("og:title")), one_line(markup.first("twitter:title"))
    application = next((name for name in markup.tag(*_SITE_TAGS[1:]) if name not in sites), "")
    everything = " ".join(words(text) for text in (said.headline, og, twitter, window, application, hint.title))
    shown = [heading for heading in headings(markup.tree) if not _names_site(heading, sites)]
    if not shown:
        # Where the logo is the heading, the headline is of the next rank, and the window names it too.
        lower = (one_line(" ".join(e.itertext())) for e in list(markup.tree.iter("h2", "h3"))[:_MOST_HEADINGS])
        shown = [text for text in lower if len(text.split()) >= _WHOLE_HEADING[0] and words(text) in everything][:1]
    confirmed = [heading for heading in shown if words(heading) and words(heading) in everything]
    heading = max(confirmed or shown[:1], key=len, default="")
    return _Titles(said.headline, og, twitter, window, one_line(hint.title), application, heading)


def _in_text(title: str, text: str) -> float:
    """The share of the longer words of a title that stand in the text."""
    longer = [word for word in words(title).split() if len(word) > 3]
    there = set(words(text).split()) if longer else set()
    return sum(word in there for word in longer) / len(longer) if longer else 0.0


def _slogan(title: str, titles: _Titles, sites: list[str], text: str) -> bool:
    """Whether a title is the site's, on every page of it: it names the site, and the heading fits the text better."""
    rest = without_site(title, sites, titles.others)
    if len(rest.split()) < _WORDS_OF_A_SLOGAN:
        return False
    return (
        rest != title
        and bool(titles.heading)
        and words(titles.heading) not in words(title)
        and _in_text(titles.heading, text) > _in_text(rest, text) + _FAR_BETTER
    )


def _agreed(titles: _Titles, sites: list[str]) -> str:
    """The title that the feed and the page share."""
    fed = words(titles.fed)
    if not fed:
        return ""
    given = (titles.headline, titles.og, titles.heading, titles.twitter, titles.window)
    cleaned = (without_site(one_line(text), sites, titles.others) for text in given)
    return next((text for text in cleaned if words(text) == fed), "")


def _whole_heading(title: str, heading: str) -> bool:
    """Whether a heading is the headline within a title that says more: a section before it, a site in brackets."""
    inner, outer = words(heading), words(title)
    least, share = _WHOLE_HEADING
    return (
        inner != outer
        and f" {inner} " in f" {outer} "
        and len(inner.split()) >= least
        and len(inner) >= share * len(outer)
        and heading[-1] not in ":,–-"
    )


def _near_body(layout: Layout, text: str) -> Iterator[str]:
    """The headings of any rank shortly before the first paragraph that was extracted, nearest first."""
    lines = {line for line in text.split("\n") if len(line) >= _SENTENCE}
    first = next((n for n, block in enumerate(layout.blocks) if block.text in lines), 0)
    for block in reversed(layout.blocks[max(0, first - _SHORTLY) : first]):
        if block.element.tag in _HEADINGS and not block.signs & OTHER and len(block.key.split()) >= _WHOLE_HEADING[0]:
            yield block.text


def _beside_silence(titles: _Titles, layout: Layout, text: str) -> _Titles:
    """``titles``, where the head of the page names none but the window's: with the heading that its text stands under.

    Such pages often hold a section, the site or a notice in their headings of the highest rank.
    """
    if titles.headline or titles.og or titles.twitter or titles.fed:
        return titles
    window, heading = words(titles.window), words(titles.heading)
    for near in _near_body(layout, text):
        named = words(near) in window and len(near) > len(titles.heading)
        if named or not heading or heading not in window:
            return replace(titles, heading=near)
    return titles


def _shown(titles: _Titles, layout: Layout, text: str) -> str:
    """The title for social networks, where the heading right above the text repeats it and one further away does not.

    Such pages keep a title for search engines in their breadcrumbs, as a heading of the highest rank, and say it again
    in JSON-LD and in the window.
    """
    first = words(titles.heading)
    social = {words(title): title for title in (titles.twitter, titles.og) if title}
    for near in _near_body(layout, text):
        key = words(near)
        if key == first or key in social:
            return social[key] if key != first else ""
    return ""


def title_of(
    markup: Markup, said: Said, hint: Hint, sites: list[str], layout: Layout, text: str
) -> tuple[str, MetadataSource]:
    """The headline: the one that feed and page share, or that stands above the text and is OpenGraph's; or else
    JSON-LD's, OpenGraph's, the heading's, the window's.

    Where these are different titles, nothing tells which an outlet calls its own: of 49 such pages JSON-LD's was the
    labelled one on 29, OpenGraph's on 18, the heading's on 23, and no weighing of who agrees with whom did much
    better.
    """
    titles = _beside_silence(_titles_of(markup, said, hint, sites), layout, text)
    agreed = _agreed(titles, sites) if hint.source is not S.GIVEN else ""
    candidates = [
        (hint.title if hint.source is S.GIVEN else "", S.GIVEN),
        (agreed, S.PAGE),
        (_shown(titles, layout, text), S.OPEN_GRAPH),
        (titles.headline, S.JSON_LD),
        (titles.og, S.OPEN_GRAPH),
        (titles.heading, S.PAGE),
        (titles.twitter, S.META),
        (titles.application, S.META),
        (titles.window, S.PAGE),
        (hint.title, hint.source),
    ]
    for said_title, source in candidates:
        title = one_line(said_title)
        if source in (S.OPEN_GRAPH, S.META) or title == titles.window:
            if _slogan(title, titles, sites, text):
                continue
            if _whole_heading(title, titles.heading):
                return titles.heading[:LONGEST], S.PAGE
        title = without_site(title, sites, titles.others)
        if len(title) >= 3 and not _names_site(title, sites):
            return _uncut(title, titles)[:LONGEST], source
    return "", S.PAGE


def _uncut(title: str, titles: _Titles) -> str:
    """``title``, or where it was cut for a search result, the candidate that has the whole."""
    start, told = words(title), title.endswith(("…", "..."))
    for other in (titles.heading, titles.fed, titles.og):
        rest = words(other).removeprefix(start) if len(other) >= len(title) else ""
        # Without three dots it was cut only if that broke a word.
        if rest != words(other) and (told or rest[:1].isalnum()):
            return other
    return title
