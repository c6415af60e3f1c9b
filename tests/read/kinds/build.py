"""Pages of every kind in many languages, made of the sentences in ``texts.toml`` and of frames as sites build them.

A page's language decides whether it is for tuning or kept back: the kept-back languages are never looked at one by one,
and meet one frame of each kind that tuning never saw.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from schemas.article import Hint, Page, PageKind
from tests.read.pages import NOW

TEXTS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))
KEPT_BACK = frozenset(list(TEXTS)[1::2])
VARIANTS = 4


@dataclass(frozen=True)
class Labelled:
    """A page, and what it is."""

    name: str
    language: str
    kind: PageKind
    page: Page
    hint: Hint

    @property
    def kept_back(self) -> bool:
        return self.language in KEPT_BACK


@dataclass(frozen=True)
class _Site:
    language: str
    texts: dict[str, Any]
    variant: int

    @property
    def outlet(self) -> str:
        return str(self.texts["outlet"])

    def frame(self, title: str, inner: str, *, head: str = "", bare: bool = False, body: str = "") -> str:
        """A page around ``inner``; ``bare`` leaves out what surrounds articles."""
        menu = "" if bare else self._menu()
        foot = "" if bare else f"<footer><p>© 2026 {escape(self.outlet)}</p><a href='/imprint'>i</a></footer>"
        named = f" class='{body}'" if body else ""
        return (
            f"<!doctype html><html lang='{self.language}'><head><meta charset='utf-8'><title>{escape(title)}</title>"
            f"{head}</head><body{named}>{menu}{inner}{foot}</body></html>"
        )

    def _menu(self) -> str:
        links = "".join(f"<a href='/{n}'>{escape(word)}</a> " for n, word in enumerate(self.outlet.split() * 3))
        if self.variant % 2:
            return f"<div class='top-bar'><ul><li>{links}</li></ul></div>"
        return f"<header><a href='/'>{escape(self.outlet)}</a><nav>{links}</nav></header>"

    def article(self, lines: list[str], *, ending: str = "", flag: bool | None = None, extra: str = "") -> str:
        """An article, with as much metadata around it as sites of this variant have."""
        title, *text = lines
        facts: dict[str, Any] = {"@type": "NewsArticle", "headline": title, "datePublished": "2026-03-02T08:00:00Z"}
        if flag is not None:
            facts["isAccessibleForFree"] = flag
        head = f"<script type='application/ld+json'>{json.dumps(facts)}</script>"
        if flag is None and self.variant == 1:
            head = f"<meta property='og:type' content='article'><meta property='og:title' content='{escape(title)}'>"
        if flag is None and self.variant == 3:
            head = ""
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text)
        opening = f"<h1>{escape(title)}</h1>"
        inner = (
            f"<main><article>{opening}<div class='article-body'>{paragraphs}</div>{ending}</article></main>",
            f"<div class='content'>{opening}<time datetime='2026-03-02'>2.3.2026</time>{paragraphs}{ending}</div>",
            f"<main>{opening}<section itemprop='articleBody'>{paragraphs}</section>{ending}</main>",
            f"<div id='page'><div class='post'>{opening}{paragraphs}{ending}</div></div>",
        )[self.variant]
        return self.frame(f"{title} | {self.outlet}", inner + extra, head=head)


def _news(site: _Site) -> str:
    hidden = (
        "<div id='onetrust-banner' style='display:none'><p>"
        + escape(" ".join(site.texts["consent"][1:3]))
        + "</p></div>"
    )
    return site.article(site.texts["news"], extra=hidden if site.variant in (0, 3) else "")


def _long(site: _Site) -> str:
    title, *text = site.texts["news"]
    more = [f"{n}. {a} {b}" for n, (a, b) in enumerate(zip(text * 3, text[1:] * 4, strict=False), 2)]
    flag = False if site.variant == 2 else None
    wall = "<div class='paywall'><p>" + escape(site.texts["wall"][1]) + "</p></div>" if site.variant == 2 else ""
    return site.article([title, *text, *more], flag=flag, ending=wall)


def _law(site: _Site) -> str:
    return site.article(site.texts["law"])


def _promo(site: _Site) -> str:
    said = escape(site.texts["promo"])
    ending = (
        f"<p><em>{said}</em></p>",
        f"<div class='newsletter-box'><p>{said}</p><a href='/newsletter'>→</a></div>",
        f"<aside><p>{said}</p></aside>",
        f"<p><a href='/membership'>{said}</a></p>",
    )[site.variant]
    return site.article(site.texts["news"], ending=ending)


def _wall(site: _Site) -> str:
    title, *text = site.texts["news"]
    heading, said = map(escape, site.texts["wall"])
    box = (
        f"<div class='paywall-box'><h3>{heading}</h3><p>{said}</p></div>",
        f"<section class='subscription-offer'><p>{heading}</p><p>{said} <a href='/login'>→</a></p></section>",
        f"<div class='c-plus'><h2>{heading}</h2><p>{said}</p><a href='/subscribe'>OK</a></div>",
        f"<p><strong>{heading}</strong></p><p>{said}</p>",
    )[site.variant]
    shown = text[:2] if site.variant % 2 else [text[0], text[1][: len(text[1]) * 2 // 3].rstrip(" ,.") + "…"]
    return site.article([title, *shown], ending=box, flag=False if site.variant in (0, 1) else None)


def _stub(site: _Site) -> str:
    """The beginning of an article, as publishers cut it who draw no box around what they say then."""
    title, *text = site.texts["news"]
    heading, said = map(escape, site.texts["wall"])
    if site.variant == 1:
        return site.article([title, text[0], text[1][: len(text[1]) // 2].rstrip(" ,.") + "…"], flag=False)
    if site.variant == 2:
        facts = {
            "@type": "NewsArticle",
            "headline": title,
            "articleBody": " ".join([*text, *site.texts["law"][1:]] * 2),
        }
        head = f"<script type='application/ld+json'>{json.dumps(facts | {'isAccessibleForFree': False})}</script>"
        return site.frame(title, f"<article><h1>{escape(title)}</h1><p>{escape(text[0])}</p></article>", head=head)
    return site.article(
        [title, *text[:2]],
        ending=f"<p>{said if site.variant == 0 else heading}</p>",
        flag=False if site.variant == 3 else None,
    )


def _consent(site: _Site) -> str:
    heading, said, more, choices = site.texts["consent"]
    buttons = "".join(f"<button>{escape(choice)}</button>" for choice in choices.split("/"))
    links = "".join(f"<a href='#'>{escape(choice)}</a> " for choice in choices.split("/"))
    said, more, heading = escape(said), escape(more), escape(heading)
    inner = (
        f"<main><div class='message'><h1>{escape(site.outlet)}</h1><p>{said} {more}</p>{buttons}</div></main>",
        f"<div id='cmpwrapper'><div class='cmpbox'><h2>{heading}</h2><p>{said}</p><p>{more}</p>{links}</div></div>",
        f"<form action='/consent' method='post'><h1>{heading}</h1><p>{said}</p><p>{more}</p>{buttons}</form>",
        f"<div class='wrap'><p>{heading}</p><p>{said}</p><p>{more} {escape(choices.replace('/', '. '))}.</p></div>",
    )[site.variant]
    title = site.outlet if site.variant in (0, 3) else f"{heading} | {site.outlet}"
    return site.frame(title, inner, bare=True)


def _missing(site: _Site) -> str:
    heading, said = map(escape, site.texts["missing"])
    search = "<form><input type='search'><button>OK</button></form>" if site.variant % 2 else ""
    inner = (
        f"<main><h1>{heading}</h1><p>{said}</p>{search}</main>",
        f"<div class='error-page'><span>404</span><h1>{heading}</h1><p>{said}</p>{search}</div>",
        f"<main><article><h1>{heading}</h1><p>{said}</p></article></main>",
        f"<div class='text'><h2>{heading}</h2><p>{said}</p>{search}</div>",
    )[site.variant]
    head = "<meta name='robots' content='noindex'>" if site.variant in (1, 2) else ""
    return site.frame(f"{heading} | {site.outlet}", inner, head=head, body="error404" if site.variant == 2 else "")


def _login(site: _Site) -> str:
    heading, said = map(escape, site.texts["login"])
    fields = f"<input type='email'><input type='password'><button>{heading}</button>"
    inner = (
        f"<main><h1>{heading}</h1><form>{fields}</form><p>{said}</p></main>",
        f"<div class='login-form'><h2>{heading}</h2><p>{said}</p><form>{fields}</form></div>",
        f"<main><h1>{heading}</h1><p>{said}</p><form action='/auth'>{fields}</form></main>",
        f"<div><p>{heading}</p><p>{said}</p><form><input name='mail'><button>{heading}</button></form></div>",
    )[site.variant]
    return site.frame(f"{heading} | {site.outlet}", inner, bare=site.variant == 3)


def _closed(site: _Site) -> str:
    heading, said = map(escape, site.texts["closed"])
    inner = (
        f"<main><h1>{heading}</h1><p>{said}</p></main>",
        f"<div class='maintenance'><img src='/logo.png'><h1>{heading}</h1><p>{said}</p></div>",
        f"<div><h1>{heading}</h1><p>{said}</p><p>503</p></div>",
        f"<section><p>{heading}</p><p>{said}</p></section>",
    )[site.variant]
    return site.frame(site.outlet, inner, bare=site.variant != 0)


def _adblock(site: _Site) -> str:
    heading, said = map(escape, site.texts["adblock"])
    inner = (
        f"<main><h1>{heading}</h1><p>{said}</p></main>",
        f"<div class='adblock-wall'><h2>{heading}</h2><p>{said}</p><button>OK</button></div>",
        f"<div class='modal-page'><h1>{heading}</h1><p>{said}</p></div>",
        f"<main><p>{heading}</p><p>{said}</p></main>",
    )[site.variant]
    return site.frame(site.outlet, inner, bare=site.variant == 3)


def _index(site: _Site) -> str:
    every = [*site.texts["news"][1:], *site.texts["law"][1:], site.texts["promo"]]
    heads = [*site.texts["news"][:1], *site.texts["law"][:1], site.texts["missing"][0]] * 3
    cards = [
        (
            f"<div class='teaser'><h3><a href='/n/{n}'>{escape(head)}</a></h3><p>{escape(text)}</p></div>",
            f"<article><h2><a href='/a/{n}'>{escape(head)}</a></h2><p>{escape(text)}</p></article>",
            f"<li><a href='/s/{n}'><h3>{escape(head)}</h3></a><div class='standfirst'><p>{escape(text)}</p></div></li>",
            f"<a href='/s/{n}'><h4>{escape(head)}</h4><p>{escape(text)}</p></a>",
        )[site.variant]
        for n, (head, text) in enumerate(zip(heads, every, strict=False))
    ]
    inner = f"<main><h1>{escape(site.outlet)}</h1>{''.join(cards)}</main>"
    head = "<meta property='og:type' content='website'>" if site.variant != 3 else ""
    return site.frame(site.outlet, inner, head=head)


def _front(site: _Site) -> str:
    """Lists of articles that have no teasers with headings."""
    every = [*site.texts["news"], *site.texts["law"]]
    rows = [
        (
            f"<li><a href='/n/{n}'>{escape(text)}</a> <time>{n + 8}:30</time></li>",
            f"<a class='card' href='/c/{n}'><div class='t'>{escape(text[:60])}</div><div>{escape(text)}</div></a>",
            f"<div><time>{n + 8}:30</time><h3><a href='/s/{n}'>{escape(text[:60])}</a></h3></div><p>{escape(text)}</p>",
            f"<tr><td>{n + 8}:30</td><td><a href='/t/{n}'>{escape(text)}</a></td></tr>",
        )[site.variant]
        for n, text in enumerate(every)
    ]
    inner = f"<ul>{''.join(rows)}</ul>" if site.variant == 0 else f"<div class='list'>{''.join(rows)}</div>"
    inner = f"<table>{''.join(rows)}</table>" if site.variant == 3 else inner
    return site.frame(f"{site.outlet} {site.outlet}", f"<main>{inner}</main>")


def _choice(site: _Site) -> str:
    """Consent pages as the tools for them build them."""
    heading, said, more, choices = map(escape, site.texts["consent"])
    one, *rest = choices.split("/")
    boxes = "".join(f"<li><label><input type='checkbox'>{choice}</label></li>" for choice in rest)
    price = site.texts["wall"][1]
    inner = (
        f"<div role='dialog' aria-modal='true'><h2>{heading}</h2><p>{said} {more}</p><button>{one}</button></div>",
        f"<div class='purposes'><h1>{heading}</h1><p>{said}</p><ul>{boxes}</ul><a href='#'>{one}</a></div>",
        f"<div class='cols'><div><h2>{heading}</h2><p>{said}</p><button>{one}</button></div>"
        f"<div><h2>{escape(site.outlet)}</h2><p>{escape(price)}</p></div></div>",
        f"<div><p>{heading}. {said} {more} {rest[-1]}. {one}.</p></div>",
    )[site.variant]
    return site.frame(f"{site.outlet} - {heading}" if site.variant == 1 else site.outlet, inner, bare=True)


def _locked(site: _Site) -> str:
    """Teasers behind what lies over or beside the text."""
    heading, said = map(escape, site.texts["wall"])
    title, *text = site.texts["news"]
    box = (
        f"<aside class='offer'><h3>{heading}</h3><p>{said}</p></aside>",
        f"<div class='overlay'><h2>{heading}</h2><p>{said}</p></div>",
        f"<div class='fade'></div><h4>{heading}</h4><a class='btn' href='/subscribe'>{escape(site.outlet)}</a>",
        f"<div><p>{heading}</p><p>{said}</p></div>",
    )[site.variant]
    if site.variant == 1:
        return site.article([title, *text[:3]], extra=box, flag=False)
    return site.article([title, *text[: 4 if site.variant == 3 else 2]], ending=box, flag=False)


_MAKERS = {
    "news": (PageKind.ARTICLE, _news),
    "long": (PageKind.ARTICLE, _long),
    "law": (PageKind.ARTICLE, _law),
    "promo": (PageKind.ARTICLE, _promo),
    "wall": (PageKind.TEASER, _wall),
    "stub": (PageKind.TEASER, _stub),
    "consent": (PageKind.CONSENT, _consent),
    "missing": (PageKind.MISSING, _missing),
    "login": (PageKind.LOGIN, _login),
    "closed": (PageKind.CLOSED, _closed),
    "adblock": (PageKind.CHECK, _adblock),
    "index": (PageKind.INDEX, _index),
    "front": (PageKind.INDEX, _front),
    "choice": (PageKind.CONSENT, _choice),
    "locked": (PageKind.TEASER, _locked),
}
_DOORS = {"login": "/login?return={path}", "consent": "/consent?to={path}", "index": "/", "missing": "/"}


def pages() -> Iterator[Labelled]:
    """All of them, always the same. Half know what the feed said; a quarter of the walls came by a redirect."""
    for number, (language, texts) in enumerate(TEXTS.items()):
        # Tuning sees the first three frames of each kind, the kept-back languages the last three.
        kept = language in KEPT_BACK
        for turn, (name, (kind, make)) in enumerate(_MAKERS.items()):
            variant = (number // 2 + turn) % (VARIANTS - 1) + kept
            title, *lines = texts["law" if name == "law" else "news"]
            url = f"https://www.{language}-valley.example/news/2026/03/02/{number}{turn}-report"
            door = _DOORS.get(name, "") if (number // 2 + turn) % 4 == 0 else ""
            final = f"https://www.{language}-valley.example" + door.format(path="/news") if door else url
            told = (number + turn) % 2 == 0
            yield Labelled(
                name=f"{language}-{name}",
                language=language,
                kind=kind,
                page=Page(
                    url=url,
                    final_url=final,
                    status=200,
                    headers=(("Content-Type", "text/html"),),
                    body=make(_Site(language, texts, variant)).encode(),
                    fetched_at=NOW,
                ),
                hint=Hint(title=title, summary=" ".join(lines[:2])) if told else Hint(),
            )
