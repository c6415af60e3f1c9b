"""The figures of a topic, and a figure by itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.serve.pages.acting import Acting
from pipeline.serve.section import Section, shows
from pipeline.serve.shell import chosen_topic, found_or_404, number_of, page, reading, window_of
from pipeline.serve.views.arranging import Arranging
from pipeline.serve.views.common import UTC_ZONE, place_of, series_of, written
from pipeline.serve.views.figures import CLAIMS, series_lines, series_page
from pipeline.steps.deciding.arrange import LONGEST_LABEL
from pipeline.steps.deciding.arranged import pinned
from schemas.decision import Subject, SubjectKind

_PAGE = 30


def _all(request: Request) -> Response:
    before = place_of(request.query_params.get("before", ""))
    with reading(request) as tx:
        topics, topic = chosen_topic(request, tx)
        found = tx.looking.series(topic.name, _PAGE + 1, before) if topic else []
        first = pinned(tx, topic.name) if topic else []
        latest = [one for _, one in found[:_PAGE] if one.merged_into is None and one not in first]
        lines = series_lines(tx, latest if before else [*first, *latest])
    return page(
        request,
        "figures.html.j2",
        title="Figures",
        zone=topic.tzinfo if topic else UTC_ZONE,
        topics=topics,
        topic=topic,
        lines=lines,
        further=written(found[_PAGE - 1][0]) if len(found) > _PAGE else "",
        paged=before is not None,
    )


def _one(request: Request) -> Response:
    identity, skip = request.path_params["series"], number_of(request, "skip")
    with reading(request) as tx:
        series = tx.figures.get_series(identity)
        if series is None and (of_figure := series_of(tx, None, [identity]).get(identity)):
            return RedirectResponse(f"/figures/{of_figure}#{identity}", status_code=303)
        series = found_or_404(series, "figure")
        if series.merged_into is not None:
            return RedirectResponse(f"/figures/{series.merged_into}", status_code=303)
        topic = tx.topics.get(series.topic)
        zone = topic.tzinfo if topic else UTC_ZONE
        shown = series_page(tx, series, zone, skip)
        subject = Subject(kind=SubjectKind.SERIES, id=series.id)
        deciding = Acting.of(tx, subject, window_of(request).now, zone)
        arranging = Arranging.of_series(tx, series)
    return page(
        request,
        "figure.html.j2",
        title=shown.line.label,
        zone=zone,
        shown=shown,
        topic=topic,
        deciding=deciding,
        arranging=arranging,
        longest=LONGEST_LABEL,
        skip=skip,
        step=CLAIMS,
    )


SECTION = Section(routes=(shows("/figures", _all), shows("/figures/{series}", _one)), nav=("Figures", "/figures"))
