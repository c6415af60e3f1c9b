"""Which of the titles of a page is the headline, and which node of its metadata is its own."""

from __future__ import annotations

import pytest

from pipeline.read.jsonld import said
from pipeline.read.markup import parse
from schemas.article import Hint, MetadataSource
from tests.read.pages import PARAGRAPHS, URL, article, news, read

S = MetadataSource
HEADLINE = "River dam gives way above Oberlin"
OTHER = news(headline="Old castle sold to an investor", url="https://www.valleypost.example/castle", author="No One")


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="Valley Post">'


def test_the_own_node_counts_though_it_has_no_address() -> None:
    assert said(parse(article(ld=[OTHER, news()])).tree, URL).headline == HEADLINE  # type: ignore[arg-type]
    assert said(parse(article(ld=[news(), OTHER])).tree, URL).headline == HEADLINE  # type: ignore[arg-type]


def test_the_node_of_another_story_is_no_word_on_this_one() -> None:
    reading = read(article(ld=OTHER))
    assert (reading.title, reading.authors) == (HEADLINE, ())


def test_a_rephrased_headline_at_another_address_of_the_same_story_is_its_own() -> None:
    node = news(headline="Dam above Oberlin gives way: river floods", url="https://www.valleypost.example/amp/dam-1")
    assert said(parse(article(ld=node)).tree, URL).persons == ("Ines Odermatt",)


def test_posts_of_a_live_page_and_a_body_given_twice() -> None:
    text = " ".join(PARAGRAPHS)
    assert said(parse(article(ld=news(articleBody=f"{text} {text}"))).tree, URL).body == text
    live = news(**{"@type": "LiveBlogPosting"}, liveBlogUpdate=[{"headline": "18:02", "articleBody": "Two hurt."}])
    assert said(parse(article(ld=live)).tree, URL).posts == "18:02\nTwo hurt."


@pytest.mark.parametrize(
    ("head", "heading", "hint", "wanted"),
    [
        # portals give the headline as the name of an application
        (f'<meta name="application-name" content="{HEADLINE}">', "", "", HEADLINE),
        # a slogan on every page of the site
        (og("Valley Post - Latest news and weather from all of the county"), HEADLINE, "", HEADLINE),
        # a section before it, or a site after it, in brackets
        (og(f"Floods in the valley: {HEADLINE} (Valley Post)"), HEADLINE, "", HEADLINE),
        # the logo of the site
        ("", f'<a href="/">Valley Post</a></h1><h1>{HEADLINE}', "", HEADLINE),
        # what feed and page share
        (og("You will not believe this dam"), HEADLINE, HEADLINE, HEADLINE),
        (og("You will not believe this dam"), HEADLINE, "Another title", "You will not believe this dam"),
    ],
)
def test_headlines(head: str, heading: str, hint: str, wanted: str) -> None:
    title = HEADLINE if og("x")[:20] not in head else "Valley Post"
    assert read(article(title=title, head=head, heading=heading), Hint(title=hint)).title == wanted


def test_where_the_logo_is_the_only_heading_the_next_rank_is_asked() -> None:
    html = article(
        heading='<a href="https://www.valleypost.example">Valley Post of old</a>', before=f"<h2>{HEADLINE}</h2>"
    )
    html = html.replace("<title>", "<title>Valley Post of old » Archive » ")
    assert read(html).title == HEADLINE


def test_where_the_head_names_no_title_the_heading_above_the_text_counts() -> None:
    notice = f"<h1>Quick links</h1><ul><li>Shop</li></ul><h2>{HEADLINE}</h2>"
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = "<html><head><title>{}</title></head><body>{}<article>{}</article></body></html>"
    assert read(page.format("News | Valley Post", notice, body)).title == HEADLINE
    # a section in the heading of the highest rank; the window names both
    section = notice.replace("Quick links", "News")
    assert read(page.format(f"News » {HEADLINE}", section, body)).title == HEADLINE
    # the heading that the window names stays, whatever stands nearer to the text
    nearer = f"<h1>{HEADLINE}</h1><h3>What we know so far</h3>"
    assert read(page.format(f"{HEADLINE} | Valley Post", nearer, body)).title == HEADLINE


def test_a_heading_above_the_text_counts_before_one_for_search_engines() -> None:
    search = "Oberlin dam: what is known about the break of the dam"
    crumbs = f'<div><a href="/">Home</a> <a href="/region">Region</a> <h1>{search}</h1></div>'
    html = article(title=search, heading="", ld=news(headline=search), head=og(HEADLINE))
    for above, wanted in (
        (f"{crumbs}<header><h2>{HEADLINE}</h2></header>", HEADLINE),
        # a section above the text that no title repeats
        (f"{crumbs}<header><h2>What is known so far</h2></header>", search),
        # the heading of the highest rank stands nearer
        (f"<h2>{HEADLINE}</h2><h1>{search}</h1>", search),
    ):
        assert read(html.replace("<h1></h1>", above)).title == wanted


def test_a_site_that_only_its_domain_names_is_not_the_headline() -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = "<html><head><title>Valley Daily Post</title></head><body>{}<h2>{}</h2>{}</body></html>"
    url = "https://www.vdp.example/dam"
    assert read(html.format("<h1>Valley Daily Post</h1>", HEADLINE, body), url=url).title == HEADLINE
    assert read(html.format("", f"Valley Daily Post - {HEADLINE}", body), url=url).title == HEADLINE
