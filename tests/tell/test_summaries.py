"""The summary of a backlog: one part a development, what holds now, and no list of alerts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tell.briefs import first_to_last
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.pages import BUDGET
from schemas.alert import Alert, BriefLine, DevelopmentNews, Mail
from tests.tell.examples import NOW, alert, article, changed, contradiction, news, statement, story, topic
from tests.tell.markup import Markup
from tests.tell.test_developments import SENDER, development, line, told_by, value

RESCUED = line(
    "58 people had been rescued by boat",
    58,
    article("Daily Ledger"),
    article("Nordwire"),
    importance=3.0,
    before=(value(41, article("Nordwire")), value(12, article("Nordwire"))),
    rivals=(value(71, article("Port Gazette"), speaker="a guard"),),
)
HOUSES = line("Some 320 houses are gone", 320, article("Port Gazette"), importance=1.0, before=(value(210, article()),))
FLOOD = development(RESCUED, HOUSES, thread="thread-flood")
TRIAL = development(
    line("Prosecutors asked for 9 years", 9, article("Nordwire", "Trial"), importance=5.0),
    thread="thread-trial",
    headline="Banker Lund goes on trial",
    lead_article=article("Nordwire", "Trial", url="https://nordwire.example/trial"),
    reports=3,
    outlets=("Nordwire",),
)
QUIET = development(thread="thread-quiet", headline="Whale swims free", reports=1, outlets=("Echo",))


def under(about: DevelopmentNews, *alerts: Alert) -> list[Alert]:
    """The alerts as they are bound to a summary that tells them under ``about``."""
    first, *others = [one.model_copy(update={"thread": about.thread, "backlog": True}) for one in alerts]
    return [first.model_copy(update={"development": about}), *others]


def summary(*alerts: Alert) -> Mail:
    (bundle,) = plan(topic(), alerts, sent_today=0, now=NOW.replace(hour=20)).bundles
    return compose_alert(topic(), bundle, sender=SENDER)


def bodies(mail: Mail) -> list[str]:
    """What stands below the heading, as text and as HTML: above it a mail program's line says some of it too."""
    return [text.partition("Here are the current figures.")[2] for text in told_by(mail)]


def backlog() -> list[Alert]:
    return [
        *under(
            FLOOD,
            alert(changed(), id="a1", story="s1"),
            alert(contradiction(), id="a2", story="s2"),
            alert(news(of=statement(12)), id="a3", story="s1"),
        ),
        *under(TRIAL, alert(news(of=statement(9)), id="b1", story="s3")),
        *under(QUIET, alert(story("s4", "Whale swims free"), id="c1")),
    ]


def test_it_has_a_part_for_each_development_those_that_matter_most_first() -> None:
    mail = summary(*backlog())
    for text in bodies(mail):
        parts = [text.index(one.headline) for one in (TRIAL, FLOOD, QUIET)]
        assert parts == sorted(parts)
        assert all(text.count(one.headline) == 1 for one in (TRIAL, FLOOD, QUIET))
        assert "3 reports · Nordwire · since Sat 14 Mar 2026, 11:30" in text
    assert "https://nordwire.example/trial" in mail.text
    assert sorted(mail.alerts) == ["a1", "a2", "a3", "b1", "c1"]


def test_a_figure_is_one_line_from_first_to_last_with_who_says_otherwise() -> None:
    for text in bodies(summary(*backlog())):
        assert text.count("58 people") == 1
        assert (
            "From 12 to 58 in 2 steps: 58 people had been rescued by boat 2 outlets: Daily Ledger and Nordwire" in text
        )
        assert "otherwise: 71 (a guard)" in text
        assert "Some 320 houses are gone (was 210)" in text
        assert "before:" not in text
        assert "41" not in text, "no alert stands beside what holds now"


def test_its_subject_says_what_holds_first_and_how_many_developments_there_are() -> None:
    assert summary(*backlog()).subject == (
        "[harlow-flood] Summary: Prosecutors asked for 9 years and 2 more developments"
    )
    credited = development(RESCUED.model_copy(update={"credit": "the mayor"}), thread="t")
    others = under(QUIET, alert(story("s4"), id="c1"))
    alone = alert(news(series="series-x", of=statement(700, quote="Some 700 homes are dark.")), id="d1", backlog=True)
    told = summary(*under(credited, alert(changed(), id="a1", story="s1")), *others, alone)
    assert told.subject == (
        "[harlow-flood] Summary: From 12 to 58 in 2 steps: 58 people had been rescued by boat (the mayor), "
        "1 more development and 1 more figure"
    )


def test_what_is_of_no_known_development_is_told_beside_them() -> None:
    alone = alert(news(series="series-x", of=statement(700, quote="Some 700 homes are dark.")), id="d1", backlog=True)
    mail = summary(*backlog(), alone)
    for text in bodies(mail):
        beside = text.lower().partition("beside these")[2]
        assert "some 700 homes are dark" in beside
        assert "58 people" not in beside
    assert all("3 developments and 1 new figure" in text for text in told_by(mail))


def test_of_one_development_more_is_told_than_of_each_of_many() -> None:
    lines = tuple(line(f"Figure number {n} holds", n, article(), importance=-n) for n in range(2, 14))
    full = development(*lines, thread="t", beyond=7)
    alerts = [alert(changed(), id=f"a{n}", story="s1") for n in range(40)]
    for text in bodies(summary(*under(full, *alerts))):
        assert text.count("Figure number") == 12
        assert "and 7 more figures" in text
    many = [
        one
        for n in range(20)
        for one in under(full.model_copy(update={"thread": f"t{n}"}), alert(changed(), id=f"a{n}", story=f"s{n}"))
    ]
    for text in bodies(summary(*many)):
        assert text.count("and 16 more figures") == 20


def test_it_is_the_same_in_whichever_order_its_alerts_come() -> None:
    (bundle,) = plan(topic(), backlog(), sent_today=0, now=NOW.replace(hour=20)).bundles
    turned = bundle.model_copy(update={"alerts": bundle.alerts[::-1]})
    assert compose_alert(topic(), turned, sender=SENDER) == compose_alert(topic(), bundle, sender=SENDER)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(0, 12), st.sampled_from(["short", "&" * 3000]))
def test_every_development_is_shown_or_counted_below_the_budget(count: int, figures: int, words: str) -> None:
    lines = tuple(line(f"{n} {words}", n + 2, article(words, words), importance=1.0) for n in range(figures))
    alerts = [
        one
        for n in range(count)
        for one in under(
            development(*lines, thread=f"t{n}", headline=f"<No{n}> {words}", outlets=(words,) * 9),
            alert(changed(), id=f"a{n}", story=f"s{n}"),
            alert(contradiction(), id=f"b{n}", story=f"s{n}"),
        )
    ]
    mail = summary(*alerts)
    assert len(mail.html.encode()) < BUDGET
    text = Markup(mail.html).text
    shown = sum(f"<No{n}>" in text for n in range(count))
    left = text.partition(" more development")[0].rpartition("and ")[2] if shown < count else "0"
    assert shown + int(left) == count
    assert mail.text.count("<No") == shown


@given(st.text(max_size=400), st.text(max_size=60), st.lists(st.floats(1, 1e9), max_size=4), st.integers(60, 300))
def test_a_line_keeps_to_its_limit_but_for_the_least_of_a_headline(
    headline: str, credit: str, before: list[float], limit: int
) -> None:
    values = tuple(value(number, article()) for number in before)
    told: BriefLine = line(headline, 5, article(), before=values)
    said = first_to_last(told.figure, credit, limit)
    assert len(said) <= max(limit, 48 + 110 + len(credit))
    assert "in 1 step" not in said
