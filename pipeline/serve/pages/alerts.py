"""Alerts: what waits, and what was told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.section import Section, shows
from pipeline.serve.shell import chosen_topic, page, reading, window_of
from pipeline.serve.views.alerts import mailed, waiting_lines
from pipeline.serve.views.common import place_of, written, zone_of

_WAITING, _PAGE = 50, 60


def _all(request: Request) -> Response:
    now, before = window_of(request).now, place_of(request.query_params.get("before", ""))
    with reading(request) as tx:
        topics, topic = chosen_topic(request, tx)
        by_name, name = {one.name: one for one in topics}, topic.name if topic else None
        waiting = [] if before else waiting_lines(tx, by_name, name, now, _WAITING)
        found = tx.looking.alerts(_PAGE + 1, topic=name, before=before)
        zone = zone_of([topic] if topic else topics)
        mails = mailed(tx, found[:_PAGE], zone)
    return page(
        request,
        "alerts.html.j2",
        title="Alerts",
        zone=zone,
        topics=topics,
        topic=topic,
        waiting=waiting,
        most=_WAITING,
        mails=mails,
        further=written(found[_PAGE - 1][0]) if len(found) > _PAGE else "",
        paged=before is not None,
    )


SECTION = Section(routes=(shows("/alerts", _all),), nav=("Alerts", "/alerts"))
