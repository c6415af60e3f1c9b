"""Recipients with rules of their own, from alerts in the outbox to a real mail server."""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.settings import Settings
from pipeline.steps.deciding.decide import decide
from pipeline.steps.services import Services, open_services
from pipeline.steps.tell import tell, topics_to_tell
from pipeline.steps.telling.messages import TellReport
from pipeline.tell.delivery import SmtpMailer
from pipeline.tell.sender import Sender
from schemas.alert import Alert, AlertState
from schemas.decision import Act, Choice, Mails, Subject, SubjectKind
from schemas.message import MessageState
from schemas.topic import Topic
from tests.steps.conftest import START, MovableClock
from tests.tell.examples import alert, contradiction, news
from tests.tell.test_smtp import Inbox, serving

DESK, NIGHT, DUTY = "desk@news.example", "night@news.example", "duty@news.example"
PUT_OFF = "450 mailbox unavailable"


@dataclass
class Desk:
    """A topic with recipients, a mail server, and a clock that begins at noon, UTC."""

    services: Services
    clock: MovableClock
    mailer: SmtpMailer
    inbox: Inbox

    def watch(self, *recipients: Any, **more: Any) -> None:
        values = {"name": "floods", "recipients": recipients, "alerts": {"bundle": "0s"}, "digest": None} | more
        with self.services.record.begin() as tx:
            tx.topics.put(Topic.model_validate(values))

    def found(self, name: str, what: Any = None, **more: Any) -> Alert:
        """An alert of a series, and so of a mail, of its own."""
        about = what or news(worth=0.5, series=name)
        made = alert(about, id=name, topic="floods", created=self.clock(), due=self.clock(), **more)
        with self.services.record.begin() as tx:
            tx.alerts.add(made)
        return made

    def tell(self) -> TellReport:
        return tell(self.services, self.mailer, Sender(mail_from="Tallywire <news@tally.example>"))

    def mails(self) -> list[EmailMessage]:
        texts = (cast(bytes, envelope.content) for envelope in self.inbox.taken)
        return [cast(EmailMessage, email.message_from_bytes(one, policy=email.policy.default)) for one in texts]

    def got(self) -> Counter[str]:
        return Counter(recipient for envelope in self.inbox.taken for recipient in envelope.rcpt_tos)

    def state(self, name: str) -> AlertState:
        with self.services.record.read() as tx:
            found = tx.alerts.get(name)
        assert found is not None
        return found.state


@pytest.fixture
def desk(tmp_path: Path, clock: MovableClock) -> Iterator[Desk]:
    services = open_services(Settings(_env_file=None, home=tmp_path / "home", database_url=None), clock=clock)
    inbox = Inbox()
    with serving(inbox) as port:
        yield Desk(services, clock, SmtpMailer(f"smtp://127.0.0.1:{port}"), inbox)
    services.close()


def test_who_has_quiet_hours_gets_all_of_them_in_one_mail_when_they_end(desk: Desk) -> None:
    # Noon in London is nine in the evening in Tokyo.
    desk.watch(DESK, {"to": NIGHT, "zone": "Asia/Tokyo", "quiet": {"start": "21:00", "end": "07:00"}})
    for hour in range(3):
        desk.found(f"a{hour}", story="one-story")
        desk.tell()
        desk.clock.forward(hours=1, minutes=1)
    assert desk.got() == {DESK: 3}
    assert {desk.state(f"a{hour}") for hour in range(3)} == {AlertState.WAITING}
    assert topics_to_tell(desk.services) == []
    desk.clock.now = START + timedelta(hours=10)
    assert topics_to_tell(desk.services) == ["floods"]
    desk.tell()
    assert desk.got() == {DESK: 3, NIGHT: 1}
    assert {desk.state(f"a{hour}") for hour in range(3)} == {AlertState.SENT}
    assert topics_to_tell(desk.services) == []


def test_times_are_those_of_the_recipient(desk: Desk) -> None:
    desk.watch(DESK, {"to": NIGHT, "zone": "Asia/Tokyo"}, zone="Europe/Kyiv")
    desk.found("a")
    desk.tell()
    to_desk, to_night = desk.mails()
    assert "found Mon 2 Mar 2026, 14:00" in str(to_desk)
    assert "found Mon 2 Mar 2026, 21:00" in str(to_night)
    assert "Times are in Asia/Tokyo." in str(to_night)


def test_each_reads_their_own_language(desk: Desk) -> None:
    desk.watch(DESK, {"to": NIGHT, "language": "uk"})
    desk.found("a")
    desk.tell()
    bodies = [cast(EmailMessage, mail.get_body(("plain",))).get_content() for mail in desk.mails()]
    assert ["found Mon 2 Mar 2026, 12:00" in body for body in bodies] == [True, False]
    assert ["виявлено пн, 2 бер. 2026" in body for body in bodies] == [False, True]


def test_urgent_takes_only_what_does_not_wait_and_never_what_is_left_to_the_digest(desk: Desk) -> None:
    desk.watch(DESK, {"to": DUTY, "severity": "urgent", "tells": "now"}, {"to": NIGHT, "tells": "digest"})
    desk.found("new")
    desk.found("against", contradiction())
    desk.tell()
    assert desk.got() == {DESK: 2, DUTY: 1}
    assert {desk.state("new"), desk.state("against")} == {AlertState.SENT}


def test_what_nobody_wants_at_once_is_left_to_the_digest_as_nobodys_limit(desk: Desk) -> None:
    desk.watch({"to": DUTY, "severity": "urgent"})
    desk.found("new")
    assert desk.tell().to_digest == 1
    with desk.services.record.read() as tx:
        found = tx.alerts.get("new")
    assert found is not None
    assert (found.state, found.held_back) == (AlertState.DIGEST, False)
    assert desk.got() == {}


def test_one_that_fails_holds_up_no_other_and_is_tried_alone(desk: Desk) -> None:
    desk.watch(NIGHT, DESK)
    desk.inbox.answers[NIGHT] = PUT_OFF
    desk.found("a")
    assert "to night@news.example" in desk.tell().troubles[0]
    assert desk.got() == {DESK: 1}
    assert desk.state("a") is AlertState.WAITING
    desk.clock.forward(minutes=1)
    desk.inbox.answers.clear()
    desk.tell()
    assert desk.got() == {DESK: 1, NIGHT: 1}
    assert desk.state("a") is AlertState.SENT


def test_the_cap_is_counted_for_each_recipient(desk: Desk) -> None:
    desk.watch(
        DESK,
        {"to": NIGHT, "quiet": {"start": "11:00", "end": "13:00"}},
        alerts={"bundle": "0s", "daily_cap": 2},
        digest={"at": ["18:00"], "empty": True},
    )
    for name in ("a", "b"):
        desk.found(name)
    desk.tell()
    desk.clock.forward(hours=2)
    desk.found("c")
    desk.tell()
    assert desk.got() == {DESK: 2, NIGHT: 2}
    desk.clock.forward(hours=5)
    desk.tell()
    digests = {str(mail["To"]): mail.get_body(("plain",)) for mail in desk.mails() if "Digest" in mail["Subject"]}
    held = {to: "1 alert exceeded" in " ".join(str(text).split()) for to, text in digests.items()}
    # All three were found at once for one, and two and one for the other; each missed one.
    assert held == {DESK: True, NIGHT: True}


def test_a_recipient_who_is_added_later_gets_what_is_not_yet_settled_and_one_removed_no_more(desk: Desk) -> None:
    desk.watch(NIGHT)
    desk.inbox.answers[NIGHT] = PUT_OFF
    desk.found("a")
    desk.tell()
    desk.watch(DESK)
    desk.clock.forward(minutes=1)
    desk.tell()
    assert desk.got() == {DESK: 1}
    assert desk.state("a") is AlertState.SENT
    with desk.services.record.read() as tx:
        states = {one.recipient: one.state for one in tx.messages.find("floods")}
    assert states == {NIGHT: MessageState.DROPPED, DESK: MessageState.SENT}


def stop(desk: Desk, recipient: str, mails: Mails) -> None:
    subject = Subject(kind=SubjectKind.RECIPIENT, id=recipient, topic="floods")
    decide(desk.services, subject, Choice(act=Act.STOP, mails=mails), by="a link in a mail")


def test_who_stopped_alerts_gets_none_and_others_do(desk: Desk) -> None:
    desk.watch(DESK, NIGHT, digest={"at": ["18:00"], "empty": True})
    stop(desk, NIGHT, Mails.ALERTS)
    desk.found("a")
    desk.tell()
    assert desk.got() == {DESK: 1}
    assert desk.state("a") is AlertState.SENT
    desk.clock.forward(hours=7)
    desk.tell()
    assert desk.got() == {DESK: 2, NIGHT: 1}


def test_a_mail_on_its_way_is_dropped_once_its_recipient_stops_it_or_it_is_muted(desk: Desk) -> None:
    desk.watch(DESK, NIGHT)
    desk.inbox.answers |= {DESK: PUT_OFF, NIGHT: PUT_OFF}
    desk.found("a", rule := contradiction())
    desk.found("b", rule)
    desk.tell()
    stop(desk, NIGHT, Mails.BOTH)
    desk.inbox.answers.clear()
    desk.clock.forward(minutes=1)
    muted = Subject(kind=SubjectKind.RULE, id="contradiction", topic="floods")
    decide(desk.services, muted, Choice(act=Act.MUTE), by="the night desk")
    desk.tell()
    assert desk.got() == {}
    assert {desk.state("a"), desk.state("b")} == {AlertState.SILENCED}
    desk.clock.forward(days=2)
    assert topics_to_tell(desk.services) == []
