"""Entries: what came in and what became of it; and why anything is what it is."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.section import Section, shows
from pipeline.serve.shell import found_or_404, page, reading, window_of
from pipeline.serve.views.common import OUTCOMES, place_of, written, zone_of
from pipeline.serve.views.entries import PERIODS, EntryLine, outcome_rows
from pipeline.serve.views.explained import trail_of
from pipeline.steps.showing.explain import explain

_PAGE = 50


def _all(request: Request) -> Response:
    asked = request.query_params
    days = asked.get("days", "7") if asked.get("days", "7") in dict(PERIODS) else "7"
    status = asked.get("outcome", "") if asked.get("outcome", "") in OUTCOMES else ""
    before = place_of(asked.get("before", ""))
    since = window_of(request).now - timedelta(days=int(days))
    with reading(request) as tx:
        topics = tx.topics.all()
        feed = tx.feeds.get(asked["feed"]) if asked.get("feed") else None
        name = feed.id if feed else None
        counts = tx.looking.entry_counts(since, name)
        found = tx.looking.entries(_PAGE + 1, status=status or None, feed=name, since=since, before=before)
    rows, came, ended, pending = outcome_rows(counts)
    return page(
        request,
        "entries.html.j2",
        title="Entries",
        zone=zone_of(topics),
        rows=rows,
        came=came,
        ended=ended,
        pending=pending,
        periods=PERIODS,
        days=days,
        wanted=status,
        feed=feed,
        lines=[EntryLine.of(one) for _, one in found[:_PAGE]],
        further=written(found[_PAGE - 1][0]) if len(found) > _PAGE else "",
        paged=before is not None,
    )


def _why(request: Request) -> Response:
    identity = request.path_params["id"]
    with reading(request) as tx:
        kind = tx.search_everything_by_id(identity)
        lines = found_or_404(explain(tx, identity) if kind else None, "such thing")
        topics = tx.topics.all()
    trail, cut = trail_of(lines[1:])
    return page(
        request,
        "explain.html.j2",
        title=f"Why: {kind} {identity}",
        zone=zone_of(topics),
        kind=kind,
        identity=identity,
        trail=trail,
        cut=cut,
    )


SECTION = Section(routes=(shows("/entries", _all), shows("/explain/{id}", _why)), nav=("Entries", "/entries"))
