"""Articles: articles, the newest first; one with its text, copies and revisions; what a revision changed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pipeline.serve.section import Section, shows
from pipeline.serve.shell import found_or_404, number_of, page, reading
from pipeline.serve.views.articles import article_page, diff_page
from pipeline.serve.views.common import ReportLine, zone_of

_PAGE = 40


def _all(request: Request) -> Response:
    named = {name: request.query_params.get(name, "") or None for name in ("topic", "story")}
    with reading(request) as tx:
        topics = tx.topics.all()
        topic = next((one for one in topics if one.name == named["topic"]), None)
        story = tx.stories.get(named["story"]) if named["story"] else None
        if (named["topic"] and topic is None) or (named["story"] and story is None):
            found_or_404(None, "list of articles")
        found = tx.looking.articles(_PAGE + 1, **named, before=number_of(request, "before") or None)
    return page(
        request,
        "articles.html.j2",
        title="Articles",
        zone=zone_of([topic] if topic else topics),
        topics=topics,
        topic=topic,
        story=story,
        lines=[ReportLine.of(one) for one in found[:_PAGE]],
        further=found[_PAGE - 1].seq if len(found) > _PAGE else None,
        paged="before" in request.query_params,
    )


def _one(request: Request) -> Response:
    with reading(request) as tx:
        article = found_or_404(tx.articles.get(request.path_params["article"]), "article")
        topics = [topic for name in article.on_topics if (topic := tx.topics.get(name))]
        zone = zone_of(topics or tx.topics.all())
        shown = article_page(tx, article)
    return page(request, "article.html.j2", title=shown.line.title, zone=zone, shown=shown, topics=topics)


def _diff(request: Request) -> Response:
    with reading(request) as tx:
        article = found_or_404(tx.articles.get(request.path_params["article"]), "article")
        topics = [topic for name in article.on_topics if (topic := tx.topics.get(name))]
        shown = found_or_404(diff_page(tx, article, request.path_params["number"]), "revision")
    title = f"What changed: {shown.line.title}"
    return page(request, "diff.html.j2", title=title, zone=zone_of(topics), shown=shown)


SECTION = Section(
    routes=(
        shows("/articles", _all),
        shows("/articles/{article}", _one),
        shows("/articles/{article}/revisions/{number:int}", _diff),
    ),
    nav=("Articles", "/articles"),
)
