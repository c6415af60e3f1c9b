"""From a page, or from what a replay gives, to a reading. Pure: the same input at the same moment gives the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pipeline.errors import ReadError, TallywireError
from pipeline.read import body, boilerplate, decode, jsonld, kinds, markup, metadata
from pipeline.read.headline import headings
from pipeline.read.language import language_code, language_of
from pipeline.read.layout import Layout, layout_of
from pipeline.read.shingles import covered
from pipeline.read.witnesses import Asked, Ending, Seen, of_ending
from pipeline.text import normalise, plain_text
from pipeline.urls import canonical, outlet_domain
from schemas.article import Hint, MetadataSource, Page, PageKind, Reading
from schemas.feed import Entry, Origin

PRELOAD = ("trafilatura", "htmldate", "py3langid.langid", "dateutil.parser", "babel.core")
"""What the first page makes this module import; a `WorkerPool` imports it once for all its children."""

_MARKUP = re.compile(
    r"</?(?:p|div|br|span|a|b|i|em|strong|h[1-6]|ul|ol|li|img|html|body)\b[^<>]{0,500}>", re.IGNORECASE
)
_DOCUMENT = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_STUB = 600
"""Characters; a shorter text is held against what the feed itself gives of the article."""
_WHOLE = 1_200
"""Characters; a text of a feed that is as long is taken for the article, where its page gives less."""


def hint_of(entry: Entry, outlet: str | None) -> Hint:
    """What an entry already says of its article; ``outlet`` is the name of its feed, if it has one.

    The summary is the longer of the feed's summary and its full text, so that it can stand in for a walled page.
    """
    said = entry.announcement
    content = plain_text(said.content) if said.content else ""
    return Hint(
        title=said.title,
        summary=max(said.summary, content, key=len),
        authors=said.authors,
        published=said.published or said.updated,
        language=language_code(said.language),
        outlet=outlet or None,
        source=MetadataSource.GIVEN if entry.origin is Origin.REPLAY else MetadataSource.FEED,
    )


def read_page(page: Page, hint: Hint, *, now: datetime) -> Reading:
    """What a fetched page says.

    Raises `NotHtml` where it is something other than a web page, and `ReadError` where nothing in it can be read. It
    works without limits of time and memory; run it in a `WorkerPool` on pages from the web.
    """
    html, notes = decode.html_of(page)
    return _read(html, requested_url=page.url, final_url=page.final_url, hint=hint, now=now, notes=notes)


def read_job(job: tuple[Page, Hint, datetime]) -> Reading:
    """`read_page` as a `WorkerPool` calls it: one picklable argument, and no global state but the libraries' caches."""
    page, hint, now = job
    return read_page(page, hint, now=now)


def read_given(*, html: str | None, text: str | None, url: str, hint: Hint, now: datetime) -> Reading:
    """What a replayed article says; of ``text`` and ``html`` the first that is given counts.

    A plain text is kept character for character, so that spans of figures count in the text that was given (only what
    no store can hold, NUL and halves of surrogate pairs, is replaced one for one). What the replay says of title, date,
    authors, language and outlet counts before the page's word. A missing date is ``now``. Raises `ReadError` where
    neither text nor html says anything.
    """
    given = hint if hint.source is MetadataSource.GIVEN else hint.model_copy(update={"source": MetadataSource.GIVEN})
    if text is None or not text.strip():
        if not html or not html.strip():
            raise ReadError("the article has neither text nor html", where=url or hint.title)
        whole = html if _DOCUMENT.search(html) else f"<html><body><article>{html}</article></body></html>"
        return _read(whole, requested_url=url, final_url=url, hint=given, now=now, notes=())
    kept = plain_text(text) if _MARKUP.search(text) else _UNSTORABLE.sub("\ufffd", text)
    title = normalise(plain_text(given.title)).replace("\n", " ")
    try:
        address = canonical(url)
    except TallywireError:
        address = _UNSTORABLE.sub("\ufffd", url)
    declared = language_code(given.language)
    language, from_text = (declared, False) if declared else language_of(f"{title}\n{kept}", None)
    sources = {
        "url": MetadataSource.GIVEN,
        "published": MetadataSource.GIVEN if given.published else MetadataSource.ARRIVAL,
        "outlet": MetadataSource.GIVEN if given.outlet else MetadataSource.URL,
    }
    sources |= {field: MetadataSource.GIVEN for field in ("title", "authors") if getattr(given, field)}
    if language:
        sources["language"] = MetadataSource.MODEL if from_text else MetadataSource.GIVEN
    return Reading(
        requested_url=url,
        url=address,
        title=title,
        text=kept,
        authors=given.authors,
        published=given.published or now,
        language=language,
        outlet=given.outlet or outlet_domain(address) or "unknown",
        description=given.summary,
        sources=sources,
        notes=() if given.published else ("no publication date found; the time of arrival is used",),
    )


@dataclass(frozen=True)
class _Taken:
    """What a page gives before anything is decided about it."""

    page: markup.Markup
    layout: Layout
    said: jsonld.Said
    raw: str
    how: str
    facts: metadata.Facts

    @cached_property
    def seen(self) -> Seen:
        titles = tuple(headings(self.page.tree))
        return Seen(self.page, self.layout, self.said, self.raw, titles, self.facts.outlet)

    @property
    def free(self) -> bool | None:
        return _free(self.said, self.page)


def _taken(html: str, final_url: str, hint: Hint, now: datetime) -> _Taken:
    page = markup.parse(html, where=final_url)
    said = jsonld.said(page.tree, final_url)
    layout = layout_of(page.tree)
    described = page.first("og:description", "description")
    raw, how = body.text_of(page.tree, said, layout, walled=kinds.reads_as_wall, described=described)
    if not raw and hint.source is MetadataSource.GIVEN:
        # Who gives a fragment means all of it.
        raw = plain_text(html)[: body.LARGEST]
    facts = metadata.judge(page, said, hint, layout, text=raw, final_url=final_url, now=now)
    return _Taken(page, layout, said, raw, how, facts)


def witnesses_of(page: Page, hint: Hint, *, now: datetime) -> tuple[dict[str, float], Ending]:
    """What speaks for and against a page being its article, as `kinds.weigh` takes it."""
    html, _ = decode.html_of(page)
    taken = _taken(html, page.final_url, hint, now)
    asked, seen = Asked(hint, page.url, page.final_url), taken.seen
    ending = of_ending(seen, free=taken.free)
    return kinds.witnesses(asked, seen, ending), ending


def _read(
    html: str, *, requested_url: str, final_url: str, hint: Hint, now: datetime, notes: tuple[str, ...]
) -> Reading:
    taken = _taken(html, final_url, hint, now)
    facts, said = taken.facts, taken.said
    judged = kinds.judge(Asked(hint, requested_url, final_url), taken.seen, free=taken.free)
    text = boilerplate.without_boilerplate(taken.raw, (facts.title, said.headline, *taken.seen.titles), facts.authors)
    sources = dict(facts.sources)
    sources["text"] = MetadataSource.JSON_LD if "articleBody" in taken.how else MetadataSource.PAGE
    said_notes = [*notes, *facts.notes, *([taken.how] if taken.how else [])]
    if said.live:
        said_notes.append("a live page: its text keeps changing")
    judged, note = _beside_the_feed(judged, text, hint)
    if note:
        text, sources["text"] = hint.summary, hint.source
        said_notes.append(note)
    if not text and (judged.kind is PageKind.ARTICLE or not taken.seen.main):
        raise ReadError("the page has no text that looks like an article", where=final_url)
    reading = Reading(
        requested_url=requested_url,
        url=facts.url,
        title=facts.title,
        text=text,
        authors=facts.authors,
        published=facts.published,
        zone=_minutes_east(facts.published),
        modified=facts.modified,
        language=facts.language,
        outlet=facts.outlet,
        description=facts.description,
        sources=sources,
        kind=judged.kind,
        teaser=judged.reason or None,
        doubt=round(judged.doubt, 3),
        notes=tuple(dict.fromkeys(said_notes)),
    )
    return reading if judged.kind in (PageKind.ARTICLE, PageKind.TEASER) else _in_its_place(reading, hint)


def _minutes_east(at: datetime) -> int | None:
    """The zone of a date that is not in UTC."""
    offset = at.utcoffset()
    return round(offset.total_seconds() / 60) if offset else None


def _beside_the_feed(judged: kinds.Judged, text: str, hint: Hint) -> tuple[kinds.Judged, str]:
    """The same, and a note where the feed's own text of the article is to be read in place of the page's."""
    fed = hint.summary
    longer = len(fed) > max(len(text), 1)
    stub = judged.kind is PageKind.ARTICLE and 0 < len(text) < _STUB and len(fed) > 2 * len(text)
    if stub and covered(fed, text) < 0.5:
        reason = f"it has {len(text)} characters, but the feed alone has {len(fed)}"
        judged = kinds.Judged(PageKind.TEASER, reason, judged.doubt)
    if not longer or (judged.kind is PageKind.ARTICLE and text):
        return judged, ""
    if len(fed) >= _WHOLE:
        judged = kinds.Judged(PageKind.ARTICLE, "", judged.doubt)
    return judged, "the text is from the feed: the page has less"


def _in_its_place(reading: Reading, hint: Hint) -> Reading:
    """A reading of what is no article: known by the address that was asked for, under the feed's title.

    Whatever such a page calls itself, its address and title are those of a door or a notice, which many entries share.
    """
    try:
        url = canonical(reading.requested_url)
    except TallywireError:
        url = reading.requested_url
    title = normalise(hint.title).replace("\n", " ") or reading.title
    sources = reading.sources | {"url": MetadataSource.URL} | ({"title": hint.source} if hint.title else {})
    return reading.model_copy(update={"url": url, "title": title, "sources": sources})


def _free(said: jsonld.Said, page: markup.Markup) -> bool | None:
    if said.free is not None:
        return said.free
    tier = page.first("article:content_tier", "og:article:content_tier").lower()
    return {"free": True, "locked": False, "metered": None}.get(tier)
