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
from schemas.alert import DigestData, FigureNews, SeriesNews, StoryNews
from schemas.feed import Health
from schemas.figure import VerdictKind
from tests.tell.examples import (
    NOW,
    THREAD,
    article,
    changed,
    contradiction,
    digest_data,
    ill_feed,
    news,
    of_thread,
    series_news,
    statement,
    story,
    topic,
    undeveloped,
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
        "[harlow-flood] Digest, Sun 15 Mar: 1 development, 1 changed figure, 1 contradiction and 1 new figure"
    )


GOLDEN = """\
Harlow flood · digest
Sat 14 Mar 07:00 – Sun 15 Mar 07:00 Europe/Kyiv
In a browser: https://tally.example/d/1.html

1 development, 1 changed figure, 1 contradiction and 1 new figure
From 16 reports, 5 of them copies. 4 alerts exceeded the daily limit of
mails and appear only here.

DEVELOPMENTS

  River takes the lower town of Harlow
  New development: 5 reports, 2 of them copies · Nordwire, Daily Ledger,
  Port Gazette · since Sat 14 Mar
  https://nordwire.example/2026/03/26
  “The river Harl broke its banks before dawn and took the lower town.”
  Nordwire

    Changed: 58 people had been rescued by boat (was 41)
      12 → 41 → 58
      “The mayor said *58* people had been rescued by boat since Friday.”
      Daily Ledger · the mayor · as of: 14 Mar 2026
      https://dailyledger.example/2026/03/18

    Contradiction: Some 320 houses are gone (the county: 210)
      210
        “The county counts *210* destroyed houses.”
        Nordwire · the county · as of: 14 Mar 2026
        https://nordwire.example/2026/03/26
      about 320
        “Some *320* houses are gone, the fire service said.”
        Port Gazette · the fire service · as of: 14 Mar 2026
        https://portgazette.example/2026/03/31

    New: The damage at $2.7 billion
      “Insurers put the damage at *$2.7 billion*.”
      Port Gazette · insurers
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
1 feed has a problem: Port Gazette (failing since Thu 12 Mar).
To mute a figure: tallywire figures mute series-rescued
You get this digest because you are a recipient of the topic “Harlow flood”
(harlow-flood). To stop these mails, write to news@tally.example with the
subject “unsubscribe harlow-flood”; whoever maintains the topic’s file will
remove your address.
Times are in Europe/Kyiv.
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


def test_values_of_one_moment_are_no_curve() -> None:
    whole = digest_data().changed[0]
    corrected = whole.model_copy(update={"history": tuple((NOW, value) for _, value in whole.history)})
    drawn = [
        len(compose_digest(topic(), digest_data(changed=(one,)), sender=SENDER).images) for one in (whole, corrected)
    ]
    assert drawn[0] == drawn[1] + 1


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
        "1 feed has a problem: Port Gazette (failing since Thu 12 Mar).",
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


def said(text: str) -> str:
    """The text of a mail without its line breaks."""
    return " ".join(text.split())


def both(data: DigestData) -> tuple[str, str]:
    """What a digest says as text, and as HTML."""
    mail = compose_digest(topic(), data, sender=SENDER)
    return said(mail.text), Markup(mail.html).text


def going_on(name: str, headline: str, **changes: Any) -> StoryNews:
    """A development that began two days before the period."""
    return story(name, headline, thread=f"thread-{name}", first_seen=NOW - timedelta(days=2), **changes)


def rescued(value: float, thread: str | None, **more: Any) -> FigureNews:
    found = news(series=f"series-{value}", of=statement(value, f"Outlet {value:g}", title=f"Of {value:g}"), **more)
    return found.model_copy(update={"thread": thread})


def test_figures_stand_under_their_development_and_the_one_with_the_worthiest_comes_first() -> None:
    stories = (going_on("fire", "Fire on the hill"), going_on("flood", "Water in the town"))
    new = [(51, "fire", 0.5), (71, "flood", 0.7), (61, "fire", 0.6)]
    data = digest_data(
        stories=stories,
        changed=(),
        contradictions=(),
        new=tuple(series_news(rescued(value, f"thread-{of}", worth=worth)) for value, of, worth in new),
    )
    for text in both(data):
        order = ["Water in the town", "71 people", "Fire on the hill", "61 people", "51 people", "Coverage"]
        places = [text.lower().index(one.lower()) for one in order]
        assert places == sorted(places)
        assert "Also reported" not in text
        assert "Other figures" not in text


def test_of_one_worth_what_has_changed_comes_before_what_is_new() -> None:
    moved = rescued(61, "thread-flood", worth=0.5, verdict=VerdictKind.CHANGED, from_value=60)
    data = digest_data(
        stories=(going_on("fire", "Fire on the hill"), going_on("flood", "Water in the town")),
        changed=(series_news(moved),),
        contradictions=(),
        new=tuple(series_news(rescued(n, of, worth=0.5)) for n, of in ((51, "thread-fire"), (71, "thread-flood"))),
    )
    for text in both(data):
        assert text.index("61 people had been rescued by boat (was 60)") < text.index("71 people")
        assert text.index("Water in the town") < text.index("Fire on the hill")


def test_developments_without_figures_are_short_and_last() -> None:
    one, two = article("Nordwire", "Roads closed"), article("Port Gazette", "Roads still closed")
    quiet = going_on("roads", "Roads closed in the hills", reports=(one,), copies=0, earlier=2, lead_article=one)
    fuller = going_on("bridge", "The old bridge stands", reports=(one, two), copies=1, earlier=2)
    data = digest_data(stories=(quiet, *digest_data().stories, fuller))
    for text in both(data):
        order = [
            "River takes the lower town",
            "58 people",
            "Also reported",
            "The old bridge",
            "Roads closed in the hills",
        ]
        places = [text.lower().index(one.lower()) for one in order]
        assert places == sorted(places)
        assert "Roads closed in the hills 1 new report, after 2 earlier" in text
        assert "The old bridge stands 3 new reports, 1 of them a copy, after 2 earlier" in text
        assert text.count("The river Harl broke its banks") == 1
    assert "https://nordwire.example/2026/03/12" in Markup(compose_digest(topic(), data, sender=SENDER).html).links


def test_a_development_that_goes_on_says_how_many_reports_were_before_and_is_not_quoted_again() -> None:
    data = digest_data(stories=(going_on("flood", "Water in the town", earlier=1205),))
    for text in both(data):
        assert (
            "5 new reports, 2 of them copies, after 1,205 earlier · Nordwire, Daily Ledger, Port Gazette"
            " · since Thu 12 Mar"
        ) in text
        assert "The river Harl broke its banks" not in text
    last_year = going_on("flood", "Water in the town", earlier=1).model_copy(
        update={"first_seen": NOW - timedelta(days=90)}
    )
    assert (
        "after 1 earlier · Nordwire, Daily Ledger, Port Gazette · since 14 Dec 2025"
        in both(digest_data(stories=(last_year,)))[0]
    )


def test_where_copies_alone_came_no_report_is_called_new() -> None:
    copies = going_on("flood", "Water in the town", reports=(), copies=2, earlier=3)
    for text in both(digest_data(stories=(copies,))):
        assert "2 new copies, after 3 earlier reports" in text


def test_the_lead_is_not_quoted_where_a_figure_quotes_it() -> None:
    lead = changed().statement.figure.quote
    mail = compose_digest(topic(), digest_data(stories=(story(thread=THREAD, lead=lead),)), sender=SENDER)
    assert said(mail.text).count("since Friday.") == 1


def test_figures_of_one_sentence_quote_it_once() -> None:
    quote = "The mayor said 58 people and 12 dogs had been rescued."
    people, dogs = (statement(value, quote=quote, surface=str(value)) for value in (58, 12))
    new = tuple(
        series_news(of_thread(news(series=f"series-{n}", of=one.model_copy(update={"figure_id": f"figure-{n}"}))))
        for n, one in enumerate((people, dogs))
    )
    for text in both(digest_data(changed=(), contradictions=(), new=new)):
        assert text.count("had been rescued.”") == 1
        assert text.count("From the same sentence.") == 1


def test_only_what_a_report_says_is_said_of_its_source() -> None:
    unnamed = statement(attribution=None, as_of=None)
    rival = statement(41, "Daily Ledger", title="Other", attribution=None, as_of=None)
    against = news(VerdictKind.CONTRADICTION, of=unnamed, against=(rival,))
    data = digest_data(new=(series_news(of_thread(news(of=unnamed))),), contradictions=(of_thread(against),))
    for text in both(data):
        assert "no source named" not in text
        assert "not stated" not in text


def test_a_digest_that_was_bound_before_there_were_developments_is_told_all_the_same() -> None:
    data = undeveloped(digest_data())
    assert {one.thread for one in data.stories} == {one.thread for one in (*data.changed, *data.new)} == {None}
    for text in both(data):
        assert text.lower().index("river takes the lower town") < text.index("58 people had been rescued")
        assert text.lower().index("other figures") < text.index("The damage at $2.7 billion")
    before = undeveloped(digest_data(stories=(story(first_seen=NOW - timedelta(days=2)),)))
    for text in both(before):
        assert "5 reports, 2 of them copies · Nordwire, Daily Ledger, Port Gazette · since Thu 12 Mar" in text
    for text in both(undeveloped(digest_data(stories=()))):
        assert text.startswith(("Harlow flood", "Sat 14 Mar"))
        assert text.lower().index("other figures") < text.index("58 people had been rescued")


def many(count: int, text: str = "", figures: int = 1) -> DigestData:
    """Developments with figures, as many without any, and as many changed figures of none."""

    def row(name: str, n: int, thread: str | None) -> SeriesNews:
        quote = f"{text} {n + 2} {text}"
        of = statement(n + 2, f"Outlet {name} {text}", title=name + text, quote=quote, attribution=text)
        told = news(VerdictKind.CHANGED, series=name, label=text, of=of, from_value=n + 1)
        return series_news(told.model_copy(update={"thread": thread}), (1, n + 1, n + 2))

    def tale(name: str) -> StoryNews:
        return story(name, f"Tale {name} {text}", thread=f"thread-{name}", lead=text)

    return digest_data(
        stories=tuple(tale(f"{kind}-{n}") for n in range(count) for kind in ("told", "quiet")),
        changed=tuple(row(f"other-{n}", n, "thread-gone") for n in range(count)),
        new=tuple(row(f"new-{n}-{i}", n + i, f"thread-told-{n}") for n in range(count) for i in range(figures)),
        contradictions=tuple(
            contradiction().model_copy(update={"thread": f"thread-told-{n}", "series": f"series-{n}"})
            for n in range(count)
        ),
        feeds_ill=tuple(ill_feed(f"Feed {n}") for n in range(count)),
        feeds_back=tuple(ill_feed(f"Old feed {n}", Health.OK, until=NOW) for n in range(count)),
    )


def test_what_is_beyond_the_top_is_counted() -> None:
    mail = compose_digest(topic(), many(39), sender=SENDER)
    for text in (said(mail.text), Markup(mail.html).text):
        shown = text.count("Tale told-")
        assert f"and {39 - shown} more developments, with {2 * (39 - shown)} figures" in text
        assert f"and {39 - text.count('Tale quiet-')} more developments" in text
        assert f"and {39 - text.count('Outlet other-')} more figures" in text
        assert "39 feeds have problems" in text
        assert "and 31 more." in text
        assert "78 developments, 39 changed figures, 39 contradictions and 39 new figures" in text
    assert "in the search" in Markup(mail.html).text


def test_what_a_development_has_beyond_its_top_figures_is_counted() -> None:
    for text in both(many(1, figures=9)):
        assert "and 4 more figures" in text
        assert "more developments" not in text


def test_a_feed_that_is_back_is_a_line() -> None:
    back = ill_feed("Nordwire", Health.OK, until=NOW)
    mail = compose_digest(topic(), digest_data(feeds_ill=(), feeds_back=(back,)), sender=SENDER)
    assert "All feeds answer. Working again: Nordwire." in mail.text
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
