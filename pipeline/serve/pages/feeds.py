"""Feeds: how they are doing, and how one was."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.section import Section, shows
from pipeline.serve.shell import chosen_topic, found_or_404, page, reading, window_of
from pipeline.serve.views.common import zone_of
from pipeline.serve.views.feeds import DAYS, ILL, FeedLine, history_of, in_order
from schemas.feed import Health

_PAGE = 100


def _all(request: Request) -> Response:
    wanted, after = request.query_params.get("health", ""), request.query_params.get("after", "")
    healths = {"ill": ILL, "ok": (Health.OK,)}.get(wanted, ())
    with reading(request) as tx:
        topics, topic = chosen_topic(request, tx)
        name = topic.name if topic else None
        found = tx.looking.feeds(_PAGE + 1, topic=name, healths=healths, after=after)
        counts = tx.looking.feeds_by_health(name)
    zone = zone_of([topic] if topic else topics)
    return page(
        request,
        "feeds.html.j2",
        title="Feeds",
        zone=zone,
        topics=topics,
        topic=topic,
        wanted=wanted if healths else "",
        lines=in_order(found[:_PAGE], zone),
        ill=sum(counts.get(one, 0) for one in ILL),
        total=sum(counts.values()),
        further=found[_PAGE - 1].id if len(found) > _PAGE else "",
        paged=bool(after),
    )


def _one(request: Request) -> Response:
    now = window_of(request).now
    with reading(request) as tx:
        feed = found_or_404(tx.feeds.get(request.path_params["feed"]), "feed")
        known = tx.topics.all()
        days = tx.looking.entries_by_day(feed.id, now - timedelta(days=DAYS))
    topics = [topic for topic in known if topic.name in feed.topics]
    zone = zone_of(topics)
    line = FeedLine.of(feed, zone)
    return page(
        request,
        "feed.html.j2",
        title=line.name,
        zone=zone,
        line=line,
        state=feed.state,
        topics=topics,
        others=[topic for topic in known if topic.name not in feed.topics],
        history=history_of(days, now.date()),
    )


SECTION = Section(routes=(shows("/feeds", _all), shows("/feeds/{feed}", _one)), nav=("Feeds", "/feeds"))
