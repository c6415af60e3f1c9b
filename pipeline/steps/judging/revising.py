"""What a reading is to what is known: a revision of its article, another article, or no article at all. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from pipeline.errors import TallywireError
from pipeline.read.shingles import covered
from pipeline.read.witnesses import tokens, told_in
from pipeline.urls import canonical, host_of, same_place
from schemas.article import Article, PageKind, ReadEntry, Reading, TopicMatch
from schemas.feed import Entry, Outcome

OUTCOMES: Mapping[PageKind, Outcome] = {
    PageKind.TEASER: Outcome.TEASER,
    PageKind.CONSENT: Outcome.CONSENT,
    PageKind.LOGIN: Outcome.LOGIN,
    PageKind.CHECK: Outcome.BLOCKED,
    PageKind.MISSING: Outcome.GONE,
    PageKind.INDEX: Outcome.NOT_ARTICLE,
    PageKind.OTHER: Outcome.NOT_ARTICLE,
    PageKind.CLOSED: Outcome.FAILED,
}
"""How an entry ends whose page is no article."""

_ALIKE = 0.1
"""Share of runs of four words. Edits and rewrites of one article keep more than a tenth of the shorter text; two
reports of one outlet, or a report and a notice, share less than a hundredth."""
_TITLE_ALIKE = 0.4
_TOLD = 0.5
"""Share of the words of an announced title: half of them are in nearly every article, in one inflection or another."""


def merged(known: Article | None, matches: Iterable[TopicMatch]) -> tuple[TopicMatch, ...]:
    """What was found of each topic, the newer word going before the older unless it takes a match back."""
    by_topic = {match.topic: match for match in known.topics} if known else {}
    for match in matches:
        if match.matched or not (match.topic in by_topic and by_topic[match.topic].matched):
            by_topic[match.topic] = match
    return tuple(by_topic.values())


def same_text(one: Reading, other: Reading) -> bool:
    """Whether nothing that a reader sees has changed."""
    return one.title == other.title and one.text == other.text


def alike(one: Reading, other: Reading) -> bool:
    """Whether two texts may be revisions of one article: they share runs of words, or their titles share words."""
    shorter, longer = sorted((one.text, other.text), key=len)
    if covered(shorter, longer) >= _ALIKE:
        return True
    titles = tokens(one.title), tokens(other.title)
    least = min(map(len, titles))
    return least > 0 and len(titles[0] & titles[1]) / least >= _TITLE_ALIKE


def told(entry: Entry, reading: Reading) -> bool | None:
    """Whether a text speaks of what the feed announced; None where the feed says too little to tell."""
    there = tokens(reading.text)
    shares = [told_in(said, there) for said in (entry.announcement.title, entry.announcement.summary[:400])]
    known = [share for share in shares if share is not None]
    return max(known) >= _TOLD if known else None


def stays(known: Article, item: ReadEntry) -> tuple[Outcome, str] | None:
    """How an entry ends that brings nothing that could stand in place of the known text, and why; else None."""
    reading, revision = item.reading, f"revision {known.revision} of {known.id} stays"
    if reading.kind is PageKind.TEASER or (reading.teaser and reading.kind is PageKind.ARTICLE):
        whole = known.reading.kind is PageKind.ARTICLE and not known.reading.teaser
        return (Outcome.KNOWN, "a teaser of an article that is known in full") if whole else None
    if reading.kind is not PageKind.ARTICLE:
        return OUTCOMES[reading.kind], f"{reading.teaser}; {revision}"
    if known.reading.kind is not PageKind.ARTICLE or not known.reading.text or alike(known.reading, reading):
        return None
    if told(item.entry, reading) is False:
        why = "the page has nothing in common with the known article or with what was announced"
        return Outcome.NOT_ARTICLE, f"{why}; {revision}"
    return None


def apart(known: Article, item: ReadEntry) -> ReadEntry | None:
    """The same as an article of its own, where a page calls itself by the address of another article; else None.

    Sites name one page as the address of many. What was asked for under another address and has another text is another
    article, whatever it calls itself.
    """
    reading = item.reading
    if item.entry.article or reading.kind is not PageKind.ARTICLE or alike(known.reading, reading):
        return None
    try:
        own = canonical(reading.requested_url)
    except TallywireError:
        return None
    same = {same_place(known.reading.requested_url), same_place(known.reading.url)}
    if same_place(own) in same or same_place(item.entry.announcement.url) in same:
        return None
    note = f"the page gives its address as {reading.url}, but that is another article"
    return item.model_copy(update={"reading": reading.model_copy(update={"url": own, "notes": (*reading.notes, note)})})


def without_shared(
    turn: Iterable[ReadEntry], known: Callable[[str], Iterable[Article]] = lambda text: ()
) -> list[ReadEntry]:
    """What is judged together, with what a host gave at several addresses, announced as several things, named as no
    article.

    ``known`` gives the articles that came before with the very text. A text that speaks of what was announced is left
    as it is: one report may be announced twice. So is what a replay gives as an article: no site was asked for it, and
    copies are what such archives hold.
    """
    items = list(turn)
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in items:
        if host := _host_asked(item):
            places[host, item.reading.text].add(same_place(item.entry.announcement.canonical_url))
    kept = []
    for item in items:
        host = _host_asked(item)
        if host and told(item.entry, item.reading) is False:
            at = places[host, item.reading.text]
            at |= {same_place(one.reading.url) for one in known(item.reading.text) if host_of(one.reading.url) == host}
            if len(at) > 1:
                reason = f"its site has the same text at {len(at)} addresses, and it does not match what was announced"
                update = {"kind": PageKind.OTHER, "teaser": reason, "figures": ()}
                item = item.model_copy(update={"reading": item.reading.model_copy(update=update)})
        kept.append(item)
    return kept


def _host_asked(item: ReadEntry) -> str:
    """The host whose page was read as an article; empty where there is none."""
    if item.entry.article or item.reading.kind is not PageKind.ARTICLE or not item.reading.text:
        return ""
    return host_of(item.entry.announcement.canonical_url)
