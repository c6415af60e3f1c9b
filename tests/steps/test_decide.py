"""What a person decides takes effect at once, until it is over or undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline.errors import DecidedBefore, DecisionError
from pipeline.steps.deciding.decide import decide, listed, standing, undo
from pipeline.steps.showing.digest import digest_data
from schemas.alert import Alert, AlertState, DigestData
from schemas.decision import Act, Choice, Decision, Subject, SubjectKind
from tests.steps.scripted import Newsroom, Written, newsroom
from tests.steps.test_decisions_hold import BEFORE, LATER, series_of

ANNA = "Anna"
MUTE = Choice(act=Act.MUTE)


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive(BEFORE)
        yield room


def subject(kind: SubjectKind, id: str, topic: str | None = None) -> Subject:
    return Subject(kind=kind, id=id, topic=topic)


def toll(room: Newsroom) -> Subject:
    """The series of the death toll."""
    return subject(SubjectKind.SERIES, series_of(room, "rescue-1", 212).id)


def quake(room: Newsroom) -> Subject:
    """The development of the earthquake."""
    return subject(SubjectKind.THREAD, room.story("rescue-1").development)


def rule(room: Newsroom) -> Subject:
    """Whatever rule tells of the death toll."""
    (alert,) = alerts(room, 212)
    return subject(SubjectKind.RULE, alert.kind, "news")


def alerts(room: Newsroom, value: float) -> list[Alert]:
    with room.services.record.read() as tx:
        return [one for one in tx.alerts.find() if one.figure and one.figure.statement.figure.value == value]


def digest(room: Newsroom) -> DigestData:
    start = BEFORE[-1].published - timedelta(days=30)
    with room.services.record.read() as tx:
        return digest_data(tx, room.topic, start, room.clock() + timedelta(seconds=1))


def holding(room: Newsroom, what: Subject) -> list[Decision]:
    with room.services.record.read() as tx:
        return standing(tx, what, room.clock())


def told(data: DigestData) -> set[float | None]:
    """The values that a digest tells."""
    return {one.current.figure.value for one in (*data.changed, *data.new)}


def later(room: Newsroom, article: Written = LATER, **span: float) -> None:
    room.clock.forward(**(span or {"hours": 6}))
    room.arrive([article])


@pytest.mark.parametrize("what", [toll, quake])
def test_what_is_muted_is_told_in_no_alert_and_no_digest(room: Newsroom, what: object) -> None:
    assert callable(what)
    assert 212 in told(digest(room))
    decide(room.services, what(room), MUTE, by=ANNA)
    later(room)
    assert {one.state for one in (*alerts(room, 212), *alerts(room, 230))} == {AlertState.SILENCED}
    assert not {212, 230} & told(digest(room))


def test_a_muted_rule_tells_nothing_more_and_others_do(room: Newsroom) -> None:
    (waiting,) = alerts(room, 212)
    others = {one.id for one in every(room) if one.state is AlertState.WAITING and one.kind is not waiting.kind}
    decide(room.services, rule(room), MUTE, by=ANNA)
    assert {one.id for one in every(room) if one.state is AlertState.WAITING} == others


def every(room: Newsroom) -> list[Alert]:
    with room.services.record.read() as tx:
        return tx.alerts.find()


def test_a_silenced_alert_says_who_decided_it_and_when(room: Newsroom) -> None:
    until = room.clock() + timedelta(days=3)
    decision = decide(room.services, toll(room), Choice(act=Act.MUTE, until=until), by=ANNA)
    (alert,) = alerts(room, 212)
    assert (alert.decision, alert.reason) == (
        decision.id,
        "muted until Mon 9 Mar 2026, 09:00 by Anna, Fri 6 Mar 2026, 09:00",
    )


def test_a_mute_is_over_when_its_moment_has_passed(room: Newsroom) -> None:
    decide(room.services, toll(room), Choice(act=Act.MUTE, until=room.clock() + timedelta(hours=6)), by=ANNA)
    later(room, hours=6)
    assert [one.state for one in alerts(room, 230)] == [AlertState.WAITING]
    assert 230 in told(digest(room))
    assert holding(room, toll(room)) == []


def test_a_mute_that_is_undone_brings_back_what_it_silenced(room: Newsroom) -> None:
    before = every(room)
    decision = decide(room.services, quake(room), MUTE, by=ANNA)
    assert every(room) != before
    undone = undo(room.services, decision.id, by="Bo")
    assert every(room) == before
    assert undone.undone is not None
    assert undone.undone.by == "Bo"
    with pytest.raises(DecisionError, match=r"undone before.*Bo"):
        undo(room.services, decision.id, by=ANNA)


def test_what_another_decision_silences_too_stays_silent(room: Newsroom) -> None:
    first = decide(room.services, quake(room), MUTE, by=ANNA)
    decide(room.services, toll(room), MUTE, by=ANNA)
    undo(room.services, first.id, by=ANNA)
    assert [one.state for one in alerts(room, 212)] == [AlertState.SILENCED]


def test_old_alerts_are_not_told_when_a_mute_is_undone(room: Newsroom) -> None:
    decision = decide(room.services, toll(room), MUTE, by=ANNA)
    room.clock.forward(days=2)
    undo(room.services, decision.id, by=ANNA)
    assert [one.state for one in alerts(room, 212)] == [AlertState.SILENCED]


def test_the_latest_decision_about_a_thing_holds(room: Newsroom) -> None:
    decide(room.services, toll(room), MUTE, by=ANNA)
    decide(room.services, toll(room), Choice(act=Act.UNMUTE), by="Bo")
    later(room)
    assert [one.state for one in alerts(room, 230)] == [AlertState.WAITING]
    assert holding(room, toll(room)) == []
    with room.services.record.read() as tx:
        assert [one.choice.act for one in listed(tx)] == [Act.UNMUTE, Act.MUTE]


def test_a_mute_holds_though_the_thread_goes_by_another_id(room: Newsroom) -> None:
    decide(room.services, subject(SubjectKind.THREAD, room.story("rescue-1").development), MUTE, by=ANNA)
    with room.services.record.begin() as tx:
        for story in tx.stories.of_thread(room.story("rescue-1").development):
            tx.stories.put(story.model_copy(update={"thread": "thread-renamed"}))
    assert not {212} & told(digest(room))


def test_the_very_same_act_is_not_decided_twice(room: Newsroom) -> None:
    decide(room.services, toll(room), MUTE, by="a link", key="token")
    with pytest.raises(DecidedBefore, match="muted by a link"):
        decide(room.services, toll(room), MUTE, by="a link", key="token")


@pytest.mark.parametrize(
    ("what", "choice", "words"),
    [
        (subject(SubjectKind.SERIES, "series-none"), MUTE, "there is no series 'series-none'"),
        (subject(SubjectKind.THREAD, "thread-none"), MUTE, "there is no thread"),
        (
            subject(SubjectKind.FIGURE, "figure-none"),
            Choice.model_validate({"act": "wrong", "wrong": "number"}),
            "no figure",
        ),
        (subject(SubjectKind.RULE, "correction", "zoo"), MUTE, "there is no topic 'zoo'"),
        (subject(SubjectKind.RULE, "correction", "news"), Choice(act=Act.FOLLOW), "does not apply"),
    ],
)
def test_what_is_not_there_or_not_possible_is_refused(
    room: Newsroom, what: Subject, choice: Choice, words: str
) -> None:
    with pytest.raises(DecisionError, match=words):
        decide(room.services, what, choice, by=ANNA)


def test_a_moment_that_has_passed_is_refused(room: Newsroom) -> None:
    with pytest.raises(DecisionError, match="end before it begins"):
        decide(room.services, toll(room), Choice(act=Act.MUTE, until=room.clock()), by=ANNA)
