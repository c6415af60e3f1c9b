"""A digest that was given up, and is put back in line by a person."""

from __future__ import annotations

import pytest

from pipeline.settings import Settings
from pipeline.steps.services import open_services
from pipeline.steps.telling.digests import retried as put_back
from schemas.alert import DigestState
from tests.steps.conftest import MovableClock
from tests.steps.test_digests import DESK, NIGHT, PUT_OFF, Desk, at_a_desk, plain


@pytest.fixture
def desk(tmp_path, clock: MovableClock):  # type: ignore[no-untyped-def]
    services = open_services(Settings(_env_file=None, home=tmp_path / "home", database_url=None), clock=clock)
    with at_a_desk(services, clock) as desk:
        yield desk
    services.close()


def given_up(desk: Desk) -> None:
    """Twelve tries without success, the last of them within two days."""
    for _ in range(60):
        desk.tell()
        desk.clock.forward(hours=1)
    assert [one.state for one in desk.kept()] == [DigestState.FAILED]


def retried(desk: Desk) -> None:
    with desk.services.record.begin() as tx:
        (digest,) = tx.digests.find("floods", DigestState.FAILED)
        topic = tx.topics.get("floods")
        assert topic is not None
        put_back(tx, topic, digest, desk.clock())


def test_it_is_sent_as_it_was_bound_whatever_came_in_since(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers |= {DESK: PUT_OFF, NIGHT: PUT_OFF}
    desk.tell()
    with desk.services.record.begin() as tx:
        (bound,) = tx.digests.find("floods")
        # Its regular digests are over, so that this one alone is looked at.
        topic = tx.topics.get("floods")
        assert topic is not None
        tx.topics.put(topic.model_copy(update={"digest": None}))
    given_up(desk)
    desk.inbox.answers.clear()
    retried(desk)
    assert desk.tell().troubles == []
    assert desk.told() == [[DESK], [NIGHT]]
    mail, _ = desk.messages()
    assert mail["Message-ID"] == bound.message_id
    assert "From 1 report." in plain(mail)
    assert [(one.state, one.error, one.data) for one in desk.kept()] == [(DigestState.SENT, None, None)]


def test_who_has_it_does_not_get_it_again(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.answers[NIGHT] = PUT_OFF
    desk.tell()
    desk.watch(digest=None)
    given_up(desk)
    assert desk.told() == [[DESK]]
    desk.inbox.answers.clear()
    retried(desk)
    desk.tell()
    assert desk.told() == [[DESK], [NIGHT]]


def test_one_of_an_older_record_says_what_the_record_tells_of_its_period(desk: Desk) -> None:
    desk.six_o_clock()
    desk.inbox.data_answer = "554 no digests here"
    desk.tell()
    with desk.services.record.begin() as tx:
        (digest,) = tx.digests.find("floods")
        tx.digests.put(digest.model_copy(update={"data": None}))
    desk.inbox.data_answer = "250 taken"
    retried(desk)
    desk.tell()
    mail, _ = desk.messages()
    assert "From 1 report." in plain(mail)
    assert mail["Message-ID"] == digest.message_id
