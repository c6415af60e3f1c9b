"""In whichever order the reports of a run come in, the brief of their thread says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from pipeline.runner import Runner
from schemas.topic import Topic
from tests.cli.test_threads import FIRST, MORE
from tests.steps.conftest import START, Post, Site
from tests.steps.scripted import Written, lines, newsroom, written

REPORTS = written(FIRST + MORE)
A_WEEK_LATER = datetime(2026, 3, 9, 12, tzinfo=UTC)


@settings(max_examples=8, deadline=None)
@given(st.permutations(REPORTS))
def test_any_order_of_arrival_within_a_run_gives_the_same_brief(order: list[Written]) -> None:
    """The same lines in the same order, each with the same witnesses, rivals and values of before."""
    with newsroom(start=A_WEEK_LATER) as room:
        room.arrive(order)
        assert lines(room.brief("quake-1")) == lines_of_the_week()


def lines_of_the_week() -> list[tuple[object, ...]]:
    if not _WEEK:
        with newsroom(start=A_WEEK_LATER) as room:
            room.arrive(REPORTS)
            _WEEK.extend(lines(room.brief("quake-1")))
    return _WEEK


_WEEK: list[tuple[object, ...]] = []


@pytest.fixture
def server(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/robots.txt").respond_with_data("")
    return httpserver


# Each example has a home and addresses of its own on the one server.
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outlets=st.permutations(["nordwire", "southpost", "echo"]), order=st.permutations(REPORTS))
def test_how_feeds_order_their_items_changes_nothing(
    server: HTTPServer, outlets: list[str], order: list[Written]
) -> None:
    """Feeds list what was published at one moment in any order, and are asked in any order."""
    server.clear()
    server.expect_request("/robots.txt").respond_with_data("")
    sites = {outlet: Site(server, outlet) for outlet in outlets}
    for report in order:
        sites[report.outlet.lower()].publish(report.id, report.title, report.text, published=START)
    topic = Topic.model_validate({"name": "news", "feeds": [site.feed_url for site in sites.values()]})
    host = next(iter(sites.values())).host
    with newsroom(topic, START + timedelta(hours=1), allowed_hosts=(host,), host_delay=0.0, workers=0) as room:
        with Runner(room.services, mailer=Post()) as runner:
            runner.round(every_feed=True)
        with room.services.record.read() as tx:
            arrived = [article.reading.url.rpartition("/")[2] for article in tx.articles.iterate()]
            quake = next(article.id for article in tx.articles.iterate() if article.reading.url.endswith("quake-1"))
        said = arrived, [(figure.headline, figure.witnesses) for figure in room.brief(quake).figures]
    _SAID.append(said)
    assert said == _SAID[0]


_SAID: list[tuple[list[str], list[tuple[str, int]]]] = []
