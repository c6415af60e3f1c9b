"""Subscribing: the Atom feeds of each topic, and where they and the API are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import TallywireError
from pipeline.serve.access import host_name
from pipeline.serve.section import Section, shows
from pipeline.serve.shell import found_or_404, page, reading, window_of
from pipeline.steps.showing.atom import KINDS, atom_page, atom_path
from pipeline.tell.atom import MEDIA_TYPE
from schemas.topic import Topic


@dataclass(frozen=True)
class FeedLink:
    """A feed that may be subscribed to: an address that works without a login, and what to call it."""

    address: str
    title: str


def feed_links(request: Request, topic: Topic) -> list[FeedLink]:
    """The feeds of a topic, for `<link rel="alternate">` and for people."""
    key = _key(request, topic.name)
    return [
        FeedLink(atom_path(topic.name, kind) + (f"?key={key}" if key else ""), f"{topic.heading}: {kind}")
        for kind in KINDS
    ]


def address_of(request: Request) -> str:
    """The address of the window as whoever asks knows it: the public one, where they came by it."""
    public = window_of(request).services.settings.public_url or ""
    same = host_name(request.headers.get("host", "")) == (urlsplit(public).hostname or "").lower()
    return public if public and same else str(request.base_url)


def _key(request: Request, topic: str) -> str:
    window = window_of(request)
    return window.secret.key(f"atom {topic}") if window.access.login else ""


def _show(request: Request) -> Response:
    with reading(request) as tx:
        topics = tx.topics.all()
    links = [(topic, feed_links(request, topic)) for topic in topics]
    return page(request, "subscribe.html.j2", title="Subscribe", links=links, base=address_of(request).rstrip("/"))


def _feed(request: Request) -> Response:
    name, kind = request.path_params["topic"], request.path_params["kind"]
    window = window_of(request)
    key, inside = request.query_params.get("key", ""), not window.access.login
    inside = inside or bool(request.scope.get("tallywire_who") or request.scope.get("tallywire_session"))
    if not inside and not window.secret.is_key(f"atom {name}", key):
        raise HTTPException(403, "The key in this address opens no feed. Copy the address from the window again.")
    with reading(request) as tx:
        topic = found_or_404(tx.topics.get(name) if kind in KINDS else None, "feed")
    try:
        made = atom_page(
            window.services,
            topic,
            kind,
            base=address_of(request),
            key=key,
            before=request.query_params.get("before", ""),
        )
    except TallywireError as error:
        raise HTTPException(
            404, f"{error.what[:1].upper()}{error.what[1:]}. {error.hint[:1].upper()}{error.hint[1:]}."
        ) from error
    headers = {"etag": f'"{made.etag}"', "last-modified": format_datetime(made.updated.astimezone(UTC), usegmt=True)}
    if _is_known(request, made.etag, made.updated):
        return Response(status_code=304, headers=headers)
    return Response(made.document(), media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


def _is_known(request: Request, etag: str, updated: datetime) -> bool:
    """Whether whoever asks has this very page (RFC 9110, 13.1)."""
    if (known := request.headers.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return "*" in tags or f'"{etag}"' in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (ValueError, TypeError):
        return False
    return since.tzinfo is not None and updated.replace(microsecond=0) <= since


SECTION = Section(
    routes=(shows("/subscribe", _show), shows("/atom/{topic}/{kind}", _feed)),
    nav=("Subscribe", "/subscribe"),
    open=("/atom/",),
)
