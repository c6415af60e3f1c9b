"""Which of a page's titles is the article's, without the name of the site at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text import fold

LONGEST = 300

_SEPARATOR = re.compile(r"\s+[|\-–—·•:»«ㅣ/]+\s+|\s*[|：»ㅣ]\s*|(?<=\S)-(?=\S+[|ㅣ：])")
_HEAD = re.compile(r"([^|:–—-]{2,40}?)\s*(?::|\s[|–—-])\s+")
_WORDS = re.compile(r"\w+")


def words(text: str) -> str:
    """A title as titles are compared: its folded words."""
    return " ".join(_WORDS.findall(fold(text)))


def without_site(title: str, outlets: Iterable[str], others: Iterable[str]) -> str:
    """``title`` without a site's name before or after it.

    Taken off only where something confirms it: what is left is another candidate, or what goes is (part of) a name of
    the outlet or its domain. A title may well end in " – a report" or " | Opinion", which nothing confirms.
    """
    title = " ".join(title.split())
    whole = words(title)
    known = {words(other) for other in others} - {"", whole}
    sites = {words(outlet).replace(" ", "") for outlet in outlets} - {""}
    cuts = list(_SEPARATOR.finditer(title))
    # The shortest remainder that another candidate confirms; failing that, the longest that a site's name leaves.
    for cut in cuts:
        if words(title[: cut.start()]) in known and len(title[: cut.start()]) >= 12:
            return title[: cut.start()].strip()
    for cut in reversed(cuts):
        tail = words(title[cut.end() :]).replace(" ", "")
        if len(tail) >= 2 and any(
            tail == site
            or (len(tail) >= 4 and tail in site)
            or (len(site) >= 4 and site in tail and len(tail) <= 2 * len(site))
            for site in sites
        ):
            if len(tail) <= 60 and cut.start() >= 5:
                return without_site(title[: cut.start()], sites, known)
            break
    head = _HEAD.match(title)
    if head and words(head[1]).replace(" ", "") in sites and len(title) - head.end() >= 12:
        return title[head.end() :]
    return title
