"""What is going on in each topic, and a topic by itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.section import Section, shows
from pipeline.serve.shell import found_or_404, page, reading, set_cookie, window_of
from pipeline.serve.views.common import Looked, place_of, written, zone_of
from pipeline.serve.views.feeds import ILL, FeedLine
from pipeline.serve.views.topics import rule_lines, rules_of, topic_part

LOOKED = "tallywire_looked"
_TOPICS = 20
_DEVELOPMENTS = 12
_DAYS = 365
_ILL = 5


def _all(request: Request) -> Response:
    looked = looked_of(request)
    after = request.query_params.get("after", "")
    with reading(request) as tx:
        topics = tx.topics.all()
        shown = [topic for topic in topics if topic.name > after]
        waiting = tx.looking.waiting()
        parts = [topic_part(tx, topic, waiting, looked.before) for topic in shown[:_TOPICS]]
    further = shown[_TOPICS - 1].name if len(shown) > _TOPICS else ""
    response = page(
        request,
        "topics.html.j2",
        title="Topics",
        zone=zone_of(topics),
        parts=parts,
        further=further,
        since=looked.before,
    )
    return _remember(request, response, looked)


def _one(request: Request) -> Response:
    looked, before = looked_of(request), place_of(request.query_params.get("before", ""))
    with reading(request) as tx:
        topic = found_or_404(tx.topics.get(request.path_params["topic"]), "topic")
        part = topic_part(tx, topic, tx.looking.waiting(), looked.before, limit=_DEVELOPMENTS, before=before)
        ill = [FeedLine.of(one, topic.tzinfo) for one in tx.looking.feeds(_ILL, topic=topic.name, healths=ILL)]
        kinds = rule_lines(tx, topic, window_of(request).now)
    response = page(
        request,
        "topic.html.j2",
        title=topic.heading,
        zone=topic.tzinfo,
        part=part,
        ill=ill,
        rules=rules_of(topic),
        kinds=kinds,
        further=written(part.further),
        paged=before is not None,
    )
    return _remember(request, response, looked)


def looked_of(request: Request) -> Looked:
    """When the reader looked last."""
    return Looked.of(request.cookies.get(LOOKED, ""), window_of(request).now)


def _remember(request: Request, response: Response, looked: Looked) -> Response:
    """What a browser fetches ahead of a click is no look."""
    if "prefetch" not in request.headers.get("sec-purpose", ""):
        set_cookie(request, response, LOOKED, looked.cookie, days=_DAYS)
    return response


SECTION = Section(routes=(shows("/", _all), shows("/topics/{topic}", _one)), nav=("Topics", "/"))
