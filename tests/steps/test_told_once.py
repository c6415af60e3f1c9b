"""No alert and no line of a digest reaches a reader in two mails, whatever is killed and whoever is put off."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import DeliveryError
from pipeline.steps.tell import tell
from pipeline.tell.delivery import Delivery, PartlyDelivered, Refusal
from pipeline.tell.sender import Sender
from schemas.alert import Alert, AlertState, Digest, DigestData, DigestState, Mail
from schemas.topic import Topic
from tests.cli.test_threads import FIRST, MORE
from tests.steps.scripted import Newsroom, newsroom, written

SENDER = Sender(mail_from="Tallywire <news@tally.example>")
READERS = ("desk@news.example", "night@news.example")
TOPIC = Topic.model_validate(
    {
        "name": "news",
        "recipients": READERS,
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
    ONE_PUT_OFF = "one reader gets it, the other is put off with 450"
    ALL_PUT_OFF = "the server takes nothing now"


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
        if luck is Luck.ALL_PUT_OFF:
            raise DeliveryError("the mail server does not take the mail now", why="450 later")
        put_off = mail.recipients[1:] if luck is Luck.ONE_PUT_OFF else ()
        taken = tuple(one for one in mail.recipients if one not in put_off)
        for reader in taken:
            self.got[reader].append(mail)
        if luck is Luck.KILLED_AFTER:
            raise Killed
        if put_off:
            raise PartlyDelivered(
                mail, Delivery(delivered=taken), tuple(Refusal(recipient=one, why="450 later") for one in put_off)
            )
        return Delivery(delivered=taken)


def lines_of(data: DigestData) -> list[str]:
    """The figures that a digest tells, each by its id."""
    figures = [line.current.figure_id for line in (*data.changed, *data.new)]
    return figures + [news.statement.figure_id for news in data.contradictions]


@dataclass
class Told:
    """What the record says after some days, and what readers got."""

    alerts: list[Alert]
    digests: list[Digest]
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
            return Told(tx.alerts.find(), tx.digests.find(), said, server.got)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sampled_from(Luck), max_size=10))
@example([Luck.KILLED_AFTER] * 8)
@example([Luck.KILLED_BEFORE, Luck.ONE_PUT_OFF, Luck.KILLED_AFTER] * 4)
def test_nobody_is_told_of_anything_in_two_mails(luck: list[Luck]) -> None:
    told = day_and_night(luck)
    # Nothing is lost: what was to be told now is told, and each digest is.
    assert {one.state for one in told.alerts} <= {AlertState.SENT, AlertState.DIGEST}
    assert {one.state for one in told.digests} == {DigestState.SENT}
    of_mail: dict[str | None, set[str]] = defaultdict(set)
    for alert in told.alerts:
        if alert.state is AlertState.SENT:
            of_mail[alert.message_id].add(alert.id)
    mails = {*of_mail, *(one.message_id for one in told.digests)}
    for reader in READERS:
        got = told.got[reader]
        assert {mail.message_id for mail in got} == mails
        # A mail that comes twice, since its process died, is the very same, and mail programs show it once.
        assert len({(mail.message_id, mail.subject, mail.text) for mail in got}) == len(mails)
    assert len(of_mail) > 1
    assert max(Counter(alert for some in of_mail.values() for alert in some).values()) == 1
    in_digests = Counter(line for data in told.said.values() for line in lines_of(data))
    assert all(times == 1 for times in in_digests.values())


def test_without_bad_luck_each_mail_comes_once() -> None:
    told = day_and_night([])
    for reader in READERS:
        assert max(Counter(mail.message_id for mail in told.got[reader]).values()) == 1


@pytest.mark.parametrize("luck", [Luck.ONE_PUT_OFF, Luck.ALL_PUT_OFF, Luck.KILLED_BEFORE])
def test_who_is_put_off_gets_each_mail_once_and_the_other_not_again(luck: Luck) -> None:
    told = day_and_night([luck] * 5)
    for reader in READERS:
        assert max(Counter(mail.message_id for mail in told.got[reader]).values()) == 1
