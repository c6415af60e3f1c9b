"""What a form does with feeds: add one after a look at it, check one now, move it to another topic, remove it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from pipeline.collect.fetch import Fetcher
from pipeline.errors import TallywireError
from pipeline.serve.section import Section, acts
from pipeline.serve.shell import SAID, Window, found_or_404, page, reading, see_other, window_of
from pipeline.serve.views.feeds import feed_words
from pipeline.steps.deciding.enrol import feed_id
from pipeline.steps.deciding.feeds import (
    FeedSeen,
    NotAFeed,
    Removed,
    add_feed,
    check_feed,
    feed_ref,
    logins_of,
    move_feed,
    remove_feed,
)
from pipeline.steps.intake.feedreading import FeedReader
from pipeline.steps.known.topics import known_topic
from pipeline.steps.transport import limits_of
from schemas.feed import Feed

SAID |= {
    "feed-added": "Added. It will be polled in the next round.",
    "feed-moved": "Moved.",
    "feed-removed": "Removed. Its articles are kept.",
    "feed-named": "Removed, but a topic file still names it. Remove it there too, or the next run adds it again.",
}


def _add(request: Request, fields: Mapping[str, str]) -> Response:
    """Take a feed, after a look at what its address gives; of a web page its feeds are offered."""
    window, url, topic = window_of(request), fields.get("url", "").strip(), fields.get("topic", "")
    try:
        with reading(request) as tx:
            known_topic(tx, topic)
        _look(window, url)
        feed = add_feed(window.services, url, topic)
    except NotAFeed as error:
        return _looked(request, "That is a web page", error, offers=error.offers, topic=topic, status=422)
    except TallywireError as error:
        return _looked(request, "That can't be added", error, status=422)
    return see_other(f"/feeds/{feed.id}", said="feed-added")


def _check(request: Request, _fields: Mapping[str, str]) -> Response:
    """What a feed answers now."""
    feed = _feed(request)
    try:
        seen = _look(window_of(request), feed.url)
    except TallywireError as error:
        return _looked(request, "It does not work as a feed now", error, feed=feed)
    return _looked(request, "It works as a feed", None, feed=feed, seen=seen)


def _move(request: Request, fields: Mapping[str, str]) -> Response:
    feed, services = _feed(request), window_of(request).services
    try:
        removed = move_feed(services, feed.url, fields.get("from", ""), fields.get("to", ""))
    except TallywireError as error:
        return _looked(request, "That can't be moved", error, feed=feed, status=422)
    return see_other(f"/feeds/{feed.id}", said=_notice(removed, "feed-moved"))


def _remove(request: Request, fields: Mapping[str, str]) -> Response:
    feed, services = _feed(request), window_of(request).services
    try:
        removed = remove_feed(services, feed.url, fields.get("topic", ""))
    except TallywireError as error:
        return _looked(request, "That can't be removed", error, feed=feed, status=422)
    return see_other("/feeds", said=_notice(removed, "feed-removed"))


def _notice(removed: Removed, otherwise: str) -> str:
    return "feed-named" if removed.named else otherwise


def _feed(request: Request) -> Feed:
    with reading(request) as tx:
        feed: Feed = found_or_404(tx.feeds.get(request.path_params["feed"]), "feed")
    return feed


def _look(window: Window, url: str) -> FeedSeen:
    """Fetch and read a feed, as polling would. Raises TallywireError."""
    login = logins_of(window.services).get(feed_id(feed_ref(url).url))

    async def looked() -> FeedSeen:
        async with Fetcher(limits_of(window.services.settings)) as fetcher:
            return await check_feed(fetcher, read, url, window.now, login=login)

    with FeedReader() as read:
        return asyncio.run(looked())


def _looked(
    request: Request,
    heading: str,
    error: TallywireError | None,
    *,
    feed: Feed | None = None,
    seen: FeedSeen | None = None,
    offers: tuple[FeedSeen, ...] = (),
    topic: str = "",
    status: int = 200,
) -> Response:
    """What a look at a feed found, or why something could not be done."""
    return page(
        request,
        "looked.html.j2",
        title=heading,
        status=status,
        trouble=feed_words(error) if error else "",
        hint="" if offers or error is None else error.hint,
        feed=feed,
        seen=seen,
        offers=offers,
        topic=topic,
    )


SECTION = Section(
    routes=(
        acts("/feeds", _add),
        acts("/feeds/{feed}/check", _check),
        acts("/feeds/{feed}/move", _move),
        acts("/feeds/{feed}/remove", _remove),
    )
)
