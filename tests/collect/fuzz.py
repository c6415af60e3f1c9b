"""Feeds, dates, lists of feeds and sitemaps that nobody wrote, for as long as there is time: ``make fuzz``.

Not part of the tests, for it finds something new each time or nothing at all. What it finds becomes an example there.
``FUZZ_SECONDS`` (``make fuzz SECONDS=60``) says how long it looks, all kinds together.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.collect.dates import feed_date
from pipeline.collect.feeds import parse_feed
from pipeline.collect.links import meant
from pipeline.collect.opml import read_opml
from pipeline.collect.xmltext import close_and_escape, mend
from pipeline.dates import Hints, Refused, WrittenDate, read_date
from pipeline.errors import FeedError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://outlet.example/feed"
SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
KINDS = 6
SLOW = 2.0


def _words(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


def _lines(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.strip("\n").splitlines())


_names = _words("""
    rss channel item title link guid pubDate description content:encoded dc:date dc:creator media:content b br p Lab
    media:description feed entry id updated summary content author name enclosure a:b opml body outline head urlset
    url loc lastmod news:news news:title x
""")
_attributes = st.just("") | _lines("""
 type="html"
 rel="alternate"
 rel="enclosure"
 href='https://e.com/a'
 xmlUrl="https://e.com/f"
 a
 b="
 c=d
 xml:base="/x/"
 xmlns="http://www.w3.org/2005/Atom"
 xmlns:a="u"
 isPermaLink="false"
 xml:lang="de"
""")
_marks = _words(
    "& < > ]]> <![CDATA[ <!-- --> <? ?> ]> <![CDATA[x]]> ' \" = &amp; &nbsp; &#0; &#x41; &lt;b&gt; é Ã© \ud800"
)
_texts = st.sampled_from(["\0", "\n", "<!DOCTYPE rss [", "<!ENTITY x 'y'>"]) | _lines("""
Dam fails
https://e.com/a
www.e.com/b
Mon, 23 Sep 2024 14:30:00 GMT
07/01/2024
""")
_tags = st.one_of(
    st.builds("<{}{}>".format, _names, _attributes),
    st.builds("</{}>".format, _names),
    st.builds("<{}{}/>".format, _names, _attributes),
)
_rubbish = st.lists(_tags | _texts | _marks, max_size=60).map("".join)
_starts = st.just("") | _lines("""
<rss><channel>
<feed>
<feed xmlns="http://www.w3.org/2005/Atom">
<urlset>
<opml><body>
<rdf:RDF>
{
""")
_documents = st.builds("{}{}{}".format, _starts, _rubbish, st.just("") | _words("</channel></rss> </feed> </opml>"))
_bytes = st.one_of(
    _documents.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(lambda text, codec: text.encode(codec, "replace"), _documents, _words("utf-16 cp1251 cp932")),
    st.builds(
        lambda text, noise, at: text.encode("utf-8", "replace")[:at] + noise,
        _documents,
        st.binary(),
        st.integers(0, 400),
    ),
)
_json_names = _words("items id url title authors author name attachments content_html date_published")
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just("https://e.com/a"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_json_names, inner, max_size=6),
    max_leaves=20,
)
_date_parts = _words("""
    Mon Tue 1 7 23 2024 24 Sep September сентября 14:30 14:30:00 2:30 PM AM GMT EST +0200 +02:00 Z T - / . , : ( ) 年 月
    日 下午 Europe/Berlin 1727101800 24:00 60 de at ٢٠٢٤ h 2024-09-23 23.09.2024 07/01/2024 W39 IST CEST
""")


def _for_a_while(prove: Callable[[], None]) -> None:
    """Prove a property over and over, from another seed each time, while there is time."""
    ends = time.monotonic() + SECONDS / KINDS
    rounds = 0
    while time.monotonic() < ends:
        number = random.randrange(2**32)
        try:
            seed(number)(prove)()
        except BaseException:
            print(f"seed {number}")  # noqa: T201 - the one thing that a person needs beside the example
            raise
        rounds += 1
    assert rounds


_many = settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def _parsed_or_refused(body: bytes) -> None:
    began = time.process_time()
    try:
        feed = parse_feed(body, url=URL, now=NOW)
    except FeedError:
        return
    finally:
        assert time.process_time() - began < SLOW
    for one in feed.announcements:
        assert one.url.startswith(("http://", "https://"))
        assert "\0" not in one.title
        assert one.published is None or one.published <= NOW


def test_any_bytes_are_a_feed_or_refused() -> None:
    @_many
    @given(_bytes)
    def prove(body: bytes) -> None:
        _parsed_or_refused(body)

    _for_a_while(prove)


def test_any_json_is_a_feed_or_refused() -> None:
    @_many
    @given(_json, st.integers(0, 300))
    def prove(value: object, cut: int) -> None:
        text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [value]})
        _parsed_or_refused(text.encode())
        _parsed_or_refused(text[:cut].encode())

    _for_a_while(prove)


def test_any_list_of_feeds_is_read_or_refused() -> None:
    @_many
    @given(_bytes)
    def prove(body: bytes) -> None:
        try:
            found = read_opml(b"<opml>" + body)
        except FeedError:
            return
        assert all(feed.url.startswith(("http://", "https://")) for feed in found.feeds)

    _for_a_while(prove)


def test_no_item_of_a_closed_feed_lies_in_another() -> None:
    @_many
    @given(_documents)
    def prove(text: str) -> None:
        xml = mend("<rss>" + text)
        root = etree.fromstring(close_and_escape(xml.text).encode("utf-8", "replace"), etree.XMLParser(recover=True))
        assert root is None or not root.xpath("//item//item | //item//entry | //entry//entry | //entry//item")

    _for_a_while(prove)


def test_any_date_is_read_or_refused_the_same_way_twice() -> None:
    @_many
    @given(
        st.lists(_date_parts, max_size=12).map(" ".join) | st.lists(_date_parts, max_size=12).map("".join) | st.text()
    )
    def prove(text: str) -> None:
        for hints in (Hints(), Hints("cn", "ru", day_first=True)):
            read = read_date(text, hints)
            assert isinstance(read, WrittenDate | Refused)
        moment = feed_date(text)
        assert moment is None or moment.tzinfo is UTC
        meant(text, URL)

    _for_a_while(prove)


_moments = st.datetimes(datetime(1990, 1, 1), datetime(2035, 12, 31))  # noqa: DTZ001 - the zone is drawn apart
_offsets = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
_formats = _lines("""
%a, %d %b %Y %H:%M:%S %z
%d %b %Y %H:%M:%S %z
%A, %d-%b-%Y %H:%M:%S %z
%a %b %d %H:%M:%S %z %Y
%a %b %d %Y %H:%M:%S GMT%z (Some Time)
%B %d, %Y %I:%M:%S %p %z
%I:%M:%S %p %z, %d %B %Y
%d/%b/%Y:%H:%M:%S %z
%Y-%m-%dT%H:%M:%S%z
%Y%m%dT%H%M%S%z
%G-W%V-%uT%H:%M:%S%z
%Y-%jT%H:%M:%S%z
%Y/%m/%d %H:%M:%S %z
%Y年%m月%d日 %H:%M:%S %z
%d.%m.%Y %H:%M:%S %z
%A, %m/%d/%Y %H:%M:%S %z
%A, %d/%m/%Y %H:%M:%S %z
""")


def test_a_moment_that_is_written_is_read_back_or_doubtful() -> None:
    @_many
    @given(_moments, _offsets, _formats)
    def prove(moment: datetime, zone: timezone, form: str) -> None:
        moment = moment.replace(microsecond=0, tzinfo=zone)
        read = read_date(moment.strftime(form))
        if isinstance(read, Refused):
            assert form.startswith(("%A, %m/", "%A, %d/"))
            assert read.why == "it may mean more than one day"
        else:
            assert read.at == moment

    _for_a_while(prove)
