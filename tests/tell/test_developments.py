"""What an alert mail says of the development its news is part of."""

from __future__ import annotations

from typing import Any

from pipeline.tell.mails import Sender, compose_alert
from pipeline.tell.outbox import Heard, plan
from schemas.alert import Alert, ArticleRef, BriefLine, DevelopmentNews, Mail
from schemas.brief import BriefFigure, BriefValue
from schemas.figure import Modifier
from tests.tell.examples import NOW, alert, article, news, statement, story, topic
from tests.tell.markup import Markup

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
TOLD = news(of=statement(58, "Nordwire"))


def value(number: float, *articles: ArticleRef, speaker: str | None = None) -> BriefValue:
    return BriefValue(
        value=number,
        modifier=Modifier.EXACT,
        figure=f"figure-{number:g}",
        articles=tuple(one.id for one in articles),
        outlets=tuple(one.outlet for one in articles),
        speaker=speaker,
    )


def line(headline: str, number: float, *articles: ArticleRef, **changes: Any) -> BriefLine:
    stated = value(number, *articles).model_dump()
    figure = BriefFigure(
        **stated
        | {
            "headline": headline,
            "quote": f"{headline}, the mayor said.",
            "article": articles[0].id,
            "worth": 0.8,
            "witnesses": len(articles),
            "sure": len(articles) > 1,
        }
        | changes
    )
    return BriefLine(figure=figure, source=articles[0])


def development(*lines: BriefLine, **changes: Any) -> DevelopmentNews:
    values: dict[str, Any] = {
        "thread": "thread-flood",
        "headline": "River takes the lower town of Harlow",
        "first_seen": NOW,
        "reports": 7,
        "outlets": ("Nordwire", "Daily Ledger"),
        "figures": lines,
    }
    return DevelopmentNews.model_validate(values | changes)


def mail_of(about: DevelopmentNews, *others: Alert) -> Mail:
    waiting = [alert(TOLD, story="story-flood", development=about), *others]
    heard = Heard(threads={"story-flood": "thread-flood"})
    (bundle,) = plan(topic(), waiting, sent_today=0, now=NOW.replace(hour=20), heard=heard).bundles
    return compose_alert(topic(), bundle, sender=SENDER)


def told_by(mail: Mail) -> list[str]:
    """The words of a mail as text and as HTML, each on one line."""
    return [" ".join(mail.text.split()), " ".join(Markup(mail.html).text.split())]


def test_a_mail_says_what_else_holds_who_states_it_and_who_says_otherwise() -> None:
    dead = line(
        "Four people drowned",
        4,
        article("Nordwire"),
        article("Daily Ledger"),
        rivals=(value(6, article("Port Gazette"), speaker="the fire service"),),
        before=(value(3, article("Nordwire")), value(2, article("Nordwire"))),
    )
    homes = line("About 900 homes have no power", 900, article("Port Gazette"))
    for text in told_by(mail_of(development(dead, homes))):
        assert "River takes the lower town of Harlow 7 reports · Nordwire, Daily Ledger" in text
        assert "Four people drowned 2 outlets: Nordwire and Daily Ledger" in text
        assert "otherwise: 6 (the fire service)" in text
        assert "before: 2 (Nordwire), then 3 (Nordwire)" in text
        assert "About 900 homes have no power one outlet so far: Port Gazette" in text


def test_what_the_mail_tells_is_not_said_again_below_in_another_reports_words() -> None:
    source = TOLD.statement.article
    again = line("Boats had saved 58 people", 58, article("Daily Ledger", "Harlow under water"), source)
    other = line("Boats had saved 58 dogs", 58, article("Port Gazette", "Dogs"))
    for text in told_by(mail_of(development(again, other))):
        assert "58 people had been rescued by boat" in text
        assert "Boats had saved 58 people" not in text
        assert "Boats had saved 58 dogs" in text


def test_what_one_sentence_says_of_two_figures_is_said_once() -> None:
    words = "Three of the eight bridges are closed"
    closed, bridges = line(words, 3, article("Port Gazette")), line(words, 8, article("Port Gazette"))
    for text in told_by(mail_of(development(closed, bridges))):
        assert text.count(words) == 1


def test_a_development_of_which_nothing_else_is_known_takes_no_room() -> None:
    for text in told_by(mail_of(development())):
        assert "so far" not in text.lower()


def test_reports_since_the_last_mail_are_listed_but_not_those_named_above() -> None:
    fresh = (TOLD.statement.article, article("Port Gazette", "Bridge closed"), article("Nordwire", "Trains stop"))
    for text in told_by(mail_of(development(latest=fresh, more=3))):
        listed = text.partition("Reports since the last mail")[2]
        assert "Bridge closed" in listed
        assert "Trains stop" in listed
        assert "and 3 more" in listed
        assert TOLD.statement.article.title not in listed


def test_a_development_that_begins_with_the_mail_has_its_headline_once() -> None:
    begins = alert(story(thread="thread-flood"), story="story-flood")
    dead = line("Four people drowned", 4, article("Nordwire", "Four dead"))
    mail = mail_of(development(dead), begins)
    for text in told_by(mail):
        assert text.count("River takes the lower town of Harlow") == 1
        assert "also stated four people drowned" in text.lower()


def test_mails_of_one_development_are_one_conversation() -> None:
    assert dict(mail_of(development()).headers)["References"] == "<thread-flood@tally.example>"
