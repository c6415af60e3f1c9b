"""Messages side by side: a receiver that is slow holds up no other, and each gets its own in order."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import DeliveryError
from pipeline.settings import load_settings
from pipeline.steps.services import Services, open_services
from pipeline.steps.tell import tell
from pipeline.steps.telling.lanes import Lanes
from pipeline.steps.transport import channels_of, mailer_of, sender_of
from schemas.alert import AlertState
from schemas.topic import Topic
from tests.steps.conftest import MovableClock
from tests.tell.channels import KEY
from tests.tell.examples import alert, contradiction, news
from tests.tell.test_smtp import Inbox, serving

DESK, CHAT, FIRST, SECOND = "desk@news.example", "apprise:duty", "webhook:first", "webhook:second"

# Apprise looks whether Python still has a module that is on its way out.
apprise = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@dataclass
class Note:
    """A message of a test: by what it goes, and what happens while it is carried."""

    way: str
    name: str
    said: list[str]
    carry: Callable[[], None] = lambda: None
    bounded: bool = True

    def prepare(self) -> Callable[[], None] | None:
        self.said.append(f"{self.name} begun")
        return self.carry

    def ended(self, error: DeliveryError | None) -> bool:
        self.said.append(f"{self.name} {'failed' if error else 'sent'}")
        return error is None


def fails(error: BaseException) -> Callable[[], None]:
    def carry() -> None:
        raise error

    return carry


def test_of_one_way_a_message_begins_when_the_one_before_has_ended() -> None:
    said: list[str] = []
    Lanes().send(Note("hook", name, said) for name in ("a", "b", "c"))
    assert said == [f"{name} {what}" for name in "abc" for what in ("begun", "sent")]


def test_a_way_that_failed_is_left_alone_for_the_round() -> None:
    said: list[str] = []
    lanes = Lanes()
    down = fails(DeliveryError("down"))
    lanes.send([Note("hook", "a", said, down), Note("hook", "b", said), Note("chat", "c", said)])
    lanes.send([Note("hook", "d", said)])
    assert sorted(said) == ["a begun", "a failed", "c begun", "c sent"]


def test_a_slow_channel_leaves_what_is_left_to_the_next_round_and_mails_go_on() -> None:
    said: list[str] = []
    seconds = [0.0]

    def slow() -> None:
        seconds[0] += 20

    lanes = Lanes(seconds=30, clock=lambda: seconds[0])
    lanes.send(Note("hook", name, said, slow) for name in ("a", "b", "c"))
    lanes.send(Note("mail", name, said, slow, bounded=False) for name in ("x", "y", "z"))
    assert [one for one in said if one.endswith("sent")] == [f"{name} sent" for name in ("a", "b", "x", "y", "z")]


def test_no_more_are_under_way_than_may_be() -> None:
    under_way, most, lock = [0], [0], threading.Lock()

    def carry() -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.02)
        with lock:
            under_way[0] -= 1

    said: list[str] = []
    Lanes(at_once=3).send(Note(f"hook {n}", str(n), said, carry) for n in range(12))
    assert len(said) == 24
    assert 1 < most[0] <= 3


def test_once_asked_to_stop_no_other_begins_and_what_is_under_way_is_noted() -> None:
    said: list[str] = []
    stop = threading.Event()
    Lanes(stop.is_set).send([Note("hook", "a", said, stop.set), Note("hook", "b", said)])
    assert said == ["a begun", "a sent"]


def test_a_bug_in_one_is_raised_after_the_others_are_noted() -> None:
    said: list[str] = []
    broken = threading.Event()

    def breaks() -> None:
        broken.set()
        raise ZeroDivisionError

    def waits() -> None:
        broken.wait(30)

    with pytest.raises(ZeroDivisionError):
        Lanes().send([Note("hook", "a", said, breaks), Note("chat", "b", said, waits)])
    assert "b sent" in said
    assert "a sent" not in said


@dataclass
class Meeting(Inbox):
    """A point at which a number of receivers meet: none answers before all of them have been asked."""

    receivers: int = 4
    met: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._all = threading.Barrier(self.receivers)

    def waits(self, name: str, seconds: float = 12) -> bool:
        """Wait for the others; gives whether they came. A webhook has 15 seconds to answer."""
        try:
            self._all.wait(seconds)
        except threading.BrokenBarrierError:
            return False
        self.met.append(name)
        return True

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return "250 taken" if await asyncio.to_thread(self.waits, "mail") else "451 nobody came"

    def answer(self, request: Request) -> Response:
        return Response(status=200 if self.waits(request.path) else 503)


@pytest.fixture
def threaded() -> Iterator[HTTPServer]:
    """A server that answers several at once."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def meeting(threaded: HTTPServer) -> Meeting:
    found = Meeting()
    for path in ("/first", "/second", "/chat"):
        threaded.expect_request(path, method="POST").respond_with_handler(found.answer)
    return found


@pytest.fixture
def services(tmp_path: Path, clock: MovableClock, threaded: HTTPServer, meeting: Meeting) -> Iterator[Services]:
    host = f"127.0.0.1:{threaded.port}"
    channels = {name: {"url": f"http://{host}/{name.partition(':')[2]}", "key": KEY} for name in (FIRST, SECOND)}
    with serving(meeting) as port:
        found = open_services(
            load_settings(
                home=tmp_path / "home",
                channels=json.dumps(channels | {CHAT: {"url": f"json://{host}/chat"}}),
                allowed_hosts=host,
                smtp_url=f"smtp://127.0.0.1:{port}",
            ),
            clock=clock,
        )
        yield found
        found.close()


@apprise
def test_receivers_of_two_topics_are_all_asked_before_the_slowest_answers(
    services: Services, meeting: Meeting, clock: MovableClock
) -> None:
    more = {"alerts": {"bundle": "0s"}, "digest": None}
    with services.record.begin() as tx:
        tx.topics.put(Topic.model_validate({"name": "floods", "recipients": [FIRST, CHAT, DESK], **more}))
        tx.topics.put(Topic.model_validate({"name": "storms", "recipients": [SECOND], **more}))
        for topic, what in (("floods", contradiction()), ("storms", news(series="another"))):
            tx.alerts.add(alert(what, id=f"of-{topic}", topic=topic, created=clock(), due=clock()))
    given = services.settings
    report = tell(services, mailer_of(given), sender_of(given), channels=channels_of(given))
    assert report.troubles == []
    assert sorted(meeting.met) == ["/chat", "/first", "/second", "mail"]
    with services.record.read() as tx:
        assert {one.state for one in tx.alerts.find()} == {AlertState.SENT}
