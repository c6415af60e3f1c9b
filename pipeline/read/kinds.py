"""What a page is: the article it was fetched for, a teaser of it, or something that stands in its place.

All witnesses are weighed together: a multinomial logistic regression over the numbers of `witnesses`, its weights in
`kinds.json`. They began as judgements and were fitted to labelled pages, held near where they began (a Gaussian prior);
`benchmarks/fit_kinds.py` does it and says how well it reads pages it was not fitted to.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.read import phrases
from pipeline.read.witnesses import (
    Asked,
    Ending,
    Seen,
    density,
    of_address,
    of_build,
    of_ending,
    of_feed,
    of_words,
    size,
)
from schemas.article import PageKind

_TELLING = 0.35
"""Log-odds that a witness must add against the page being an article to be named as a reason."""
_OWN = 0.7
"""Log-odds that speak for one kind and for no other; with less, a page is no article, but nobody can say what it is."""
_NAMED = 4
_LONGEST_WALL = 3_000

_SAID = {
    PageKind.TEASER: "a paywall's teaser",
    PageKind.CONSENT: "a consent page instead of the article",
    PageKind.LOGIN: "a login page instead of the article",
    PageKind.CHECK: "a check for robots or ad blockers instead of the article",
    PageKind.MISSING: "a notice that the page does not exist",
    PageKind.INDEX: "a list of articles, not the article",
    PageKind.CLOSED: "a notice that the site is temporarily down",
    PageKind.OTHER: "a different page, not the article",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """What each witness adds to the log-odds of each kind."""

    bias: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]

    def scores(self, found: Mapping[str, float]) -> dict[str, float]:
        """The score of each kind; only their differences mean anything."""
        scores = dict(self.bias)
        for name, value in found.items():
            for kind, weight in self.weights.get(name, {}).items():
                scores[kind] += weight * value
        return scores

    def own(self, kind: str, found: Mapping[str, float]) -> float:
        """What speaks for ``kind`` by witnesses that are asked for it, and for one other kind of page at most."""
        total = 0.0
        for name, value in found.items():
            row = self.weights.get(name, {})
            if len(row.keys() - {PageKind.ARTICLE, PageKind.TEASER}) <= 2:
                total += value * max(0.0, row.get(kind, 0.0))
        return total

    def against(self, name: str, kind: str) -> float:
        """What a witness adds to ``kind`` against an article; to a page of no known kind, what it adds to most."""
        row = self.weights.get(name, {})
        others = [row.get(other, 0.0) for other in self.bias if other not in (PageKind.ARTICLE, PageKind.TEASER)]
        added = row.get(kind, 0.0) if kind in self.bias else sorted(others)[len(others) // 2]
        return added - row.get(PageKind.ARTICLE, 0.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a page is taken for, why, and how likely it is no article."""

    kind: PageKind
    reason: str
    doubt: float


@cache
def shipped() -> Weights:
    """The weights that come with the program."""
    data = json.loads(resources.files("pipeline.read").joinpath("kinds.json").read_text("utf-8"))
    return Weights(data["bias"], data["weights"])


def reads_as_wall(text: str) -> bool:
    """Whether a text alone is mostly words of consent or of a check for robots: no measure for another extraction."""
    if size(text) > _LONGEST_WALL:
        return False
    cookies = density(phrases.COOKIE, text)
    return cookies * (density(phrases.AGREE, text) if cookies else 0.0) >= 0.25 or density(phrases.ROBOT, text) >= 0.5


def witnesses(asked: Asked, seen: Seen, ending: Ending) -> dict[str, float]:
    """Everything that can be asked of a page; a witness that can't say anything is left out."""
    return {**of_feed(asked, seen), **of_address(asked, seen), **of_build(seen), **of_words(seen), **dict(ending.found)}


def judge(asked: Asked, seen: Seen, *, free: bool | None) -> Judged:
    """What the page is, and why. Pure."""
    ending = of_ending(seen, free=free)
    return weigh(witnesses(asked, seen, ending), ending)


def weigh(found: Mapping[str, float], ending: Ending, weights: Weights | None = None) -> Judged:
    """The kind that the witnesses speak for: another than an article only where that is likelier than not."""
    weights = weights or shipped()
    scores = weights.scores(found)
    most = max(scores.values())
    likely = {kind: math.exp(score - most) for kind, score in scores.items()}
    doubt = 1 - likely[PageKind.ARTICLE] / sum(likely.values())
    if doubt < 0.5:
        return Judged(PageKind.ARTICLE, "", doubt)
    kind = PageKind(max((name for name in likely if name != PageKind.ARTICLE), key=lambda name: likely[name]))
    if kind is not PageKind.TEASER and weights.own(kind, found) < _OWN:
        kind = PageKind.OTHER
    if kind is PageKind.TEASER:
        return Judged(kind, _teaser(found, ending), doubt)
    added = {name: weights.against(name, kind) * value for name, value in found.items()}
    names = [name for name in sorted(added, key=added.__getitem__, reverse=True) if added[name] > _TELLING][:_NAMED]
    return Judged(kind, f"{_SAID[kind]}: {', '.join(map(_worded, names))}" if names else _SAID[kind], doubt)


def _teaser(found: Mapping[str, float], ending: Ending) -> str:
    """Why a text is only the beginning of its article."""
    share = ending.share
    reasons = [
        *(["its page says that it is not free"] if found.get("locked") else []),
        *([f"it ends with an offer ('{ending.offered[:50]}')"] if ending.offered else []),
        *([f"it is {share:.0%} of the length its page gives"] if share is not None and found.get("cut") else []),
        *(["its page holds a paywall"] if found.get("paywall") else []),
        *(["it breaks off"] if found.get("breaks off") or found.get("open end") else []),
        *(["its page counts more words"] if found.get("few words") else []),
    ]
    return ": ".join((_SAID[PageKind.TEASER], ", ".join(reasons or ["it is short"])))


_WORDED = {
    "title not told": "it has no words of the announced title",
    "summary not told": "it has no words of the announced summary",
    "lost its path": "its address lacks the requested path",
    "moved elsewhere": "it redirects to an address with a different name",
    "asks to return": "its address contains the requested one, to return to",
    "another host": "another host answered",
    "canonical elsewhere": "it calls another page its own address",
    "called a site": "it calls itself a site",
    "one paragraph": "it has hardly any paragraphs",
    "no prose": "it has almost no text",
    "kept from search": "it asks search engines to stay away",
    "titled as the site": "its title is only the site's name",
    "password": "it asks for a password",
    "controls": "it is mostly buttons and fields",
    "links": "it is mostly links",
    "linked text": "its text is made of links",
    "cards": "its text stands under headings that lead elsewhere",
    "prose": "the length of its text",
}


def _worded(name: str) -> str:
    if name.startswith("door of"):
        return f"its address names {name.removeprefix('door of ')}"
    return _WORDED.get(name, name)
