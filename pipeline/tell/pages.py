"""Templates into text and HTML: styles inlined, links made harmless, nothing remote."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from pipeline.tell.frame import Frame

BUDGET = 80_000
"""The most bytes of HTML a mail may have: Gmail clips a message at 102 kB, transfer encoding and all."""

_LONGEST_URL = 1000
_WIDTH = 76
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~-._"


def link(url: str) -> str | None:
    """``url`` as it may stand in a mail: http(s) and plain ASCII; None where it is anything else, or overlong."""
    if len(url) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or quote(host, safe=".-_:[]~") != host:
        return None
    if ":" in host:
        host = f"[{host}]"
    safe = quote(parts._replace(netloc=host + port).geturl(), safe=_URL_CHARACTERS)
    return safe if len(safe) <= _LONGEST_URL * 2 else None


def _wrapped(text: str, indent: int = 0) -> str:
    margin = " " * indent
    return textwrap.fill(
        text,
        width=_WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.tell"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True, default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def text_page(template: str, frame: Frame, **values: Any) -> str:
    """A template as plain text, without trailing space and without more than one empty line at a time."""
    words = {"say": frame.say, "say_as": frame.say_as, "counted": frame.counted, "language": frame.language}
    lines: list[str] = []
    for line in _environment().get_template(template).render(**values, **words).splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"


def html_page(template: str, frame: Frame, **values: Any) -> str:
    """A template as HTML: style.css inlined, screen.css (what holds on some screens only) left in the head."""
    page = _environment().get_template(template).render(**values, **_words_in_html(frame))
    html: str = _inliner().inline(page)
    return html


def _words_in_html(frame: Frame) -> dict[str, Any]:
    """What templates say messages by: what fills a placeholder is escaped, unless it is HTML already."""

    def say(text: str, **values: Any) -> Markup:
        return escape(frame.wording(text)).format(**values)

    def say_as(context: str, text: str, **values: Any) -> Markup:
        return escape(frame.wording(text, context)).format(**values)

    def counted(one: str, several: str, n: float, **values: Any) -> Markup:
        return escape(frame.wording_of(one, several, n)).format(**{"n": frame.number(n), **values})

    return {"say": say, "say_as": say_as, "counted": counted, "language": frame.language}
