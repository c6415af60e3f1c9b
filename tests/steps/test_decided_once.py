"""Whatever people decide between rounds, and whoever is put off or killed: nobody is told twice, or what they muted."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import DecisionError
from pipeline.record import Transaction
from pipeline.steps.deciding.decide import decide, listed, stopped, undo
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.tell import tell
from pipeline.tell.delivery import Delivery
from schemas.alert import Alert, AlertState, Mail
from schemas.decision import Act, Choice, Mails, Subject, SubjectKind
from schemas.figure import Wrong
from schemas.topic import Topic
from tests.steps.scripted import Newsroom, newsroom
from tests.steps.test_told_once import REPORTS, SENDER, Killed, Luck, Server
from tests.steps.test_told_once import TOPIC as OF_THREE

Decides = Callable[[Newsroom, random.Random], None]
READERS = ("desk@news.example", "night@news.example")
NIGHT = READERS[1]
TOPIC = Topic.model_validate(OF_THREE.model_dump() | {"recipients": READERS})


def _waiting(tx: Transaction) -> list[Alert]:
    return [one for one in tx.alerts.find() if one.figure is not None]


def _of_a_figure(room: Newsroom, chance: random.Random, kind: SubjectKind, choice: Choice) -> None:
    """Decide about the series, development or figure of some alert."""
    with room.services.record.read() as tx:
        alerts = _waiting(tx)
        if not alerts:
            return
        news = chance.choice(alerts).figure
        assert news is not None
        thread = DecidedNow(tx, room.clock()).thread_of(news.statement.article.id)
    ids = {SubjectKind.SERIES: news.series, SubjectKind.THREAD: thread, SubjectKind.FIGURE: news.statement.figure_id}
    decide(room.services, Subject(kind=kind, id=ids[kind] or ""), choice, by="Anna")


def mute_series(room: Newsroom, chance: random.Random) -> None:
    _of_a_figure(room, chance, SubjectKind.SERIES, Choice(act=Act.MUTE))


def snooze_thread(room: Newsroom, chance: random.Random) -> None:
    until = room.clock() + timedelta(hours=chance.choice([6, 20, 50]))
    _of_a_figure(room, chance, SubjectKind.THREAD, Choice(act=Act.MUTE, until=until))


def find_wrong(room: Newsroom, chance: random.Random) -> None:
    _of_a_figure(room, chance, SubjectKind.FIGURE, Choice(act=Act.WRONG, wrong=chance.choice(list(Wrong))))


def stop(room: Newsroom, chance: random.Random) -> None:
    mails = chance.choice([Mails.ALERTS, Mails.BOTH])
    _of_reader(room, Choice(act=Act.STOP, mails=mails))


def resume(room: Newsroom, _chance: random.Random) -> None:
    _of_reader(room, Choice(act=Act.RESUME, mails=Mails.BOTH))


def _of_reader(room: Newsroom, choice: Choice) -> None:
    decide(room.services, Subject(kind=SubjectKind.RECIPIENT, id=NIGHT, topic="news"), choice, by="Anna")


def undo_one(room: Newsroom, chance: random.Random) -> None:
    with room.services.record.read() as tx:
        found = listed(tx)
    if found:
        with suppress(DecisionError):
            undo(room.services, chance.choice(found).id, by="Bo")


def nothing(_room: Newsroom, _chance: random.Random) -> None:
    pass


DECISIONS: list[Decides] = [mute_series, snooze_thread, find_wrong, stop, resume, undo_one, nothing]


@dataclass
class Heeding(Server):
    """A server that notes, of each mail it gets, what of it nobody wanted any more."""

    room: Newsroom = field(kw_only=True)
    unwanted: list[str] = field(default_factory=list)
    told: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """The Message-IDs of the mails that told a reader of an alert."""

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        with self.room.services.record.read() as tx:
            decided = DecidedNow(tx, self.room.clock())
            for id in mail.alerts:
                alert = tx.alerts.get(id)
                assert alert is not None
                if alert.state is AlertState.SILENCED or decided.heeded(alert, TOPIC) != alert:
                    self.unwanted.append(f"{id} is told though it is silenced: {alert.reason}")
            gone = {reader: stopped(tx, "news", reader, self.room.clock()) for reader in mail.recipients}
        kept_from = (Mails.ALERTS, Mails.BOTH) if mail.alerts else (Mails.DIGESTS, Mails.BOTH)
        self.unwanted += [
            f"{mail.subject} goes to {reader}, who stopped such mails"
            for reader, mails in gone.items()
            if mails in kept_from
        ]
        had = {reader: len(mails) for reader, mails in self.got.items()}
        try:
            return super().send(mail, date=date)
        finally:
            for reader, mails in self.got.items():
                if len(mails) > had.get(reader, 0):
                    for id in mail.alerts:
                        self.told[reader][id].add(mail.message_id)


@settings(max_examples=4, deadline=None)
@given(
    st.lists(st.sampled_from(Luck), max_size=8),
    st.lists(st.sampled_from(DECISIONS), min_size=6, max_size=10),
    st.integers(0, 2**16),
)
@example([Luck.TAKEN, Luck.PUT_OFF] * 6, [stop, mute_series, resume, find_wrong, undo_one, snooze_thread], 1)
@example([Luck.PUT_OFF, Luck.KILLED_BEFORE] * 4, [nothing] * 6, 0)
@example([Luck.KILLED_AFTER, Luck.KILLED_BEFORE] * 4, [mute_series, undo_one, find_wrong, undo_one, stop, nothing], 2)
def test_nobody_is_told_twice_or_of_what_was_muted(luck: list[Luck], decisions: list[Decides], seed: int) -> None:
    chance, steps = random.Random(seed), list(decisions)
    with newsroom(TOPIC, REPORTS[0].published) as room:
        server = Heeding(list(luck), room=room)
        waiting = sorted(REPORTS, key=lambda one: one.published)
        for _ in range(8):
            due = [one for one in waiting if one.published <= room.clock()]
            waiting = [one for one in waiting if one.published > room.clock()]
            if due:
                room.arrive(due)
            if steps:
                steps.pop(0)(room, chance)
            with suppress(Killed):
                tell(room.services, server, SENDER)
            room.clock.forward(hours=18)
        for _ in range(8):
            with suppress(Killed):
                tell(room.services, server, SENDER)
            room.clock.forward(hours=4)
        with room.services.record.read() as tx:
            alerts, had_decided = tx.alerts.find(), set(decisions) != {nothing}
    assert server.unwanted == []
    for reader in READERS:
        assert {id: mails for id, mails in server.told[reader].items() if len(mails) > 1} == {}
    states = {one.state for one in alerts}
    assert states <= {AlertState.SENT, AlertState.DIGEST, AlertState.SILENCED}
    # Nothing is lost: what nobody stopped or muted reached whom it was to reach.
    if not had_decided:
        sent = {one.id for one in alerts if one.state is AlertState.SENT}
        assert all(sent <= set(server.told[reader]) for reader in READERS)


@pytest.mark.parametrize("mails", [Mails.ALERTS, Mails.DIGESTS])
def test_a_reader_gets_the_mails_they_did_not_stop(mails: Mails) -> None:
    with newsroom(TOPIC, REPORTS[0].published) as room:
        server = Server([])
        _of_reader(room, Choice(act=Act.STOP, mails=mails))
        room.arrive(REPORTS[:3])
        for _ in range(2):
            tell(room.services, server, SENDER)
            room.clock.forward(hours=12)
        stopped_ones = [bool(mail.alerts) for mail in server.got[NIGHT]]
        assert stopped_ones
        assert set(stopped_ones) == {mails is Mails.DIGESTS}
        assert {bool(mail.alerts) for mail in server.got[READERS[0]]} == {True, False}


def test_a_digest_that_waits_no_longer_tells_what_was_muted_since() -> None:
    with newsroom(TOPIC, REPORTS[0].published) as room:
        server = Server([])
        room.arrive(REPORTS[:1])
        tell(room.services, server, SENDER)
        room.clock.forward(hours=12)
        server.luck = [Luck.PUT_OFF] * 2
        tell(room.services, server, SENDER)
        with room.services.record.read() as tx:
            (digest,) = tx.digests.find()
            assert digest.data is not None
            series = [one.series for one in (*digest.data.changed, *digest.data.new)]
        assert series
        for one in series:
            decide(room.services, Subject(kind=SubjectKind.SERIES, id=one), Choice(act=Act.MUTE), by="Anna")
        room.clock.forward(hours=1)
        tell(room.services, server, SENDER)
        (mail,) = (one for one in server.got[NIGHT] if not one.alerts)
        assert mail.message_id == digest.message_id
        assert "at least 40" not in mail.text


def test_a_decision_made_while_mails_go_out_is_heeded_by_those_to_come() -> None:
    class Deciding(Server):
        """Takes the first mail, and has all else muted meanwhile."""

        def send(self, mail: Mail, *, date: datetime) -> Delivery:
            if not self.got:
                for kind in ("new_figure", "changed_figure", "new_story", "contradiction"):
                    rule = Subject(kind=SubjectKind.RULE, id=kind, topic="news")
                    decide(room.services, rule, Choice(act=Act.MUTE), by="Anna")
            return super().send(mail, date=date)

    with newsroom(TOPIC.model_copy(update={"digest": None}), REPORTS[0].published) as room:
        with room.services.record.begin() as tx:
            tx.notes.set("topic:news:begun", room.clock().isoformat())
        room.arrive(REPORTS)
        server = Deciding([])
        tell(room.services, server, SENDER)
        with room.services.record.read() as tx:
            bound = {one.message_id for one in tx.alerts.find() if one.message_id}
            states = {one.state for one in tx.alerts.find() if one.state is not AlertState.DIGEST}
        assert len(bound) > 1
        assert sum(map(len, server.got.values())) == 1
        assert AlertState.SILENCED in states <= {AlertState.SENT, AlertState.SILENCED}


@pytest.mark.parametrize("muted", [False, True])
def test_the_development_so_far_says_nothing_of_a_muted_series(muted: bool) -> None:
    with newsroom(TOPIC, REPORTS[0].published) as room:
        with room.services.record.begin() as tx:
            tx.notes.set("topic:news:begun", room.clock().isoformat())
        room.arrive([one for one in REPORTS if one.id.startswith(("quake", "rescue"))])
        with room.services.record.read() as tx:
            figures = {one.figure.value: one.id for one in tx.figures.of_article("rescue-1")}
            (verdict,) = tx.figures.verdicts_of(figures[212])
        if muted:
            subject = Subject(kind=SubjectKind.SERIES, id=verdict.series)
            decide(room.services, subject, Choice(act=Act.MUTE), by="Anna")
        server = Server([])
        tell(room.services, server, SENDER)
        said = " ".join(mail.text for mail in server.got[NIGHT])
        assert server.got[NIGHT]
        # The number is marked where its sentence is quoted.
    assert ("212 people" in said.replace("*", "")) is not muted
