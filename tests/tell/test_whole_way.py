"""The whole way of a mail: news becomes alerts, alerts a bundle, the bundle a mail."""

from __future__ import annotations

from datetime import timedelta

from pipeline.tell.digest import compose_digest, digest_page
from pipeline.tell.mails import Sender, compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.rules import decide
from tests.tell.examples import NOW, changed, contradiction, digest_data, story, topic

SENDER = Sender(mail_from="Tallywire <news@tally.example>")


def test_news_of_one_story_becomes_one_mail() -> None:
    figures = [changed(), contradiction()]
    story_of = {one.statement.figure_id: "story-flood" for one in figures}
    alerts = decide(topic(), figures=figures, stories=[story()], story_of=story_of, now=NOW)
    (bundle,) = plan(topic(), alerts, sent_today=0, now=NOW + timedelta(minutes=10)).bundles
    mail = compose_alert(topic(), bundle, sender=SENDER)
    assert mail.subject.startswith("[harlow-flood] Some 320 houses are gone (the fire service; the county: 210)")
    assert set(mail.alerts) == {alert.id for alert in alerts}


def test_a_digest_and_its_page_say_the_same() -> None:
    mail = compose_digest(topic(), digest_data(), sender=SENDER)
    page = digest_page(topic(), digest_data(), sender=SENDER)
    for said in ("58 people had been rescued", "$2.7 billion", "16 reports, 5 of them copies"):
        assert said in mail.text
        assert said in mail.html
        assert said in page
