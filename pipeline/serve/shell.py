"""What every page shares: the window it belongs to, templates, the frame around a page, cookies and redirects."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.errors import TallywireError
from pipeline.serve.access import Access, Tries, host_name
from pipeline.serve.briefs import KeptBriefs
from pipeline.serve.secret import SESSION_DAYS, Secret
from pipeline.steps.keeping.vitals import Watch
from pipeline.steps.services import Services
from pipeline.tell.words import count, moment, number, one_line, short_moment
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

VISIT, SESSION = "tallywire_visit", "tallywire_session"
_UTC = ZoneInfo("UTC")
_DIGITS = 7
_LATELY = timedelta(days=180)


@dataclass(frozen=True)
class Window:
    """What the pages of one window work with."""

    services: Services
    access: Access
    secret: Secret
    nav: tuple[tuple[str, str], ...]
    watch: Watch
    tries: Tries = field(default_factory=Tries)
    briefs: KeptBriefs = field(default_factory=KeptBriefs)

    @property
    def now(self) -> datetime:
        return self.services.clock()


def window_of(request: Request) -> Window:
    window = request.app.state.window
    assert isinstance(window, Window)
    return window


def who(request: Request) -> str:
    """Who asks, for decisions that are kept with a name: what the proxy calls them, or "the window"."""
    return str(request.scope.get("tallywire_who") or "the window")


@contextmanager
def reading(request: Request) -> Iterator[Transaction]:
    """The record as it is now."""
    with window_of(request).services.record.read() as tx:
        yield tx


def found_or_404(found: Any, what: str) -> Any:
    """``found``, or the page that says that there is no such thing (any more)."""
    if found is None:
        raise HTTPException(404, f"There is no {what} at this address.")
    return found


def number_of(request: Request, name: str) -> int:
    """A whole number of the address, 0 where it has none."""
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= _DIGITS else 0


def chosen_topic(request: Request, tx: Transaction) -> tuple[list[Topic], Topic | None]:
    """All topics, and the one that the address names, or the only one."""
    topics = tx.topics.all()
    name = request.query_params.get("topic", "")
    if name:
        return topics, found_or_404(next((topic for topic in topics if topic.name == name), None), "topic")
    return topics, topics[0] if len(topics) == 1 else None


def page(
    request: Request, template: str, *, title: str, zone: ZoneInfo = _UTC, status: int = 200, **values: Any
) -> Response:
    """A template within the frame. ``title`` is plain text of any origin; ``zone`` is that of the page's times."""
    window = window_of(request)
    visit = request.cookies.get(VISIT, "")
    fresh = not _is_visit(visit)
    if fresh:
        visit = secrets.token_urlsafe(16)
    frame = {
        "title": one_line(title, 160) or "untitled",
        "nav": [(label, path, _is_here(request.url.path, path)) for label, path in window.nav],
        "zone": zone,
        "now": window.now,
        "csrf": _hidden(window.secret.form_token(visit)),
        "here": request.url.path,
        "login": window.access.login and bool(request.scope.get("tallywire_session")),
        "who": request.scope.get("tallywire_who") or "",
        "notice": SAID.get(request.query_params.get("said", ""), ""),
    }
    response = HTMLResponse(environment().get_template(template).render(**frame, **values), status_code=status)
    if fresh:
        set_cookie(request, response, VISIT, visit, days=SESSION_DAYS)
    return response


def _hidden(token: str) -> Callable[[], Markup]:
    """What each form that acts has to hold, as ``{{ csrf() }}``."""
    return lambda: Markup('<input type="hidden" name="form_token" value="{}">').format(token)


SAID: dict[str, str] = {}
"""What a page says at its top after a redirect, by the value of ``?said=``: a word of ours, never of the address."""


def set_cookie(request: Request, response: Response, name: str, value: str, *, days: int) -> None:
    """A cookie that no script reads and no other site's form brings along."""
    secure = host_name(request.headers.get("host", "")) in window_of(request).access.secure
    response.set_cookie(name, value, max_age=days * 86400, httponly=True, samesite="lax", secure=secure, path="/")


def in_sentences(error: TallywireError) -> str:
    """What was wrong and what to do, for a page."""
    parts = (part[:1].upper() + part[1:] for part in (error.what, error.hint) if part)
    return " ".join(part if part.endswith(("?", ".", "…")) else f"{part}." for part in parts)


def see_other(path: str, **query: str) -> Response:
    """The answer to a form: look there now. ``path`` is one of ours (see `local`)."""
    return RedirectResponse(local(path) + (f"?{urlencode(query)}" if query else ""), status_code=303)


def local(path: str, otherwise: str = "/") -> str:
    """``path``, if it leads to a place within this window."""
    if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable():
        return path
    return otherwise


def _is_visit(value: str) -> bool:
    return 16 <= len(value) <= 64 and value.isascii() and value.replace("-", "").replace("_", "").isalnum()


def _is_here(path: str, part: str) -> bool:
    return path == part if part == "/" else path == part or path.startswith(f"{part}/")


@cache
def static_version() -> str:
    """Changes with whatever style sheet or script there is, so that browsers may keep them for ever."""
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted(files("pipeline.serve").joinpath("static").iterdir(), key=lambda file: file.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def environment() -> Environment:
    """Templates: everything is escaped, and what is missing is an error."""
    made = Environment(
        loader=PackageLoader("pipeline.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"moment": _moment, "number": number, "segment": _segment}
    made.globals |= {"count": count, "number": number, "version": static_version(), "query": _query}
    return made


@pass_context
def _moment(context: Context, when: datetime | None, zone: ZoneInfo) -> Markup | str:
    """A time element: words for people in ``zone``, with the year where it is long ago; the instant for programs."""
    if when is None:
        return "never"
    # A page without a frame knows no now; it names the year.
    now = context.get("now")
    return _time(when, zone, lately=now is not None and abs(now - when) < _LATELY)


@lru_cache(maxsize=4096)
def _time(when: datetime, zone: ZoneInfo, *, lately: bool) -> Markup:
    """Kept, for a page names many moments, most of them several times."""
    words = short_moment(when, zone) if lately else moment(when, zone)
    instant = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(instant, words)


def _segment(text: str) -> str:
    """Text as one segment of a path."""
    return quote(text, safe="")


def _query(path: str, values: Mapping[str, Any]) -> str:
    """An address with those of ``values`` that say something."""
    said = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path
