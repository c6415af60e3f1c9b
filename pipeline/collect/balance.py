"""XML whose tags don't match → XML whose tags do, in one pass, without losing a word.

A parser that recovers by itself closes whatever is open at an end tag it doesn't expect: one stray ``</b>`` in a title
ends the title, and the next ends its item. Here the elements that make a feed hold against all others. Of those others,
a tag that has no partner, or none that XML takes, is taken for text, as which most feeds would have escaped it.
"""

from __future__ import annotations

import re
from collections import defaultdict

_TAG = re.compile(
    r"(?P<literal><!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?[^<>]{0,1000}\?>)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\s+[A-Za-z_][\w.:-]*\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_ATTRIBUTES = re.compile(f"(?:{_ATTRIBUTE.pattern})*\\s*/?")
# What holds texts, and can't hold any other element of a feed.
_TEXTS = frozenset("title link guid id pubdate published updated dc:date dc:creator category comments".split())  # noqa: SIM905
_LONG_TEXTS = frozenset({"description", "summary", "content:encoded"})
_ITEMS = frozenset({"item", "entry"})
_OTHERS = frozenset(
    {
        "rss",
        "feed",
        "rdf:rdf",
        "channel",
        "urlset",
        "url",
        "loc",
        "lastmod",
        "author",
        "name",
        "uri",
        "email",
        "content",
    }
    | {"enclosure", "source", "image", "ttl", "language", "lastbuilddate", "generator", "skiphours", "skipdays", "hour"}
    | {"day", "textinput", "items", "opml", "head", "body", "outline"}
)
_STRUCTURE = _TEXTS | _LONG_TEXTS | _ITEMS | _OTHERS
_PREFIXES = (
    "atom:",
    "dc:",
    "dcterms:",
    "content:",
    "media:",
    "itunes:",
    "sy:",
    "slash:",
    "wfw:",
    "news:",
    "image:",
    "rdf:",
)


def balanced(text: str) -> str:
    """``text`` with an end for each start and a start for each end; for malformed XML only."""
    return _Balance(text).text()


class _Balance:
    def __init__(self, text: str) -> None:
        self._out: list[str] = []
        # Of each open element: its name as written, in lower case, where its tag is in what is given out.
        self._open: list[tuple[str, str, int]] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._structure: list[int] = []
        # Of "<atom:feed>" all else of the feed has the prefix too.
        root = re.match(r"\s*(?:<\?[^<>]*>\s*)?<([A-Za-z_][\w.-]*:)", text)
        self._own = root[1].lower() if root else ""
        position = 0
        for tag in _TAG.finditer(text):
            self._out.append(text[position : tag.start()])
            position = tag.end()
            self._take(tag)
        self._out.append(text[position:])
        while self._open:
            self._close_last()

    def text(self) -> str:
        return "".join(self._out)

    def _take(self, tag: re.Match[str]) -> None:
        written = tag["name"]
        if tag["literal"]:
            self._out.append(tag[0])
        elif not written:
            self._out.append("&lt;")
        elif tag["end"]:
            self._end(written.lower().removeprefix(self._own), tag[0])
        else:
            self._start(written, written.lower().removeprefix(self._own), tag["rest"], tag[0])

    def _start(self, written: str, name: str, rest: str, tag: str) -> None:
        structural = _is_structural(name)
        if structural:
            self._make_room(name)
        elif not _ATTRIBUTES.fullmatch(rest):
            self._out.append(_escaped(tag))
            return
        if structural and not _ATTRIBUTES.fullmatch(rest):
            tag = f"<{written}{''.join(_ATTRIBUTE.findall(rest))}{'/' if rest.endswith('/') else ''}>"
        self._out.append(tag)
        if rest.endswith("/"):
            return
        self._places[name].append(len(self._open))
        if structural:
            self._structure.append(len(self._open))
        self._open.append((written, name, len(self._out) - 1))

    def _make_room(self, name: str) -> None:
        """Close what can't hold an element of the feed: a text never closed, and an item where another begins."""
        if name in _ITEMS:
            while any(self._places[item] for item in _ITEMS):
                self._close_last()
        while self._structure:
            inner = self._open[self._structure[-1]][1]
            if inner not in _TEXTS and not (inner in _LONG_TEXTS and (name in _TEXTS or name == "enclosure")):
                return
            self._close_to(self._structure[-1])

    def _end(self, name: str, tag: str) -> None:
        places = self._places[name]
        if not places or (not _is_structural(name) and self._structure and places[-1] < self._structure[-1]):
            self._out.append(_escaped(tag))
            return
        self._close_to(places[-1] + 1)
        written, _, _ = self._forget_last()
        self._out.append(f"</{written}>")

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._close_last()

    def _close_last(self) -> None:
        written, name, place = self._forget_last()
        if _is_structural(name):
            self._out.append(f"</{written}>")
        else:
            self._out[place] = _escaped(self._out[place])

    def _forget_last(self) -> tuple[str, str, int]:
        written, name, place = self._open.pop()
        self._places[name].pop()
        if self._structure and self._structure[-1] == len(self._open):
            self._structure.pop()
        return written, name, place


def _is_structural(name: str) -> bool:
    return name in _STRUCTURE or name.startswith(_PREFIXES)


def _escaped(tag: str) -> str:
    return "&lt;" + tag[1:].replace(">", "&gt;")
