"""Is what was read the article, or a wall in front of it: a paywall, a consent page, a check for robots.

No single sign decides. Many publishers flag whole articles as not free, and many paywalls flag nothing; so a flag, a
phrase, an abrupt end and a text shorter than what is known of the article are weighed together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.read.body import covered
from pipeline.read.phrases import CONSENT, OFFER, ROBOT, ROBOT_TITLES
from pipeline.text import fold

SHORT = 1_200
"""Characters; below this a text may be no more than the beginning of an article."""
_MEDIUM = 3_000
_TINY = 600
_BARE = 300
_END = 700
"""Characters at the end of a text in which the offer of a paywall stands."""

_FINISHED = re.compile(r"[.!?。！？”\"»'’)\]:|](?:\s*[\w./ -]{2,20}[)\]]?)?$")
_BROKEN = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a page beyond its text."""

    title: str = ""
    url: str = ""
    free: bool | None = None
    known_length: int = 0
    """Characters of the article as its page gives it elsewhere."""
    words: int | None = None
    """Words of the article as its page counts them; some count characters."""
    known_text: str = ""
    """The feed's own text of the article."""
    wall: str = ""
    """The words of the elements of the page that are marked as a paywall; many pages hold one that stays hidden."""


def is_wall(text: str, title: str = "", url: str = "") -> str | None:
    """Why ``text`` is a consent page or a check for robots, not even the beginning of an article; None if it isn't."""
    if len(text) > _MEDIUM:
        return None
    plain = fold(text)
    if len(text) < SHORT and (found := ROBOT_TITLES.match(fold(title).strip())):
        return f"a check for robots instead of the article ('{found[0].strip()[:40]}')"
    if len(text) < SHORT and (found := ROBOT.search(plain)):
        return f"a check for robots instead of the article ('{found[0][:40]}')"
    host = url.partition("://")[2].partition("/")[0]
    phrases = {found[0] for found in CONSENT.finditer(plain)}
    dense = len(phrases) >= 2 and len(text) < 700 * len(phrases)
    if dense or (phrases and host.startswith(("consent.", "cmp.", "privacy."))):
        return f"a consent page instead of the article ('{min(phrases)[:40]}')"
    return None


def offer(text: str) -> str | None:
    """The offer of a paywall in the last lines of ``text``, if there is one."""
    found = OFFER.search(fold(text[-_END:]))
    return found[0].strip() if found else None


def teaser(text: str, evidence: Evidence) -> str | None:
    """Why ``text`` is not the article, in words; None if it is, or if nothing shows that it isn't.

    ``text`` is what was extracted, with the lines of the site still in it: the offer to subscribe is one of them.
    """
    if wall := is_wall(text, evidence.title, evidence.url):
        return wall
    length = len(text)
    share = length / evidence.known_length if evidence.known_length else None
    if length >= SHORT and share is not None and share >= 0.8:
        return None
    offered = offer(text)
    barred = bool(evidence.wall) and OFFER.search(fold(evidence.wall)) is not None
    last = text.rstrip().rpartition("\n")[2]
    abrupt = bool(_BROKEN.search(last)) or (length > 80 and not _FINISHED.search(last))
    cut = share is not None and share < 0.6
    few = evidence.words is not None and length < 3 * evidence.words
    hard = [
        *(["its page says that it is not free"] if evidence.free is False else []),
        *([f"it ends with an offer ('{offered[:50]}')"] if offered else []),
        *([f"it is {share:.0%} of the length its page gives"] if cut else []),
    ]
    soft = [
        *(["its page holds a paywall"] if barred else []),
        *(["it breaks off"] if abrupt else []),
        *([f"its page counts {evidence.words} words"] if few else []),
    ]
    limit = SHORT if not hard else _MEDIUM
    enough = len(hard) >= 2 or (hard and (soft or length < _BARE)) or (offered and length < SHORT) or len(soft) >= 3
    if enough and (length < limit or cut):
        return "a paywall's teaser: " + ", ".join([*hard, *soft])
    fed = evidence.known_text
    if length < _TINY and len(fed) > 2 * length and covered(fed, text) < 0.5:
        return f"it has {length} characters, where the feed alone gives {len(fed)}"
    return None
