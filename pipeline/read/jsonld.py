"""What a page says of itself in JSON-LD (schema.org Article and its kinds), read leniently.

Half of the pages' blocks have something wrong with them: comments and CDATA around, trailing commas, raw line breaks in
strings, a list where one was meant, the author as a bare string or a reference to another node.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from pipeline.read.titles import words
from pipeline.text import normalise, plain_text

LARGEST = 2_000_000
MOST_NODES = 4_000
_MOST_POSTS = 200
_OPENING = 80
"""Characters by which the beginning of a body is known again."""
_MOST_WORDS = 0.6
"""Share of the words of the shorter of two titles that makes them titles of one story; they are often rephrased."""

_KINDS = re.compile(r"(?:Article|Posting|Report|ReportageNews|OpinionPiece|Review)\b|^(?:Report|CreativeWork)$")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?![\\"/bfnrtu])')
_ADDRESSES = "//link[@rel='canonical']/@href | //meta[@property='og:url']/@content"
_TITLES = "//meta[@property='og:title' or @name='twitter:title']/@content"
_FALSE = {"false", "0", "no"}
_TRUE = {"true", "1", "yes"}

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What the article's node says; every text plain, dates and addresses as written."""

    headline: str = ""
    description: str = ""
    persons: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Both, in the order in which they are given."""
    published: str = ""
    modified: str = ""
    publisher: str = ""
    language: str = ""
    url: str = ""
    body: str = ""
    posts: str = ""
    words: int | None = None
    free: bool | None = None
    live: bool = False


def _loads(block: str) -> Any:
    for _ in range(2):
        block = _WRAPPING.sub("", block)
    block = block.strip().rstrip(";")
    tidied = _TRAILING_COMMA.sub("", block)
    decoder = json.JSONDecoder(strict=False)
    # As it is; without trailing commas and false escapes; as far as it goes.
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: decoder.decode(block),
        lambda: decoder.decode(_BAD_ESCAPE.sub(r"\\\\", tidied)),
        lambda: decoder.raw_decode(tidied)[0],
    )
    for attempt in attempts:
        try:
            return attempt()
        except (ValueError, RecursionError):
            continue
    return None


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    """A plain text out of a string, or of the first string of a list or value object."""
    for item in _many(value):
        if isinstance(item, dict):
            item = item.get("@value") or item.get("name")
        if isinstance(item, (str, int, float)) and not isinstance(item, bool) and str(item).strip():
            return plain_text(str(item))
    return ""


def _types(node: Node) -> list[str]:
    return [str(kind).rpartition("/")[2].rpartition(":")[2] for kind in _many(node.get("@type"))]


def nodes(tree: HtmlElement) -> Iterator[tuple[Node, bool]]:
    """Every object of the page's JSON-LD, outer before inner, and whether it stands in a list of other things."""
    budget = MOST_NODES
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        block = script.text or ""
        if not block.strip() or len(block) > LARGEST:
            continue
        waiting: deque[tuple[Any, bool]] = deque([(_loads(block), False)])
        while waiting and budget:
            value, listed = waiting.popleft()
            if isinstance(value, list):
                waiting.extend((item, listed) for item in value)
            elif isinstance(value, dict):
                budget -= 1
                yield value, listed
                for key, inner in value.items():
                    if isinstance(inner, (dict, list)):
                        other = listed or key in (
                            "itemListElement",
                            "hasPart",
                            "citation",
                            "isBasedOn",
                            "liveBlogUpdate",
                            "about",
                        )
                        waiting.append((inner, other))


def _path(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].partition("?")[0].rstrip("/").removeprefix("www.")


def _address(node: Node) -> str:
    for key in ("url", "mainEntityOfPage", "@id"):
        for value in _many(node.get(key)):
            if isinstance(value, dict):
                value = value.get("@id") or value.get("url")
            if isinstance(value, str) and value.startswith("http"):
                return value
    return ""


def _given_and_family(person: Node) -> str:
    return " ".join(part for key in ("givenName", "familyName") if (part := _text(person.get(key))))


def _people(node: Node, known: dict[str, Node]) -> list[tuple[str, bool]]:
    """The authors, and whether each is an organisation."""
    found: list[tuple[str, bool]] = []
    for author in (_many(node.get("author")) or _many(node.get("creator")))[:30]:
        if isinstance(author, dict):
            if not author.get("name") and author.get("@id"):
                author = known.get(str(author.get("@id")), author)
            organisation = any("Organization" in kind or "Corporation" in kind for kind in _types(author))
            names = [_text(name) for name in _many(author.get("name"))] or [_given_and_family(author)]
        else:
            organisation, names = False, [_text(author)]
        found.extend((name, organisation) for name in names if name)
    return found


def _flag(value: Any) -> bool | None:
    for item in _many(value):
        word = str(item).strip().lower().rpartition("/")[2]
        if word in _FALSE:
            return False
        if word in _TRUE:
            return True
    return None


def _title_words(text: str) -> set[str]:
    return set(words(text).split())


def _agrees(headline: str, titles: list[set[str]]) -> bool:
    """Whether most words of a headline (or of a title) stand in a title (or in the headline)."""
    said_words = _title_words(headline)
    return any(
        len(said_words & title) >= _MOST_WORDS * min(len(said_words), len(title))
        for title in titles
        if said_words and title
    )


def _score(node: Node, listed: bool, addresses: set[str], titles: list[set[str]]) -> float:
    """How likely a node is that of the page: by its address and headline first, then by how much it says."""
    address = _path(_address(node))
    headline = _text(node.get("headline")) or _text(node.get("name"))
    same_address, same_title = address in addresses and bool(address), _agrees(headline, titles)
    if address.partition("/")[2] and not same_address and headline and titles and not same_title:
        return 0.0  # another story's
    score = 1.0 + 2 * bool(node.get("headline")) + bool(node.get("datePublished")) + bool(node.get("author"))
    return score + 4 * same_address + 3 * same_title - 4 * listed - 2 * ("CreativeWork" in _types(node))


def said(tree: HtmlElement, url: str) -> Said:
    """What the node that describes the page at ``url`` says; empty where there is none.

    A node that agrees neither with an address nor with a title that the page gives itself elsewhere, and has an address
    of its own, describes another story.
    """
    known: dict[str, Node] = {}
    best: Node | None = None
    highest = 0.0
    own = {_path(address) for address in (url, *map(str, tree.xpath(_ADDRESSES)[:3]))} - {""}
    titles = [*tree.xpath(_TITLES)[:2], *(" ".join(e.itertext()) for e in list(tree.iter("title", "h1"))[:4])]
    called = [found for title in titles if (found := _title_words(str(title)))]
    for node, listed in nodes(tree):
        if isinstance(node.get("@id"), str) and node.get("name"):
            known.setdefault(node["@id"], node)
        if any(_KINDS.search(kind) for kind in _types(node)) and (score := _score(node, listed, own, called)) > highest:
            best, highest = node, score
    return _said(best, known) if best is not None else Said()


def _once(body: str) -> str:
    """A body without its repetition, which some templates append."""
    again = body.find(body[:_OPENING], _OPENING) if len(body) > 4 * _OPENING else -1
    return body[:again].rstrip() if again > len(body) / 3 else body


def _body(node: Node) -> str:
    text = node.get("articleBody")
    return _once(plain_text(text)) if isinstance(text, str) else ""


def _posts(node: Node) -> str:
    """The posts of a live page, in order."""
    posts = [post for post in _many(node.get("liveBlogUpdate"))[:_MOST_POSTS] if isinstance(post, dict)]
    parts = (_text(post.get(key)) for post in posts for key in ("headline", "articleBody"))
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _said(best: Node, known: dict[str, Node]) -> Said:
    authors = _people(best, known)
    publisher = next((item for item in _many(best.get("publisher"))), None)
    if isinstance(publisher, dict) and not publisher.get("name"):
        publisher = known.get(str(publisher.get("@id")))
    count = _text(best.get("wordCount"))
    return Said(
        headline=normalise(_text(best.get("headline")) or _text(best.get("name"))).replace("\n", " "),
        description=_text(best.get("description")).replace("\n", " "),
        persons=tuple(name for name, organisation in authors if not organisation),
        organisations=tuple(name for name, organisation in authors if organisation),
        authors=tuple(name for name, _ in authors),
        published=_text(best.get("datePublished")) or _text(best.get("dateCreated")),
        modified=_text(best.get("dateModified")),
        publisher=_text(publisher),
        language=_text(best.get("inLanguage")),
        url=_address(best),
        body=_body(best),
        posts=_posts(best),
        words=int(count) if count.isdecimal() and len(count) < 7 else None,
        free=_flag(best.get("isAccessibleForFree")),
        live="LiveBlogPosting" in _types(best),
    )
