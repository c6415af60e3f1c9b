"""Whatever comes between: rounds, kills, servers that put off, decisions by the links of mails, clocks that are wrong.

Every alert and digest reaches each reader who wants it, in one mail, and nothing that somebody muted reaches anybody.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from pipeline.serve.access import access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import secret_of
from pipeline.serve.server import serving
from pipeline.steps.known.clock import keep_time
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.tell import tell
from pipeline.steps.transport import sender_of
from pipeline.tell.links import PATH, STOP_PATH
from pipeline.tell.wants import wants_alert
from schemas.alert import AlertState, DigestState
from schemas.decision import Mails
from schemas.message import MessageState
from tests.serve.client import Answer, Client
from tests.steps.scripted import Newsroom, Written, newsroom
from tests.steps.test_decided_once import READERS, TOPIC, Heeding
from tests.steps.test_told_once import REPORTS, Killed, Luck, lines_of

WINDOW = "https://window.example/"
CHOICES = (
    "mute-series",
    "snooze-series",
    "mute-thread",
    "snooze-thread",
    "wrong-number",
    "wrong-series",
    "wrong-worth",
)
STOPS = tuple(f"stop-{mails.value}" for mails in Mails)
SKEWS = (timedelta(0), timedelta(0), timedelta(hours=-3), timedelta(days=40))
"""How wrong the clock of a round is: right as often as not, behind, and far ahead."""


@dataclass(frozen=True)
class Step:
    """One round: how long after the one before, how wrong its clock is, and what a reader decides before it."""

    hours: int
    skew: timedelta
    decides: str


STEPS = st.builds(
    Step,
    hours=st.sampled_from([1, 6, 12, 18]),
    skew=st.sampled_from(SKEWS),
    decides=st.sampled_from(["", "", "undo", *CHOICES, *STOPS]),
)


@dataclass
class Days:
    """Some days in a newsroom whose readers answer their mails."""

    room: Newsroom
    server: Heeding
    client: Client
    chance: random.Random
    now: datetime
    waiting: list[Written] = field(default_factory=lambda: sorted(REPORTS, key=lambda one: one.published))
    clicked: list[tuple[str, Answer]] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)
    """Alerts that somebody had silenced for a while."""
    stopped: set[tuple[str, bool]] = field(default_factory=set)
    """Readers who stopped alerts (True) or digests (False)."""
    digests: dict[str, list[str]] = field(default_factory=dict)
    """What each digest tells, by its Message-ID."""

    def round(self, step: Step) -> None:
        """What one round does, after what somebody decided since the last."""
        self.now += timedelta(hours=step.hours)
        self.room.clock.now = self.now + step.skew
        self.decide(step.decides)
        keep_time(self.room.services.record, self.room.clock())
        self.room.arrive(self._published())
        self._look()
        with suppress(Killed):
            tell(self.room.services, self.server, sender_of(self.room.services.settings))
        self._look()

    def decide(self, what: str) -> None:
        """Click a link of a mail that some reader got, and confirm; a link that is refused changes nothing."""
        reader = self.chance.choice(READERS)
        mails = self.server.got[reader]
        if what == "undo":
            self._undo()
        elif what and mails:
            link = STOP_PATH if what in STOPS else PATH
            found = sorted(set(re.findall(rf"{WINDOW.rstrip('/')}({link}[\w.~-]+)", self.chance.choice(mails).text)))
            if found:
                path = self.chance.choice(found)
                name = "mails" if what in STOPS else "choice"
                answer = self.client.post(path, {name: what.removeprefix("stop-")})
                assert answer.status in (200, 403, 409, 410, 422), answer.words
                self.clicked.append((path, answer))
                if what in STOPS and answer.status == 200:
                    of = {"stop-alerts": (True,), "stop-digests": (False,)}.get(what, (True, False))
                    self.stopped |= {(reader, alerts) for alerts in of}

    def _undo(self) -> None:
        for path, answer in reversed(self.clicked):
            if decision := re.search(r'name="decision" value="([^"]+)"', answer.text):
                assert self.client.post(f"{path}/undo", {"decision": decision[1]}).status in (200, 403, 409)
                return

    def _published(self) -> list[Written]:
        """What came out since the last round."""
        due = [one for one in self.waiting if one.published <= self.now]
        self.waiting = [one for one in self.waiting if one.published > self.now]
        return due

    def _look(self) -> None:
        with self.room.services.record.read() as tx:
            decided = DecidedNow(tx, self.room.clock())
            for alert in tx.alerts.find():
                if alert.state is AlertState.SILENCED or decided.heeded(alert, TOPIC) != alert:
                    self.muted.add(alert.id)
            for one in tx.digests.find():
                if one.data:
                    self.digests.setdefault(one.message_id, lines_of(one.data))


@contextmanager
def days(luck: list[Luck], seed: int) -> Iterator[Days]:
    begin = REPORTS[0].published
    with newsroom(TOPIC, begin, public_url=WINDOW) as room:
        given, crashes = room.services.settings, list[str]()
        app = make_app(room.services, access_of(given, "127.0.0.1"), secret_of(given.home), on_crash=crashes.append)
        with serving(app, "127.0.0.1", 0) as address:
            yield Days(room, Heeding(list(luck), room=room), Client(address), random.Random(seed), begin)
        assert crashes == []


MUTES = [
    Step(12, timedelta(0), what) for what in ("", "mute-series", "wrong-number", "undo", "stop-alerts", "mute-thread")
]
WRONG_CLOCKS = [
    Step(6, skew, "") for skew in (timedelta(days=40), timedelta(0), timedelta(hours=-3), timedelta(days=40))
]


# To shrink a failure takes minutes, and its steps are told anyway.
@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.sampled_from(Luck), max_size=10), st.lists(STEPS, min_size=4, max_size=9), st.integers(0, 2**16))
@example([], MUTES, 1)
@example([Luck.PUT_OFF, Luck.TAKEN] * 5, MUTES, 2)
@example([Luck.KILLED_AFTER, Luck.KILLED_BEFORE] * 4, WRONG_CLOCKS, 3)
def test_everything_reaches_each_who_wants_it_once(luck: list[Luck], steps: list[Step], seed: int) -> None:
    with days(luck, seed) as played:
        for step in steps:
            played.round(step)
        # Rounds without faults, until all that came out is told.
        for _ in range(14):
            played.round(Step(12, timedelta(0), ""))
        with played.room.services.record.read() as tx:
            alerts, digests, messages = tx.alerts.find(), tx.digests.find(), tx.messages.find()
    server = played.server
    assert server.unwanted == []
    assert not played.waiting
    assert {one.state for one in alerts} <= {AlertState.SENT, AlertState.DIGEST, AlertState.SILENCED}
    assert {one.state for one in digests} <= {DigestState.SENT}
    assert {one.state for one in messages} <= {MessageState.SENT, MessageState.DROPPED}
    for recipient in TOPIC.recipients:
        reader, got = recipient.to, server.got[recipient.to]
        # One that comes again, for its process died, is the very same, and mail programs show it once; but what
        # somebody muted meanwhile is left out.
        if not played.clicked:
            assert len({(mail.message_id, mail.text) for mail in got}) == len({mail.message_id for mail in got})
        assert {id: mails for id, mails in server.told[reader].items() if len(mails) > 1} == {}
        if (reader, True) not in played.stopped:
            wanted = {one.id for one in alerts if one.state is AlertState.SENT and wants_alert(recipient, one)}
            assert wanted - played.muted <= set(server.told[reader])
        if (reader, False) not in played.stopped:
            assert {one.message_id for one in digests} <= {mail.message_id for mail in got}
    told = Counter(line for lines in played.digests.values() for line in lines)
    assert {line: times for line, times in told.items() if times > 1} == {}
