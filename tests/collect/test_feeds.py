from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.collect import feeds
from pipeline.collect.feeds import parse_feed
from pipeline.collect.links import meant
from pipeline.errors import FeedError
from schemas.feed import FeedFormat, ParsedFeed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://outlet.example/feeds/world.xml"


def read(body: str | bytes, content_type: str | None = None, url: str = URL) -> ParsedFeed:
    return parse_feed(body.encode() if isinstance(body, str) else body, url=url, content_type=content_type, now=NOW)


def rss(*items: str, head: str = "") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>World</title>{head}{listed}</channel></rss>'


REFUSALS = {
    "the feed is empty",
    "this is a web page, not a feed",
    "this is not a feed",
    "this is JSON, but not a JSON Feed",
    "the feed is broken JSON",
    "the feed is broken",
    "the sitemap is broken",
}
ONE = "<title>Dam fails</title><link>https://outlet.example/dam</link>"


def test_rss_2() -> None:
    feed = read(
        """<?xml version="1.0"?>
        <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
             xmlns:content="http://purl.org/rss/1.0/modules/content/">
          <channel><title>World &amp; more</title><link>https://outlet.example/</link><language>en-GB</language>
            <item><title>Ben &amp;amp; Jerry</title><link>https://outlet.example/a?utm_source=rss&amp;id=7</link>
              <guid isPermaLink="false">x-7</guid><pubDate>Sat, 21 Nov 2026 10:00:00 EST</pubDate>
              <dc:creator>Jane Doe</dc:creator>
              <description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second.&lt;/p&gt;</description>
              <content:encoded><![CDATA[<p>The whole text.</p>]]></content:encoded>
            </item></channel></rss>"""
    )
    assert (feed.format, feed.title, feed.site_url) == (FeedFormat.RSS, "World & more", "https://outlet.example/")
    (one,) = feed.announcements
    assert one.url == "https://outlet.example/a?utm_source=rss&id=7"
    assert one.canonical_url == "https://outlet.example/a?id=7"
    assert (one.guid, one.title, one.summary) == ("x-7", "Ben & Jerry", "First. Second.")
    assert (one.content, one.authors, one.language) == ("<p>The whole text.</p>", ("Jane Doe",), "en")
    assert one.published == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert feed.notes == ()


def test_atom() -> None:
    feed = read(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://outlet.example/sub/">
          <title type="html">Welt &amp;mdash; heute</title><link href="/"/>
          <entry><title>5 &lt; 6</title><id>urn:1</id><link rel="alternate" href="eins"/>
            <published>2026-11-20T08:00:00+01:00</published><updated>2026-11-21T08:00:00Z</updated>
            <author><name>A. Autor</name></author><summary>Kurz.</summary>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Lang.</p></div></content></entry>
        </feed>"""
    )
    assert (feed.format, feed.title, feed.site_url) == (FeedFormat.ATOM, "Welt — heute", "https://outlet.example/")
    (one,) = feed.announcements
    assert (one.url, one.title, one.authors) == ("https://outlet.example/sub/eins", "5 < 6", ("A. Autor",))
    assert one.published == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert one.updated == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert (one.summary, one.content, one.language) == ("Kurz.", "<p>Lang.</p>", "de")


def test_rdf_with_its_rhythm() -> None:
    feed = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
              xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:dc="http://purl.org/dc/elements/1.1/">
          <channel rdf:about="x"><title>RDF</title><link>https://outlet.example/</link>
            <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
          <item rdf:about="https://outlet.example/1"><title>One</title><link>https://outlet.example/1</link>
            <dc:date>2026-11-20</dc:date></item>
        </rdf:RDF>"""
    )
    assert (feed.format, feed.ttl) == (FeedFormat.RDF, 21_600)
    (one,) = feed.announcements
    assert (one.published or one.updated) == datetime(2026, 11, 20, tzinfo=UTC)


def test_a_feed_says_when_not_to_ask() -> None:
    head = (
        "<ttl>90</ttl><skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>Monday</day></skipDays>"
    )
    feed = read(rss(ONE, head=head))
    assert (feed.ttl, feed.skip_hours, feed.skip_days) == (5_400, (0, 3), (0, 6))


def test_json_feed() -> None:
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "JSON",
                "home_page_url": "https://outlet.example/",
                "language": "en-US",
                "items": [
                    {
                        "id": 42,
                        "url": "/a",
                        "title": "A & B",
                        "content_html": "<p>Whole</p>",
                        "content_text": "Whole <3",
                        "date_published": "2026-11-20T08:00:00+01:00",
                        "authors": [{"name": "Jane"}],
                    },
                    {"id": "https://outlet.example/b", "content_text": "only text"},
                    {"id": "7", "attachments": [{"url": "https://outlet.example/c.mp3"}]},
                    {"id": "8"},
                    "no item",
                ],
            }
        )
    )
    assert feed.format is FeedFormat.JSON
    first, second, third = feed.announcements
    assert (first.url, first.guid, first.title, first.summary) == (
        "https://outlet.example/a",
        "42",
        "A & B",
        "Whole <3",
    )
    assert (first.authors, first.language) == (("Jane",), "en")
    assert second.url == "https://outlet.example/b"
    assert third.url == "https://outlet.example/c.mp3"
    assert feed.notes == ("2 of its items had no link and were skipped",)


def json_item(**more: object) -> str:
    return json.dumps({"id": "1", "url": "https://outlet.example/a", "title": "A", **more})


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"authors": {"name": "Ann"}}, ("Ann",)),
        ({"authors": ["Ann", {"name": "Bo"}]}, ("Ann", "Bo")),
        ({"author": "Ann"}, ("Ann",)),
        ({"author": {"name": "Ann"}, "authors": None}, ("Ann",)),
        ({"authors": [{"url": "https://ann.example/"}]}, ()),
    ],
)
def test_a_json_feed_names_its_authors_in_any_shape(said: dict[str, object], names: tuple[str, ...]) -> None:
    (one,) = read(f'{{"version": "https://jsonfeed.org/version/1", "items": [{json_item(**said)}]}}').announcements
    assert one.authors == names


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ('{"title": "T", "items": [%s,]}', "it has extra commas; it was read leniently"),
        ('{"title": "T", "items": [%s],}', "it has extra commas; it was read leniently"),
        ('{"title": "T", "items": [%s,,]}', "it has extra commas; it was read leniently"),
        ('{"title": "T", "items": [%s, {"id": "2", "ti', "it is incomplete"),
        ('{"title": "T", "items": [%s]', "it is incomplete"),
    ],
)
def test_a_json_feed_with_a_comma_too_many_or_no_end_is_read(body: str, note: str) -> None:
    feed = read(body % json_item(title="Odd, ] and ,}"))
    assert [one.title for one in feed.announcements] == ["Odd, ] and ,}"]
    assert (feed.title, feed.notes) == ("T", (note,))


def test_an_aggregator_is_no_outlet() -> None:
    link = "https://www.google.com/url?rct=j&amp;url=https://paper.test/news/flood-1&amp;ct=ga"
    (one,) = read(rss(f"<title>A</title><link>{link}</link>")).announcements
    assert (one.url, one.canonical_url) == ("https://paper.test/news/flood-1", "https://paper.test/news/flood-1")


def test_a_news_sitemap_newest_first() -> None:
    feed = read(
        """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
              xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
          <url><loc>https://outlet.example/old</loc><n:news><n:publication><n:name>The Outlet</n:name>
            <n:language>en</n:language></n:publication><n:publication_date>2026-11-19</n:publication_date>
            <n:title>Old &amp; gone</n:title></n:news></url>
          <url><loc>https://outlet.example/new</loc><lastmod>2026-11-21T08:00:00Z</lastmod>
            <n:news><n:publication><n:name>The Outlet</n:name><n:language>en</n:language></n:publication>
            <n:title>New</n:title></n:news></url></urlset>"""
    )
    assert (feed.format, feed.title, feed.language) == (FeedFormat.SITEMAP, "The Outlet", "en")
    assert [one.title for one in feed.announcements] == ["New", "Old & gone"]
    assert feed.announcements[1].published == datetime(2026, 11, 19, tzinfo=UTC)


def test_relative_links_follow_the_channel_link_then_the_feed() -> None:
    item = "<title>A</title><link>/a</link>"
    site = "<link>https://site.example/home/</link>"
    assert read(rss(item, head=site)).announcements[0].url == "https://site.example/a"
    assert read(rss(item)).announcements[0].url == "https://outlet.example/a"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://outlet.example/g</guid>", "https://outlet.example/g"),
        ('<guid isPermaLink="false">https://outlet.example/g</guid>', "https://outlet.example/g"),
        ('<enclosure url="https://outlet.example/e.mp3" type="audio/mpeg"/>', "https://outlet.example/e.mp3"),
        ("<link>javascript:alert(1)</link><guid>https://outlet.example/g</guid>", "https://outlet.example/g"),
    ],
)
def test_an_entry_without_a_link_is_known_by_what_it_has(item: str, url: str) -> None:
    (one,) = read(rss("<title>A</title>" + item)).announcements
    assert one.url == url


def test_an_entry_without_any_address_is_counted() -> None:
    feed = read(rss("<title>A</title>", "<guid isPermaLink='false'>7</guid>", "<link>ftp://x/</link>", ONE))
    assert [one.title for one in feed.announcements] == ["Dam fails"]
    assert feed.notes == (
        "2 of its items had no link and were skipped",
        "1 of its items had no usable link and were skipped ('ftp://x/': ftp is neither http nor https)",
    )


def test_an_entry_announced_twice_is_taken_once() -> None:
    again = "<title> Dam   FAILS </title><link>https://outlet.example/dam?utm_source=rss</link>"
    feed = read(rss(ONE, again))
    assert len(feed.announcements) == 1
    assert feed.notes == ("1 of its items were announced twice",)


def test_a_date_in_the_future_is_the_moment_of_the_poll() -> None:
    soon = ONE + "<pubDate>Sun, 22 Nov 2026 12:05:00 GMT</pubDate>"
    late = ONE.replace("/dam", "/other") + "<pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>"
    feed = read(rss(soon, late))
    assert [one.published for one in feed.announcements] == [NOW, NOW]
    assert feed.notes == (
        "1 of its items had a date in the future; the time of the poll is used ('Fri, 01 Jan 2100 00:00:00 GMT')",
    )


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("last Tuesday", "that can't be read: it is not a date ('last Tuesday')"),
        ("07/01/2024", "that can't be read: it may mean more than one day ('07/01/2024')"),
        (
            "1 Jul 2024 12:00 AMT",
            "that can't be read: it names the zone 'AMT', which means several zones ('1 Jul 2024 12:00 AMT')",
        ),
        (
            "1 Jul 2024 12:00 É",
            "that can't be read: it holds '\\xc9', which isn't understood ('1 Jul 2024 12:00 \\xc9')",
        ),
    ],
)
def test_a_date_that_cannot_be_told_is_none_and_the_note_says_why(written: str, note: str) -> None:
    feed = read(rss(ONE + f"<pubDate>{written}</pubDate>"))
    assert feed.announcements[0].published is None
    assert feed.notes == (f"1 of its items had a date {note}",)


def test_dates_of_one_feed_tell_of_each_other_which_number_is_the_day() -> None:
    def dated(*dates: str) -> list[str]:
        items = (f"<link>https://e.com/{n}</link><pubDate>{date}</pubDate>" for n, date in enumerate(dates))
        return [str(one.published)[:10] for one in read(rss(*items)).announcements]

    assert dated("07/01/2024", "25/01/2024") == ["2024-01-07", "2024-01-25"]
    assert dated("07/01/2024", "01/25/2024") == ["2024-07-01", "2024-01-25"]
    assert dated("07/01/2024", "01/25/2024", "25/01/2024") == ["None", "2024-01-25", "2024-01-25"]
    assert dated("07/01/2024", "Fri, 10/05/2024") == ["2024-01-07", "2024-05-10"]


def test_where_a_feed_comes_from_tells_what_the_name_of_its_zone_means() -> None:
    def dated(date: str, url: str, head: str = "") -> str:
        (one,) = read(rss(f"<link>{url}/a</link><pubDate>{date}</pubDate>", head=head), url=url).announcements
        return str(one.published)[11:16]

    assert dated("1 Jul 2024 12:00 CST", "https://a.example") == "18:00"
    assert dated("1 Jul 2024 12:00 CST", "https://news.cn") == "04:00"
    assert dated("1 Jul 2024 12:00 CST", "https://a.example", "<language>zh-CN</language>") == "04:00"
    assert dated("1 Jul 2024 12:00 IST", "https://news.ie") == "11:00"
    note = "1 of its items had a date in IST, taken for India's time ('1 Jul 2024 12:00 IST')"
    assert read(rss(ONE + "<pubDate>1 Jul 2024 12:00 IST</pubDate>")).notes == (note,)


def test_a_fingerprint_changes_with_the_words_only() -> None:
    def mark(title: str, text: str, date: str = "", guid: str = "1", link: str = "a") -> str:
        item = f"<title>{title}</title><description>{text}</description><link>https://e.com/{link}</link>"
        return read(rss(item + f"<guid isPermaLink='false'>{guid}</guid>{date}")).announcements[0].fingerprint

    first = mark("Dam fails", "&lt;a href='https://e.com/x?t=1'&gt;12 dead&lt;/a&gt; https://e.com/?t=1")
    date = "<pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>"
    second = mark("Dam  fails ", "&lt;b&gt;12\n dead&lt;/b&gt; https://e.com/?t=2", date, guid="2", link="b")
    assert first == second
    assert mark("Dam fails", "13 dead") != mark("Dam fails", "12 dead")


def test_scripts_and_markup_never_reach_title_and_summary() -> None:
    item = (
        "<title>&lt;b&gt;Bold&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;claim</title><link>https://e.com/</link>"
        "<description>&lt;style&gt;p{}&lt;/style&gt;One&lt;br/&gt;two &amp;amp; three</description>"
    )
    (one,) = read(rss(item)).announcements
    assert (one.title, one.summary) == ("Bold claim", "One two & three")


@pytest.mark.parametrize(
    "broken",
    [
        "\n\n  " + rss(ONE),
        "\ufeff" + rss(ONE),
        "<br />\n<b>Warning</b>: something in <b>/a.php</b><br />\n" + rss(ONE),
        rss(ONE) + "<script>track()</script>",
        rss(ONE.replace("Dam", "Dam & dike")),
        rss(ONE.replace("Dam", "5 < 6 Dam")),
        rss(ONE.replace("Dam", "Dam\x0b\x00")),
        rss(ONE.replace("Dam", "Dam&nbsp;&undefined;&#0;")),
        rss(ONE.replace("</title>", "")),
        rss(ONE + "<dc:creator>Jane</dc:creator><media:thumbnail url='x'/>"),
        rss(ONE + "<description>cut off <b>he"),
        rss(ONE).replace("</channel></rss>", ""),
        '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://my.netscape.com/x.dtd">' + rss(ONE),
        '<?xml version="1.0" encoding="utf-16"?>' + rss(ONE).partition("?>")[2],
        "<channel>" + rss(ONE).partition("<channel>")[2].replace("</rss>", ""),
    ],
)
def test_a_damaged_feed_still_gives_its_entry(broken: str) -> None:
    (one,) = read(broken).announcements
    assert one.url == "https://outlet.example/dam"
    assert "Dam" in one.title
    assert one.title.endswith("fails")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!DOCTYPE html><html><head><title>Home</title></head></html>", "web page"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>', "web page"),
        (b"<body><p>Not found</p></body>", "web page"),
        (b"404 page not found", "not a feed"),
        (b'{"error": "nothing here"}', "not a JSON Feed"),
        (b'{"items": [', "broken JSON"),
        (b'<opml version="2.0"><body/></opml>', "OPML"),
        (
            b"<sitemapindex><sitemap><loc>https://e.com/news.xml</loc></sitemap></sitemapindex>",
            "https://e.com/news.xml",
        ),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not a feed"),
        (b"<rss>" + b" " * feeds.MOST_BYTES, "too large"),
        (b"<rss>" + b"<" * 4_000_000, "too large"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, says: str) -> None:
    with pytest.raises(FeedError, match=says) as caught:
        read(body)
    assert caught.value.where == URL


def test_a_web_page_tells_what_to_do() -> None:
    with pytest.raises(FeedError) as caught:
        read("<html></html>", url="https://outlet.example/")
    assert caught.value.hint == "look for its feeds with: tallywire feeds discover https://outlet.example/"


def test_entities_never_grow_and_never_read_a_file() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = doctype + rss("<title>Dam &l11; &x;</title><link>https://e.com/a</link>").partition("?>")[2]
    feed = read(body)
    assert len(feed.announcements[0].title) < 30
    assert "its entity declarations were ignored" in feed.notes


@pytest.mark.parametrize(("first", "last", "kept"), [("20", "10", "0"), ("10", "20", "2499")])
def test_of_too_many_items_the_newest_are_read(first: str, last: str, kept: str) -> None:
    dates = [first] * 2_000 + [last] * 500
    items = (
        f"<title>t{n}</title><link>https://e.com/{n}</link><pubDate>{day} Nov 2026 10:00:00 GMT</pubDate>"
        for n, day in enumerate(dates)
    )
    feed = read(rss(*items))
    assert len(feed.announcements) == 2_000
    assert f"https://e.com/{kept}" in {one.url for one in feed.announcements}
    assert feed.notes == ("only the newest 2000 of its 2500 items were read",)


@pytest.mark.parametrize("unit", ["<div>", "<a ", '<a b="', "<![CDATA[", "<!--", "&", "<x:y>", "<item>", "</item>"])
def test_rubbish_is_survived(unit: str) -> None:
    feed = read(rss(ONE + "<description>" + unit * 20_000))
    assert feed.announcements[0].title == "Dam fails"


PIECES = """
    <item> </item> <title> </title> <link> https://e.com/a </link> & &amp; <![CDATA[ ]]> <!-- --> <? ?> <!DOCTYPE
    [ ] <entry> <a:b > ' " = \0 é <pubDate> 2026
"""
_pieces = st.sampled_from(PIECES.split())


def entries_or_error(body: bytes) -> int | str:
    try:
        return len(parse_feed(body, url=URL, now=NOW).announcements)
    except FeedError as error:
        return error.what


@settings(max_examples=150, deadline=None)
@given(st.lists(_pieces, max_size=30), st.sampled_from(["<rss>", "<feed>", "<urlset>", "{", ""]))
@example(["<a:b", "https://e.com/a"], "<urlset>")
def test_no_arrangement_of_pieces_breaks_the_reader(pieces: list[str], root: str) -> None:
    assert entries_or_error((root + "".join(pieces)).encode()) in {*range(31), *REFUSALS}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    for body in (noise, rss(ONE).encode() + noise, noise + rss(ONE).encode()):
        assert entries_or_error(body) in {0, 1, *REFUSALS}


@pytest.mark.shared
def test_the_labelled_feeds_keep_their_floor(shared: Path) -> None:
    folder = shared / "data" / "feeds"
    labels = json.loads((folder / "manifest.json").read_text())
    entries = titles = dates = 0
    for name, label in labels.items():
        try:
            feed = parse_feed((folder / name).read_bytes(), url=f"https://feeds.example/{name}", now=NOW)
        except FeedError:
            continue
        expected = label["expect"] if isinstance(label.get("expect"), dict) else {}
        entries += min(len(feed.announcements), expected.get("entries") or 0)
        found = {one.url: one for one in feed.announcements}
        for item in expected.get("items", ()):
            # The labels hold links as the feeds write them, one of them with the site before itself.
            one = found.get(meant(item["link"], ""))
            titles += one is not None and one.title[:20] == " ".join((item["title"] or "").split())[:20]
            dates += one is not None and one.published is not None and one.published.timestamp() == item["published"]
    assert entries >= 374
    assert titles >= 364
    assert dates >= 361
