"""The search page: what it finds, how it is narrowed, and that nothing of a page or an address does anything."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import QueryParams

from pipeline.index.contract import Batch
from pipeline.serve.pages.search import asked_of
from schemas.export import FoundRow
from schemas.topic import Topic
from tests.index.test_contract import document
from tests.serve.client import Client
from tests.serve.conftest import NOW, Opens, Served


@pytest.fixture
def served(window: Opens, tmp_path: Path) -> Served:
    """A window over 30 articles on a flood, one of them with a hostile title, and a copy."""
    served = window(tmp_path / "home")
    with served.services.record.begin() as tx:
        tx.topics.put(Topic(name="floods", title="River floods"))
        tx.topics.put(Topic(name="fires"))
    documents = [
        document(
            f"d{n:02}",
            f"Flood report {n}",
            "The I.R.S. moved its office.",
            outlet="Südpost" if n % 3 else "Nordwire",
            published=NOW - timedelta(days=n),
        )
        for n in range(30)
    ]
    hostile = "<script>alert(1)</script> =1+1 levee"
    documents.append(document("evil", hostile, "<b>bold</b> levee; =1+1", url="javascript:alert(1)", published=NOW))
    documents.append(document("copy", "Flood report 0", outlet="Ostblatt", copy_of="d00", published=NOW))
    served.services.index.setup()
    served.services.index.write(Batch(documents, len(documents)))
    return served


def links(text: str) -> dict[str, str]:
    found = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', text, re.DOTALL)
    return {" ".join(re.sub("<[^>]*>", "", words).split()): unescape(address) for address, words in found}


def titles(text: str) -> list[str]:
    found = re.findall(r"<h3>(.*?)</h3>", text, re.DOTALL)
    return [unescape(re.sub("<[^>]*>", "", one)).strip() for one in found]


def test_what_is_found_is_marked_and_counted(served: Served) -> None:
    page = served.client().get("/search?q=irs+report")
    assert page.status == 200
    assert "30 found" in page.words
    assert "The <mark>I.R.S.</mark> moved its office." in page.text
    assert titles(page.text)[0] == "Flood report 0"


def test_copies_are_told_under_their_original(served: Served) -> None:
    page = served.client().get("/search?q=%22flood+report+0%22")
    assert "2 found, 1 of them a copy" in page.words
    assert titles(page.text) == ["Flood report 0"]
    assert "Ostblatt" in page.words


def test_each_facet_narrows_and_each_filter_can_be_taken_away(served: Served) -> None:
    client = served.client()
    wide = client.get("/search?q=report")
    narrow = client.get(links(wide.text)["Nordwire"])
    assert "10 found" in narrow.words
    back = client.get(links(narrow.text)["Nordwire ×: remove this filter"])
    assert "31 found" in back.words
    day = client.get(links(wide.text)["2026-03-01"])
    assert titles(day.text) == ["Flood report 3"]


def test_pages_follow_one_another_and_their_addresses_stay_good(served: Served) -> None:
    client = served.client()
    first = client.get("/search?q=report&sort=date")
    address = links(first.text)["Next page"]
    second = client.get(address)
    assert titles(first.text) + titles(second.text) == [f"Flood report {n}" for n in range(30)]
    served.clock.now += timedelta(days=700)
    assert titles(client.get(address).text) == titles(second.text)
    assert titles(client.get(links(second.text)["First page"]).text) == titles(first.text)


def test_days_are_those_of_the_topics_zone(served: Served) -> None:
    asked = asked_of(QueryParams("since=2026-03-29&until=2026-03-29"), ZoneInfo("Europe/Berlin"))
    assert asked.query.since == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert asked.query.until == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert asked_of(QueryParams("until=9999-12-31"), ZoneInfo("UTC")).query.until is None


def test_nothing_of_a_page_is_markup_or_leads_anywhere(served: Served) -> None:
    page = served.client().get("/search?q=levee")
    assert titles(page.text) == ["<script>alert(1)</script> =1+1 levee"]
    assert "<script>alert" not in page.text
    assert "javascript:" not in page.text
    assert "&lt;b&gt;bold&lt;/b&gt; <mark>levee</mark>" in page.text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search?q=x&topic=flods", "There is no topic 'flods'. Did you mean 'floods'?"),
        ("/search?q=x&development=thread-none", "There is no development 'thread-none'."),
        ("/search?q=x&since=yesterday", "“yesterday” is not a date. Write it like 2026-03-01."),
        ("/search?q=x&since=2026-03-02&until=2026-03-01", "The last day is before the first."),
        ("/search?q=x&after=%3Cb%3E", "The requested page can't be found."),
        ("/search?q=x&sort=worth", "Sort by relevance or date."),
    ],
)
def test_what_can_not_be_understood_is_said(served: Served, address: str, said: str) -> None:
    page = served.client().get(address)
    assert page.status == 400
    assert said in page.words
    assert served.crashes == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("เ" * 2000, "only its first 64 characters were used"),
        ("カ" * 500, "only its first 64 characters were used"),
        ('flood "report', "A quotation mark is not closed"),
        (" ".join(f"r{n}" for n in range(200)), "only its first 64 words were used"),
        ('-"', "32 found"),
        ("\x00\ufffe\u202e", "32 found"),
    ],
)
def test_the_box_takes_whatever_is_put_in_and_says_what_it_left_out(served: Served, text: str, said: str) -> None:
    page = served.client().get(f"/search?{urlencode({'q': text})}")
    assert page.status == 200
    assert said in page.words
    assert len(page.text) < 100_000


def test_all_that_is_found_comes_as_csv_that_runs_nothing(served: Served) -> None:
    client = served.client()
    answer = client.get(links(client.get("/search?q=levee").text)["All as CSV"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="tallywire-search.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert set(row) == set(FoundRow.model_fields)
    assert row["excerpt"] == "<b>bold</b> levee;' =1+1"
    assert len(list(csv.DictReader(io.StringIO(client.get("/search.csv?q=report").text)))) == 30
    assert client.get("/search.csv?topic=none").status == 400


def test_a_topic_that_is_searched_offers_its_feeds(served: Served) -> None:
    page = served.client().get("/search?topic=floods")
    assert 'href="/atom/floods/alerts"' in page.text
    assert "/atom/fires/" not in page.text


def test_a_quote_in_an_address_stays_in_its_field(served: Served) -> None:
    page = served.client().get("/search?q=" + quote('"><img src=x>'))
    assert "<img" not in page.text


def test_search_asks_for_a_login_where_one_is_needed(window: Opens, tmp_path: Path) -> None:
    served = window(tmp_path / "home", serve_hosts=("news.example",))
    answer = Client(served.address, {"host": "news.example"}).get("/search?q=x")
    assert (answer.status, answer.headers["location"]) == (303, "/login?next=/search%3Fq%3Dx")
    assert Client(served.address, {"host": "news.example"}).get("/search.csv").status == 303
