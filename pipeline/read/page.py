"""From a page, or from what a replay gives, to a reading. Pure: the same input at the same moment gives the same."""

from __future__ import annotations

import re
from datetime import datetime

from pipeline.errors import ReadError, TallywireError
from pipeline.read import body, boilerplate, decode, jsonld, markup, metadata
from pipeline.read import teaser as walls
from pipeline.read.language import language_code, language_of
from pipeline.text import normalise, plain_text
from pipeline.urls import canonical, outlet_domain
from schemas.article import Hint, MetadataSource, Page, Reading
from schemas.feed import Entry, Origin

PRELOAD = ("trafilatura", "htmldate", "py3langid.langid", "dateutil.parser", "babel.core")
"""What the first page makes this module import; a `WorkerPool` imports it once for all its children."""

_MARKUP = re.compile(
    r"</?(?:p|div|br|span|a|b|i|em|strong|h[1-6]|ul|ol|li|img|html|body)\b[^<>]{0,500}>", re.IGNORECASE
)
_DOCUMENT = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WALL_ELEMENTS = (
    "//*[contains(@class, 'paywall') or contains(@id, 'paywall') or contains(@class, 'regwall')"
    " or contains(@class, 'subscriber-only') or contains(@class, 'piano')]"
    "[not(self::body or self::html or self::script)]"
)


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
        notes=() if given.published else ("nothing says when it was published; taken for the moment it arrived",),
    )


def _read(
    html: str, *, requested_url: str, final_url: str, hint: Hint, now: datetime, notes: tuple[str, ...]
) -> Reading:
    page = markup.parse(html, where=final_url)
    said = jsonld.said(page.tree, final_url)
    raw, how = body.text_of(page.tree, final_url, said, walled=lambda text: walls.is_wall(text) is not None)
    if not raw and hint.source is MetadataSource.GIVEN:
        # Who gives a fragment means all of it.
        raw = plain_text(html)[: body.LARGEST]
    facts = metadata.judge(page, said, hint, text=raw, final_url=final_url, now=now)
    everything = raw if len(raw) >= 200 else plain_text(html[: markup.LARGEST])[:5000]
    evidence = walls.Evidence(
        title=facts.title,
        url=final_url,
        free=_free(said, page),
        known_length=len(said.body),
        words=said.words,
        known_text=hint.summary,
        wall=" ".join(" ".join(part.itertext()) for part in page.tree.xpath(_WALL_ELEMENTS)[:4])[:4000],
    )
    reason = walls.teaser(raw, evidence) or (
        walls.is_wall(everything, facts.title, final_url) if len(raw) < 200 else None
    )
    text = boilerplate.without_boilerplate(
        raw, (facts.title, said.headline, *metadata.headings(page.tree)), facts.authors
    )
    sources = dict(facts.sources)
    sources["text"] = MetadataSource.JSON_LD if "articleBody" in how else MetadataSource.PAGE
    said_notes = [*notes, *facts.notes, *([how] if how else [])]
    if said.live:
        said_notes.append("a live page: its text goes on changing")
    if (reason or not text) and len(hint.summary) > max(len(text), 1):
        text, sources["text"] = hint.summary, hint.source
        said_notes.append("the text is the feed's: the page gives less")
        if len(text) >= walls.SHORT and not walls.offer(text):
            reason = None
    if not text and not reason:
        raise ReadError("the page holds no text that reads as an article", where=final_url)
    return Reading(
        requested_url=requested_url,
        url=facts.url,
        title=facts.title,
        text=text,
        authors=facts.authors,
        published=facts.published,
        modified=facts.modified,
        language=facts.language,
        outlet=facts.outlet,
        description=facts.description,
        sources=sources,
        teaser=reason,
        notes=tuple(dict.fromkeys(said_notes)),
    )


def _free(said: jsonld.Said, page: markup.Markup) -> bool | None:
    if said.free is not None:
        return said.free
    tier = page.first("article:content_tier", "og:article:content_tier").lower()
    return {"free": True, "locked": False, "metered": None}.get(tier)
