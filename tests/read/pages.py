"""Pages for the tests, written out in Python; every name, outlet and event in them is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from schemas.article import Hint, Page, Reading

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
URL = "https://www.valleypost.example/news/2026/03/01/river-dam-gives-way"

PARAGRAPHS = (
    "The dam above the village of Oberlin gave way on Sunday night, and the river carried off two bridges and a mill.",
    "At least 14 people were hurt, the district said, and some 300 spent the night in the school on the hill.",
    "Engineers had warned of cracks in the northern wall in the autumn; the repair was put off for want of money.",
    "Mayor Ruth Keller said that the water had come within minutes. She asks people to stay away from the banks.",
    "The weather service expects the level to fall by Tuesday, when divers are to look at what is left of the wall.",
)


def article(
    *,
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    title: str = "River dam gives way above Oberlin",
    ld: dict[str, object] | str | None = None,
    head: str = "",
    before: str = "",
    after: str = "",
    lang: str | None = "en",
    heading: str | None = None,
) -> str:
    """A whole page: navigation, an article, a footer."""
    block = ld if isinstance(ld, str) else json.dumps(ld) if ld else ""
    script = f'<script type="application/ld+json">{block}</script>' if block else ""
    attribute = f' lang="{lang}"' if lang else ""
    return f"""<!DOCTYPE html><html{attribute}><head><title>{title} | Valley Post</title>{head}{script}</head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a> <a href="/shop">Shop</a></nav>
<main><article><h1>{heading if heading is not None else title}</h1>{before}
{"".join(f"<p>{text}</p>" for text in paragraphs)}
{after}</article></main><footer><p>Valley Post, 1 Mill Lane</p></footer></body></html>"""


def news(**fields: object) -> dict[str, object]:
    """A JSON-LD NewsArticle with the fields given and the usual rest."""
    usual: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "River dam gives way above Oberlin",
        "datePublished": "2026-03-01T22:15:00+01:00",
        "author": {"@type": "Person", "name": "Ines Odermatt"},
        "publisher": {"@type": "Organization", "name": "Valley Post"},
    }
    return usual | fields


def page(body: str | bytes, *, url: str = URL, content_type: str | None = "text/html; charset=utf-8") -> Page:
    return Page(
        url=url,
        final_url=url,
        status=200,
        headers=(("Content-Type", content_type),) if content_type is not None else (),
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=NOW,
    )


def read(
    body: str | bytes, hint: Hint | None = None, *, url: str = URL, content_type: str | None = "text/html"
) -> Reading:
    from pipeline.read.page import read_page

    return read_page(page(body, url=url, content_type=content_type), hint or Hint(), now=NOW)
