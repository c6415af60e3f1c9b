"""An update is never lost: what is announced anew is asked for anew, and what a page does not give its feed may."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from werkzeug import Request, Response

from schemas.feed import Entry, Origin, Outcome
from schemas.figure import VerdictKind
from tests.steps.conftest import START, House, Site
from tests.steps.test_rounds import FLOOD, article, topic_for


@dataclass
class Desk:
    """One feed with one article, whose words, page and date a test changes; pages have validators."""

    site: Site
    dead: int = 3
    said: int = 3
    published: str = "Mon, 02 Mar 2026 11:00:00 GMT"
    status: int = 200
    content: str = ""
    asked: list[tuple[int, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site.server.expect_request("/desk/feed").respond_with_handler(self._feed)
        self.site.server.expect_request("/desk/flood").respond_with_handler(self._page)

    @property
    def feed_url(self) -> str:
        return self.site.server.url_for("/desk/feed")

    @property
    def url(self) -> str:
        return self.site.server.url_for("/desk/flood")

    def _feed(self, request: Request) -> Response:
        content = f"<content:encoded>{html.escape(self.content)}</content:encoded>" if self.content else ""
        body = (
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Desk</title>'
            f"<item><title>Flood in Tarn: {self.said} dead</title><link>{self.url}</link>"
            f"<description>{self.said} people died</description><pubDate>{self.published}</pubDate>{content}</item>"
            "</channel></rss>"
        )
        return Response(body, content_type="application/rss+xml")

    def _page(self, request: Request) -> Response:
        if self.status != 200:
            response = Response("no", status=self.status)
        else:
            body = "".join(f"<p>{line}</p>" for line in (f"{self.dead} people died in the flood in Tarn.", *FLOOD))
            title = f"Flood in Tarn: {self.dead} dead"
            response = Response(_html(title, body), content_type="text/html")
            response.add_etag()
            response = response.make_conditional(request)
        self.asked.append((response.status_code, request.headers.get("If-None-Match")))
        return response


def _html(title: str, body: str, head: str = "") -> str:
    return (
        f"<html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


@pytest.fixture
def desk(house: House, site: Site) -> Desk:
    desk = Desk(site)
    house.enrol(topic_for(site, feeds=[desk.feed_url]))
    return desk


def entries(house: House) -> list[Entry]:
    with house.services.record.read() as tx:
        return sorted(tx.entries.find(), key=lambda entry: entry.seq)


def test_the_same_link_announced_anew_within_minutes_is_asked_for_anew(house: House, desk: Desk) -> None:
    house.round()
    house.clock.forward(minutes=5)
    desk.dead = desk.said = 6
    done = house.round()
    assert done.judged.ended == {Outcome.INDEXED: 1}
    assert article(house.services, desk.url).revision == 2
    assert "6 people died" in article(house.services, desk.url).reading.text
    assert [status for status, _ in desk.asked] == [200, 200]


def test_a_date_that_moved_asks_whether_the_page_has_changed(house: House, desk: Desk) -> None:
    house.round()
    house.clock.forward(minutes=5)
    desk.published = "Mon, 02 Mar 2026 12:03:00 GMT"
    house.round()
    (_, none), (status, validator) = desk.asked
    assert none is None
    assert (status, bool(validator)) == (304, True)
    first, second = entries(house)
    assert (second.outcome, second.article) == (Outcome.KNOWN, first.article)
    assert "has not changed since 2026-03-02 12:00" in second.reason
    house.clock.forward(minutes=5)
    desk.published, desk.dead = "Mon, 02 Mar 2026 12:08:00 GMT", 6
    assert house.round().judged.ended == {Outcome.INDEXED: 1}


def test_what_two_feeds_announce_at_once_is_fetched_once(house: House, desk: Desk) -> None:
    desk.site.server.expect_request("/other/feed").respond_with_handler(desk._feed)
    house.enrol(topic_for(desk.site, feeds=[desk.feed_url, desk.site.server.url_for("/other/feed")]))
    house.round()
    assert len(entries(house)) == 2
    assert len(desk.asked) == 1


def test_a_topic_that_never_saw_a_page_gets_it_whole(house: House, desk: Desk) -> None:
    house.round()
    desk.site.server.expect_request("/other/feed").respond_with_handler(desk._feed)
    other = topic_for(desk.site, name="tarn", match={"any": ["Tarn"]}, feeds=[desk.site.server.url_for("/other/feed")])
    house.enrol(other)
    house.clock.forward(minutes=5)
    house.round()
    assert [status for status, _ in desk.asked] == [200, 200]
    assert article(house.services, desk.url).on_topics == ("floods", "tarn")


TEXT = "".join(f"<p>{line}</p>" for line in ("7 people died in the flood in Tarn.", *FLOOD, *FLOOD))


@pytest.mark.parametrize(
    ("status", "waits"),
    [(403, ()), (410, ()), (404, (2,)), (400, ()), (500, (2, 11)), (503, (2, 11))],
)
def test_what_a_page_does_not_give_is_read_from_its_feed(
    house: House, desk: Desk, status: int, waits: tuple[int, ...]
) -> None:
    desk.status, desk.content = status, TEXT
    done = house.round()
    for minutes in waits:
        assert done.judged.judged == 0
        house.clock.forward(minutes=minutes)
        done = house.round()
    assert done.judged.ended == {Outcome.INDEXED: 1}
    assert "7 people died" in article(house.services, desk.url).reading.text


def test_a_host_that_is_not_there_leaves_what_its_feed_says(house: House, desk: Desk) -> None:
    desk.content = TEXT
    house.round()
    unreachable = "http://127.0.0.1:1/flood"
    desk.site.server.expect_request("/far/feed").respond_with_handler(
        lambda request: Response(desk._feed(request).get_data().replace(desk.url.encode(), unreachable.encode()))
    )
    house.enrol(topic_for(desk.site, feeds=[desk.site.server.url_for("/far/feed")]))
    for minutes in (0, 2, 11):
        house.clock.forward(minutes=minutes)
        house.round()
    assert "7 people died" in article(house.services, unreachable).reading.text


def test_without_a_text_in_the_feed_a_page_that_is_gone_is_gone(house: House, desk: Desk) -> None:
    desk.status = 410
    house.round()
    assert [entry.outcome for entry in entries(house)] == [Outcome.GONE]


def visiting(house: House, **settings: Any) -> House:
    """The same house, which visits again."""
    steps = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72))
    changed = house.services.settings.model_copy(update={"revisit_after": steps} | settings)
    object.__setattr__(house.services, "settings", changed)
    return house


def test_a_known_article_is_visited_again_and_its_update_told(house: House, desk: Desk) -> None:
    visiting(house).round()
    told = len(house.post.mails)
    house.clock.forward(minutes=31)
    assert house.round().revisited == 1
    assert desk.asked[-1][0] == 304
    desk.dead = 6
    house.clock.forward(minutes=30)
    done = house.round()
    assert (done.revisited, done.judged.ended) == (1, {Outcome.INDEXED: 1})
    assert article(house.services, desk.url).revision == 2
    assert len(house.post.mails) == told + 1
    assert [entry.origin for entry in entries(house)] == [Origin.FEED, Origin.REVISIT, Origin.REVISIT]


def test_visits_end(house: House, desk: Desk) -> None:
    visiting(house).round()
    visits = []
    for _ in range(100):
        house.clock.forward(hours=1)
        visits.append(house.round(every_feed=False).revisited)
    assert sum(visits) == 7
    assert sum(visits[80:]) == 0


def test_a_page_that_is_taken_down_is_not_visited_further_and_its_article_stays(house: House, desk: Desk) -> None:
    desk.content = TEXT
    visiting(house).round()
    desk.status = 410
    for _ in range(3):
        house.clock.forward(hours=6)
        house.round(every_feed=False)
    assert len(desk.asked) == 2
    assert entries(house)[-1].outcome is Outcome.GONE
    assert "3 people died" in article(house.services, desk.url).reading.text


def test_a_budget_leaves_the_rest_for_the_next_run(house: House, site: Site) -> None:
    visiting(house, revisits_per_run=3, revisits_per_host=2)
    for number in range(5):
        site.publish(f"flood-{number}", f"Flood {number} in Tarn", f"{number} boats came.", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    assert [house.round(every_feed=False).revisited for _ in range(4)] == [2, 2, 1, 0]


def test_what_is_off_topic_is_not_visited(house: House, site: Site) -> None:
    site.publish("cup-final", "Tarn win the cup", "Tarn won the cup on Sunday, and the town sang until morning. " * 5)
    visiting(house).enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    assert house.round(every_feed=False).revisited == 0


def test_a_teaser_is_visited_until_it_opens(house: House, site: Site) -> None:
    facts = '{"@type":"NewsArticle","headline":"Flood in Tarn","isAccessibleForFree":false}'
    wall = _html("Flood in Tarn", f"<p>{FLOOD[0]}</p>", f'<script type="application/ld+json">{facts}</script>')
    item = site.publish("flood", "Flood in Tarn", *FLOOD, body=wall.encode())
    visiting(house).enrol(topic_for(site))
    house.round()
    with house.services.record.read() as tx:
        (first,) = tx.articles.iterate()
    assert first.outcome is Outcome.TEASER
    for hours in (1.1, 5, 20, 50, 80, 80):
        house.clock.forward(hours=hours)
        assert house.round(every_feed=False).revisited == 1
    with house.services.record.read() as tx:
        assert len(tx.articles.revisions(first.id)) == 1
    item.body = None
    house.clock.forward(hours=80)
    assert house.round(every_feed=False).judged.ended == {Outcome.INDEXED: 1}


LIVE = ("10:05 The fire brigade says 9 people died in the flood in Tarn.", *FLOOD)


@pytest.mark.parametrize(
    ("later", "kind"),
    [
        pytest.param(
            ("11:40 The fire brigade says 12 people died in the flood in Tarn.", *LIVE), VerdictKind.CHANGED, id="live"
        ),
        pytest.param(
            ("10:05 The fire brigade says 12 people died in the flood in Tarn.", *FLOOD),
            VerdictKind.CORRECTION,
            id="taken back",
        ),
    ],
)
def test_a_correction_needs_the_number_to_have_gone(
    house: House, site: Site, later: tuple[str, ...], kind: VerdictKind
) -> None:
    site.publish("flood", "Flood in Tarn: what we know", *LIVE)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    site.publish("flood", "Flood in Tarn: what we know now", *later)
    house.round()
    with house.services.record.read() as tx:
        (found,) = tx.articles.iterate()
        figures = {one.figure.value: one for one in tx.figures.of_article(found.id, revision=2)}
        verdicts = {value: tx.figures.verdicts_of(one.id)[0].kind for value, one in figures.items()}
    assert verdicts[12] is kind
    assert verdicts.get(9) in (None, VerdictKind.REPEATED)


def test_a_feed_that_dates_its_items_anew_at_each_poll_is_visited_less_and_less(house: House, desk: Desk) -> None:
    asked = []
    for minutes in range(0, 3 * 24 * 60, 60):
        house.clock.now = START + timedelta(minutes=minutes)
        desk.published = format_datetime(house.clock.now - timedelta(minutes=5))
        house.round()
        asked.append(len(desk.asked))
    # Twice at once, after one hour and after six; then once a day.
    assert asked[:11] == [1, 2, 3, 4, 4, 4, 4, 4, 4, 5, 5]
    assert (asked[32], asked[33], asked[-1], len(entries(house))) == (5, 6, 7, 7)


def test_words_that_change_are_asked_for_at_once_however_often_their_date_moved(house: House, desk: Desk) -> None:
    for hour in range(5):
        house.clock.now = START + timedelta(hours=hour)
        desk.published = format_datetime(house.clock.now - timedelta(minutes=5))
        house.round()
    before = len(desk.asked)
    desk.dead = desk.said = 6
    house.round()
    assert len(desk.asked) == before + 1
