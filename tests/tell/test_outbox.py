"""Which waiting alerts go into one mail, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tell.outbox import Heard, Plan, after_failure, open_to, plan, settled, why_waiting
from schemas.alert import Alert, AlertKind, AlertState, FigureNews
from schemas.figure import VerdictKind
from schemas.message import BundleKind, Message, MessageState
from schemas.topic import Recipient, Topic
from tests.tell.examples import NOW, alert, changed, contradiction, feed_alert, ill_feed, news, statement, story, topic

LATER = NOW + timedelta(minutes=10)


def planned(waiting: Sequence[Alert], *, of: Topic | None = None, sent_today: int = 0, now: datetime = LATER) -> Plan:
    return plan(of or topic(), waiting, sent_today=sent_today, now=now)


def test_nothing_waits() -> None:
    assert planned([]) == Plan()


def test_alerts_of_one_story_are_one_mail_with_the_most_urgent_first() -> None:
    waiting = [
        alert(story()),
        alert(news(series="series-new"), story="story-flood"),
        alert(changed(), story="story-flood"),
        alert(contradiction(), story="story-flood"),
    ]
    (bundle,) = planned(waiting).bundles
    assert bundle.kind is BundleKind.DEVELOPMENT
    assert bundle.thread == "story-flood"
    assert [one.kind for one in bundle.alerts] == [
        AlertKind.CONTRADICTION,
        AlertKind.CHANGED_FIGURE,
        AlertKind.NEW_FIGURE,
        AlertKind.NEW_STORY,
    ]


def test_without_a_story_the_series_makes_the_mail() -> None:
    of_series = [alert(news(series="series-a", of=statement(value))) for value in (1, 2)]
    bundles = planned([*of_series, alert(news(series="series-b"))]).bundles
    assert sorted(len(bundle.alerts) for bundle in bundles) == [1, 2]
    assert all(bundle.kind is BundleKind.SERIES and bundle.thread is None for bundle in bundles)


def test_a_bundle_waits_for_its_oldest_and_takes_the_younger_along() -> None:
    old = alert(changed(), story="story-flood")
    young = alert(contradiction(), story="story-flood", created=NOW + timedelta(minutes=9))
    early = planned([old, young], now=LATER - timedelta(seconds=1))
    assert early == Plan(wait=LATER)
    assert len(planned([old, young]).bundles[0].alerts) == 2


def test_the_worthier_figure_goes_first_whatever_its_kind() -> None:
    lesser = contradiction().model_copy(update={"worth": 0.4})
    waiting = [alert(lesser, story="story-a"), alert(news(worth=0.9), story="story-b"), alert(story("story-c"))]
    result = planned(waiting, of=topic(alerts={"daily_cap": 1}))
    assert [bundle.thread for bundle in result.bundles] == ["story-b"]
    assert {one.story for one in result.to_digest} == {"story-a", "story-c"}


def test_contradictions_and_corrections_go_first() -> None:
    waiting = [
        alert(story("story-c")),
        alert(changed(), story="story-b"),
        alert(contradiction(), story="story-a"),
        alert(news(VerdictKind.CORRECTION, series="series-c", from_value=3), story="story-d"),
    ]
    kinds = [bundle.alerts[0].kind for bundle in planned(waiting).bundles]
    assert set(kinds[:2]) == {AlertKind.CONTRADICTION, AlertKind.CORRECTION}
    assert kinds[2:] == [AlertKind.CHANGED_FIGURE, AlertKind.NEW_STORY]


def test_what_passes_the_cap_is_left_to_the_digest_the_least_urgent_first() -> None:
    capped = topic(alerts={"daily_cap": 5})
    waiting = [alert(story()), alert(changed(), story="story-b"), alert(contradiction(), story="story-a")]
    result = planned(waiting, of=capped, sent_today=4)
    assert [bundle.alerts[0].kind for bundle in result.bundles] == [AlertKind.CONTRADICTION]
    assert {one.kind for one in result.to_digest} == {AlertKind.CHANGED_FIGURE, AlertKind.NEW_STORY}
    assert result.wait is None


def test_without_a_digest_the_cap_only_delays() -> None:
    capped = topic(alerts={"daily_cap": 1}, digest=None)
    result = planned([alert(changed())], of=capped, sent_today=1)
    assert result == Plan(wait=datetime(2026, 3, 14, 22, 0, tzinfo=UTC))


def test_quiet_hours_hold_everything_until_they_end() -> None:
    quiet = topic(alerts={"quiet": {"start": "22:00", "end": "07:00"}})
    night = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    waiting = [alert(contradiction(), created=night - timedelta(hours=1))]
    assert planned(waiting, of=quiet, now=night) == Plan(wait=datetime(2026, 3, 15, 5, 0, tzinfo=UTC))
    assert len(planned(waiting, of=quiet, now=datetime(2026, 3, 15, 5, 0, tzinfo=UTC)).bundles) == 1


def test_a_backlog_is_one_summary_whatever_its_stories() -> None:
    backlog = [alert(news(series=f"series-{n}"), story=f"story-{n}", backlog=True) for n in range(5)]
    other = alert(changed(), story="story-other")
    bundles = planned([*backlog, other]).bundles
    assert sorted((bundle.kind, len(bundle.alerts)) for bundle in bundles) == [("development", 1), ("summary", 5)]
    summary = next(bundle for bundle in bundles if bundle.kind is BundleKind.SUMMARY)
    assert summary.threads == {one.id: one.story for one in backlog}


def test_many_alerts_of_one_moment_are_a_backlog_even_unmarked() -> None:
    small = topic(alerts={"backlog": 3})
    waiting = [alert(news(series=f"series-{n}")) for n in range(4)]
    assert [bundle.kind for bundle in planned(waiting, of=small).bundles] == [BundleKind.SUMMARY]
    assert len(planned(waiting[:3], of=small).bundles) == 3


def test_a_backlog_of_one_story_is_told_as_that_story() -> None:
    backlog = [alert(changed(), story="story-flood", backlog=True), alert(story(), backlog=True)]
    assert planned(backlog).bundles[0].kind is BundleKind.DEVELOPMENT


def test_more_than_a_backlog_of_one_development_is_summed_up_in_its_conversation() -> None:
    small = topic(alerts={"backlog": 3})
    waiting = [alert(news(series=f"series-{n}"), id=f"n{n}", story="story-flood", backlog=True) for n in range(4)]
    (bundle,) = planned(waiting, of=small).bundles
    assert (bundle.kind, bundle.thread) == (BundleKind.SUMMARY, "story-flood")
    assert bundle.threads == {f"n{n}": "story-flood" for n in range(4)}
    assert planned(waiting[:3], of=small).bundles[0].kind is BundleKind.DEVELOPMENT


def test_alerts_of_two_stories_of_one_development_are_one_mail() -> None:
    waiting = [
        alert(news(), story="story-rescue"),
        alert(changed(), story="story-aid"),
        alert(story(), story="story-x"),
    ]
    heard = Heard(threads={"story-rescue": "thread-flood", "story-aid": "thread-flood", "story-x": "thread-trial"})
    bundles = plan(topic(), waiting, sent_today=0, now=LATER, heard=heard).bundles
    assert {bundle.thread: len(bundle.alerts) for bundle in bundles} == {"thread-flood": 2, "thread-trial": 1}


def test_a_development_that_was_just_told_of_waits_for_its_pause() -> None:
    waiting = [alert(news(worth=0.5), story="story-flood")]
    told = LATER - timedelta(minutes=20)
    heard = Heard(threads={"story-flood": "thread-flood"}, told={"thread-flood": told})
    early = plan(topic(), waiting, sent_today=0, now=LATER, heard=heard)
    assert early == Plan(wait=told + timedelta(hours=1))
    assert plan(topic(), waiting, sent_today=0, now=told + timedelta(hours=1), heard=heard).bundles


@pytest.mark.parametrize("urgent", [news(worth=0.95), contradiction()])
def test_what_is_urgent_does_not_wait_for_the_pause_and_takes_the_rest_along(urgent: FigureNews) -> None:
    lesser = news(worth=0.5, of=statement(7, "Port Gazette"))
    waiting = [alert(lesser, story="story-flood"), alert(urgent, story="story-flood")]
    heard = Heard(told={"story-flood": LATER - timedelta(minutes=1)})
    (bundle,) = plan(topic(), waiting, sent_today=0, now=LATER, heard=heard).bundles
    assert len(bundle.alerts) == 2


def test_a_bundle_has_one_id_in_whichever_order_its_alerts_come() -> None:
    waiting = [alert(changed(), story="story-flood"), alert(story())]
    assert planned(waiting).bundles == planned(waiting[::-1]).bundles
    bundle = planned(waiting).bundles[0]
    assert bundle.id == bundle.model_copy(update={"alerts": bundle.alerts[::-1]}).id
    assert bundle.id != planned(waiting[:1]).bundles[0].id


def test_a_mail_that_failed_is_tried_again_ever_later_and_given_up_in_the_end() -> None:
    tries = [after_failure(attempts, NOW, refused=False) for attempts in range(12)]
    waits = [int((one.due - NOW).total_seconds()) // 60 for one in tries]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 180, 180, 180, 180]
    assert [one.attempts for one in tries] == list(range(1, 13))
    assert [one.given_up for one in tries] == [False] * 11 + [True]
    assert after_failure(0, NOW, refused=True).given_up


@st.composite
def outboxes(draw: st.DrawFn) -> list[Alert]:
    alerts = []
    for n in range(draw(st.integers(0, 12))):
        about = news(draw(st.sampled_from([VerdictKind.NEW, VerdictKind.CONTRADICTION])), series=f"series-{n % 4}")
        alerts.append(
            alert(
                about,
                id=f"alert-{n}",
                story=draw(st.sampled_from([None, "story-a", "story-b"])),
                created=NOW + timedelta(minutes=draw(st.integers(-900, 30))),
                backlog=draw(st.booleans()),
            )
        )
    return alerts


@given(
    outboxes(),
    st.integers(0, 6),
    st.sampled_from([None, {"start": "09:00", "end": "12:00"}, {"start": "22:00", "end": "07:00"}]),
    st.booleans(),
)
def test_every_waiting_alert_is_told_left_to_the_digest_or_waits(
    waiting: list[Alert], sent_today: int, quiet: dict[str, str] | None, digest: bool
) -> None:
    rules = {"daily_cap": 3, "quiet": quiet}
    of = topic(alerts=rules) if digest else topic(alerts=rules, digest=None)
    result = planned(waiting, of=of, sent_today=sent_today)
    told = [one.id for bundle in result.bundles for one in bundle.alerts] + [one.id for one in result.to_digest]
    assert len(told) == len(set(told))
    assert set(told) <= {one.id for one in waiting}
    if len(told) < len(waiting):
        assert result.wait is not None
        assert result.wait > LATER
    assert len(result.bundles) <= max(3 - sent_today, 0)


def test_feeds_are_one_mail_however_many_fell_ill_at_once_and_whatever_else_was_found() -> None:
    ill = [feed_alert(ill_feed(f"Feed {n}")) for n in range(30)]
    found = [alert(changed(), story="story-flood")]
    bundles = planned([*ill, *found], of=topic(alerts={"backlog": 5}), now=NOW + timedelta(hours=1)).bundles
    assert [(bundle.kind, len(bundle.alerts)) for bundle in bundles] == [
        (BundleKind.DEVELOPMENT, 1),
        (BundleKind.FEEDS, 30),
    ]


def test_feeds_give_way_to_news_where_the_cap_leaves_room_for_one() -> None:
    waiting = [feed_alert(ill_feed(), due=NOW), alert(story())]
    made = planned(waiting, of=topic(alerts={"daily_cap": 1}))
    assert [bundle.kind for bundle in made.bundles] == [BundleKind.DEVELOPMENT]
    assert [one.kind for one in made.to_digest] == [AlertKind.FEED_HEALTH]


def test_feeds_wait_for_the_end_of_the_quiet_hours() -> None:
    quiet = topic(alerts={"quiet": {"start": "11:00", "end": "13:00"}})
    assert planned([feed_alert(ill_feed(), due=NOW)], of=quiet) == Plan(wait=NOW + timedelta(hours=1, minutes=30))


DESK, PAGER, READER = (
    Recipient.model_validate(one)
    for one in (
        "desk@news.example",
        {"to": "webhook:pager", "severity": "urgent"},
        {"to": "a@b.example", "tells": "digest"},
    )
)


def message(to: Recipient, *alerts: Alert, state: MessageState, **more: object) -> Message:
    given = {"id": f"{to.to} {state}", "topic": "river-floods", "recipient": to.to, "message_id": "<m@tally.example>"}
    ids = tuple(alert.id for alert in alerts)
    return Message.model_validate(given | {"alerts": ids, "bound": LATER, "due": LATER, "state": state} | more)


def test_each_recipient_is_open_to_what_they_want_and_have_not_got() -> None:
    new, against = alert(news(worth=0.5)), alert(contradiction())
    waiting = [new, against]
    assert open_to(DESK, waiting, []) == waiting
    assert open_to(PAGER, waiting, []) == [against]
    assert open_to(READER, waiting, []) == []
    assert open_to(DESK, waiting, [message(PAGER, against, state=MessageState.SENT)]) == waiting
    assert open_to(DESK, waiting, [message(DESK, against, state=MessageState.WAITING)]) == [new]


def test_what_is_over_is_told_to_nobody_else() -> None:
    assert open_to(DESK, [feed_alert(ill_feed()).model_copy(update={"over": True})], []) == []


@pytest.mark.parametrize(
    ("desk", "pager", "becomes"),
    [
        (MessageState.SENT, MessageState.SENT, AlertState.SENT),
        (MessageState.SENT, MessageState.FAILED, AlertState.SENT),
        (MessageState.FAILED, MessageState.DIGEST, AlertState.FAILED),
        (MessageState.DIGEST, MessageState.DIGEST, AlertState.DIGEST),
        (MessageState.SENT, MessageState.WAITING, AlertState.WAITING),
        # Dropped while nobody wanted it, and wanted again.
        (MessageState.SENT, MessageState.DROPPED, AlertState.WAITING),
        (MessageState.SENT, None, AlertState.WAITING),
    ],
)
def test_an_alert_waits_until_each_who_wants_it_is_told_and_is_then_what_became_of_it(
    desk: MessageState, pager: MessageState | None, becomes: AlertState
) -> None:
    waiting = alert(contradiction())
    messages = [message(DESK, waiting, state=desk, sent=LATER, error="450 later")]
    messages += [message(PAGER, waiting, state=pager)] if pager else []
    found = settled(waiting, topic(recipients=[DESK, PAGER, READER]), messages)
    assert found.state is becomes
    assert found.error == "desk@news.example: 450 later"
    assert found.held_back is (MessageState.DIGEST in (desk, pager))


def test_what_nobody_wants_at_once_is_left_to_the_digest() -> None:
    found = settled(alert(news(worth=0.5)), topic(recipients=[PAGER, READER]), [])
    assert (found.state, found.held_back) == (AlertState.DIGEST, False)


@pytest.mark.parametrize(
    ("rules", "change", "sent_today", "told", "why", "minutes"),
    [
        ({}, {"due": LATER + timedelta(minutes=1)}, 0, None, "bundle, for more on this", 1),
        ({}, {}, 0, LATER, "pause after the last mail on this", 60),
        ({"quiet": {"start": "00:00", "end": "23:59"}}, {}, 0, None, "quiet hours", None),
        ({"daily_cap": 1}, {}, 1, None, "cap of 1 mails a day", None),
        ({}, {}, 0, None, "the next run", 0),
    ],
)
def test_what_an_alert_waits_for_is_told(
    rules: dict[str, object],
    change: dict[str, object],
    sent_today: int,
    told: datetime | None,
    why: str,
    minutes: int | None,
) -> None:
    one = alert(news(worth=0.5), story="story-flood").model_copy(update=change)
    of = topic().model_copy(update={"alerts": topic().alerts.model_validate({**topic().alerts.model_dump(), **rules})})
    heard = Heard(told={"story-flood": told} if told else {})
    (waiting,) = why_waiting(of, [one], sent_today=sent_today, now=LATER, heard=heard).values()
    assert waiting.why == why
    if minutes is not None:
        assert waiting.until == (LATER + timedelta(minutes=minutes) if minutes else None)
    else:
        assert waiting.until is not None
        assert waiting.until > LATER
