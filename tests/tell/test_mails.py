"""What an alert mail says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from email.parser import BytesParser
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.tell.delivery import as_message
from pipeline.tell.mails import Sender, compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.pages import BUDGET, link
from schemas.alert import Alert, FigureNews, Mail
from schemas.figure import VerdictKind, Wording
from schemas.message import Bundle
from schemas.topic import Topic
from tests.tell.examples import NOW, alert, article, changed, contradiction, news, statement, story, topic
from tests.tell.markup import Markup

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
FLOOD = "story-flood"


def bundle_of(alerts: Sequence[Alert], of: Topic | None = None) -> Bundle:
    (bundle,) = plan(of or topic(), alerts, sent_today=0, now=NOW + timedelta(days=2)).bundles
    return bundle


def mail_of(*alerts: Alert, of: Topic | None = None, sender: Sender = SENDER) -> Mail:
    return compose_alert(of or topic(), bundle_of(alerts, of), sender=sender)


def test_a_changed_figure_as_plain_text() -> None:
    mail = mail_of(alert(changed(), story=FLOOD))
    assert mail.text == GOLDEN


GOLDEN = """\
Harlow flood · 1 changed figure · found Sat 14 Mar 2026, 11:30

Daily Ledger: Harlow under water
Sat 14 Mar 2026, 10:50
https://dailyledger.example/2026/03/18

CHANGED FIGURE
58 people had been rescued by boat
was at least 41

  “The mayor said *58* people had been rescued by boat since Friday.”

  Source: the mayor
  As of:  14 Mar 2026

  Before
    at least 41: Nordwire · Sat 14 Mar 2026, 06:30
    “At least *41* people were rescued by boat overnight.”
    https://nordwire.example/2026/03/26

---
Why you get this. The topic “Harlow flood” (harlow-flood) sends alerts about
changed figures.
To mute this figure: tallywire figures mute series-rescued
To stop these mails, write to news@tally.example with the subject
“unsubscribe harlow-flood”; whoever maintains the topic’s file will remove
your address.
Times are in Europe/Kyiv.
"""


@pytest.mark.parametrize(
    ("alerts", "subject"),
    [
        (
            [alert(changed(), story=FLOOD)],
            "58 people had been rescued by boat (the mayor; was at least 41) — Daily Ledger",
        ),
        (
            [alert(changed(), story=FLOOD), alert(story())],
            "58 people had been rescued by boat (the mayor; was at least 41) — Daily Ledger + 2",
        ),
        ([alert(news(of=statement(41)))], "41 people had been rescued by boat (the mayor) — Nordwire"),
        (
            [alert(contradiction(), story=FLOOD)],
            "Some 320 houses are gone (the fire service; the county: 210) — Port Gazette",
        ),
        (
            [alert(contradiction(), story=FLOOD), alert(changed(), story=FLOOD)],
            "Some 320 houses are gone (the fire service; the county: 210) and 1 more figure — Port Gazette + 1",
        ),
        (
            [alert(changed(), story=FLOOD), *(alert(news(of=statement(n + 2)), story=FLOOD) for n in range(2))],
            "58 people had been rescued by boat (the mayor; was at least 41) and 2 more figures — Daily Ledger + 1",
        ),
        (
            [alert(news(VerdictKind.CORRECTION, of=statement(38), from_value=58))],
            "38 people had been rescued by boat (the mayor; corrected from 58) — Nordwire",
        ),
        ([alert(story())], "River takes the lower town of Harlow — 3 outlets"),
        ([alert(story(outlets=("Nordwire",)))], "River takes the lower town of Harlow — Nordwire"),
        (
            [alert(changed(), backlog=True), alert(story("story-b"), backlog=True)],
            "Summary: 58 people had been rescued by boat (the mayor; was at least 41) and 1 new development",
        ),
    ],
)  # fmt: skip
def test_the_subject_leads_with_what_happened(alerts: list[Alert], subject: str) -> None:
    assert mail_of(*alerts).subject == f"[harlow-flood] {subject}"


def test_text_and_html_say_the_same() -> None:
    mail = mail_of(*(alert(one, story=FLOOD) for one in (changed(), contradiction())), alert(story()))
    page = Markup(mail.html).text
    for said in (
        "Some 320 houses are gone",
        "against 210 (the county, Nordwire)",
        "was at least 41",
        "Sat 14 Mar 2026, 06:30",
        "5 reports, 2 of them copies",
        "Hundreds flee as the Harl rises",
        "changed figures, contradictions and new developments",
    ):
        assert said in page
        assert said in " ".join(mail.text.split())
    assert {one for one in Markup(mail.html).links if one.startswith("https")} == {
        line.strip() for line in mail.text.splitlines() if line.strip().startswith("https")
    }


SENTENCE = "The mayor said 58 people had been rescued by boat and three bridges closed."


def of_one_sentence() -> tuple[FigureNews, FigureNews]:
    """Two figures of one sentence of the Daily Ledger."""
    said = {"outlet": "Daily Ledger", "title": "Harlow under water", "quote": SENTENCE}
    saved = Wording(text="58 people had been rescued by boat", cut=False, speaker="the mayor")
    boats = statement(58, **said, wording=saved)
    closed = Wording(text="three bridges closed", cut=False, speaker="the mayor")
    bridges = statement(3, **said, surface="three", span=(62, 67), wording=closed)
    return news(of=boats, worth=0.9), news(of=bridges, series="series-bridges", worth=0.4)


def test_figures_of_one_article_are_one_item_with_their_sentence_once() -> None:
    boats, bridges = of_one_sentence()
    elsewhere = news(series="series-homes", of=statement(700, quote="Some 700 homes are dark."), worth=0.6)
    mail = mail_of(*(alert(one, id=f"alert-{n}", story=FLOOD) for n, one in enumerate((bridges, elsewhere, boats))))
    for text in (mail.text, Markup(mail.html).text):
        said = " ".join(text.replace("*", "").split())
        assert said.count("Harlow under water") == 1
        assert said.count("and three bridges closed.”") == 1 + (text is not mail.text)  # the preheader has it too
        places = [said.index(one) for one in ("58 people had been", "Three bridges closed", "Some 700 homes are dark")]
        assert places == sorted(places)
    assert "*58* people had been rescued by boat and *three* bridges" in " ".join(mail.text.split())
    assert mail.subject.startswith(
        "[harlow-flood] 58 people had been rescued by boat (the mayor) and 2 more figures — Daily Ledger"
    )


def test_what_two_numbers_of_a_sentence_say_in_the_same_words_is_said_once_with_both_marked() -> None:
    both = Wording(text="58 people had been rescued by boat and three bridges closed", cut=False, speaker="the mayor")
    alike = [
        one.model_copy(
            update={"statement": one.statement.model_copy(update={"figure": of.model_copy(update={"wording": both})})}
        )
        for one in of_one_sentence()
        if (of := one.statement.figure)
    ]
    mail = mail_of(*(alert(one, id=f"alert-{n}", story=FLOOD) for n, one in enumerate(alike)))
    assert (
        mail.subject
        == "[harlow-flood] 58 people had been rescued by boat and three bridges closed (the mayor) — Daily Ledger"
    )
    assert mail.text.count("NEW FIGURE") == 1
    assert "*58* people had been rescued by boat and *three*" in " ".join(mail.text.split())
    assert len(mail.alerts) == 2


def test_a_story_beside_its_figures_repeats_neither_their_sentence_nor_their_article() -> None:
    said = statement(58, "Nordwire")
    tale = story(lead=said.figure.quote, lead_article=said.article, reports=(said.article,), copies=0)
    mail = mail_of(alert(news(of=said), story=FLOOD), alert(tale))
    assert "Reports" not in mail.text
    for text in (mail.text, Markup(mail.html).text.partition("Harlow flood")[2]):
        assert text.count("since Friday.”") == 1
    alone = mail_of(alert(tale))
    assert "since Friday.”" in alone.text
    assert "eports\n" not in alone.text, "its only report is named with the sentence"
    two = mail_of(alert(story(lead=said.figure.quote, lead_article=said.article)))
    assert "Other reports\n" in two.text


def test_the_worthiest_figure_is_the_subject_whatever_its_kind() -> None:
    lesser = contradiction().model_copy(update={"worth": 0.5})
    mail = mail_of(alert(lesser, story=FLOOD), alert(news(worth=0.8), story=FLOOD))
    assert (
        mail.subject == "[harlow-flood] 58 people had been rescued by boat (the mayor) and 1 more figure — Nordwire + 1"
    )


RISEN = Wording(text="58 people had been rescued, up from 41", cut=False, speaker="the mayor")


def test_what_a_wording_says_itself_is_not_said_again() -> None:
    said = statement(58, wording=RISEN)
    up = mail_of(alert(news(VerdictKind.CHANGED, of=said, from_value=41)))
    assert up.subject == "[harlow-flood] 58 people had been rescued, up from 41 (the mayor) — Nordwire"
    other = mail_of(alert(news(VerdictKind.CHANGED, of=said, from_value=4)))
    assert other.subject == "[harlow-flood] 58 people had been rescued, up from 41 (the mayor; was 4) — Nordwire"


def test_a_sentence_that_is_the_heading_is_quoted_there_and_nowhere_else() -> None:
    quote = "58 people had been rescued by boat."
    whole = mail_of(alert(news(of=statement(58, quote=quote, wording=Wording(text=quote[:-1], cut=False)))))
    assert whole.text.count("people had been rescued by boat") == 1
    assert "“*58* people had been rescued by boat.”" in whole.text
    heading = whole.html[whole.html.index("<h1") :].partition("</h1>")[0]
    assert "people had been rescued by boat.”" in heading
    assert "<blockquote" not in whole.html


def test_a_long_wording_leaves_room_in_the_subject_for_what_it_was() -> None:
    long = f"58 people {'and all of the animals ' * 5}had been rescued"
    said = statement(58, wording=Wording(text=long, cut=False, speaker="the mayor"))
    subject = mail_of(alert(news(VerdictKind.CHANGED, of=said, from_value=41))).subject
    assert subject.endswith("… (the mayor; was 41) — Nordwire")
    assert "58 people and all" in subject
    assert len(subject) <= 160


def test_what_was_said_before_is_shown_without_a_move() -> None:
    earlier = tuple(
        statement(
            n, f"Outlet {n}", published=NOW - timedelta(days=n), wording={"text": f"{n} were saved", "cut": False}
        )
        for n in range(1, 6)
    )
    mail = mail_of(alert(news(before=earlier)))
    assert "Said before\n    13 Mar 2026, Outlet 1: 1 were saved\n" in mail.text
    assert "3 were saved" in Markup(mail.html).text
    assert "4 were saved" not in mail.text
    assert not re.search(r"\bwas\b|What others say", mail.text)


def test_what_is_new_is_shown_with_no_value_before_whatever_it_was_compared_with() -> None:
    other = statement(4, "Port Gazette", published=NOW - timedelta(days=1))
    mail = mail_of(alert(news(against=(other,), before=(other,))))
    assert "\n  Before\n" not in mail.text
    assert mail.text.count("Said before\n    13 Mar 2026, Port Gazette: 4 people had been rescued by boat\n") == 1


def test_a_figure_that_the_desk_follows_is_called_by_its_name() -> None:
    mail = mail_of(alert(news().model_copy(update={"followed": "Rescued in Harlow"})))
    assert "NEW FIGURE · Rescued in Harlow\n58 people" in mail.text
    assert "Rescued in Harlow" in Markup(mail.html).text


def test_what_was_read_is_never_shown_for_what_was_said() -> None:
    """Noun, action and the label made of them serve matching; a wrong one must not become a false sentence."""
    quote = "Some 8,000 people were told to leave the valley."
    wrong = statement(8000, quote=quote, surface="8,000", counted="people", action="bought")
    for told in (wrong, wrong.model_copy(update={"figure": wrong.figure.model_copy(update={"wording": None})})):
        mail = mail_of(alert(news(of=told, label="people bought, valley")))
        assert "bought" not in mail.text + mail.html + mail.subject
        assert "Some 8,000 people were told to leave the valley" in mail.subject


def test_the_summary_of_a_backlog_tells_the_steps_of_a_figure_in_one_line() -> None:
    steps = [news(of=statement(4, "Nordwire", published=NOW - timedelta(hours=4)), worth=0.3)]
    for hours, (before, after) in enumerate([(4, 9), (9, 14)]):
        told = statement(after, f"Outlet {after}", published=NOW - timedelta(hours=2 - hours))
        steps.append(news(VerdictKind.CHANGED, of=told, from_value=before, worth=0.5))
    alone = news(series="series-homes", of=statement(700, quote="Some 700 homes are dark."), worth=0.4)
    alerts = [alert(one, id=f"alert-{n}", story=f"story-{n}", backlog=True) for n, one in enumerate([alone, *steps])]
    mail = mail_of(*alerts)
    for text in (" ".join(mail.text.split()), Markup(mail.html).text):
        course = text.index("From 4 to 14 in 2 steps: 14 people had been rescued by boat")
        assert course < text.index("700 homes")
        assert "9 people" not in text
    assert len(mail.alerts) == 4


def test_numbers_between_which_no_move_is_claimed_are_no_steps() -> None:
    two = [news(of=statement(value, f"Outlet {value}")) for value in (4, 14)]
    mail = mail_of(*(alert(one, id=f"a{n}", story=f"s{n}", backlog=True) for n, one in enumerate(two)))
    assert "From 4" not in mail.text
    assert "4 people had been" in mail.text


def test_both_sides_of_a_contradiction_are_quoted() -> None:
    page = Markup(mail_of(alert(contradiction())).html).text
    assert "“The county counts 210 destroyed houses.”" in page.replace("  ", " ")
    assert "320" in page


def test_the_page_is_made_for_mail_programs() -> None:
    html = mail_of(alert(changed())).html
    assert '<html lang="en" dir="ltr"' in html
    assert b'charset="utf-8"' in html.encode()[:1024]
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme" in html
    assert 'width="600"' in html
    assert re.search(r'<h1 [^>]*style="[^"]*font-size', html)
    assert Markup(html).images == []


def test_the_same_alerts_make_the_same_mail_in_any_order() -> None:
    alerts = [alert(changed(), story=FLOOD), alert(contradiction(), story=FLOOD), alert(story())]
    bundle = bundle_of(alerts)
    again = bundle.model_copy(update={"alerts": bundle.alerts[::-1]})
    assert compose_alert(topic(), again, sender=SENDER) == compose_alert(topic(), bundle, sender=SENDER)


def test_mails_of_a_story_are_one_conversation() -> None:
    first, second = mail_of(alert(changed(), story=FLOOD)), mail_of(alert(contradiction(), story=FLOOD))
    root = f"<{FLOOD}@tally.example>"
    for mail in (first, second):
        headers = dict(mail.headers)
        assert headers["In-Reply-To"] == headers["References"] == root
    assert first.message_id != second.message_id
    assert first.message_id.startswith("<alert-")
    assert "References" not in dict(mail_of(alert(changed())).headers)


def test_headers_say_that_a_machine_writes_and_how_to_stop_it() -> None:
    headers = dict(mail_of(alert(changed())).headers)
    assert headers == {
        "From": "Tallywire <news@tally.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": "harlow-flood <harlow-flood.tally.example>",
        "List-Unsubscribe": "<mailto:news@tally.example?subject=unsubscribe%20harlow-flood>",
    }


def test_one_click_is_offered_only_where_it_is_configured_and_knows_who_clicks() -> None:
    everyone = Sender(mail_from="news@tally.example", unsubscribe_url="https://tally.example/stop/{topic}")
    headers = dict(mail_of(alert(changed()), sender=everyone).headers)
    assert headers["List-Unsubscribe"].startswith("<https://tally.example/stop/harlow-flood>, <mailto:")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    personal = Sender(mail_from="news@tally.example", unsubscribe_url="https://tally.example/stop?who={recipient}")
    assert "List-Unsubscribe-Post" not in dict(mail_of(alert(changed()), sender=personal).headers)
    alone = topic(recipients=["a+b@news.example"])
    headers = dict(mail_of(alert(changed()), of=alone, sender=personal).headers)
    assert "<https://tally.example/stop?who=a%2Bb%40news.example>" in headers["List-Unsubscribe"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_from": "nobody"},
        {"mail_from": "Tally\r\nBcc: x@y.example <news@tally.example>"},
        {"mail_from": "a@b.example", "host": "x>\r\n"},
        {"mail_from": "a@b.example", "unsubscribe_url": "http://tally.example"},
        {"mail_from": "a@b.example", "unsubscribe_url": "https://tally.example/>, <https://x.example"},
    ],
)
def test_a_sender_that_would_break_a_header_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sender(**wrong)


def test_a_title_of_markup_stays_a_title() -> None:
    nasty = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    told = news(of=statement(58, title=nasty, quote=f"{nasty} 58 {nasty}", attribution=nasty), label=nasty)
    mail = mail_of(alert(told), alert(news(of=statement(59, outlet=nasty))))
    page = Markup(mail.html)
    assert "script" not in page.tags
    assert nasty in page.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x.example",
        "https://",
        "https://x.example/" + "a" * 5000,
        "https://x.example:99999/",
        "https://[::1",
        "nonsense",
    ],
)
def test_an_address_that_is_no_web_address_is_no_link(url: str) -> None:
    assert link(url) is None
    mail = mail_of(alert(news(of=statement(url=url))))
    assert url not in mail.text
    assert not [one for one in Markup(mail.html).links if not one.startswith("mailto:")]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.example/a?b=c&d=%20e#f", "https://x.example/a?b=c&d=%20e#f"),
        ("HTTPS://user:pw@x.example:8080/", "https://x.example:8080/"),
        ('https://x.example/"><script>', "https://x.example/%22%3E%3Cscript%3E"),
        ("https://bücher.example/ü\u202e", "https://xn--bcher-kva.example/%C3%BC%E2%80%AE"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
    ],
)
def test_a_link_is_plain(url: str, safe: str) -> None:
    assert link(url) == safe


hostile = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\r\n\0\x1b\u202e\u2066\u200f\u2028<>\"'&{}%=?:,;@"),
    ),
    max_size=60,
) | st.sampled_from(
    ["x\r\nBcc: victim@x.example", "=?utf-8?q?x=0D=0ABcc:y?=", "</title><script>", "{{ 7*7 }}", "-- \n"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile, hostile, hostile, hostile, hostile)
def test_nothing_of_a_page_does_anything(title: str, outlet: str, quote: str, noun: str, source: str) -> None:
    told = news(
        VerdictKind.CHANGED,
        of=statement(58, outlet, title=title, url=f"https://x.example/{title}", quote=quote, counted=noun,
                     action=source, attribution=source, surface=quote[:20]),
        from_value=41,
        label=title,
        reason=noun,
    )  # fmt: skip
    tale = story(headline=title, lead=quote, outlets=(outlet, noun), reports=(article(outlet, title),))
    mail = mail_of(alert(told, story=FLOOD), alert(tale))
    assert len(mail.subject) <= 160
    for text in (mail.subject, mail.text.replace("\n", ""), Markup(mail.html).text):
        assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in text)
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    message = as_message(mail, NOW)
    assert [name for name, _ in message.items()][:3] == ["From", "Auto-Submitted", "X-Auto-Response-Suppress"]
    assert set(message.keys()) == {
        "From", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "In-Reply-To",
        "References", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    }  # fmt: skip
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))


def test_a_huge_bundle_stays_below_the_budget_and_says_what_is_left_out() -> None:
    long = "&" * 3000
    alerts = [
        alert(
            news(
                VerdictKind.CONTRADICTION,
                series=f"series-{n}",
                label=long,
                reason=long,
                of=statement(n + 2, f"Outlet {n} {long}", title=long, quote=f"{long} {n + 2} {long}",
                             url=f"https://x.example/{'&' * 900}", attribution=long, counted=long),
                against=tuple(statement(n + 3 + m, f"Other {long}", quote=f"{m} {long}") for m in range(9)),
            ),
            story=FLOOD,
        )
        for n in range(200)
    ]  # fmt: skip
    tale = alert(story(headline=long, lead=long, outlets=(long,) * 50, reports=(article(long, long),) * 50))
    mail = mail_of(*alerts, tale, of=topic(alerts={"backlog": 1000}))
    assert len(mail.html.encode()) < BUDGET
    assert " more" in Markup(mail.html).text
    assert len(mail.alerts) == 201
    summary = mail_of(*(one.model_copy(update={"backlog": True, "story": None}) for one in alerts))
    assert len(summary.html.encode()) < BUDGET
    assert summary.subject.endswith(" (the mayor: 17) and 199 more figures")


def test_an_ordinary_mail_shows_all_of_its_figures() -> None:
    alerts = [alert(news(series=f"series-{n}", of=statement(n + 2)), story=FLOOD) for n in range(8)]
    mail = mail_of(*alerts)
    assert mail.html.count("NEW FIGURE") + mail.html.count("New figure") == 8
    assert " more<" not in mail.html


@pytest.mark.parametrize("title", ["=?utf-8?q?x=0D=0ABcc:_y@x.example?=", "=??Q?=0ABcc?=", "=??Q?=80?="])
def test_an_encoded_word_in_a_title_is_not_decoded_into_a_header(title: str) -> None:
    message = as_message(mail_of(alert(story(headline=title))), NOW)
    assert set(BytesParser(policy=SMTP).parsebytes(message.as_bytes()).keys()) == set(message.keys())
    assert "Bcc" not in message


def test_right_to_left_text_keeps_its_direction() -> None:
    html = mail_of(alert(news(of=statement(title="الفيضان يجتاح المدينة", quote="قال إن 58 شخصا أنقذوا")))).html
    assert 'dir="auto"' in html
    assert "الفيضان" in html
