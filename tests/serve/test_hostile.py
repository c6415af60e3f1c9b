"""Whatever pages of the web say, the window shows it as words: bounded, and without doing what it asks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from schemas.alert import AlertKind
from schemas.article import Revision
from schemas.feed import Announcement, FeedState, Health, Illness
from schemas.figure import Claim, Figure, Modifier, VerdictKind
from schemas.topic import Topic
from tests.record.examples import alert, article, entry, feed, figure, series, story, verdict
from tests.serve.browser import looking, needs_chromium, sticking_out
from tests.serve.conftest import NOW, Opens, Served

MARKUP = "</title><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'{{7*7}}"
LONG = "W" * 5000
TURNED = "\u202egnipeels \u2067\u0000\x1b[31m\x85"
NASTY = f"{MARKUP} {TURNED} {LONG}"
PATHS = [
    "/",
    "/topics/kids",
    "/developments/story-a",
    "/figures?topic=kids",
    "/figures/series-a",
    "/articles",
    "/articles/a",
    "/articles/a/revisions/2",
    "/alerts",
    "/feeds",
    "/feeds/feed-a",
    "/entries",
    "/explain/a",
    "/explain/feed-a",
    "/explain/series-a",
]


@pytest.fixture
def served(window: Opens) -> Served:
    """A window over a record in which every text that comes from the web is as nasty as it can be."""
    opened = window()
    nasty = article("a", "kids", text=f"{NASTY}\n{NASTY}")
    reading = nasty.reading.model_copy(
        update={"title": NASTY, "outlet": NASTY, "url": "javascript:alert(1)", "authors": (NASTY,), "notes": (NASTY,)}
    )
    nasty = nasty.model_copy(update={"reading": reading, "story": "story-a", "revision": 2, "reason": NASTY})
    said = Figure(span=(0, 5), surface="1,605", quote=NASTY, value=1605, attribution=NASTY, counted=NASTY, unit=NASTY)
    claim = Claim(
        figure="figure-a",
        article="a",
        outlet=NASTY,
        attribution=NASTY,
        published=NOW,
        as_of=NOW.date(),
        low=1605,
        high=1605,
        value=1605,
        modifier=Modifier.EXACT,
        kind=VerdictKind.NEW,
    )
    announced = Announcement(url="javascript:alert(1)", canonical_url="x", title=NASTY, fingerprint="x")
    ill = FeedState(health=Health.GONE, error=NASTY, illness=Illness(since=NOW), last_poll=NOW)
    with opened.services.record.begin() as tx:
        tx.topics.put(Topic(name="kids", title="Children", recipients=("desk@newsroom.example",)))
        bad = {"announcement": announced, "first_seen": NOW, "reason": NASTY, "feed": "feed-a"}
        tx.entries.add([entry("entry-of-a", **bad)])
        tx.articles.put(nasty)
        for number, title in ((1, "before"), (2, NASTY)):
            tx.articles.add_revision(
                Revision(article="a", number=number, title=title, text=f"{NASTY} {number}", seen=NOW)
            )
        kept = {"headline": NASTY, "lead": NASTY, "outlets": (NASTY,), "articles": ("a",), "lead_article": "a"}
        tx.stories.put(story("story-a", "kids", last_seen=NOW).model_copy(update=kept))
        tx.figures.put(figure("figure-a", "a", revision=2).model_copy(update={"figure": said, "outlet": NASTY}))
        tx.figures.put_verdict(verdict("figure-a", "kids").model_copy(update={"reason": NASTY}))
        kept = {"claims": (claim,), "label": NASTY, "current": "figure-a", "counted": NASTY, "unit": NASTY}
        tx.figures.put_series(series("series-a", "kids").model_copy(update=kept))
        tx.feeds.put(
            feed("feed-a", "kids").model_copy(
                update={"title": NASTY, "url": "javascript:alert(1)//" + LONG, "site_url": NASTY, "state": ill}
            )
        )
        tx.alerts.add(alert("alert-a", kind=AlertKind.NEW_STORY, story="story-a", error=NASTY, attempts=1, due=NOW))
    return opened


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_a_page_is_markup(served: Served, path: str) -> None:
    answer = served.client().get(path)
    assert answer.status == 200, served.crashes
    page = answer.text
    assert "<script>document" not in page
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page
    assert "49" not in page or "{{7*7}}" in page
    assert not set("\u202e\u2067\x00\x1b\x85") & set(page)
    assert len(page) < 300_000


@needs_chromium
def test_nothing_of_a_page_breaks_the_screen_or_runs(browser: Browser, served: Served) -> None:
    with looking(browser, served.address, viewport={"width": 320, "height": 700}) as page:
        for path in PATHS:
            page.goto(path)
            assert sticking_out(page) == [], path
            assert page.title().endswith("· Tallywire"), path
