"""The window of a deployment: the same pages over a record in PostgreSQL and an index in Elasticsearch."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr
from sqlalchemy import URL

from pipeline.demo import play as playing
from pipeline.serve.access import access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import secret_of
from pipeline.serve.server import serving
from pipeline.settings import Settings
from pipeline.steps.services import open_services
from tests.elastic import elasticsearch_server
from tests.elastic.sharing import Running
from tests.postgres import fresh_database, postgres_server
from tests.serve.browser import CHROMIUM, axe_finds, looking, needs_chromium, sticking_out
from tests.serve.client import Client
from tests.serve.conftest import NOW, Clock, Served

__all__ = ["elasticsearch_server", "postgres_server"]

pytestmark = [
    pytest.mark.long,
    pytest.mark.postgres,
    pytest.mark.elasticsearch,
    pytest.mark.xdist_group("window-deployed"),
]


@pytest.fixture(scope="module")
def deployment(
    postgres_server: URL, elasticsearch_server: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """The settings of a deployment in which the demonstration was played."""
    prefix = f"w{uuid.uuid4().hex[:12]}"
    home = tmp_path_factory.mktemp("deployment") / "home"
    with fresh_database(postgres_server) as url:
        servers = {
            "database_url": SecretStr(url),
            "elasticsearch_url": elasticsearch_server.url,
            "elasticsearch_prefix": prefix,
            "elasticsearch_analyzers": "*=folding,en=english,de=german",
        }
        embedded = playing.demo_settings

        def deployed(home: Path, host: str) -> Settings:
            return embedded(home, host).model_copy(update=servers)

        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(playing, "demo_settings", deployed)
                playing.play(home, playing.Told(line=lambda line: None), clock=lambda: NOW)
            # Nothing of what it shows is in the home.
            assert not list(home.glob("*.db"))
            yield deployed(home, "")
        finally:
            with Elasticsearch(elasticsearch_server.url, request_timeout=60) as client:
                found = client.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases").body
                client.options(ignore_status=404).indices.delete(index=sorted(found) or "none")
                client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")


@pytest.fixture(scope="module")
def served(deployment: Settings) -> Iterator[Served]:
    clock, crashes = Clock(), list[str]()
    services = open_services(deployment, clock=clock)
    access, secret = access_of(deployment, "127.0.0.1"), secret_of(deployment.home)
    with serving(make_app(services, access, secret, on_crash=crashes.append), "127.0.0.1", 0) as address:
        yield Served(address, services, access, secret.token, clock, crashes)
    services.close()
    assert crashes == []


@pytest.fixture(scope="module")
def chromium(served: Served) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


def answered(client: Client, path: str) -> str:
    """A page, or a link to the page that its address leads to."""
    answer = client.get(path)
    assert answer.status in (200, 303), path
    return answer.text if answer.status == 200 else f'<a href="{answer.headers["location"]}">'


def test_every_page_and_all_it_leads_to_answers(served: Served) -> None:
    client, seen, open_ = served.client(), set[str](), ["/"]
    while open_:
        path = open_.pop()
        seen.add(path)
        found = map(unescape, re.findall(r'href="(/[a-z][^"#]*)["#]', answered(client, path)))
        # Of the articles, entries and reasons a few stand for all.
        kinds = Counter(map(kind_of, seen))
        open_ = list({*open_, *(one for one in found if kinds[kind_of(one)] < 6)} - seen)
    kinds = Counter(map(kind_of, seen))
    assert {"topics", "developments", "figures", "articles", "alerts", "digests", "feeds", "entries"} < kinds.keys()
    assert {"search", "explain", "decisions"} < kinds.keys()


def kind_of(path: str) -> str:
    """The first part of an address: what the page shows."""
    return re.split(r"[/?]", path)[1]


@needs_chromium
def test_the_contradiction_is_found_and_a_muted_figure_says_who_muted_it(chromium: Browser, served: Served) -> None:
    with looking(chromium, served.address) as page:
        page.goto("/")
        page.get_by_role("link", name="Ukrainian children back with relatives").first.click()
        sides = page.get_by_role("list", name="Contradicting values").get_by_role("listitem")
        assert [side.locator(".value").inner_text() for side in sides.all()] == ["1,622", "1,240"]
        assert axe_finds(page) == ""
        page.get_by_role("link", name="With them, 1,622 children have returned").first.click()
        assert "The current value is 1,622" in page.get_by_role("img", name="children returned").first.inner_html()
        assert page.locator("blockquote", has_text="1,240").locator("mark").inner_text() == "1,240"
        page.set_viewport_size({"width": 320, "height": 800})
        assert sticking_out(page) == []
        page.get_by_role("button", name="Mute this series").click()
        assert page.get_by_text("Muted").first.is_visible()


@needs_chromium
def test_a_search_is_marked_narrowed_and_taken_along(chromium: Browser, served: Served) -> None:
    with looking(chromium, served.address) as page:
        page.goto("/")
        page.get_by_role("searchbox").first.fill("returned children")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*")
        # “returned” and “returning” are one word to the analyser of English.
        assert {mark.lower() for mark in page.locator("main mark").all_inner_texts()} >= {"returned", "children"}
        total = found_on(page.get_by_role("heading", level=2).first.inner_text())
        page.get_by_role("link", name="Rights Observer").first.click()
        assert found_on(page.get_by_role("heading", level=2).first.inner_text()) == 1 < total
        assert axe_finds(page) == ""
        address = page.get_by_role("link", name="All as CSV").get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(answered(served.client(), address or "").removeprefix("\ufeff"))))
    assert [row["source"] for row in rows] == ["Rights Observer"]
    assert "1,240 children" in rows[0]["excerpt"]


def found_on(heading: str) -> int:
    number = re.match(r"[\d,]+", heading)
    assert number, heading
    return int(number[0].replace(",", ""))
