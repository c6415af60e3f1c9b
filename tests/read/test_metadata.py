"""Of all that speaks for a title, a date, an author or an outlet, whom to believe."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.dates import date_in_path, parse_date
from pipeline.read.jsonld import said
from pipeline.read.language import language_code
from pipeline.read.markup import parse
from pipeline.read.names import names
from pipeline.read.titles import without_site
from schemas.article import Hint, MetadataSource
from tests.read.pages import NOW, PARAGRAPHS, URL, article, news, read

S = MetadataSource
PUBLISHED = '<meta property="article:published_time" content="2026-03-01T08:00:00Z">'
ZONED = '<meta name="date" content="2026-03-01T22:15:00+02:00">'
SITE = '<meta property="og:site_name" content="{}">'
PLAIN = "https://valleypost.example/dam"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    "block",
    [
        json.dumps([{"@type": "WebSite", "name": "Valley Post"}, news()]),
        json.dumps({"@graph": [{"@type": "BreadcrumbList"}, news(**{"@type": ["ReportageNewsArticle", "Article"]})]}),
        json.dumps({"@type": "WebPage", "mainEntity": news()}),
        "<!-- " + json.dumps(news()) + " -->",
        "//<![CDATA[\n" + json.dumps(news()) + "\n//]]>",
        json.dumps(news())[:-1] + ",}",
        json.dumps(news(description="tab\there")).replace("\\t", "\n"),
        json.dumps(news()) + ";",
        json.dumps(news(description="it's")).replace("it's", "it\\'s"),
        json.dumps(news()) + json.dumps(news(headline="another")),
    ],
)
def test_json_ld_is_read_leniently(block: str) -> None:
    found = said(parse(article(ld=block)).tree, URL)
    assert found.headline == "River dam gives way above Oberlin"
    assert found.persons == ("Ines Odermatt",)
    assert found.published == "2026-03-01T22:15:00+01:00"


@pytest.mark.parametrize(
    "block",
    [
        "",
        "{",
        "[[[[" * 5000,
        "null",
        '"text"',
        '{"@type": 7, "author": [null, 3]}',
        '{"@type": "NewsArticle", "headline": {}}',
    ],
)
def test_hopeless_json_ld_says_nothing(block: str) -> None:
    assert said(parse(article(ld=block)).tree, URL).headline == ""


def test_the_node_of_this_page_counts_not_that_of_another_it_lists() -> None:
    other = news(headline="Another article", url="https://www.valleypost.example/other")
    block = {
        "@graph": [{"@type": "ItemList", "itemListElement": [other, other]}, other, news(mainEntityOfPage={"@id": URL})]
    }
    assert said(parse(article(ld=block)).tree, URL + "?a=1").headline == "River dam gives way above Oberlin"


def test_an_author_may_be_a_reference() -> None:
    block = {"@graph": [news(author={"@id": "#ines"}), {"@id": "#ines", "@type": "Person", "name": "Ines Odermatt"}]}
    assert read(article(ld=block)).authors == ("Ines Odermatt",)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Dam bursts | Valley Post", "Dam bursts"),
        ("Dam bursts - News - Valley Post", "Dam bursts - News"),
        ("Dam bursts – valleypost.example", "Dam bursts"),
        ("Valley Post: Dam bursts above Oberlin", "Dam bursts above Oberlin"),
        ("Dam bursts – a report from the valley", "Dam bursts – a report from the valley"),
        ("Dam bursts | Opinion", "Dam bursts | Opinion"),
        ("Dam above Oberlin - why the post was lost", "Dam above Oberlin - why the post was lost"),
        ("River dam gives way – Politics", "River dam gives way"),
        ("COVID-19 in Oberlin", "COVID-19 in Oberlin"),
    ],
)
def test_a_sites_name_is_taken_off_a_title_only_where_something_confirms_it(title: str, wanted: str) -> None:
    assert without_site(title, ["Valley Post", "valleypost.example"], ["River dam gives way"]) == wanted


@pytest.mark.parametrize(
    ("title", "domain", "wanted"),
    [
        ("Dam bursts - The Upper Valley Times", "uvtimes.example", "Dam bursts"),
        ("Dam bursts | Oberliner Stadt-Anzeiger", "osta.example", "Dam bursts"),
        ("Dam bursts – Der Talbote", "news.talbote.example", "Dam bursts"),
        ("Upper Valley Times - Dam above Oberlin bursts", "uvt.example", "Dam above Oberlin bursts"),
        ("Focus: Dam above Oberlin bursts", "focus.example", "Focus: Dam above Oberlin bursts"),
        ("Dam bursts - until very late", "uv.example", "Dam bursts - until very late"),
        ("Dam bursts - valley under water", "uvtimes.example", "Dam bursts - valley under water"),
    ],
)
def test_a_domain_tells_the_name_that_it_shortens(title: str, domain: str, wanted: str) -> None:
    assert without_site(title, [domain], []) == wanted


@pytest.mark.parametrize(
    ("head", "ld", "hint", "wanted", "source"),
    [
        (
            '<meta property="og:title" content="You won’t believe this dam">',
            news(),
            "",
            "River dam gives way above Oberlin",
            S.JSON_LD,
        ),
        ('<meta property="og:title" content="Dam bursts - Valley Post">', None, "", "Dam bursts", S.OPEN_GRAPH),
        ("", news(headline="Valley Post"), "", "The dam is gone", S.PAGE),
        ("", news(headline="The dam is …"), "", "The dam is gone", S.JSON_LD),
        ("", news(headline="The dam is go"), "", "The dam is gone", S.JSON_LD),
        ("", news(headline="The dam"), "", "The dam", S.JSON_LD),
        ("", None, "The dam is gone", "The dam is gone", S.PAGE),
    ],
)
def test_titles(head: str, ld: dict[str, object] | None, hint: str, wanted: str, source: S) -> None:
    html = article(
        title="Window",
        heading="The dam is gone",
        ld=ld,
        head=head + SITE.format("Valley Post"),
    )
    reading = read(html, Hint(title=hint))
    assert (reading.title, reading.sources["title"]) == (wanted, source)


@pytest.mark.parametrize(
    ("bylines", "wanted"),
    [
        (["By Ines Odermatt"], ("Ines Odermatt",)),
        (["Von Ines Odermatt und Beat Frei"], ("Ines Odermatt", "Beat Frei")),
        (["Ines Odermatt, Political Editor, and Beat Frei"], ("Ines Odermatt",)),
        (["Ines Odermatt, Beat Frei and Li Na"], ("Ines Odermatt", "Beat Frei", "Li Na")),
        (["Ines Odermatt; INES ODERMATT | ines odermatt"], ("Ines Odermatt",)),
        (["José Ortega y Gasset"], ("José Ortega y Gasset",)),
        (["Martin King, Jr."], ("Martin King, Jr.",)),
        (["Ines Odermatt (Oberlin)"], ("Ines Odermatt",)),
        (["Ines Odermatt - Valley Post Reporter"], ("Ines Odermatt",)),
        (["Valley Post", "Ines Odermatt"], ("Ines Odermatt",)),
        (["Valley Post"], ("Valley Post",)),
        (["https://social.example/authors/ines-odermatt/", "@ines", "ines@valleypost.example"], ()),
        (["Ines Odermatt ines@valleypost.example"], ("Ines Odermatt",)),
        (["admin", "undefined", "12 March 2026", ""], ()),
        (["박준영 기자"], ("박준영",)),
        (["<a href='/x'>Ines Odermatt</a>"], ("Ines Odermatt",)),
        (["Ines Odermatt, MS, RDN"], ("Ines Odermatt",)),
        (["Ines Odermatt, AGO"], ("Ines Odermatt", "AGO")),
        (["Ines Odermatt for Hill Weekly"], ("Ines Odermatt",)),
        (["wordpressadmin", "vpadmin2"], ()),
    ],
)
def test_names_out_of_bylines(bylines: list[str], wanted: tuple[str, ...]) -> None:
    assert names(bylines, ["Valley Post"]) == wanted


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_bylines_give_clean_names(bylines: list[str]) -> None:
    for name in names(bylines):
        assert name == name.strip()
        assert "\n" not in name
        assert "http" not in name.lower()


def test_people_come_before_organisations_and_bylines_before_nothing() -> None:
    organisation = {"@type": "Organization", "name": "Agency One"}
    byline = '<p class="byline">By Beat Frei</p>'
    assert read(article(ld=news(author=organisation), before=byline)).authors == ("Beat Frei",)
    assert read(article(ld=news(author=organisation))).authors == ("Agency One",)
    outlet = {"@type": "Organization", "name": "Valley Post"}
    together = news(author=[organisation, {"@type": "Person", "name": "Ines Odermatt"}, outlet])
    assert read(article(ld=together)).authors == ("Agency One", "Ines Odermatt")
    assert read(article(ld=news(), before=byline)).authors == ("Ines Odermatt",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-01T22:15:00+01:00", "2026-03-01T21:15:00+00:00"),
        ("2026-03-01T22:15:00.123Z", "2026-03-01T22:15:00+00:00"),
        ("2026-03-01 22:15:00 +0100", "2026-03-01T21:15:00+00:00"),
        ("2026-03-01T22:15+01", "2026-03-01T21:15:00+00:00"),
        ("2026-03-01T22:15:00+01:00[Europe/Zurich]", "2026-03-01T21:15:00+00:00"),
        ("Sun, 01 Mar 2026 22:15:00 +0100", "2026-03-01T21:15:00+00:00"),
        ("Sun Mar 01 22:15:00 CET 2026", "2026-03-01T21:15:00+00:00"),
        ("1772399700", "2026-03-01T21:15:00+00:00"),
        ("1772399700000", "2026-03-01T21:15:00+00:00"),
        ("20260301T211500Z", "2026-03-01T21:15:00+00:00"),
        ("March 1, 2026 at 10:15 PM CET", "2026-03-01T21:15:00+00:00"),
    ],
)
def test_moments(text: str, wanted: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert moment.timed
    assert moment.at == datetime.fromisoformat(wanted)


@pytest.mark.parametrize("text", ["2026-03-01", "20260301", "1 March 2026", "Mar 1, 2026"])
def test_a_day_has_no_time(text: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert (moment.at.date().isoformat(), moment.timed) == ("2026-03-01", False)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "03/04/2026", "2026-13-01", "2026-02-30", "0001-01-01", "March", "9" * 40]
)
def test_what_names_no_moment(text: str) -> None:
    assert parse_date(text) is None


@given(
    st.text(max_size=40)
    | st.from_regex(r"\d{1,4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d\d(:\d\d)?([+-]\d\d:?\d\d|Z)?", fullmatch=True)
)
def test_any_date_can_be_tried(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.at.year >= 1990


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/2026/03/01/dam", "2026-03-01"),
        ("/news/2026-3-1/", "2026-03-01"),
        ("/a/20260301-dam", "2026-03-01"),
        ("/2026/13/01/", None),
        ("/story/2026", None),
    ],
)
def test_days_in_addresses(path: str, wanted: str | None) -> None:
    moment = date_in_path("https://valleypost.example" + path)
    assert (moment.at.date().isoformat() if moment else None) == wanted


@pytest.mark.parametrize(
    ("published", "head", "fed", "url", "wanted", "source"),
    [
        ("2026-03-01T22:15:00+01:00", "", "2026-03-01T10:00:00Z", PLAIN, "2026-03-01T21:15:00Z", S.JSON_LD),
        ("2026-03-01", "", "2026-03-01T10:00:00Z", PLAIN, "2026-03-01T10:00:00Z", S.FEED),
        ("2026-02-01", "", "2026-03-01T10:00:00Z", PLAIN, "2026-02-01T00:00:00Z", S.JSON_LD),
        ("2026-03-01", PUBLISHED, None, PLAIN, "2026-03-01T08:00:00Z", S.META),
        (None, "", "2026-03-01T10:00:00Z", URL, "2026-03-01T10:00:00Z", S.FEED),
        (None, "", None, URL, "2026-03-01T00:00:00Z", S.URL),
        (None, "", None, PLAIN, "2026-03-02T18:00:00Z", S.ARRIVAL),
        ("2026-03-01T22:15:00", ZONED, None, PLAIN, "2026-03-01T20:15:00Z", S.JSON_LD),
        ("2026-03-01T22:15:00", "", "2026-03-01T20:15:00Z", PLAIN, "2026-03-01T20:15:00Z", S.JSON_LD),
        ("2026-03-01T22:15:00", "", None, "https://www.talblatt.ch/a", "2026-03-01T21:15:00Z", S.JSON_LD),
        ("2026-03-01T22:15:00", "", None, PLAIN, "2026-03-01T22:15:00Z", S.JSON_LD),
    ],
)  # fmt: skip
def test_dates(published: str | None, head: str, fed: str | None, url: str, wanted: str, source: S) -> None:
    hint = Hint(published=at(fed.replace("Z", "+00:00")) if fed else None)
    reading = read(article(ld=news(datePublished=published), head=head), hint, url=url)
    assert (reading.published, reading.sources["published"]) == (at(wanted.replace("Z", "+00:00")), source)


def test_nothing_is_published_in_the_future() -> None:
    soon = read(article(ld=news(datePublished="2026-03-02T23:00:00Z")), url=PLAIN)
    assert soon.published == NOW
    assert "after the page was read" in " ".join(soon.notes)
    far = read(
        article(ld=news(datePublished="2027-03-02T23:00:00Z")),
        Hint(published=at("2026-03-01T10:00:00+00:00")),
        url=PLAIN,
    )
    assert far.published == at("2026-03-01T10:00:00+00:00")
    assert "in the future" in " ".join(far.notes)


def test_a_modification_comes_after_publication_and_never_in_the_future() -> None:
    assert read(article(ld=news(dateModified="2026-03-02T08:00:00Z"))).modified == at("2026-03-02T08:00:00+00:00")
    assert read(article(ld=news(dateModified="2026-02-02T08:00:00Z"))).modified is None
    assert read(article(ld=news(dateModified="2026-05-02T08:00:00Z"))).modified == NOW


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://www.valleypost.example/dam?utm_source=x", "https://www.valleypost.example/dam"),
        ("/dam", "https://www.valleypost.example/dam"),
        ("https://m.valleypost.example/dam", "https://m.valleypost.example/dam"),
        ("https://www.valleypost.example/", URL),
        ("https://other.example/dam", URL),
        ("https://amp.valleypost.example/dam", URL),
        ("https://www.valleypost.example/dam/amp/", URL),
        ("javascript:void(0)", URL),
        ("http://[", URL),
    ],
)
def test_the_address_a_page_calls_its_own(link: str, wanted: str) -> None:
    assert read(article(head=f'<link rel="canonical" href="{link}">')).url == wanted


@pytest.mark.parametrize(
    ("head", "ld", "hint", "url", "wanted"),
    [
        (SITE.format("Valley Post"), news(), "Feed of Valley", PLAIN, "Valley Post"),
        (SITE.format("News, sport and weather | Valley Post"), None, None, PLAIN, "Valley Post"),
        (SITE.format("Security"), news(), None, PLAIN, "Valley Post"),
        (SITE.format("https://valleypost.example"), None, "Valley Feed", PLAIN, "Valley Feed"),
        ("", None, None, "https://www.valleypost.example/a", "valleypost.example"),
    ],
)  # fmt: skip
def test_outlets(head: str, ld: dict[str, object] | None, hint: str | None, url: str, wanted: str) -> None:
    assert read(article(head=head, ld=ld), Hint(outlet=hint), url=url).outlet == wanted


GERMAN = (
    "Der Damm oberhalb des Dorfes brach am Sonntagabend, und der Fluss riss zwei Brücken und eine Mühle mit sich fort.",
    "Mindestens 14 Menschen wurden verletzt, teilte der Bezirk mit; rund 300 verbrachten die Nacht in der Schule.",
)


def test_the_words_decide_the_language_where_the_template_was_left_in_english() -> None:
    reading = read(article(paragraphs=GERMAN, title="Damm gebrochen", lang="en-US"))
    assert (reading.language, reading.sources["language"]) == ("de", S.MODEL)


def test_the_declaration_decides_where_the_words_hardly_can() -> None:
    assert read(article(paragraphs=PARAGRAPHS, lang="en")).sources["language"] is S.META
    norwegian = ("Demningen over bygda brast søndag kveld, og elva tok med seg to broer og en mølle.",)
    assert read(article(paragraphs=norwegian, title="Demningen brast", lang="nb-NO")).language == "no"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("nb", "no"),
        ("zh-Hans-CN", "zh"),
        ("ger", "de"),
        ("", None),
        (None, None),
        ("english!", None),
    ],
)
def test_language_tags(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code
