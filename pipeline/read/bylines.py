"""Who a page shows as its author, where its metadata do not say.

No single sign is enough: pages mark the authors of other stories and of comments as they mark their own, and many mark
nothing. So what an element is called, where it stands, how its text begins and where it leads are weighed together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.read.layout import JOB, LONGEST_BYLINE, NAMED, OTHER, Layout, texts
from pipeline.read.names import begins_byline, labels_author, leading_name, looks_like_a_name, names

# Weights, set by hand and checked on the labelled pages: any two good signs are enough, and nothing outweighs a place
# among comments or other stories.
_BY_RULE, _BY_CLASS, _BY_WORDS, _BESIDE_DATE = 3.0, 2.5, 2.5, 1.5
_AT_HEAD, _AT_FOOT, _WITHIN, _ELSEWHERE = 2.0, 1.0, 0.0, -1.5
_LINKED, _NOT_OURS, _ABOUT = 1.0, -4.0, -2.0
ENOUGH = 3.5
_NEAR_TOP = 1.0
_LINES_OF_A_BYLINE, _PROFILE_BOX = 4, -1.0
"""More lines, of which few are names, tell about someone."""
_BEFORE_HEADING, _AFTER_STANDFIRST, _AFTER_BODY = 4, 2, 6
_HEAD_WITHOUT_BODY = 12
"""Blocks; where nothing was extracted, the head of an article is that long."""
_LONGEST_LINE = 120
_LISTED = 4
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SENTENCE = 60
"""Characters; shorter blocks that were extracted may stand elsewhere on the page too."""
_BARS = re.compile(r"\s[|•·]\s")
_FROM_DATE = re.compile(r"\s*(?:[@|,·•(–-]\s*)?\S*\d.*", re.DOTALL)

_PROFILE = re.compile(
    r"/(?:authors?|auteurs?|autor(?:en|es|in|i|zy)?|people|persons?|profiles?|staff|writers?|journalists?|journalistes?"
    r"|by|bio|team|newsteam|contributors?|columnists?|redaktion|redakteure|user|users|members?|firmas?|yazar(?:lar)?"
    r"|reporters?|editor|avtor|penulis|byline)(?:/|\?|=)|[?&]author=",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Region:
    """Numbers of the blocks between which the article stands: its heading, and the first and last block of its body."""

    heading: int
    first: int
    last: int
    end: int
    """The block after which the foot of the article ends: where a heading begins something else, or a few further."""
    ours: int = OTHER
    """The sign that tells what is not the article's; 0 where the template gives it to the article itself."""

    @property
    def head(self) -> range:
        return range(max(0, self.heading - _BEFORE_HEADING), self.first + _AFTER_STANDFIRST + 1)

    def at_head(self, at: int) -> bool:
        return at in self.head

    def weight(self, at: int) -> float:
        if self.at_head(at):
            return _AT_HEAD
        if self.last <= at < self.end:
            return _AT_FOOT
        return _WITHIN if self.first < at < self.last else _ELSEWHERE


@dataclass(frozen=True, slots=True)
class Byline:
    names: tuple[str, ...]
    weight: float
    at: int


def region_of(layout: Layout, titles: Iterable[str], text: str) -> Region:
    """Where the article stands, told by its heading and by the blocks that were extracted."""
    blocks = layout.blocks
    lines = set(text.split("\n"))
    headings = set(layout.headings)
    body = [
        n
        for n, block in enumerate(blocks)
        if len(block.text) >= _SENTENCE and n not in headings and (block.text in lines or block.text in text)
    ]
    wanted = {title.casefold() for title in titles if title}
    said = [n for n, block in enumerate(blocks) if block.text.casefold() in wanted]
    first = body[0] if body else -1
    before = [n for n in (*layout.headings, *said) if first < 0 or n <= first]
    confirmed = [n for n in said if n in layout.headings] or [n for n in said if n in before]
    heading = confirmed[0] if confirmed else (before[-1] if before else max(0, first - _HEAD_WITHOUT_BODY))
    if first < heading:
        # What was extracted before the heading is no body; nor is a heading after most of it the article's.
        after = [n for n in body if n > heading]
        if len(after) * 2 >= len(body) and after:
            first = after[0]
        elif body:
            heading = max(0, first - _HEAD_WITHOUT_BODY)
        else:
            first = heading + _HEAD_WITHOUT_BODY
    last = max(body[-1] if body else first, first)
    flagged = sum(bool(blocks[n].signs & OTHER) for n in body)
    foot = range(last + 1, min(last + 1 + _AFTER_BODY, len(blocks)))
    end = next((n for n in foot if blocks[n].element.tag in _HEADINGS), foot.stop)
    return Region(heading, first, last, end, OTHER if flagged * 2 <= len(body) else 0)


def _leads_to_profile(element: HtmlElement) -> bool:
    links = [element] if element.tag == "a" else element.iter("a")
    return any(_PROFILE.search(link.get("href") or "") for link in links)


def _form(element: HtmlElement) -> tuple[str, str]:
    return element.tag, element.get("class") or ""


def _marked(layout: Layout, region: Region, sites: list[str]) -> Iterator[tuple[HtmlElement, Byline]]:
    often = Counter(_form(spot.element) for spot in layout.bylines)
    for spot in layout.bylines:
        if spot.signs & region.ours:
            continue  # whatever else speaks for it is not enough
        text = spot.lines
        if not text.strip() or len(text) > LONGEST_BYLINE * 4:
            continue
        lines = [line for line in text.split("\n") if line.strip()]
        if sum(len(line.strip()) for line in lines) > LONGEST_BYLINE:
            continue
        ruled = bool(spot.signs & NAMED)
        joined = " ".join(" ".join(lines).split())
        by = begins_byline(joined)
        found = _named_in(joined, lines, sites, by=by)
        if not found:
            continue
        weight = (_BY_RULE if ruled else _BY_CLASS) + region.weight(spot.at)
        weight += _LINKED * _leads_to_profile(spot.element) + _LINKED * by
        if len(lines) > _LINES_OF_A_BYLINE and len(found) * 3 < len(lines):
            weight += _PROFILE_BOX
        if often[_form(spot.element)] >= _LISTED and not region.at_head(spot.at):
            weight += _NOT_OURS  # a list of other stories, each with its author
        weight += _ABOUT * (bool(spot.signs & JOB) and not ruled)
        if not any(looks_like_a_name(name) for name in found):
            weight -= 1.0
        yield spot.element, Byline(tuple(found), weight, spot.at)


def _named_in(joined: str, lines: list[str], sites: list[str], *, by: bool) -> list[str]:
    """Names in an element that is marked as a byline: in its text as one line, or else in its lines one by one."""
    given = names([_FROM_DATE.sub("", joined) or joined], sites)
    whole = tuple(map(leading_name, given))
    if whole and all(looks_like_a_name(name) for name in whole) and (by or len(lines) == 1):
        return list(whole)
    alone = len(lines) <= 1 + by or (by and _FROM_DATE.search(joined))
    if alone and len(whole) == 1 and looks_like_a_name(whole[0], strict=False) and _one_word(given[0]):
        # A pen name stands alone.
        return list(whole)
    apart = [leading_name(name) for name in names(lines, sites)]
    return [name for name in apart if looks_like_a_name(name)]


def _one_word(name: str) -> bool:
    return len(name.split()) == 1 or (len(name.split()) == 2 and name[0].islower())


def _beside_date(layout: Layout, region: Region, sites: list[str], text: str) -> Iterator[Byline]:
    """A name that is marked by nothing but stands beside a date at the head, and nowhere in the text."""
    dated = {spot.element.getparent() for spot in layout.times if region.at_head(spot.at)}
    for at in range(region.heading + 1, min(region.head.stop, len(layout.blocks))):
        block = layout.blocks[at]
        if block.element not in dated and block.element.getparent() not in dated:
            continue
        others = "\n".join(other for other in text.split("\n") if other not in block.text)
        for line in texts(block.element):
            line = line.strip(" \u00a0|·•,–-")
            found = names([line], sites) if len(line) <= _LONGEST_LINE else ()
            if len(found) == 1 and looks_like_a_name(found[0]) and found[0] not in others and not found[0].isupper():
                yield Byline(found, _BESIDE_DATE + _AT_HEAD, at)


def _worded(layout: Layout, region: Region, sites: list[str]) -> Iterator[Byline]:
    near = {*region.head, *range(region.last, region.last + _AFTER_BODY)}
    for at in sorted(near):
        if at >= len(layout.blocks):
            break
        block = layout.blocks[at]
        if len(block.text) > _LONGEST_LINE or block.signs & region.ours or not begins_byline(block.text):
            continue
        undated = _FROM_DATE.sub("", block.text)
        if not names([_BARS.split(undated)[0]], sites):
            continue  # what follows the word is nobody; what follows the bar is something else
        found = tuple(leading_name(name) for name in names([undated], sites))
        strict = undated == block.text
        if found and all(looks_like_a_name(name, strict=strict or name[0].islower()) for name in found):
            # A label says whose text it is; "By" after a heading is said of another.
            placed = max(region.weight(at), _AT_FOOT if labels_author(block.text) else _ELSEWHERE)
            yield Byline(found, _BY_WORDS + placed, at)


def _within(byline: Byline, inner: list[Byline]) -> bool:
    """Whether an element within says it without what stands around; not so if the outer one adds names of its own."""
    as_good = any(other.weight >= byline.weight - _NEAR_TOP for other in inner)
    return as_good and not any(set(byline.names) > set(other.names) for other in inner)


def _beside(byline: Byline, around: list[Byline]) -> bool:
    """Whether an element around names this one and others beside it."""
    return any(set(other.names) > set(byline.names) and other.weight >= byline.weight for other in around)


def bylines_of(layout: Layout, region: Region, sites: list[str], text: str) -> tuple[tuple[str, ...], float]:
    """The names that the page shows near its heading or its end, and how sure that is; none below `ENOUGH`."""
    marked = list(_marked(layout, region, sites))
    kept: list[Byline] = []
    above = [set(element.iterancestors()) for element, _ in marked]
    for number, (element, byline) in enumerate(marked):
        inner = [other for (_, other), parents in zip(marked, above, strict=True) if element in parents]
        around = [other for part, other in marked if part in above[number]]
        if not _within(byline, inner) and not _beside(byline, around):
            kept.append(byline)
    kept.extend(_worded(layout, region, sites))
    if not kept:
        kept.extend(_beside_date(layout, region, sites, text))
    best = max((byline.weight for byline in kept), default=0.0)
    if best < ENOUGH:
        return (), 0.0
    top = next(byline for byline in kept if byline.weight == best)
    near = [b for b in kept if b.weight >= best - _NEAR_TOP and abs(b.at - top.at) <= _AFTER_BODY]
    return names((name for byline in sorted(near, key=lambda b: b.at) for name in byline.names), sites), best
