"""The pages on which people search, decide, arrange and keep feeds: small and large, light and dark, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.steps.transport import signer_of
from pipeline.tell.links import PATH, STOP_PATH, Link
from schemas.alert import AlertKind
from schemas.figure import Series
from tests.serve.browser import axe_finds, looking, needs_chromium, sticking_out
from tests.serve.conftest import NOW, Opens, Served

pytestmark = needs_chromium

TOPIC = "ukraine-children"


@pytest.fixture
def shown(window: Opens, demo: Path) -> Served:
    return window(demo)


def series(served: Served) -> list[Series]:
    """The series of the demonstration, those with the most claims first."""
    with served.services.record.read() as tx:
        return sorted(tx.figures.series(TOPIC), key=lambda one: len(one.claims), reverse=True)


def developments(served: Served) -> list[tuple[str, list[str]]]:
    """The developments with their stories, those with the most stories first."""
    found: dict[str, list[str]] = {}
    with served.services.record.read() as tx:
        for story in tx.stories.find(topic=TOPIC):
            found.setdefault(story.development, []).append(story.id)
    return sorted(found.items(), key=lambda one: len(one[1]), reverse=True)


def link(served: Served, *, stops: bool = False, until: timedelta = timedelta(days=60)) -> str:
    (first, *_) = series(served)
    about = {"series": first.id, "figure": first.current, "rule": AlertKind.CHANGED_FIGURE}
    made = Link(topic=TOPIC, recipient="desk@newsroom.example", until=NOW + until, **({} if stops else about))
    return (STOP_PATH if stops else PATH) + signer_of(served.services.settings).token(made)


def merging(served: Served) -> str:
    (one, _), (other, _), *_ = developments(served)
    return f"/arrange/developments/{one}/merge?with={other}"


def splitting(served: Served) -> str:
    (one, stories), *_ = developments(served)
    return f"/arrange/developments/{one}/split?story={stories[0]}"


def joining(served: Served) -> str:
    one, other, *_ = series(served)
    return f"/arrange/figures/{one.id}/merge?with={other.id}"


PAGES: dict[str, Callable[[Served], str]] = {
    "search": lambda served: "/search?q=returned+children",
    "search without a result": lambda served: "/search?q=zeppelin",
    "search refused": lambda served: "/search?q=x&since=yesterday",
    "decisions": lambda served: "/decisions",
    "decide on a series": lambda served: f"/decisions/series/{series(served)[0].id}",
    "decide on a figure": lambda served: f"/decisions/figure/{series(served)[0].current}",
    "decide on a development": lambda served: f"/decisions/thread/{developments(served)[0][0]}",
    "subscribe": lambda served: "/subscribe",
    "put developments together": merging,
    "split a development": splitting,
    "put figures together": joining,
    "put together with nothing": lambda served: f"/arrange/figures/{series(served)[0].id}/merge",
    "a link of a mail": link,
    "a link of a mail, wrong": lambda served: f"{link(served)}?do=wrong",
    "stop mails": lambda served: link(served, stops=True),
    "a link that expired": lambda served: link(served, until=timedelta(days=-1)),
}


def fits(page: Page, said: str) -> None:
    for width in (320, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == [], f"{width} px, {said}"
    assert axe_finds(page) == "", said


@pytest.mark.parametrize("name", PAGES)
def test_every_page_to_act_on_fits_and_is_accessible(browser: Browser, shown: Served, name: str) -> None:
    path = PAGES[name](shown)
    for scheme in ("light", "dark"):
        with looking(browser, shown.address, color_scheme=scheme) as page:
            page.goto(path)
            fits(page, scheme)


def test_what_a_look_at_a_feed_finds_fits_and_is_accessible(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address, color_scheme="dark") as page:
        page.goto("/feeds")
        page.get_by_role("link", name="Rights Observer").click()
        page.get_by_role("button", name="Check it now").click()
        # The demonstration's servers are gone.
        expect(page.get_by_role("heading", level=1)).to_have_text("It does not work as a feed now")
        fits(page, "dark")


def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until something is reached, as who has no mouse."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_figure_is_muted_renamed_and_found_wrong_by_keyboard(browser: Browser, shown: Served) -> None:
    path = f"/figures/{series(shown)[0].id}"
    with looking(browser, shown.address) as page:
        page.goto(path)
        tab_to(page, "button", "Mute this series")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Muted by the window")
        tab_to(page, "button", "Undo")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Mute this series")).to_be_visible()
        tab_to(page, "textbox", "Name")
        page.keyboard.press("Control+a")
        page.keyboard.type("children who came back")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Renamed.")
        tab_to(page, "link", "this is wrong")
        page.keyboard.press("Enter")
        page.wait_for_url("**/decisions/figure/*")
        tab_to(page, "button", "Not worth a mail")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("ot worth a mail")


def test_a_mail_is_answered_by_keyboard(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address) as page:
        page.goto(f"{link(shown)}?do=mute")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.type === 'submit'"):
                break
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("muted")


def test_a_feed_is_offered_for_adding_by_keyboard(browser: Browser, shown: Served) -> None:
    with looking(browser, shown.address) as page:
        page.goto("/feeds")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type(f"{shown.address}inside")
        assert page.evaluate("document.activeElement.value").endswith("inside")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("That can't be added")
        fits(page, "light")
