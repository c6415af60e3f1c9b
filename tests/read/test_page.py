"""From bytes to a reading, and from replayed articles to readings."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import NotHtml, ReadError
from pipeline.read.page import PRELOAD, hint_of, read_given, read_job
from pipeline.read.workers import WorkerPool
from schemas.article import Hint, MetadataSource
from schemas.feed import Announcement, Entry, Origin
from tests.read.pages import NOW, PARAGRAPHS, URL, article, news, page, read

S = MetadataSource


def test_a_plain_news_page() -> None:
    html = article(ld=news(), head='<meta property="og:site_name" content="Valley Post">')
    reading = read(html, url=URL + "?utm_source=feed")
    assert reading.title == "River dam gives way above Oberlin"
    assert reading.text == "\n".join(PARAGRAPHS)
    assert reading.authors == ("Ines Odermatt",)
    assert reading.published == datetime(2026, 3, 1, 21, 15, tzinfo=UTC)
    assert (reading.language, reading.outlet, reading.url) == ("en", "Valley Post", URL)
    assert (reading.teaser, reading.notes) == (None, ())
    assert reading.sources["title"] is reading.sources["published"] is S.JSON_LD


def test_reading_twice_gives_the_same() -> None:
    html = article(ld=news())
    assert read(html) == read(html)


def test_a_page_without_any_metadata_is_still_read() -> None:
    reading = read(article(lang=None), url="https://valleypost.example/a")
    assert reading.title == "River dam gives way above Oberlin"
    assert (reading.language, reading.sources["language"]) == ("en", S.MODEL)
    assert (reading.outlet, reading.sources["outlet"]) == ("valleypost.example", S.URL)
    assert (reading.published, reading.sources["published"]) == (NOW, S.ARRIVAL)
    assert "the time of arrival is used" in " ".join(reading.notes)


def test_the_title_is_not_the_first_line_of_the_text_again() -> None:
    html = article(paragraphs=("River dam gives way above Oberlin", *PARAGRAPHS))
    assert read(html).text == "\n".join(PARAGRAPHS)


def test_readings_above_japanese_words_stay_in_the_sentence() -> None:
    ruby = (
        "村の上の<ruby>堰堤<rp>（</rp><rt>えんてい</rt><rp>）</rp></ruby>が日曜の夜に決壊し、川は橋を二つと水車小屋を押し流した。"
        * 4
    )
    text = read(article(paragraphs=(ruby,), title="堰堤が決壊", lang="ja")).text
    assert text.startswith("村の上の堰堤（えんてい）が日曜の夜に決壊し")
    assert "\n" not in text


def test_what_the_page_repeats_is_not_the_article() -> None:
    notice = "This content is hidden until you allow embedded posts from other sites."
    paragraphs = tuple(text for one in PARAGRAPHS for text in (one, notice))
    assert read(article(paragraphs=paragraphs)).text == "\n".join(PARAGRAPHS)


def test_the_pages_own_article_body_stands_in_where_extraction_falls_short() -> None:
    body = "\n".join(PARAGRAPHS * 2)
    reading = read(article(paragraphs=PARAGRAPHS[:1], ld=news(articleBody=body)))
    assert PARAGRAPHS[4] in reading.text
    assert "the text is" in " ".join(reading.notes)


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000,
        "<b><i>" * 50_000,
        "<table><tr><td>" * 30_000,
        "<!--" * 200_000,
        "<a href='" * 100_000,
        "&" * 300_000,
    ],
)
def test_a_bomb_of_markup_is_read_or_refused_in_words(bomb: str) -> None:
    with suppress(ReadError):
        assert len(read("<html><body><p>" + PARAGRAPHS[0] + "</p>" + bomb).text) <= 300_000


def test_too_many_elements_are_refused() -> None:
    with pytest.raises(ReadError, match="elements"):
        read("<html><body>" + "<br>" * 200_000)


def test_a_page_without_words_is_refused() -> None:
    with pytest.raises(ReadError):
        read("<html><body><div></div></body></html>")


@given(st.text("<>/apdivh1 \"'=&;!-[]{}", max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_markup_is_read_or_refused(text: str) -> None:
    with suppress(ReadError):
        assert isinstance(read("<html><body>" + text).text, str)


def given_hint(**fields: object) -> Hint:
    return Hint.model_validate({"source": S.GIVEN, **fields})


def test_a_given_text_is_kept_character_for_character() -> None:
    text = "  A  “dam”\r\n\r\nburst:\u00a014\u2009hurt.\t"
    reading = read_given(html=None, text=text, url=URL, hint=given_hint(title="Dam"), now=NOW)
    assert reading.text == text


def test_only_what_no_store_can_hold_is_replaced_one_for_one() -> None:
    reading = read_given(html=None, text="a\x00b\ud800c 14", url=URL, hint=given_hint(), now=NOW)
    assert reading.text == "a\ufffdb\ufffdc 14"


def test_a_given_article_may_lack_nearly_everything() -> None:
    reading = read_given(html=None, text=PARAGRAPHS[0], url="", hint=Hint(), now=NOW)
    assert (reading.title, reading.published, reading.outlet) == ("", NOW, "unknown")
    assert reading.sources["published"] is S.ARRIVAL
    assert reading.language == "en"


def test_what_a_replay_gives_counts_before_the_page() -> None:
    hint = given_hint(title="Given", published=NOW, authors=("G. Iven",), language="de", outlet="Giver")
    reading = read_given(html=article(ld=news()), text=None, url=URL, hint=hint, now=NOW)
    assert (reading.title, reading.authors, reading.language, reading.outlet) == ("Given", ("G. Iven",), "de", "Giver")
    assert (reading.published, reading.sources["published"]) == (NOW, S.GIVEN)
    assert reading.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("html", ["<p>14 were hurt.</p>", "14 were hurt.", "<div><b>14</b> were hurt.</div>"])
def test_a_given_fragment_is_read_whole(html: str) -> None:
    assert read_given(html=html, text=None, url=URL, hint=given_hint(title="Dam"), now=NOW).text == "14 were hurt."


def test_pages_are_read_in_children() -> None:
    good, bad = page(article(ld=news())), page(b"%PDF-1.7", content_type="application/pdf")
    with WorkerPool(read_job, workers=1, preload=PRELOAD) as pool:
        reading, refused = pool.map((one, Hint(), NOW) for one in (good, bad))
    assert reading == read(article(ld=news()), content_type="text/html; charset=utf-8")
    assert isinstance(refused, NotHtml)


def test_what_takes_long_to_import_is_imported_with_the_first_page() -> None:
    program = f"import pipeline.read.page, sys; sys.exit(bool({set(PRELOAD) | {'numpy'}!r} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_markup_given_as_text_becomes_plain() -> None:
    reading = read_given(html=None, text="<p>One &amp; two</p><p>three</p>", url=URL, hint=Hint(), now=NOW)
    assert reading.text == "One & two\nthree"


def test_nothing_given_is_refused() -> None:
    with pytest.raises(ReadError, match="neither text nor html"):
        read_given(html=" ", text="", url=URL, hint=Hint(), now=NOW)


def entry(origin: Origin = Origin.FEED, **fields: object) -> Entry:
    said = Announcement.model_validate({"url": URL, "canonical_url": URL, "fingerprint": "f", **fields})
    return Entry(id="entry-1", origin=origin, announcement=said, first_seen=NOW)


def test_an_entry_hints_at_its_article() -> None:
    hint = hint_of(
        entry(title="Dam", summary="Short.", content="<p>Much longer.</p>", updated=NOW, language="en-GB"), "Post"
    )
    assert hint == Hint(title="Dam", summary="Much longer.", published=NOW, language="en", outlet="Post", source=S.FEED)
    assert hint_of(entry(Origin.REPLAY), None).source is S.GIVEN
