"""What items of feeds say in the many ways in which feeds say it, and what no feed may do."""

from __future__ import annotations

import gzip
import time
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from pipeline.collect import feeds
from pipeline.errors import FeedError
from tests.collect.test_feeds import ONE, read, rss


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("R&amp;D at &lt;Lab&gt;", "R&D at <Lab>"),
        ("<![CDATA[R&D at <Lab>]]>", "R&D at <Lab>"),
        ("R&amp;amp;D at &amp;lt;Lab&amp;gt;", "R&D at <Lab>"),
        ("R&D at <Lab>", "R&D at <Lab>"),
        ("<![CDATA[<![CDATA[Title]]]]>", "Title"),
        ("<![CDATA[<![CDATA[Title]]>]]>", "Title"),
        ("&lt;![CDATA[Title]]&gt;", "Title"),
        ("&lt;b&gt;Dam&lt;/b&gt; fails", "Dam fails"),
        ("<b>Dam</b> fails", "Dam fails"),
        ("Dam</b> fails", "Dam fails"),
        ("Dam</Lab> fails", "Dam</Lab> fails"),
        ("List&lt;String&gt; explained", "List<String> explained"),
        ("if x &lt;y and y&gt; z", "if x <y and y> z"),
        ("AT&amp;T &amp;copy 2024", "AT&T &copy 2024"),
        ("Martine Ã©crit", "Martine écrit"),
    ],
)
def test_a_title_says_what_its_writer_wrote(title: str, shown: str) -> None:
    (one,) = read(rss(f"<title>{title}</title><link>https://e.com/a</link>")).announcements
    assert one.title == shown


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id><title>A</title>{}</entry></feed>'
)


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link rel="enclosure" type="image/jpeg">https://e.com/x.jpg</link><link href="https://e.com/a"/>', "a"),
        ('<link rel="http://www.iana.org/assignments/relation/alternate" href="https://e.com/a"/>', "a"),
        ('<link rel="self" href="https://e.com/a.atom"/><link rel="alternate" href="https://e.com/a"/>', "a"),
        (
            '<link href="https://e.com/a.json" type="application/json"/><link href="https://e.com/a"/>',
            "a",
        ),
        ('<link rel="enclosure" href="https://e.com/a.mp3"/>', "a.mp3"),
        ('<link rel="replies" href="https://e.com/c"/><link xml:base="https://e.com/" href="a"/>', "a"),
    ],
)
def test_an_entry_links_to_its_page_and_not_to_what_is_enclosed(links: str, url: str) -> None:
    (one,) = read(ATOM.format(links)).announcements
    assert one.url == f"https://e.com/{url}"


@pytest.mark.parametrize(
    "picture",
    [
        '<media:content url="https://e.com/i.jpg"><media:description>Foto: someone</media:description></media:content>',
        '<media:group><media:content url="x"/><media:description>Foto: someone</media:description></media:group>',
        "<media:description>Foto: someone</media:description>",
        "<related><title>Foto: someone</title><link>https://e.com/i</link></related>",
        "<image><title>Foto: someone</title><link>https://e.com/i</link></image>",
        '<source url="https://e.com"><title>Foto</title><description>Foto: someone</description></source>',
    ],
)
@pytest.mark.parametrize("said", ["<description>40 people.</description>", ""])
def test_what_is_said_of_a_picture_is_not_said_of_the_item(picture: str, said: str) -> None:
    for item in (ONE + picture + said, ONE + said + picture, picture + said + ONE):
        feed = read(rss(item).replace("<rss ", '<rss xmlns:media="http://search.yahoo.com/mrss/" '))
        (one,) = feed.announcements
        assert (one.title, one.url, one.summary) == (
            "Dam fails",
            "https://outlet.example/dam",
            "40 people." if said else "",
        )
        assert "Foto" not in one.content


def test_what_an_unknown_namespace_calls_a_title_is_none() -> None:
    item = '<x:title xmlns:x="urn:other">Wrong</x:title><x:link xmlns:x="urn:other">https://e.com/wrong</x:link>' + ONE
    (one,) = read(rss(item)).announcements
    assert (one.title, one.url) == ("Dam fails", "https://outlet.example/dam")


def test_authors_are_names() -> None:
    item = (
        ONE
        + "<author>jane@paper.example (Jane Doe)</author><dc:creator>Ann</dc:creator>"
        + "<itunes:author>The Show</itunes:author>"
    )
    assert read(rss(item)).announcements[0].authors == ("Jane Doe", "Ann")
    assert read(rss(ONE + "<author>jane@paper.example</author>")).announcements[0].authors == ()


def test_a_channel_of_1997_is_read() -> None:
    feed = read(
        """<?xml version="1.0"?><CHANNEL HREF="https://e.com/" LASTMOD="1998-11-05T07:00"><TITLE>World</TITLE>
          <ITEM HREF="/dam" LASTMOD="1998-11-05T07:00"><TITLE>Dam fails</TITLE><ABSTRACT>40 people.</ABSTRACT></ITEM>
        </CHANNEL>"""
    )
    (one,) = feed.announcements
    assert (feed.title, one.url, one.title, one.summary) == ("World", "https://e.com/dam", "Dam fails", "40 people.")
    assert one.updated == datetime(1998, 11, 5, 7, tzinfo=UTC)


def test_what_atom_encloses_in_base64_is_read_and_a_picture_is_no_text() -> None:
    title, text = (b64encode(said.encode()).decode() for said in ("Dam <b>fails</b>", "<p>Größe</p>"))
    (old,) = read(
        f"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>
        <title type="text/html" mode="base64">{title}</title>
        <link rel="alternate" href="https://e.com/a"/><issued>2004-01-01T00:00:00Z</issued>
        <content type="text/html" mode="base64">{text}</content></entry></feed>"""
    ).announcements
    assert (old.title, old.summary, old.content) == ("Dam fails", "Größe", "<p>Größe</p>")
    picture = '<link href="https://e.com/a"/><content type="image/png">iVBORw0KGgo=</content>'
    (new,) = read(ATOM.format(picture)).announcements
    assert (new.summary, new.content) == ("", "")


def test_what_is_said_of_a_video_is_said_of_its_item() -> None:
    video = """<yt:videoId>X</yt:videoId><link href="https://e.com/v"/><media:group><media:title>M</media:title>
        <media:description>About the video.</media:description></media:group>"""
    names = 'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns='
    (one,) = read(ATOM.format(video).replace("xmlns=", names, 1)).announcements
    assert (one.title, one.summary) == ("A", "About the video.")


@pytest.mark.parametrize(
    "said",
    [
        "<description>Short.</description><itunes:summary>Much longer, for a show.</itunes:summary>",
        "<itunes:summary>Much longer, for a show.</itunes:summary><description>Short.</description>",
        "<summary>Other.</summary><description>Short.</description><dc:description>Third.</dc:description>",
        "<description></description><summary>Short.</summary>",
    ],
)
def test_of_several_summaries_one_is_taken_and_none_is_the_content(said: str) -> None:
    (one,) = read(rss(ONE + said)).announcements
    assert (one.summary, one.content) == ("Short.", "")


def test_the_date_of_dublin_core_is_that_of_publication_where_there_is_no_other() -> None:
    date = "<dc:date>2024-09-24</dc:date>"
    (one,) = read(rss(ONE + date + "<atom:updated>2024-09-25T00:00:00Z</atom:updated>")).announcements
    assert (one.published, one.updated) == (datetime(2024, 9, 24, tzinfo=UTC), datetime(2024, 9, 25, tzinfo=UTC))
    (two,) = read(rss(ONE + date + "<pubDate>Mon, 23 Sep 2024 14:30:00 GMT</pubDate>")).announcements
    assert (two.published, two.updated) == (datetime(2024, 9, 23, 14, 30, tzinfo=UTC), None)


def test_a_link_that_leads_nowhere_gives_way_to_the_permanent_one_and_not_to_what_is_enclosed() -> None:
    item = "<title>A</title><link>ftp://e.com/x</link><enclosure url='https://e.com/a.mp3'/>"
    (one,) = read(rss(item + "<guid>https://e.com/a</guid>")).announcements
    assert one.url == "https://e.com/a"


def test_tags_without_partners_end_no_item() -> None:
    first = "<title>A</title></b><link>https://e.com/a</link><br><description>D <b>x</description></p>"
    feed = read(rss(first, first.replace("/a<", "/b<")))
    assert [(one.url, one.title, one.summary) for one in feed.announcements] == [
        ("https://e.com/a", "A", "D x"),
        ("https://e.com/b", "A", "D x"),
    ]


def test_an_item_that_never_ends_ends_where_the_next_begins() -> None:
    body = rss(ONE, ONE.replace("/dam", "/x")).replace("</item>", "", 1)
    assert [one.url[-4:] for one in read(body).announcements] == ["/dam", "le/x"]


def test_a_base_may_be_relative_to_a_base() -> None:
    links = '<link href="a"/>'
    body = ATOM.format(links).replace("<entry>", '<entry xml:base="x/">').replace("<feed ", '<feed xml:base="/sub/" ')
    assert read(body).announcements[0].url == "https://outlet.example/sub/x/a"


@pytest.mark.parametrize(
    "before",
    [
        f"<!-- {'x' * 30_000} -->",
        "<!-- x -->" * 5_000,
        "<?xml-stylesheet href='x'?>" * 2_000,
        "<!DOCTYPE rss [" + "<!ENTITY a '<rss>'>" * 3_000 + "]>",
    ],
)
def test_a_feed_begins_after_whatever_comments_and_declarations(before: str) -> None:
    assert len(read(before + rss(ONE).partition("?>")[2]).announcements) == 1


def test_a_zipped_feed_is_unzipped_within_bounds() -> None:
    assert len(read(gzip.compress(rss(ONE).encode())).announcements) == 1
    with pytest.raises(FeedError, match="too large"):
        read(gzip.compress(b" " * (feeds.MOST_BYTES + 1)))


def many(piece: str, count: int) -> str:
    return "".join(piece.format(number) for number in range(count))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (rss(ONE + "<a " + many("a{}='1' ", 300_000) + "/>"), "more than 500 attributes of one element"),
        (rss(ONE + "<a " + many("a{} ", 300_000) + "/>"), "more than 500 attributes of one element"),
        (rss(ONE + many("<p{0}:x/>", 200_000)), "200,000 prefixes of namespaces, more than 200"),
        (rss(ONE + many("<p{0}:x xmlns:p{0}='u'/>", 100_000)), "100,000 prefixes of namespaces, more than 200"),
        (rss(ONE + "<a>" * 90_000 + "</a>" * 90_000), "its elements are nested more than 256 deep"),
        (rss(ONE + "<a/>" * 600_001), "more than 600,000 tags and escaped characters"),
        ("<urlset>" + "<a>" * 90_000 + "</a>" * 90_000 + "</urlset>", "its elements are nested more than 256 deep"),
    ],
)
def test_what_only_an_attack_holds_is_refused_in_words(body: str, why: str) -> None:
    began = time.process_time()
    with pytest.raises(FeedError) as caught:
        read(body)
    assert caught.value.why == why
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "piece",
    [
        "<title a",
        "<title a>",
        "<category>a</category>",
        "<link>https://e.com/x</link>",
        "</b>",
        "<b x='",
        "&amp;",
        "<![CDATA[x]]>",
    ],
)
def test_what_repeats_is_read_in_time_that_grows_with_it(piece: str) -> None:
    began = time.process_time()
    feed = read(rss(ONE, ONE.replace("/dam", "/x") + piece * 100_000))
    assert feed.announcements[0].title == "Dam fails"
    assert time.process_time() - began < 4
