"""Digests: which there were, what became of them, and the page of one, made harmless once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import nh3
from lxml import html as lxml_html

from pipeline.tell.words import one_line, period
from schemas.alert import Digest, DigestState

_STATES = {DigestState.WAITING: "Waiting", DigestState.SENT: "Mailed", DigestState.FAILED: "Given up"}
_TAGS = {
    *("a", "blockquote", "br", "div", "em", "h1", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "span", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_EVERYWHERE = {"class", "dir", "align", "valign"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "width"},
    "th": {"scope", "width"},
    "table": {"role", "width", "cellpadding", "cellspacing"},
}


@dataclass(frozen=True)
class DigestLine:
    """A digest in a list."""

    id: str
    topic: str
    period: str
    state: str
    sent: datetime | None
    why: str

    @classmethod
    def of(cls, digest: Digest, zone: ZoneInfo) -> DigestLine:
        return cls(
            id=digest.id,
            topic=digest.topic,
            period=period(digest.start, digest.end, zone),
            state=_STATES[digest.state],
            sent=digest.sent,
            why=one_line(digest.error or "", 300),
        )


def body_of(page: str) -> str:
    """What stands in the body of a digest's page, without styles of its own: a file may have been changed by anyone.

    Its classes stay, for the style sheet of mails; pictures stay where they are part of the page itself.
    """
    document = lxml_html.document_fromstring(page)
    body = document.find("body")
    markup = lxml_html.tostring(body if body is not None else document, encoding="unicode")
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_harmless,
        link_rel="noopener noreferrer",
    )


def _harmless(_tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if value.startswith("data:image/png;base64,") else None
    if name == "href":
        return value if value.startswith(("http://", "https://", "mailto:")) else None
    return value
