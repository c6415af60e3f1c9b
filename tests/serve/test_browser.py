"""The window as a browser shows it: small and large, light and dark, by keyboard, on paper, without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.serve.browser import axe_finds, looking, needs_chromium, sticking_out
from tests.serve.conftest import EVERYWHERE, Opens, Served

pytestmark = needs_chromium


@pytest.fixture
def shown(window: Opens, demo: Path) -> Served:
    return window(demo)


def first(served: Served, page: str, pattern: str) -> str:
    """The first address on a page that looks so."""
    found = re.search(rf'href="({pattern})["#]', served.client().get(page).text)
    assert found, f"no {pattern} on {page}"
    return found[1]


def address(served: Served, name: str) -> str:
    """Where a page of that name is in the demonstration."""
    if name == "why":
        return f"/explain/{first(served, '/articles', '/articles/article-[0-9a-f]+').rpartition('/')[2]}"
    if name == "diff":
        articles = re.findall(r"/articles/article-[0-9a-f]{16}", served.client().get("/articles").text)
        return next(f"{one}/revisions/2" for one in articles if is_revised(served, one))
    listed = {
        "topic": ("/", "/topics/[a-z-]+"),
        "development": ("/", "/developments/[a-z]+-[0-9a-f]+"),
        "article": ("/articles", "/articles/article-[0-9a-f]+"),
        "digest": ("/digests", "/digests/digest-[0-9a-f]+"),
        "feed": ("/feeds", "/feeds/feed-[0-9a-f]+"),
    }
    if name == "figure":
        return f"/figures/{contradicted(served)}"
    return first(served, *listed[name]) if name in listed else name


def is_revised(served: Served, article: str) -> bool:
    return f"{article}/revisions/2" in served.client().get(article).text


def contradicted(served: Served) -> str:
    """The series in which the demonstration's aid group gives another count."""
    with served.services.record.read() as tx:
        found = [one for one in tx.figures.series("ukraine-children") if len({claim.value for claim in one.claims}) > 2]
    return found[0].id


PAGES = ["/", "topic", "development", "/figures", "figure", "/articles", "article", "diff", "/alerts", "/digests"]
PAGES += ["digest", "/feeds", "feed", "/entries", "why", "/nothing-here"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_is_accessible(browser: Browser, shown: Served, name: str) -> None:
    path = address(shown, name)
    for scheme in ("light", "dark"):
        with looking(browser, shown.address, color_scheme=scheme) as page:
            for width in (320, 768, 1440):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(path)
                assert sticking_out(page) == [], f"{width} px, {scheme}"
            assert axe_finds(page) == "", scheme


def test_the_login_fits_and_is_accessible(browser: Browser, window: Opens) -> None:
    served = window(host=EVERYWHERE)
    with looking(browser, served.address, viewport={"width": 320, "height": 800}) as page:
        page.goto("/")
        assert axe_finds(page) == ""
        assert sticking_out(page) == []
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("That is not the token.")
        assert axe_finds(page) == ""
        page.get_by_label("Token").fill(served.token)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Topics")


def test_everything_is_reached_by_keyboard(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        for _ in range(40):
            page.keyboard.press("Tab")
            if "/developments/" in page.evaluate("document.activeElement.href || ''"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**/developments/*")
        assert page.get_by_role("heading", name="Current figures").is_visible()


def test_a_newcomer_finds_the_contradiction_its_chart_and_its_sentences(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address) as page:
        page.goto("/")
        page.get_by_role("link", name="Ukrainian children back with relatives").first.click()
        sides = page.get_by_role("list", name="Contradicting values").get_by_role("listitem")
        assert [side.locator(".value").inner_text() for side in sides.all()] == ["1,622", "1,240"]
        page.get_by_role("link", name="With them, 1,622 children have returned").first.click()
        chart = page.get_by_role("img", name="children returned")
        assert chart.first.is_visible()
        assert "The current value is 1,622" in chart.first.locator("desc").text_content()
        quote = page.locator("blockquote", has_text="1,240")
        assert quote.locator("mark").inner_text() == "1,240"
        report = page.get_by_role("link", name="read it at Rights Observer").first
        assert report.get_attribute("rel") == "noopener noreferrer"


def test_each_claim_of_a_chart_is_a_row_of_its_table(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address) as page:
        page.goto(address(shown, "figure"))
        rows = page.locator("section[aria-labelledby=claims] tbody tr")
        assert page.locator("svg.wide > g.mark").count() == rows.count() > 5


def test_a_small_screen_gets_a_drawing_of_its_own(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address, viewport={"width": 360, "height": 800}) as page:
        page.goto(address(shown, "figure"))
        assert page.locator("svg.thin").is_visible()
        assert not page.locator("svg.wide").is_visible()


def test_it_works_without_javascript(browser: Browser, window: Opens, demo: Path) -> None:
    served = window(demo, host=EVERYWHERE)
    with looking(browser, served.address, java_script_enabled=False) as page:
        page.goto("/figures")
        page.get_by_label("Token").fill(served.token)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Figures")
        page.get_by_role("link", name="Alerts").click()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


@pytest.mark.parametrize("name", ["development", "figure"])
def test_on_paper_the_frame_is_left_out(browser: Browser, shown: Served, name: str) -> None:
    with looking(browser, shown.address, viewport={"width": 760, "height": 900}) as page:
        page.goto(address(shown, name))
        page.emulate_media(media="print")
        assert not page.get_by_role("navigation", name="Main").is_visible()
        assert page.get_by_role("heading", level=1).is_visible()
        assert sticking_out(page) == []
