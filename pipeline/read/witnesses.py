"""What speaks for and against a page being the article it was fetched for.

Every witness is a number from 0 to 1 under a name that `kinds.json` weighs. They look at what holds in every language:
addresses, what the feed says of the entry, the build of the page, its metadata. Words only support.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.read import phrases
from pipeline.read.address import above, could_be, names_in, segments
from pipeline.read.jsonld import Said
from pipeline.read.layout import Layout, stands_aside
from pipeline.read.markup import Markup
from pipeline.read.titles import words
from pipeline.text import fold
from pipeline.urls import host_of, outlet_domain
from schemas.article import Hint

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"\w{4,}|\d+")
_STOPLESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer end their sentences with a space or signs of their own."""
_STOP = re.compile(r"[^\w\s,;–—-](?:\s*[\w./ -]{2,20}[)\]]?)?$|[)\]]$")
_BROKEN = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*$")
_HEADING_LINKS = (
    "(descendant-or-self::h1|descendant-or-self::h2|descendant-or-self::h3|descendant-or-self::h4|descendant-or-self::h5)"
    "[.//a[@href] or ancestor::a[@href]]"
)
_STEM = 5
_SMALL_PROSE = 60
"""Characters; a shorter paragraph is as often a label as prose."""
_SHOWN = 6_000
_MAIN = 60_000
_MOST_CARDS = 3_000
_WHOLE = 1_500
"""Characters of a report of middle length: most teasers are shorter, most articles longer."""

_BEGUN = 40
"""Characters; less than a short sentence is not yet the beginning of an article."""

MARKS = {
    "consent": r"consent|cookie|gdpr|\bcmp|privacy|onetrust|didomi|usercentrics|tarteaucitron|sp_message|qc-cmp|cybot"
    r"|iubenda|axeptio|borlabs|complianz|trustarc|truste\b|klaro|ccpa|\btcf",
    "login": r"log-?_?in\b|sign-?_?in\b|logon|\bauth(?!or)|\bsso\b|password",
    "missing": r"error|not-?_?found|\b40[34]\b|404|page-?missing",
    "closed": r"maintenance|offline|coming-?soon|unavailable|\b503\b",
    "check": r"ad-?_?block|anti-?ad|captcha|challenge",
    "paywall": r"pay-?_?wall|reg-?_?wall|subscri|piano|locked|metered|barrier|premium-?_?(?:box|wall|offer|teaser|gate)"
    r"|\babo-?_?(?:box|wall|teaser)",
}
"""What makers of pages call these things in ids and classes: English, whatever the language of the page."""
_MARKS = {kind: re.compile(pattern) for kind, pattern in MARKS.items()}
_ANY_MARK = re.compile("|".join(MARKS.values()))
_DOORS = {
    "consent": re.compile(r"consent|cookie|privacy|gdpr|\bcmp\b"),
    "login": re.compile(r"log-?_?in\b|sign-?_?in\b|logon|\bauth\b|\bsso\b|accounts?\b|anmeld|connexion|acceso"),
    "missing": re.compile(r"\b40[34]\b|not-?_?found|error"),
    "closed": re.compile(r"maintenance|\b503\b|offline"),
}
_KEPT_SHUT = re.compile(r"subscri|/abo|abonn|sign-?up|log-?in|sign-?in|register|premium|/plus|paywall|offer|membership")


def size(text: str) -> float:
    """Characters of ``text`` as an alphabet would take: a Chinese one says as much as two or three letters."""
    return len(text) + 1.5 * len(_UNSPACED.findall(text))


def tokens(text: str) -> set[str]:
    """What two texts on one matter have in common: longer words and numbers, or pairs of unspaced characters."""
    plain = fold(text)
    spaced = {word for word in _WORD.findall(plain) if not _UNSPACED.search(word)}
    runs = re.findall(rf"(?:{_UNSPACED.pattern})+", plain)
    return spaced | {run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))}


def told_in(said: str, text: set[str]) -> float | None:
    """The share of the words of ``said`` that stand among the words of a text; None where there are too few to ask."""
    wanted = tokens(said)
    return len(wanted & text) / len(wanted) if len(wanted) >= 3 else None


def unrepeated_length(body: str) -> int:
    """Characters of ``body`` without what stands in it twice: some pages give their whole text two times over."""
    seen: set[str] = set()
    total = 0
    for sentence in re.split(r"(?<=[.!?。！？।॥۔])\s*|\n", body):
        plain = sentence.strip()
        if plain not in seen:
            total += len(plain) + 1
            seen.add(plain)
    return max(0, total - 1)


def _with_dialogs(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements a reader sees in the main part of the page and in its dialogs."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if isinstance(element.tag, str) and not stands_aside(element.tag, element.attrib, dialogs=True):
            yield element
            waiting.extend(reversed(element))


def _named(element: HtmlElement) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"


@lru_cache(maxsize=1 << 14)
def _marks_of(name: str) -> frozenset[str]:
    """The kinds of pages that an element is named for."""
    plain = name.lower()
    if not _ANY_MARK.search(plain):
        return frozenset()
    return frozenset(kind for kind, pattern in _MARKS.items() if pattern.search(plain))


def _flat(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Asked:
    """What a page is held against: who announced it as what, where it was asked for and where it was found."""

    hint: Hint
    requested_url: str
    final_url: str


@dataclass(frozen=True)
class Seen:
    """A page as its reader sees it, beside the text that extraction took from it."""

    markup: Markup
    layout: Layout
    said: Said
    text: str
    titles: tuple[str, ...]
    """Its headings."""
    site: str

    @cached_property
    def _dialogs(self) -> list[HtmlElement]:
        """Where nothing else is shown, a dialog is the page: what is shown with it; else nothing."""
        if sum(len(element.text or "") for element in self.layout.shown) >= _BEGUN:
            return []
        return list(_with_dialogs(self._body))

    @cached_property
    def _flats(self) -> dict[HtmlElement, str]:
        return {}

    def flat(self, element: HtmlElement) -> str:
        """The text of an element on one line."""
        if (text := self._flats.get(element)) is None:
            text = self._flats[element] = _flat(" ".join(element.itertext()) if len(element) else element.text or "")
        return text

    @property
    def elements(self) -> list[HtmlElement]:
        return self._dialogs or self.layout.shown

    @cached_property
    def links(self) -> list[tuple[HtmlElement, str]]:
        """The links that are shown, each with its text on one line."""
        return [(e, self.flat(e)) for e in self.elements if e.tag == "a"]

    @property
    def _body(self) -> HtmlElement:
        return next(iter(self.markup.tree.iter("body")), self.markup.tree)

    @cached_property
    def main(self) -> str:
        """All that is shown, in reading order, on one line."""
        parts: list[str] = []
        length = 0
        for text in self._texts_of(self._dialogs) if self._dialogs else self.layout.main:
            parts.append(text)
            length += len(text)
            if length > _MAIN:
                break
        return _flat(" ".join(parts))

    def _texts_of(self, elements: list[HtmlElement]) -> Iterator[str]:
        shown = set(map(id, elements))
        for event, element in etree.iterwalk(self._body, events=("start", "end")):
            inside = id(element) in shown if event == "start" else id(element.getparent()) in shown
            text = element.text if event == "start" else element.tail
            if inside and text and not text.isspace():
                yield text

    @cached_property
    def read(self) -> str:
        """The text that would be the article, or where extraction found next to nothing, what is shown."""
        return self.text if size(self.text) >= 200 else self.main[:_SHOWN]

    @cached_property
    def window(self) -> str:
        return _flat(next(("".join(title.itertext()) for title in self.markup.tree.iter("title")), ""))

    @cached_property
    def _marked(self) -> list[tuple[HtmlElement, frozenset[str]]]:
        names = map(_named, self._dialogs) if self._dialogs else self.layout.names
        marks = zip(self.elements, map(_marks_of, names), strict=True)
        return [(element, kinds) for element, kinds in marks if kinds and element.tag not in ("body", "html")]

    def marked(self, kind: str) -> list[str]:
        """The texts of the outermost shown elements that their makers named for ``kind``."""
        found = [element for element, kinds in self._marked if kind in kinds]
        every = set(found)
        outermost = (element for element in found if every.isdisjoint(element.iterancestors()))
        return [text for element in islice(outermost, 8) if (text := _flat(" ".join(element.itertext())))]


@lru_cache(maxsize=4)
def _folded(text: str) -> str:
    """`fold`, for a text that is asked about once for each kind of page."""
    return fold(text)


def density(pattern: re.Pattern[str], text: str) -> float:
    """How thick the words of ``pattern`` stand in a text: 1 where there is one for every 60 characters, or more."""
    plain = _folded(text[:_SHOWN])
    hits = Counter(found[0] for found in pattern.finditer(plain))
    counted = sum(min(count, 2) for count in hits.values())
    return min(1.0, 60 * counted / max(size(plain), 120))


def of_feed(asked: Asked, seen: Seen) -> dict[str, float]:
    """Whether the page speaks of what the feed announced."""
    found: dict[str, float] = {}
    announced = [("title", asked.hint.title), ("summary", asked.hint.summary[:400])]
    there = (
        tokens(" ".join((seen.text, *seen.titles, seen.said.headline))) if any(said for _, said in announced) else set()
    )
    for name, said in announced:
        share = told_in(said, there)
        if share is not None:
            found[f"{name} told"] = min(1.0, share / 0.6)
            found[f"{name} not told"] = max(0.0, 1 - share / 0.4)
    return found


def of_address(asked: Asked, seen: Seen) -> dict[str, float]:
    """Whether the address that answered is the one that was asked."""
    requested, final = asked.requested_url, asked.final_url
    moved = fold(requested.partition("://")[2]) != fold(final.partition("://")[2])
    found: dict[str, float] = {}
    if moved and segments(requested):
        named = names_in(final) & names_in(requested)
        found["lost its path"] = float(not named and (len(segments(final)) <= 1 or above(final, requested)))
        found["moved elsewhere"] = float(not named)
        query = final.partition("?")[2]
        path = requested.partition("://")[2].partition("/")[2].partition("?")[0].strip("/")
        found["asks to return"] = float(bool(path) and path in query.replace("%2F", "/").replace("%2f", "/"))
        door = fold(host_of(final).partition(".")[0] + "/" + "/".join(segments(final)))
        found |= {f"door of {kind}": float(bool(pattern.search(door))) for kind, pattern in _DOORS.items()}
        found["another host"] = float(outlet_domain(requested) != outlet_domain(final))
    claim = next((link.get("href") or "" for link in seen.markup.tree.xpath("//link[@rel='canonical']")), "")
    if claim.startswith("http") and segments(final):
        title = " ".join((seen.said.headline, *seen.titles))
        found["canonical elsewhere"] = float(not could_be(claim, final, title))
    return found


def of_build(seen: Seen) -> dict[str, float]:
    """How the page is built: an article's head and prose, or a form, a list of links, a notice."""
    markup, said = seen.markup, seen.said
    kinds = {value.lower() for value in markup.tag("og:type")}
    prose = [seen.flat(e) for e in seen.elements if e.tag == "p"]
    prose = [text for text in prose if size(text) >= _SMALL_PROSE]
    linked = sum(len(text) for _, text in seen.links)
    controls = [e for e in seen.elements if e.tag in ("button", "input", "textarea") and e.get("type") != "hidden"]
    written = size(seen.read)
    site = words(seen.site).replace(" ", "")
    heads = [words(text).replace(" ", "") for text in (seen.window, *seen.titles[:1]) if text]
    dated = bool(said.published or markup.first("article:published_time", "datepublished", "pubdate", "date"))
    return {
        "article's metadata": max(float(bool(said.headline)), 0.7 * ("article" in kinds)),
        "called a site": float(not said.headline and bool(kinds & {"website", "site"})),
        "dated": max(float(dated), 0.5 * any(e.tag == "time" for e in seen.elements)),
        "article element": float(_has_article(seen)),
        "prose": min(1.0, written / _WHOLE),
        "one paragraph": float(len(prose) <= 1),
        "no prose": float(written < 120),
        "numbers": min(1.0, len(re.findall(r"\b\d[\d.,]*", seen.read)) / 4),
        "heading told": _heading_told(seen),
        "kept from search": float("noindex" in markup.first("robots", "googlebot").lower()),
        "titled as the site": float(bool(heads) and all(head in site for head in heads)),
        "password": float(any(e.get("type") == "password" for e in controls)) * max(0.0, 1 - written / 3000),
        "controls": min(1.0, 100 * len(controls) / max(written, 100)) if controls else 0.0,
        "links": min(1.0, linked / max(len(seen.main), 1) / 0.6),
        "cards": _cards(seen),
        "linked text": _linked(seen),
    }


def _heading_told(seen: Seen) -> float:
    """How much of a heading its own text goes on to tell: a report says its headline again in a sentence.

    Words are compared by how they begin, for they come in another inflection.
    """
    stems = [{token[:_STEM] for token in tokens(title)} for title in seen.titles[:2]]
    if all(len(wanted) < 3 for wanted in stems):
        return 0.0
    lines = (line for line in seen.text[:_SHOWN].split("\n") if line not in seen.titles)
    there = {token[:_STEM] for token in tokens("\n".join(lines))}
    shares = [len(wanted & there) / len(wanted) for wanted in stems if len(wanted) >= 3]
    return min(1.0, max(shares, default=0.0) / 0.6)


def _has_article(seen: Seen) -> bool:
    for element in seen.elements:
        named = (
            element.tag == "article" or element.get("itemprop") == "articleBody" or "article-body" in _named(element)
        )
        if named and not all(map(str.isspace, element.itertext())) and any(True for _ in element.iter("p")):
            return not _heading_link(element)
    return False


def _heading_link(element: HtmlElement) -> bool:
    """Whether a heading in ``element`` leads elsewhere, as those of teasers do."""
    return bool(element.xpath(_HEADING_LINKS))


def _cards(seen: Seen) -> float:
    """The share of the text that stands in teasers: small blocks with a heading that leads elsewhere."""
    read = _flat(seen.text)
    carded = total = 0.0
    for element in seen.elements[:_MOST_CARDS]:
        if element.tag not in ("p", "div", "span", "li") or (len(element) and element.tag != "p"):
            continue
        text = seen.flat(element)
        if len(text) < 25 or text not in read:
            continue
        total += len(text)
        carded += len(text) * _is_card(element)
    return carded / total if total >= 100 else 0.0


def _is_card(element: HtmlElement) -> bool:
    """Whether a paragraph stands right under a heading that leads elsewhere, or in one small block with it."""
    before = element.getprevious()
    if before is not None and isinstance(before.tag, str) and len(before) <= 3 and _heading_link(before):
        return True
    parent = element.getparent()
    for _ in range(2):
        if parent is None or parent.tag in ("body", "main") or len(parent) > 8:
            return False
        if _heading_link(parent):
            return True
        parent = parent.getparent()
    return False


def _linked(seen: Seen) -> float:
    """The share of the text that was read which is itself a link, line by line."""
    read = _flat(seen.text)
    links = {text for element, text in seen.links if element.get("href")}
    return min(1.0, sum(len(link) for link in links if len(link) >= 15 and link in read) / max(len(read), 200))


_WORDS_OF = {
    "signing in": phrases.SIGN_IN,
    "missing": phrases.MISSING,
    "closing": phrases.CLOSED,
    "ad blockers": phrases.AD_BLOCK,
    "robots": phrases.ROBOT,
}


def of_words(seen: Seen) -> dict[str, float]:
    """Marks in the markup and words of the text, for each kind of page that is none."""
    shown = max(size(seen.main), 100.0)
    found = {}
    for kind in ("consent", "login", "missing", "closed", "check"):
        found[f"marked as {kind}"] = min(1.0, sum(map(size, seen.marked(kind))) / shown)
    body = next((_named(e) for e in seen.markup.tree.iter("body")), "")
    if re.search(r"error-?_?404|not-?_?found|page-?404|\b404\b", body, re.IGNORECASE):
        found["marked as missing"] = 1.0
    head = fold(" | ".join((seen.window, *seen.titles[:2])))
    text = seen.read if size(seen.main) > 2 * size(seen.read) else f"{seen.main[:_SHOWN]}"
    cookies = density(phrases.COOKIE, text)
    found["words of consent"] = (cookies * density(phrases.AGREE, text)) ** 0.5 if cookies else 0.0
    for name, pattern in _WORDS_OF.items():
        found[f"words of {name}"] = density(pattern, text)
    for name, pattern in (("consent", phrases.COOKIE), *_WORDS_OF.items()):
        found[f"headed by {name}"] = float(bool(pattern.search(head)))
    return found


@dataclass(frozen=True)
class Ending:
    """How the text ends and what is offered after it."""

    offered: str = ""
    found: tuple[tuple[str, float], ...] = ()
    share: float | None = None


def of_ending(seen: Seen, *, free: bool | None) -> Ending:
    """Whether the text is only the beginning of an article, and something is asked for the rest."""
    text = seen.text
    written = size(text)
    short = max(0.0, min(1.0, (2 * _WHOLE - written) / _WHOLE))
    after, links = _after(seen)
    walls = [wall for wall in seen.marked("paywall") if size(wall) >= 8][:4]
    tail = fold(" | ".join((text[-400:], after, *walls))[-2_000:])
    rest = phrases.REST.search(tail)
    # An offer is made after something: a page that only offers is no teaser but a wall.
    begun = _begun(text)
    known = unrepeated_length(seen.said.body)
    share = len(text) / known if known else None
    counted = seen.said.words
    paragraphs = [line for line in text.split("\n") if len(line) > 40]
    others = paragraphs[:-1]
    last = text.rstrip().rpartition("\n")[2]
    stops = sum(bool(_STOP.search(line)) for line in others)
    open_end = bool(last) and not _STOP.search(last) and not _STOPLESS.search(last) and len(last) > 80
    spaced = not _UNSPACED.search(text[:400])
    values = {
        "locked": float(free is False),
        "free": float(free is True),
        "short": short,
        "rest": float(rest is not None) * (0.2 + 0.8 * short) * begun,
        "subscription": float(phrases.SUBSCRIBE.search(tail) is not None) * short,
        "price": float(phrases.PRICE.search(fold(" | ".join((after, *walls)))) is not None) * short,
        "way in": float(links) * short,
        "paywall": float(bool(walls)) * (0.4 + 0.6 * short),
        "locked paywall": float(bool(walls) and free is False) * short,
        "breaks off": float(bool(_BROKEN.search(last))),
        "open end": float(open_end and (not others or stops == len(others))),
        "cut": max(0.0, 1 - share / 0.8) if share is not None else 0.0,
        "whole": float(share is not None and share >= 0.8 and written >= 1_000),
        "few words": float(counted is not None and spaced and counted > 60 and len(text) < 3 * counted),
    }
    return Ending(rest[0].strip() if rest else "", tuple(values.items()), share)


def _begun(text: str) -> float:
    """How much of the beginning of an article a text has, from 0 to 1."""
    total = 0.0
    for line in text.split("\n"):
        if not phrases.REST.search(fold(line)):
            total += size(line)
        if total >= _BEGUN:
            return 1.0
    return total / _BEGUN


def _after(seen: Seen) -> tuple[str, bool]:
    """What is shown right after the last line that was read, and whether a link there leads to where one subscribes."""
    lines = [line for line in seen.text.split("\n") if len(line) >= 30]
    last = _flat(lines[-1])[-60:] if lines else ""
    at = seen.main.rfind(last) if last else -1
    after = seen.main[at + len(last) : at + len(last) + 500] if at >= 0 else ""
    if not after:
        return "", False
    return after, any(
        text and text in after and _KEPT_SHUT.search(fold(link.get("href") or "")) for link, text in seen.links
    )
