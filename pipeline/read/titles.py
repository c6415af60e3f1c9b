"""Which of a page's titles is the article's, without the name of the site at its end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.text import fold

LONGEST = 300

_SEPARATOR = re.compile(r"\s+[|\-–—·•:»«ㅣ/]+\s+|\s*[|：»ㅣ]\s*|(?<=\S)-(?=\S+[|ㅣ：])")
_HEAD = re.compile(r"([^|:–—-]{2,40}?)\s*(?:(:)|\s[|–—-])\s+")
_WORDS = re.compile(r"\w+")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_SHORTEST_LABEL, _MOST_PARTS, _ARTICLE = 3, 6, 1
"""Characters of a part of a domain, words of a name that it may stand for, and words before these it may leave out."""


def words(text: str) -> str:
    """A title as titles are compared: its folded words."""
    return " ".join(_WORDS.findall(fold(text)))


def labels_of(outlets: Iterable[str]) -> set[str]:
    """The parts of the domains among ``outlets``, but for what every other domain has."""
    parts = {
        part.replace("-", "") for outlet in outlets if _DOMAIN.fullmatch(outlet) for part in outlet.split(".")[:-1]
    }
    return {part for part in map(fold, parts) if len(part) >= _SHORTEST_LABEL} - {"com", "org", "net"}


def _spells(label: str, parts: list[str]) -> bool:
    """Whether ``label`` is made of the beginnings of ``parts``, in order: nytimes of new, york, times."""
    if not parts:
        return not label
    first, rest = parts[0], parts[1:]
    return any(
        label[:length] == first[:length] and _spells(label[length:], rest)
        for length in range(1, min(len(first), len(label)) + 1)
    )


def names_domain(name: str, labels: set[str]) -> bool:
    """Whether a domain is called by a name, or by its words shortened; "The" and such may be missing."""
    parts = words(name).split()
    for label in labels:
        if (len(parts) <= _ARTICLE + 1 and parts[-1:] == [label]) or label == "".join(parts):
            return True
        shortened = (parts, parts[_ARTICLE:]) if len(parts) <= _MOST_PARTS else ()
        if any(len(some) > 1 and _spells(label, some) for some in shortened):
            return True
    return False


def without_site(title: str, outlets: Iterable[str], others: Iterable[str]) -> str:
    """``title`` without a site's name before or after it.

    Taken off only where something confirms it: what is left is another candidate, or what goes is (part of) a name of
    the outlet or its domain. A title may well end in " – a report" or " | Opinion", which nothing confirms.
    """
    title = " ".join(title.split())
    whole = words(title)
    known = {words(other) for other in others} - {"", whole}
    outlets = list(outlets)
    sites = {words(outlet).replace(" ", "") for outlet in outlets} - {""}
    labels = labels_of(outlets)
    cuts = list(_SEPARATOR.finditer(title))
    # The shortest remainder that another candidate confirms; failing that, the longest that a site's name leaves.
    for cut in cuts:
        if words(title[: cut.start()]) in known and len(title[: cut.start()]) >= 12:
            return title[: cut.start()].strip()
    for cut in reversed(cuts):
        tail = words(title[cut.end() :]).replace(" ", "")
        if len(tail) >= 2 and (
            any(
                tail == site
                or (len(tail) >= 4 and tail in site)
                or (len(site) >= 4 and site in tail and len(tail) <= 2 * len(site))
                for site in sites
            )
            or names_domain(title[cut.end() :], labels)
        ):
            if len(tail) <= 60 and cut.start() >= 5:
                return without_site(title[: cut.start()], outlets, known)
            break
    head = _HEAD.match(title)
    if head and len(title) - head.end() >= 12:
        named = words(head[1]).replace(" ", "") in sites
        # A word before a colon may be a kicker; "Focus:" does not name focus.de.
        if named or (not head[2] and names_domain(head[1], labels)):
            return title[head.end() :]
    return title
