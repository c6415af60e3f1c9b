"""What a digest says, as a mail and as a page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tell.digest import compose_digest, digest_page, is_empty
from pipeline.tell.pages import BUDGET
from pipeline.tell.sender import Sender
from schemas.alert import DigestData, SeriesNews
from schemas.feed import Health
from schemas.figure import VerdictKind
from tests.tell.examples import (
    NOW,
    changed,
    contradiction,
    digest_data,
    ill_feed,
    news,
    series_news,
    statement,
    story,
    topic,
)
from tests.tell.markup import Markup

SENDER = Sender(mail_from="Tallywire <news@tally.example>", public_url="https://tally.example/search")
NOTHING: dict[str, Any] = {
    "stories": (),
    "changed": (),
    "new": (),
    "contradictions": (),
    "articles": 0,
    "copies": 0,
    "held_back": 0,
    "coverage": (),
    "outcomes": {},
    "feeds_ill": (),
}


def test_a_digest_as_plain_text() -> None:
    mail = compose_digest(topic(), digest_data(), sender=SENDER, web_copy="https://tally.example/d/1.html")
    assert mail.text == GOLDEN
    assert mail.subject == (
        "[harlow-flood] Digest, Sun 15 Mar: 1 changed figure, 1 new figure, 1 contradiction and 1 story"
    )


GOLDEN = """\
Harlow flood · digest
Sat 14 Mar 07:00 – Sun 15 Mar 07:00 Europe/Kyiv
In a browser: https://tally.example/d/1.html

1 changed figure, 1 new figure, 1 contradiction and 1 story
From 16 reports, 5 of them copies. 4 alerts passed the day’s limit of mails
and are told only here.

STORIES

  River takes the lower town of Harlow
    “The river Harl broke its banks before dawn and took the lower town.”
    Nordwire
    https://nordwire.example/2026/03/26
    5 reports, 2 of them copies · Nordwire, Daily Ledger, Port Gazette
    first seen Sat 14 Mar 2026, 09:30

CHANGED FIGURES

  58 people had been rescued by boat (was 41)
    “The mayor said *58* people had been rescued by boat since Friday.”
    Daily Ledger · the mayor · as of: 14 Mar 2026
    https://dailyledger.example/2026/03/18
    12 → 41 → 58

CONTRADICTIONS

  Some 320 houses are gone
  against 210 (the county, Nordwire)
  210
    “The county counts *210* destroyed houses.”
    Nordwire · the county · as of: 14 Mar 2026
    https://nordwire.example/2026/03/26
  about 320
    “Some *320* houses are gone, the fire service said.”
    Port Gazette · the fire service · as of: 14 Mar 2026
    https://portgazette.example/2026/03/31

NEW FIGURES

  The damage at $2.7 billion
    “Insurers put the damage at *$2.7 billion*.”
    Port Gazette · insurers · as of: not stated; published Sat 14 Mar 2026,
    10:50
    https://portgazette.example/2026/03/26

COVERAGE

  Day         Reports  Copies
  Tue 3 Mar         1       0
  Fri 6 Mar         2       1
  Sat 7 Mar         1       0
  Tue 10 Mar        1       0
  Wed 11 Mar        3       2
  Thu 12 Mar        6       4
  Fri 13 Mar        9       7
  Sat 14 Mar       14       9
  Sun 15 Mar       11       5

---
40 entries: 11 new reports, 5 copies, 23 off topic and 1 failed.
1 feed is not well: Port Gazette (failing since Thu 12 Mar).
You get this digest because you are a recipient of the topic “Harlow flood”
(harlow-flood). To stop these mails write to news@tally.example with the
subject “unsubscribe harlow-flood”; whoever keeps the topic’s file takes
your address out of its recipients.
Times are those of Europe/Kyiv.
Search and figures: https://tally.example/search
"""


def test_the_page_holds_its_pictures_and_the_mail_brings_them_along() -> None:
    mail = compose_digest(topic(), digest_data(), sender=SENDER)
    named = {picture["src"].removeprefix("cid:") for picture in Markup(mail.html).images}
    assert named == {image.cid for image in mail.images}
    assert all(image.png.startswith(b"\x89PNG") and image.alt for image in mail.images)
    page = Markup(digest_page(topic(), digest_data(), sender=SENDER))
    assert len(page.images) == len(mail.images)
    assert all(picture["src"].startswith("data:image/png;base64,") for picture in page.images)
    assert page.text == Markup(mail.html).text


def test_pictures_have_words_that_say_the_same() -> None:
    mail = compose_digest(topic(), digest_data(), sender=SENDER)
    alts = [image.alt for image in mail.images]
    assert "12 → 41 → 58, Fri 13 Mar 17:30 to Sat 14 Mar 05:30" in alts
    assert any("most on Sat 14 Mar, 14 reports and 9 copies" in alt for alt in alts)


def test_text_and_html_say_the_same() -> None:
    mail = compose_digest(topic(), digest_data(), sender=SENDER)
    page, text = Markup(mail.html).text, " ".join(mail.text.split())
    for said in (
        "Sat 14 Mar 07:00 – Sun 15 Mar 07:00 Europe/Kyiv",
        "From 16 reports, 5 of them copies.",
        "12 → 41 → 58",
        "58 people had been rescued by boat",
        "40 entries: 11 new reports, 5 copies, 23 off topic and 1 failed.",
        "1 feed is not well: Port Gazette (failing since Thu 12 Mar).",
    ):
        assert said in page
        assert said in text


def test_the_same_period_is_the_same_mail() -> None:
    first = compose_digest(topic(), digest_data(), sender=SENDER)
    assert compose_digest(topic(), digest_data(articles=99), sender=SENDER).message_id == first.message_id
    later = digest_data(end=digest_data().end + timedelta(days=1))
    assert compose_digest(topic(), later, sender=SENDER).message_id != first.message_id


def test_several_digests_a_day_are_told_apart() -> None:
    twice = topic(digest={"at": ["07:00", "19:00"]})
    assert compose_digest(twice, digest_data(), sender=SENDER).subject.startswith(
        "[harlow-flood] Digest, Sun 15 Mar 07:00: "
    )


def test_a_correction_is_called_one() -> None:
    corrected = series_news(news(VerdictKind.CORRECTION, of=statement(38), from_value=58))
    mail = compose_digest(topic(), digest_data(changed=(corrected,)), sender=SENDER)
    assert "38 people had been rescued by boat (corrected from 58)" in mail.text
    assert "corrected" in Markup(mail.html).text


def test_the_steps_of_a_figure_are_one_line_and_the_worthiest_comes_first() -> None:
    steps = series_news(changed(), (4, 12, 41, 58)).model_copy(update={"from_value": 4, "steps": 3, "worth": 0.4})
    other = series_news(news(VerdictKind.CHANGED, series="series-b", of=statement(90), from_value=70, worth=0.8))
    mail = compose_digest(topic(), digest_data(changed=(steps, other)), sender=SENDER)
    for text in (" ".join(mail.text.split()), Markup(mail.html).text):
        assert "From 4 to 58 in 3 steps: 58 people had been rescued by boat" in text
        assert text.index("90 people had been") < text.index("From 4 to 58")


def test_where_a_figure_came_from_is_said_as_its_text_has_it() -> None:
    dozens = statement(None, low=24, high=99, modifier="vague", surface="dozens of")
    told = series_news(changed()).model_copy(update={"from_value": (24, 99), "began": dozens})
    mail = compose_digest(topic(), digest_data(changed=(told,)), sender=SENDER)
    assert "58 people had been rescued by boat (was dozens)" in mail.text


def test_a_figure_that_the_desk_follows_is_called_by_its_name() -> None:
    named = series_news(changed()).model_copy(update={"followed": "Rescued in Harlow"})
    mail = compose_digest(topic(), digest_data(changed=(named,)), sender=SENDER)
    assert "Rescued in Harlow" in mail.text
    assert "Rescued in Harlow" in Markup(mail.html).text


def test_nothing_new_is_said_in_so_many_words() -> None:
    data = digest_data(**NOTHING)
    assert is_empty(data)
    mail = compose_digest(topic(), data, sender=SENDER)
    assert mail.subject == "[harlow-flood] Digest, Sun 15 Mar: nothing new"
    assert "Nothing new" in mail.text
    assert "All feeds answer." in mail.text
    assert mail.images == ()


@pytest.mark.parametrize(
    "something",
    [
        {"stories": (story(),)},
        {"changed": (series_news(changed()),)},
        {"new": (series_news(news()),)},
        {"contradictions": (contradiction(),)},
        {"articles": 1},
        {"held_back": 1},
    ],
)
def test_anything_to_tell_makes_a_digest(something: dict[str, Any]) -> None:
    assert not is_empty(digest_data(**(NOTHING | something)))


def many(count: int, text: str = "") -> DigestData:
    rows: tuple[SeriesNews, ...] = tuple(
        series_news(
            news(
                VerdictKind.CHANGED,
                series=f"series-{n}",
                label=text,
                of=statement(n + 2, f"Outlet {text}", title=text, quote=f"{text} {n + 2} {text}", attribution=text),
                from_value=n + 1,
            ),
            (1, n + 1, n + 2),
        )
        for n in range(count)
    )
    return digest_data(
        stories=tuple(story(f"story-{n}", f"Tale {n} {text}", lead=text) for n in range(count)),
        changed=rows,
        new=rows,
        contradictions=(contradiction(),) * count,
        feeds_ill=tuple(ill_feed(f"Feed {n}") for n in range(count)),
        feeds_back=tuple(ill_feed(f"Old feed {n}", Health.OK, until=NOW) for n in range(count)),
    )


def test_what_is_beyond_the_top_is_counted() -> None:
    mail = compose_digest(topic(), many(39), sender=SENDER)
    page = Markup(mail.html).text
    assert "and 34 more stories in the search" in page
    assert "and 27 more changed figures" in page
    assert "and 33 more contradictions" in page
    assert "39 feeds are not well" in page
    assert "and 31 more." in page
    assert "and 34 more stories" in mail.text
    assert "39 changed figures, 39 new figures, 39 contradictions and 39 stories" in page


def test_a_feed_that_is_back_is_a_line() -> None:
    back = ill_feed("Nordwire", Health.OK, until=NOW)
    mail = compose_digest(topic(), digest_data(feeds_ill=(), feeds_back=(back,)), sender=SENDER)
    assert "All feeds answer. Well again: Nordwire." in mail.text
    assert is_empty(digest_data(**NOTHING | {"feeds_back": (back,)}))


def test_a_digest_of_much_and_long_news_stays_below_the_budget() -> None:
    mail = compose_digest(topic(), many(60, "&<" * 2000), sender=SENDER)
    assert len(mail.html.encode()) < BUDGET
    assert len(mail.html.encode()) > BUDGET / 8


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=80))
def test_titles_do_nothing_in_a_page(text: str) -> None:
    nasty = f'{text}"><script>x</script>\r\n\u202e'
    update = {
        "feeds_ill": (ill_feed(nasty),),
        "feeds_back": (ill_feed(nasty, Health.OK),),
        "outcomes": {nasty: 3},
        "changed": (),
        "coverage": (),
    }
    data = many(1, nasty).model_copy(update=update)
    page = Markup(digest_page(topic(), data, sender=SENDER))
    assert "<script>x</script>" in page.text


def test_a_day_without_any_coverage_draws_nothing() -> None:
    quiet = tuple(one.model_copy(update={"reports": 0, "copies": 0}) for one in digest_data().coverage)
    mail = compose_digest(topic(), digest_data(coverage=quiet, changed=()), sender=SENDER)
    assert mail.images == ()
    assert "COVERAGE" not in mail.text


def test_numbers_in_a_digest_come_from_its_data() -> None:
    """What is drawn or said of a series ends at its last twelve values, none of them made up."""
    told = series_news(changed(), tuple(range(40)))
    mail = compose_digest(topic(), digest_data(changed=(told,)), sender=SENDER)
    assert " → ".join(str(n) for n in range(28, 40)) in mail.text
