"""What an extraction loses of an article is put back, and what it takes for one is left out."""

from __future__ import annotations

import json

import pytest

from pipeline.read.embedded import embedded_text
from pipeline.read.markup import parse
from tests.read.pages import PARAGRAPHS, article, news, read

LATER = "The district counted the dead and the injured of all three villages until noon on Monday."
LIST = "<ul><li><span>Oberlin: 4 dead, 17 hurt</span></li><li><span>Mill Lane: 2 dead</span></li></ul>"
NOTICE = "Correction: an earlier version said that 430 people had spent the night in the school. They were 300."
STANDFIRST = "The dam broke at 19:40, and within 25 minutes the water stood in the lower houses of the village."


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_a_second_part_of_the_body_and_its_list_are_read() -> None:
    body = f'<div class="body">{paragraphs(*PARAGRAPHS)}</div><div class="body">{paragraphs(LATER)}{LIST}</div>'
    text = read(article(paragraphs=(), after=body)).text
    assert text.split("\n")[-3:] == [LATER, "- Oberlin: 4 dead, 17 hurt", "- Mill Lane: 2 dead"]


def test_a_standfirst_and_a_correction_are_read_for_their_numbers() -> None:
    def whole(before: str, after: str) -> str:
        body = f'<div class="body">{paragraphs(*PARAGRAPHS)}</div>{after}'
        html = article(paragraphs=(), after=body)
        return html.replace("<h1>", "<header><h1>").replace("</h1>", f"</h1>{before}</header>")

    lines = read(whole(f"<p>{STANDFIRST}</p>", f'<div class="note"><p>{NOTICE}</p></div>')).text.split("\n")
    assert (lines[0], lines[-1]) == (STANDFIRST, NOTICE)
    assert STANDFIRST not in read(whole("", "")).text


def test_the_captions_of_a_gallery_are_its_text() -> None:
    rows = "".join(
        f"<li><figure><img src='{n}'><figcaption>{t}</figcaption></figure></li>" for n, t in enumerate(PARAGRAPHS)
    )
    text = read(article(paragraphs=("These are the pictures of the night.",), after=f"<ol>{rows}</ol>")).text
    assert all(caption in text for caption in PARAGRAPHS)


def test_links_to_other_articles_are_no_text_of_this_one() -> None:
    links = "".join(
        f'<li><a href="/news/{title.lower().replace(" ", "-")}">{title}</a></li>'
        for title in ("Old castle in the valley sold", "Mayor of Oberlin asks for new bridges")
    )
    text = read(article(after=f"<p><b>Also in the valley</b></p><ul>{links}</ul><p>{LATER}</p>")).text
    assert "castle" not in text
    assert "Also in the valley" not in text
    assert LATER in text


def test_what_is_not_shown_and_readings_of_characters_are_no_text() -> None:
    ruby = "<p>" + "村の<ruby>橋<rt>はし</rt></ruby>が流された。" * 6 + "</p>"
    text = read(article(after=f'<p style="display:none">{LATER}</p><p hidden>{STANDFIRST}</p>{ruby}')).text
    assert LATER not in text
    assert STANDFIRST not in text
    assert "村の橋が流された。" in text
    assert "はし" not in text


def drawn(data: object, *, assigned: bool = False) -> str:
    """A page that a script is to draw from its data."""
    text = json.dumps(data)
    script = f"<script>window.__STATE__ = {text};</script>"
    state = script if assigned else f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'
    return f"""<html lang="en"><head><title>River dam gives way</title></head><body>
    <nav><a href="/">Home</a> <a href="/news">News</a></nav><div id="app"></div>{state}</body></html>"""


@pytest.mark.parametrize("assigned", [False, True])
def test_a_body_that_only_a_script_holds_is_read(assigned: bool) -> None:
    blocks = [{"type": "p", "text": text} for text in PARAGRAPHS]
    menu = [{"label": "Go to the front page"}, {"label": "Go to the news of the valley"}]
    for data in ({"menu": menu, "story": {"html": paragraphs(*PARAGRAPHS)}}, {"menu": menu, "story": {"body": blocks}}):
        reading = read(drawn(data, assigned=assigned))
        assert reading.text.split("\n") == list(PARAGRAPHS)
        assert "scripts" in " ".join(reading.notes)


def test_labels_in_a_script_are_no_article_and_a_broken_script_is_none() -> None:
    nothing = ("", "")
    assert embedded_text(parse(drawn({"labels": ["Go to the news", "Go to the sport"] * 40})).tree) == nothing
    assert embedded_text(parse(drawn({"a": PARAGRAPHS * 2}).replace("}</script>", "</script>")).tree) == nothing
    deep = '<p>x</p><script type="application/json">' + "[" * 100_000 + "</script>"
    assert embedded_text(parse(deep).tree) == nothing


@pytest.mark.parametrize("cut", [40, 400, 100_000])
def test_a_body_that_is_streamed_in_pieces_is_read(cut: int) -> None:
    body = "<p>" + "</p>$$ADVERTISEMENT$$<p>".join([*PARAGRAPHS, "Ein Fluss führt über die Ufer."]) + "</p>"
    menu = json.dumps(["$", "nav", None, {"children": "Go to the news of the valley"}])
    row = f'1:{menu}\n2:T{len(body.encode()):x},{body}3:["$","b"]\n'
    pieces = [row[at : at + cut] for at in range(0, len(row), cut)]
    scripts = "".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces)
    html = f"<html><head><title>Dam</title></head><body><nav><a href='/'>Home</a></nav>{scripts}</body></html>"
    assert read(html).text.split("\n") == [*PARAGRAPHS, "Ein Fluss führt über die Ufer."]


def test_posts_that_only_the_metadata_hold_are_read() -> None:
    posts = [{"headline": f"19:{40 + n}", "articleBody": text} for n, text in enumerate(PARAGRAPHS)]
    live = news(**{"@type": "LiveBlogPosting"}, liveBlogUpdate=posts)
    intro = "The dam above the village of Oberlin is breaking. All that is known so far is found here, as it comes in."
    assert all(text in read(article(paragraphs=(intro,), ld=live)).text for text in (intro, *PARAGRAPHS))
    assert read(article(ld=live)).text.count(PARAGRAPHS[0]) == 1
