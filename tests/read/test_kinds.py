"""What a page is taken for, over pages of every kind in many languages, and floors that never go down."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import phrases
from schemas.article import Hint, Page, PageKind
from tests.read.kinds.build import Labelled, pages
from tests.read.pages import NOW, PARAGRAPHS, URL, article, news, page, read

FLOORS = Path(__file__).with_name("kinds_floors.json")


@cache
def read_kinds(kept_back: bool) -> tuple[tuple[Labelled, PageKind], ...]:
    from pipeline.read.page import read_page

    chosen = (one for one in pages() if one.kept_back == kept_back)
    return tuple((one, read_page(one.page, one.hint, now=NOW).kind) for one in chosen)


@pytest.mark.parametrize("kept_back", [False, True])
def test_pages_are_told_apart_at_least_as_well_as_before(kept_back: bool) -> None:
    found: Counter[str] = Counter()
    for one, kind in read_kinds(kept_back):
        wanted = one.kind is PageKind.ARTICLE
        found["articles" if wanted else "others"] += 1
        found["articles kept"] += wanted and kind is PageKind.ARTICLE
        found["others kept out"] += not wanted and kind is not PageKind.ARTICLE
        found["others named"] += not wanted and kind is one.kind
    floors = json.loads(FLOORS.read_text("utf-8"))["kept back" if kept_back else "for tuning"]
    assert {name: found[name] for name in floors} == floors or all(found[name] >= floors[name] for name in floors), (
        found
    )


def moved(body: str, final_url: str, hint: Hint | None = None) -> PageKind:
    from pipeline.read.page import read_page

    asked: Page = page(body).model_copy(update={"final_url": final_url})
    return read_page(asked, hint or Hint(), now=NOW).kind


TOLD = Hint(title="River dam gives way above Oberlin", summary=" ".join(PARAGRAPHS[:2]))
UNKNOWN_WORDS = (
    "<html><head><title>Valley Post</title></head><body><h1>Zorbu klamit</h1>"
    "<p>Parno velik zorbu tamil es drin, klamit pono ver.</p></body></html>"
)


def test_a_notice_in_no_known_language_is_no_article_where_it_says_nothing_of_what_was_announced() -> None:
    assert read(UNKNOWN_WORDS, TOLD).kind is not PageKind.ARTICLE
    assert read(article(), TOLD).kind is PageKind.ARTICLE


def test_an_address_that_lost_its_path_is_a_witness() -> None:
    other = article(
        title="Cup final tonight", paragraphs=("Tarn play in the cup tonight, and the town has put up a screen.",)
    )
    assert moved(other, "https://www.valleypost.example/", TOLD) is not PageKind.ARTICLE
    assert moved(article(), "https://www.valleypost.example/a/river-dam-gives-way", TOLD) is PageKind.ARTICLE


@pytest.mark.parametrize(
    "stop",
    [
        "ऊंचाई पर बने स्कूलों में 300 लोगों ने रात बिताई और स्वयंसेवकों ने उन्हें कंबल और खाना बांटा।",
        "ผู้คนราว 300 คนค้างคืนที่โรงเรียนบนเนินเขา และอาสาสมัครแจกผ้าห่มและอาหารให้ทุกคนที่มา",
    ],
)
def test_sentences_end_as_their_script_ends_them(stop: str) -> None:
    flagged = news(isAccessibleForFree=False, headline="River dam")
    assert read(article(paragraphs=(stop, stop + " ", stop.replace("300", "500")), ld=flagged)).teaser is None


def test_a_text_that_its_page_holds_twice_is_no_half() -> None:
    body = " ".join(PARAGRAPHS)
    reading = read(article(ld=news(isAccessibleForFree=False, articleBody=f"{body} {body}")))
    assert reading.teaser is None


def test_what_stands_in_an_articles_place_is_known_by_the_address_that_was_asked_for() -> None:
    login = (
        '<html><head><title>Log in | Valley Post</title><link rel="canonical" href="https://www.valleypost.example/login">'
        '</head><body><h1>Log in</h1><form><input type="password"><button>Log in</button></form>'
        "<p>Forgotten your password? Create an account.</p></body></html>"
    )
    reading = read(login, TOLD)
    assert (reading.kind, reading.url, reading.title) == (PageKind.LOGIN, URL, TOLD.title)
    assert reading.teaser
    assert reading.teaser.startswith("a login page instead of the article: ")


@given(st.text(alphabet="abc4 ", max_size=30))
def test_alternatives_gathered_by_letter_find_what_they_find_one_by_one(text: str) -> None:
    alternatives = [r"\babc?", r"(?:a|bb)?c4", r"\b4[ab]", r"(?:a\w|c) b", r"[bc]a", "ab"]
    found = [match.span() for match in phrases.any_of(" || ".join(alternatives)).finditer(text)]
    assert found == [match.span() for match in re.finditer("|".join(alternatives), text)]
