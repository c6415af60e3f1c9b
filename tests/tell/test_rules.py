"""Which news is worth an alert."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.tell.rules import decide, share_of_change
from schemas.alert import Alert, AlertKind, AlertState, FigureNews, StoryNews
from schemas.figure import Tell, VerdictKind, Wording
from schemas.topic import Topic
from tests.tell.examples import NOW, changed, contradiction, news, statement, story, topic


def decided(
    *figures: FigureNews,
    stories: tuple[StoryNews, ...] = (),
    of: Topic | None = None,
    story_of: str | None = None,
    first_run: bool = False,
) -> tuple[Alert, ...]:
    return decide(
        of or topic(),
        figures=figures,
        stories=stories,
        story_of={one.statement.figure_id: story_of for one in figures},
        now=NOW,
        first_run=first_run,
    )


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (VerdictKind.NEW, AlertKind.NEW_FIGURE),
        (VerdictKind.CHANGED, AlertKind.CHANGED_FIGURE),
        (VerdictKind.CONTRADICTION, AlertKind.CONTRADICTION),
        (VerdictKind.CORRECTION, AlertKind.CORRECTION),
    ],
)
def test_each_verdict_worth_telling_becomes_its_alert(verdict: VerdictKind, kind: AlertKind) -> None:
    (alert,) = decided(news(verdict))
    assert alert.kind is kind
    assert alert.created == NOW
    assert alert.due == NOW + timedelta(minutes=10)


def test_a_repeated_figure_is_no_news_even_if_asked_for() -> None:
    asking = topic(alerts={"figures": ["repeated", "new"]})
    assert decided(news(VerdictKind.REPEATED), of=asking) == ()


def test_only_the_verdicts_a_topic_asks_for_are_told() -> None:
    only_contradictions = topic(alerts={"figures": ["contradiction"]})
    alerts = decided(changed(), contradiction(), of=only_contradictions)
    assert [alert.kind for alert in alerts] == [AlertKind.CONTRADICTION]


def test_a_new_story_is_told_together_with_its_figures() -> None:
    alerts = decided(changed(), stories=(story(),), story_of="story-flood")
    assert {alert.story for alert in alerts} == {"story-flood"}
    assert {alert.due for alert in alerts} == {NOW + timedelta(minutes=10)}


def test_stories_are_told_only_if_asked_for() -> None:
    assert decided(stories=(story(),), of=topic(alerts={"stories": False})) == ()


@pytest.mark.parametrize(
    ("wanted", "counted", "told"),
    [
        ("children", "children", True),
        ("children", "Ukrainian children", True),
        ("child", "children", True),
        ("Houses", "house", True),
        ("young girls", "two young girl", True),
        ("children", "childrens' homes", False),
        ("children", "people", False),
        ("children", None, False),
    ],
)
def test_figures_can_be_limited_by_what_they_count(wanted: str, counted: str | None, told: bool) -> None:
    one = news(of=statement(counted=counted))
    assert bool(decided(one, of=topic(alerts={"counted": [wanted]}))) is told


@pytest.mark.parametrize(("wanted", "told"), [("people", True), ("persons", True), ("passengers", False)])
def test_who_wants_people_is_told_of_bodies_too(wanted: str, told: bool) -> None:
    one = news(of=statement(counted="bodies", people=True))
    assert bool(decided(one, of=topic(alerts={"counted": [wanted]}))) is told


def test_worth_decides_whether_a_figure_is_mailed_left_to_the_digest_or_not_told() -> None:
    alerts = decided(*(news(series=tell.value, of=statement(58, tell.value), tell=tell) for tell in Tell))
    assert {alert.figure.series: alert.state for alert in alerts if alert.figure} == {
        "now": AlertState.WAITING,
        "digest": AlertState.DIGEST,
    }


def test_what_is_left_to_the_digest_makes_no_backlog() -> None:
    quiet = [news(of=statement(58, f"Paper {n}"), tell=Tell.DIGEST) for n in range(9)]
    alerts = decided(*quiet, changed(), of=topic(alerts={"backlog": 3}))
    assert len(alerts) == 10
    assert not any(alert.backlog for alert in alerts)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"counted": "people"}, True),
        ({"counted": ["homes", "person"]}, True),
        ({"action": "rescued"}, True),
        ({"action": "rescuing"}, True),
        ({"action": ["boating", "boats"]}, True),  # a word of the wording, whatever was read
        ({"counted": "people", "action": "killed"}, False),
        ({"counted": "homes"}, False),
        ({"action": "cue"}, False),
    ],
)
def test_a_followed_figure_is_told_whatever_its_worth(asked: dict[str, object], told: bool) -> None:
    following = topic(figures=[{"name": "Rescued", **asked}], alerts={"counted": ["homes"]})
    alerts = decided(news(tell=Tell.NONE), of=following)
    assert [alert.figure.followed for alert in alerts if alert.figure] == (["Rescued"] if told else [])
    assert all(alert.state is AlertState.WAITING for alert in alerts)


@pytest.mark.parametrize(
    ("action", "wording"),
    [
        ("stop", "58 trains were stopped"),
        ("stopping", "they stop 58 trains"),
        ("carried", "buses carry 58 people"),
        ("left without power", "the storm left without power some 58 homes"),
        ("killed", "fears of killing 58 people"),
    ],
)
def test_an_action_is_known_in_any_form_of_its_verb(action: str, wording: str) -> None:
    said = statement(action=None, wording=Wording(text=wording, cut=False))
    following = topic(figures=[{"name": "Followed", "action": action}])
    assert [alert.figure.followed for alert in decided(news(of=said), of=following) if alert.figure] == ["Followed"]


def test_the_first_followed_figure_that_is_meant_decides_and_it_may_lower_too() -> None:
    figures = [{"name": "Boats", "action": "rescued", "always": "digest"}, {"name": "All", "counted": "people"}]
    (alert,) = decided(news(), of=topic(figures=figures))
    assert alert.state is AlertState.DIGEST
    assert alert.figure is not None
    assert alert.figure.followed == "Boats"
    assert decided(news(), of=topic(figures=[{"name": "No", "counted": "people", "always": "none"}])) == ()


def test_a_repeated_figure_is_not_told_even_if_it_is_followed() -> None:
    assert decided(news(VerdictKind.REPEATED), of=topic(figures=[{"name": "All", "counted": "people"}])) == ()


def test_a_unit_counts_as_what_is_counted() -> None:
    one = news(of=statement(unit="USD", counted="damage"))
    assert decided(one, of=topic(alerts={"counted": ["usd"]}))


def test_a_small_change_is_not_told() -> None:
    picky = topic(alerts={"min_change": 0.05})
    small = news(VerdictKind.CHANGED, of=statement(104), from_value=100)
    enough = news(VerdictKind.CHANGED, of=statement(105), from_value=100)
    assert decided(small, of=picky) == ()
    assert len(decided(enough, of=picky)) == 1


def test_a_small_correction_is_told_all_the_same() -> None:
    small = news(VerdictKind.CORRECTION, of=statement(101), from_value=100)
    assert decided(small, of=topic(alerts={"min_change": 0.05}))


def test_the_share_of_a_change() -> None:
    assert share_of_change(100, 105) == pytest.approx(0.05)
    assert share_of_change((20, 40), 33) == pytest.approx(0.1)
    assert share_of_change(0, 1) == float("inf")
    assert share_of_change(0, 0) == 0


def test_a_figure_has_one_alert_however_often_it_is_decided() -> None:
    first = news(VerdictKind.CHANGED, of=statement(58, "Nordwire"), from_value=41)
    later = first.model_copy(update={"series": "series-merged", "worth": 0.6})
    assert len(decided(first, later)) == 1
    assert decided(first)[0].id == decided(later)[0].id


def test_the_same_value_of_two_figures_is_two_pieces_of_news() -> None:
    """Three killed on Monday don't hide three killed on Friday; whether both are one, telling has decided before."""
    monday = news(of=statement(3, "Nordwire", quote="A shell killed 3 people in Harlow on Monday.", surface="3"))
    friday = news(of=statement(3, "Nordwire", quote="A bus crash killed 3 people on Friday.", surface="3"))
    ids = {alert.id for alert in decided(monday, friday)}
    assert len(ids) == 2
    assert not ids & {alert.id for alert in decided(monday, friday, of=topic(name="other"))}


def test_more_than_the_backlog_is_marked_as_one() -> None:
    many = [news(of=statement(58, f"Paper {n}")) for n in range(26)]
    assert not any(alert.backlog for alert in decided(*many[:25]))
    assert all(alert.backlog for alert in decided(*many))


def test_a_first_run_is_a_backlog_however_small() -> None:
    (alert,) = decided(changed(), first_run=True)
    assert alert.backlog
