"""A development by itself; stories are known by their development."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.serve.pages.acting import Acting
from pipeline.serve.pages.topics import looked_of
from pipeline.serve.section import Section, shows
from pipeline.serve.shell import found_or_404, number_of, page, reading, window_of
from pipeline.serve.views.arranging import Arranging
from pipeline.serve.views.common import zone_of
from pipeline.serve.views.developments import STORIES, development_page
from pipeline.steps.known.threads import development_of
from schemas.decision import Subject, SubjectKind


def _one(request: Request) -> Response:
    identity, skip = request.path_params["development"], number_of(request, "skip")
    with reading(request) as tx:
        development = development_of(tx, identity)
        story = tx.stories.get(identity) if development is None else None
        if story is not None:
            return RedirectResponse(f"/developments/{story.development}#{story.id}", status_code=303)
        development = found_or_404(development, "development")
        topics = [topic for name in development.topics if (topic := tx.topics.get(name))]
        news = found_or_404(window_of(request).briefs.news(tx, identity), "development")
        subject = Subject(kind=SubjectKind.THREAD, id=identity)
        deciding = Acting.of(tx, subject, window_of(request).now, zone_of(topics))
        arranging = Arranging.of_development(tx, development)
        shown = development_page(tx, development, news, looked_of(request).before, skip)
    return page(
        request,
        "development.html.j2",
        title=shown.line.headline,
        zone=zone_of(topics),
        shown=shown,
        deciding=deciding,
        arranging=arranging,
        topics=topics,
        skip=skip,
        step=STORIES,
    )


SECTION = Section(routes=(shows("/developments/{development}", _one), shows("/stories/{development}", _one)))
