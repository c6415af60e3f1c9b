"""Which address a page is known by: its own word, unless that names a section, another host or another page."""

from __future__ import annotations

import pytest

from tests.read.pages import URL, article, news, read

MENU = '<nav><a href="/world">World</a> <a href="/dam">The dam</a></nav>'


def canonical(link: str, **fields: str) -> str:
    return read(article(head=f'<link rel="canonical" href="{link}">', **fields)).url  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "link",
    [
        "https://www.valleypost.example/news/2026/03/01/river-dam-gives-way",
        "https://www.valleypost.example/world/dam-above-oberlin-gives-way",
        "https://www.valleypost.example/a/8123456",
        "https://valleypost.example/?p=81234",
        "https://m.valleypost.example/river-dam",
        "https://www.valleypost.example/welt/staudamm-ueber-oberlin-bricht",
    ],
)
def test_an_address_of_this_article_is_taken(link: str) -> None:
    assert canonical(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "https://www.valleypost.example/news",
        "https://www.valleypost.example/news/",
        "https://www.valleypost.example/news/2026/03/",
        "https://www.valleypost.example/news/index.html",
        "https://www.valleypost.example/world",
        "https://www.valleypost.example/archive/2026",
        "https://www.valleypost.example:8443/news/2026/03/01/river-dam-gives-way",
        "https://editor@www.valleypost.example/dam-above-oberlin",
        "https://ines.valleypost.example/news/2026/03/01/river-dam-gives-way",
        "https://valleypost.other.example/news/2026/03/01/river-dam-gives-way",
    ],
)
def test_an_address_of_a_section_or_another_place_is_not(link: str) -> None:
    assert canonical(link) == URL


def test_what_a_menu_leads_to_is_no_article() -> None:
    assert canonical("/dam", before=MENU) == URL
    assert canonical("/dam") == "https://www.valleypost.example/dam"


def test_hosts_that_are_numbers_are_told_apart() -> None:
    html = article(head='<link rel="canonical" href="http://127.0.0.1/river-dam-gives-way">')
    assert read(html, url="http://10.20.0.1/river-dam-gives-way").url == "http://10.20.0.1/river-dam-gives-way"


def test_the_next_claim_is_heard_where_the_first_is_none() -> None:
    html = article(head='<link rel="canonical" href="/news">', ld=news(url="https://www.valleypost.example/dam"))
    assert read(html).url == "https://www.valleypost.example/dam"
