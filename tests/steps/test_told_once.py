"""No alert and no line of a digest reaches a reader in two mails, whatever is killed and whoever is put off."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import DeliveryError
from pipeline.steps.tell import tell
from pipeline.tell.delivery import Delivery
from pipeline.tell.sender import Sender
from pipeline.tell.wants import wants_alert
from schemas.alert import Alert, AlertState, Digest, DigestData, DigestState, Mail
from schemas.message import Message, MessageState
from schemas.topic import Topic
from tests.cli.test_threads import FIRST, MORE
from tests.steps.scripted import Newsroom, newsroom, written

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
TOPIC = Topic.model_validate(
    {
        "name": "news",
        "recipients": [
            "desk@news.example",
            {"to": "night@news.example", "zone": "Asia/Tokyo", "quiet": {"start": "08:00", "end": "20:00"}},
            {"to": "pager@news.example", "tells": "now", "severity": "urgent"},
        ],
        "digest": {"at": ["06:00", "18:00"]},
        "alerts": {"bundle": "0s", "pause": "0s", "tells": "everything", "daily_cap": 50},
    }
)
REPORTS = written(FIRST + MORE)


class Luck(StrEnum):
    """What becomes of one mail."""

    TAKEN = "taken"
    KILLED_BEFORE = "the process dies between binding the mail and sending it"
    KILLED_AFTER = "the server takes the mail, and the process dies before it notes that"
    PUT_OFF = "the server does not take it now"


class Killed(BaseException):
    """The end of a process: nothing catches it."""


@dataclass
class Server:
    """Takes mails as the luck of each has it, and keeps who got what."""

    luck: list[Luck]
    got: dict[str, list[Mail]] = field(default_factory=lambda: defaultdict(list))

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        luck = self.luck.pop(0) if self.luck else Luck.TAKEN
        if luck is Luck.KILLED_BEFORE:
            raise Killed
        if luck is Luck.PUT_OFF:
            raise DeliveryError("the mail server does not take the mail now", why="450 later")
        (reader,) = mail.recipients
        self.got[reader].append(mail)
        if luck is Luck.KILLED_AFTER:
            raise Killed
        return Delivery(delivered=mail.recipients)


def lines_of(data: DigestData) -> list[str]:
    """The figures that a digest tells, each by its id."""
    figures = [line.current.figure_id for line in (*data.changed, *data.new)]
    return figures + [news.statement.figure_id for news in data.contradictions]


@dataclass
class Told:
    """What the record says after some days, and what readers got."""

    alerts: list[Alert]
    digests: list[Digest]
    messages: list[Message]
    said: dict[str, DigestData]
    """What each digest said when it was bound, by its Message-ID."""
    got: dict[str, list[Mail]]


def day_and_night(luck: list[Luck]) -> Told:
    """Six days of reports, a round every twelve hours, and after that rounds until all is told that can be."""
    server = Server(list(luck))
    said: dict[str, DigestData] = {}

    def told(room: Newsroom) -> None:
        with suppress(Killed):
            tell(room.services, server, SENDER)
        with room.services.record.read() as tx:
            said.update((one.message_id, one.data) for one in tx.digests.find() if one.data)

    with newsroom(TOPIC, REPORTS[0].published) as room:
        waiting = sorted(REPORTS, key=lambda one: one.published)
        for _ in range(14):
            due = [one for one in waiting if one.published <= room.clock()]
            waiting = [one for one in waiting if one.published > room.clock()]
            if due:
                room.arrive(due)
            told(room)
            room.clock.forward(hours=12)
        for _ in range(11):
            told(room)
            room.clock.forward(hours=4)
        with room.services.record.read() as tx:
            return Told(tx.alerts.find(), tx.digests.find(), tx.messages.find(), said, server.got)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sampled_from(Luck), max_size=12))
@example([Luck.KILLED_AFTER] * 8)
@example([Luck.KILLED_BEFORE, Luck.PUT_OFF, Luck.KILLED_AFTER] * 4)
def test_nobody_is_told_of_anything_in_two_mails(luck: list[Luck]) -> None:
    told = day_and_night(luck)
    # Nothing is lost: what was to be told now is told, and each digest is.
    assert {one.state for one in told.alerts} <= {AlertState.SENT, AlertState.DIGEST}
    assert {one.state for one in told.digests} == {DigestState.SENT}
    assert {one.state for one in told.messages} == {MessageState.SENT}
    for recipient in TOPIC.recipients:
        of_reader = [one for one in told.messages if one.recipient == recipient.to]
        got = told.got[recipient.to]
        assert {mail.message_id for mail in got} == {one.message_id for one in of_reader}
        # A mail that comes twice, since its process died, is the very same, and mail programs show it once.
        assert len({(mail.message_id, mail.subject, mail.text) for mail in got}) == len(of_reader)
        wanted = {one.id for one in told.alerts if one.state is AlertState.SENT and wants_alert(recipient, one)}
        assert Counter(alert for one in of_reader for alert in one.alerts) == Counter(wanted)
        digests = Counter(one.digest for one in of_reader if one.digest)
        assert digests == Counter(one.id for one in told.digests if recipient.takes_digests)
    in_digests = Counter(line for data in told.said.values() for line in lines_of(data))
    assert all(times == 1 for times in in_digests.values())


def test_without_bad_luck_each_mail_comes_once() -> None:
    told = day_and_night([])
    for mails in told.got.values():
        assert max(Counter(mail.message_id for mail in mails).values()) == 1
    assert len(told.got) == len(TOPIC.recipients)
    # The pager rings for some of the alerts, and who sleeps gets more of them in one mail.
    alerts = {name: [mail for mail in mails if mail.alerts] for name, mails in told.got.items()}
    everything = {alert for mail in alerts["desk@news.example"] for alert in mail.alerts}
    assert {alert for mail in alerts["night@news.example"] for alert in mail.alerts} == everything
    assert {alert for mail in alerts["pager@news.example"] for alert in mail.alerts} < everything


@pytest.mark.parametrize("luck", [Luck.PUT_OFF, Luck.KILLED_BEFORE])
def test_who_is_put_off_gets_each_mail_once_and_the_others_not_again(luck: Luck) -> None:
    told = day_and_night([luck] * 5)
    for mails in told.got.values():
        assert max(Counter(mail.message_id for mail in mails).values()) == 1


def test_a_message_bound_by_a_clock_that_is_behind_the_judges_is_not_bound_again() -> None:
    server = Server([])
    # What comes at once is told in one mail.
    topic = TOPIC.model_copy(update={"alerts": TOPIC.alerts.model_copy(update={"backlog": 1})})
    morning = REPORTS[-1].published.replace(hour=2) + timedelta(days=1)
    with newsroom(topic, morning) as room:
        room.arrive(REPORTS[:6])
        tell(room.services, server, SENDER)
        assert "night@news.example" not in server.got
        # At eleven o'clock UTC it is evening in Tokyo, and what came since the morning goes into the same mail.
        judged = room.clock.now = morning.replace(hour=11, second=30)
        room.arrive(REPORTS[6:])
        room.clock.now = judged - timedelta(seconds=20)
        tell(room.services, server, SENDER)
        room.clock.now = judged + timedelta(seconds=30)
        tell(room.services, server, SENDER)
        with room.services.record.read() as tx:
            alerts, messages = tx.alerts.find(), tx.messages.find()
    early = {alert for one in messages if one.bound < judged for alert in one.alerts}
    assert [one.id for one in alerts if one.created == judged and one.id in early]
    told = Counter((one.recipient, alert) for one in messages for alert in one.alerts)
    assert set(told.values()) == {1}
    assert {one.state for one in alerts} == {AlertState.SENT}
