"""Digests: which there were, and each as the page it was."""

from __future__ import annotations

from importlib.resources import files

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.section import Section, shows
from pipeline.serve.shell import chosen_topic, found_or_404, page, reading, window_of
from pipeline.serve.views.common import UTC_ZONE, place_of, written, zone_of
from pipeline.serve.views.digests import DigestLine, body_of
from pipeline.steps.telling.digests import page_of_digest

_PAGE = 30
_LARGEST = 4_000_000


def _all(request: Request) -> Response:
    before = place_of(request.query_params.get("before", ""))
    with reading(request) as tx:
        topics, topic = chosen_topic(request, tx)
        found = tx.looking.digests(_PAGE + 1, topic=topic.name if topic else None, before=before)
    zones = {one.name: one.tzinfo for one in topics}
    return page(
        request,
        "digests.html.j2",
        title="Digests",
        zone=zone_of([topic] if topic else topics),
        topics=topics,
        topic=topic,
        lines=[DigestLine.of(one, zones.get(one.topic, UTC_ZONE)) for _, one in found[:_PAGE]],
        further=written(found[_PAGE - 1][0]) if len(found) > _PAGE else "",
        paged=before is not None,
    )


def _one(request: Request) -> Response:
    with reading(request) as tx:
        digest = found_or_404(tx.digests.get(request.path_params["digest"]), "digest")
        topic = tx.topics.get(digest.topic)
    path = page_of_digest(window_of(request).services.settings, digest.topic, digest.end)
    try:
        text = path.read_text(encoding="utf-8") if path.stat().st_size <= _LARGEST else ""
    except OSError:
        text = ""
    if not text:
        # It is written when it is sent, and upkeep removes it after TALLYWIRE_KEEP_DIGESTS.
        words = "This digest’s page has been deleted, or has not been written yet."
        raise HTTPException(404, words)
    line = DigestLine.of(digest, topic.tzinfo if topic else UTC_ZONE)
    title = f"Digest of {topic.heading if topic else digest.topic}, {line.period}"
    return page(request, "digest.html.j2", title=title, body=Markup(body_of(text)))  # noqa: S704 - nh3 made it harmless


def _style(_request: Request) -> Response:
    """The style sheet of mails, which a digest's page is made for."""
    folder = files("pipeline.tell").joinpath("templates")
    css = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "screen.css"))
    return Response(css, media_type="text/css", headers={"cache-control": "public, max-age=3600"})


SECTION = Section(
    routes=(shows("/digests", _all), shows("/digests/mail.css", _style), shows("/digests/{digest}", _one)),
    nav=("Digests", "/digests"),
)
