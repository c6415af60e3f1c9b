"""The mail that tells of feeds which are not well."""

from __future__ import annotations

import shlex
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.pages import BUDGET
from pipeline.tell.sender import Sender
from schemas.alert import Alert, FeedNews, Mail
from schemas.feed import Health
from schemas.message import BundleKind
from tests.tell.examples import NOW, feed_alert, ill_feed, topic
from tests.tell.markup import Markup

SENDER = Sender(mail_from="Tallywire <news@tally.example>")


def mail_of(*told: FeedNews) -> Mail:
    alerts = [feed_alert(news) for news in told]
    (bundle,) = plan(topic(), alerts, sent_today=0, now=NOW + timedelta(days=1)).bundles
    assert bundle.kind is BundleKind.FEEDS
    return compose_alert(topic(), bundle, sender=SENDER)


def test_a_silent_feed_as_plain_text() -> None:
    mail = mail_of(ill_feed("Nordwire", Health.SILENT))
    assert mail.subject == "[harlow-flood] Nordwire has been silent since Thu 12 Mar"
    assert mail.text == GOLDEN


GOLDEN = """\
Harlow flood · 1 feed with a problem · found Sat 14 Mar 2026, 11:30

SILENT FEED
Nordwire has gone silent
nothing new since Thu 12 Mar 2026, 10:30

  https://nordwire.example/feed.xml

  Last item:  Thu 12 Mar 2026, 10:30
  Before:     never silent for more than 10 hours
  Last poll:  Sat 14 Mar 2026, 11:30
  Its answer: with nothing new (HTTP 200)

  Check what it returns now:
    tallywire feeds check https://nordwire.example/feed.xml
  Find the site’s current feeds:
    tallywire feeds discover https://nordwire.example/

If a feed has moved, put its new address into the topic’s file; if it no
longer exists, remove it from there. Otherwise you need to do nothing: it is
still polled, and you get no other mail about it unless something changes.
The digest says when it works again.

---
Why you get this. The topic “Harlow flood” (harlow-flood) uses this feed and
reports feeds with problems; alerts.feeds: false in its file turns that off.
To stop these mails, write to news@tally.example with the subject
“unsubscribe harlow-flood”; whoever maintains the topic’s file will remove
your address.
Times are in Europe/Kyiv.
"""


def test_a_failing_feed_says_what_it_answers_and_how_often_it_was_asked() -> None:
    mail = mail_of(ill_feed())
    assert mail.subject == "[harlow-flood] Port Gazette has not answered since Thu 12 Mar"
    assert "last returned a feed Thu 12 Mar 2026, 11:30" in mail.text
    assert "Its answer: the site reports an error (HTTP 503)" in mail.text
    assert "8 times in a row without success" in mail.text


def test_a_feed_that_never_answered_is_not_said_to_have_answered() -> None:
    mail = mail_of(ill_feed(last_success=None, last_new=None))
    assert mail.subject == "[harlow-flood] Port Gazette does not answer"
    assert "it has never returned a feed; polled since" in mail.text
    assert "Last item:  none so far" in mail.text


def test_without_a_digest_none_is_promised() -> None:
    of = topic(digest=None)
    (bundle,) = plan(of, [feed_alert(ill_feed())], sent_today=0, now=NOW + timedelta(days=1)).bundles
    text = " ".join(compose_alert(of, bundle, sender=SENDER).text.split())
    assert "you get no other mail about it unless something changes. ---" in text


def test_several_feeds_are_one_mail() -> None:
    mail = mail_of(ill_feed("Nordwire", Health.SILENT), ill_feed(), ill_feed("Echo", Health.GONE, status=410))
    assert mail.subject == "[harlow-flood] 3 feeds with problems: 1 failing, 1 silent and 1 gone"
    assert len(mail.alerts) == 3
    for name in ("Nordwire has gone silent", "Port Gazette does not answer", "Echo is gone"):
        assert name in mail.text


def test_text_and_html_say_the_same() -> None:
    mail = mail_of(ill_feed("Nordwire", Health.SILENT), ill_feed())
    page, text = Markup(mail.html).text, " ".join(mail.text.split())
    for said in (
        "Nordwire has gone silent",
        "nothing new since Thu 12 Mar 2026, 10:30",
        "never silent for more than 10 hours",
        "with nothing new (HTTP 200)",
        "tallywire feeds check https://portgazette.example/feed.xml",
        "tallywire feeds discover https://nordwire.example/",
        "alerts.feeds: false",
    ):
        assert said in page
        assert said in text


def test_the_same_alerts_are_the_same_mail_in_whichever_order() -> None:
    alerts: list[Alert] = [feed_alert(ill_feed(name)) for name in ("Nordwire", "Echo", "Port Gazette")]
    there, back = (
        plan(topic(), some, sent_today=0, now=NOW + timedelta(days=1)).bundles[0] for some in (alerts, alerts[::-1])
    )
    assert compose_alert(topic(), there, sender=SENDER) == compose_alert(topic(), back, sender=SENDER)


def test_a_great_many_feeds_stay_below_the_budget_and_are_counted() -> None:
    mail = mail_of(*(ill_feed(f"Feed {n} {'&<' * 200}", error="&<" * 500, site_url=None) for n in range(200)))
    assert len(mail.html.encode()) < BUDGET
    assert "more; all of them" in mail.text


def test_an_address_made_for_shells_is_one_word() -> None:
    mail = mail_of(ill_feed("Echo", url="https://echo.example/$(touch${IFS}x);'&"))
    (line,) = [one.strip() for one in mail.text.splitlines() if "feeds check" in one]
    assert len(shlex.split(line)) == 4
    assert shlex.split(line)[3].startswith("https://echo.example/$(touch")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_nothing_that_a_feed_says_of_itself_does_anything(text: str) -> None:
    nasty = f'{text}"><script>x</script>\r\nBcc: all@victims.example\u202e'
    mail = mail_of(ill_feed(nasty, url=f"https://a.example/{nasty}", site_url=nasty, error=nasty))
    assert "\n" not in mail.subject
    page = Markup(mail.html)
    assert "<script>" not in mail.html
    assert "<script>x</script>" in page.text
