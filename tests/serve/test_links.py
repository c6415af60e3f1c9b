"""The pages behind the links of mails: to look does nothing, to confirm does, once; mail programs stop mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from pipeline.serve.access import access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import secret_of
from pipeline.serve.server import serving
from pipeline.steps.deciding.decide import listed, stopped
from pipeline.steps.transport import signer_of
from pipeline.tell.links import PATH, STOP_PATH, Link
from schemas.alert import AlertKind, AlertState
from schemas.decision import Decision, Mails
from tests.serve.client import Answer, Client
from tests.steps.scripted import Newsroom, newsroom
from tests.steps.test_decide import alerts
from tests.steps.test_decisions_hold import BEFORE, series_of

DESK = "desk@newsroom.example"


@dataclass
class Reader:
    """Someone with a mail in front of them, at the window of a newsroom whose death toll it tells."""

    room: Newsroom
    client: Client

    def token(self, **changes: object) -> str:
        (alert,) = alerts(self.room, 212)
        assert alert.figure is not None
        link = Link(
            topic="news",
            recipient=DESK,
            series=alert.figure.series,
            figure=alert.figure.statement.figure_id,
            rule=AlertKind(alert.kind),
            until=self.room.clock() + timedelta(days=60),
        )
        return signer_of(self.room.services.settings).token(link.model_copy(update=changes))

    def path(self, **changes: object) -> str:
        return PATH + self.token(**changes)

    def stop_path(self, **changes: object) -> str:
        return STOP_PATH + self.token(**({"series": None, "figure": None, "rule": None} | changes))

    def confirm(self, choice: str, path: str | None = None) -> Answer:
        return self.client.post(path or self.path(), {"choice": choice})

    def decisions(self, *, undone: bool = False) -> list[Decision]:
        with self.room.services.record.read() as tx:
            return listed(tx, undone=undone)

    def stopped(self) -> Mails | None:
        with self.room.services.record.read() as tx:
            return stopped(tx, "news", DESK, self.room.clock())


@pytest.fixture
def reader() -> Iterator[Reader]:
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive(BEFORE)
        settings = room.services.settings
        crashes: list[str] = []
        app = make_app(
            room.services, access_of(settings, "127.0.0.1"), secret_of(settings.home), on_crash=crashes.append
        )
        with serving(app, "127.0.0.1", 0) as address:
            yield Reader(room, Client(address))
        assert not crashes, crashes[0]


def test_whoever_looks_at_a_link_changes_nothing(reader: Reader) -> None:
    for path in (reader.path(), reader.path() + "?do=mute", reader.path() + "?do=wrong", reader.stop_path()):
        for method in ("GET", "HEAD"):
            assert reader.client.ask(method, path).status == 200
    assert reader.decisions() == []
    page = reader.client.get(reader.path())
    assert "212 people" in page.words
    assert "Nothing is changed until you confirm" in page.words


@pytest.mark.parametrize(
    ("do", "checked"), [("mute", "mute-series"), ("snooze", "snooze-series"), ("wrong", None), ("<b>", None)]
)
def test_the_form_has_chosen_what_the_mail_asked_for(reader: Reader, do: str, checked: str | None) -> None:
    page = reader.client.get(f"{reader.path()}?do={do.replace('<', '%3C')}").text
    found = re.findall(r'value="([a-z-]+)" required checked', page)
    assert found == ([checked] if checked else [])


def test_a_series_is_muted_by_link_once_and_says_by_whom(reader: Reader) -> None:
    path = reader.path()
    assert "muted" in reader.confirm("mute-series", path).words
    (decision,) = reader.decisions()
    assert (decision.by, decision.subject.id) == (
        f"a link in a mail to {DESK}",
        series_of(reader.room, "rescue-1", 212).id,
    )
    assert [one.state for one in alerts(reader.room, 212)] == [AlertState.SILENCED]
    reader.room.clock.forward(hours=1)
    again = reader.confirm("mute-series", path)
    assert (again.status, "decided before" in again.words) == (409, True)
    assert "muted by a link in a mail to" in reader.client.get(path).words
    assert reader.decisions() == [decision]


def test_a_series_is_snoozed_for_a_week(reader: Reader) -> None:
    reader.confirm("snooze-series")
    (decision,) = reader.decisions()
    assert decision.choice.until == reader.room.clock() + timedelta(weeks=1)


def test_a_wrong_figure_is_withdrawn_by_link_and_brought_back(reader: Reader) -> None:
    path = reader.path()
    done = reader.confirm("wrong-number", path)
    assert "found wrong (not this number)" in done.words
    assert 212 not in {claim.value for claim in series_of(reader.room, "rescue-1", 212).claims}
    (identity,) = re.findall(r'name="decision" value="([^"]+)"', done.text)
    undone = reader.client.post(f"{path}/undo", {"decision": identity})
    assert (undone.status, "Undone" in undone.words) == (200, True)
    assert 212 in {claim.value for claim in series_of(reader.room, "rescue-1", 212).claims}
    reader.room.clock.forward(hours=1)
    replayed = reader.confirm("wrong-number", path)
    assert (replayed.status, "undone since" in replayed.words) == (409, True)


def test_a_link_undoes_only_what_it_decided(reader: Reader) -> None:
    reader.confirm("mute-series")
    (decision,) = reader.decisions()
    other = reader.path(recipient="chief@newsroom.example")
    refused = reader.client.post(f"{other}/undo", {"decision": decision.id})
    assert (refused.status, "was not made with this link" in refused.words) == (409, True)
    assert reader.decisions() == [decision]


@pytest.mark.parametrize("path", [PATH, STOP_PATH])
@pytest.mark.parametrize("act", ["look", "confirm"])
def test_forged_and_expired_links_are_refused_in_words(reader: Reader, path: str, act: str) -> None:
    token = reader.token()
    expired = reader.token(until=reader.room.clock())
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for one, words in ((forged, "does not work"), ("x" * 3000, "does not work"), (expired, "has expired")):
        fields = {"choice": "mute-series", "mails": "both"}
        answer = reader.client.get(path + one) if act == "look" else reader.client.post(path + one, fields)
        assert (answer.status, words in answer.words) == (403, True), answer.words
        assert "Nothing was changed" in answer.words
    assert reader.decisions() == []


def test_what_a_link_does_not_offer_is_not_done(reader: Reader) -> None:
    for choice in ("", "mute-thread", "stop", "wrong-everything"):
        answer = reader.confirm(choice)
        assert (answer.status, "Choose one of these" in answer.words) == (422, True)
    assert reader.decisions() == []


def test_a_link_to_what_is_gone_says_so(reader: Reader) -> None:
    gone = reader.path(series="series-0000000000000000", figure=None, rule=None)
    assert "no longer exists" in reader.client.get(gone).words
    answer = reader.confirm("mute-series", gone)
    assert (answer.status, reader.decisions()) == (410, [])


def test_a_mail_program_stops_the_mails_of_its_reader(reader: Reader) -> None:
    """RFC 8058: one POST without cookies; it may come again."""
    path = reader.stop_path()
    for _ in range(2):
        answer = reader.client.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status == 200
    assert reader.stopped() is Mails.BOTH
    assert len(reader.decisions()) == 1
    assert "all mails stopped" in reader.client.get(path).words


def test_a_reader_stops_alerts_and_keeps_digests(reader: Reader) -> None:
    answer = reader.client.post(reader.stop_path(), {"mails": "alerts"})
    assert "alerts stopped" in answer.words
    assert reader.stopped() is Mails.ALERTS
    reader.client.post(reader.stop_path(), {"mails": "digests"})
    assert reader.stopped() is Mails.BOTH


def test_a_link_works_without_a_login_where_the_window_asks_for_one() -> None:
    with newsroom(start=BEFORE[-1].published, public_url="https://news.example", serve_hosts=("news.example",)) as room:
        settings = room.services.settings
        app = make_app(room.services, access_of(settings, "127.0.0.1"), secret_of(settings.home))
        with serving(app, "127.0.0.1", 0) as address:
            client = Client(address, {"host": "news.example"})
            link = Link(topic="news", recipient=DESK, until=room.clock() + timedelta(days=1))
            path = STOP_PATH + signer_of(settings).token(link)
            assert client.get("/").status == 303
            assert client.get(path).status == 200
            assert client.post(path, {"List-Unsubscribe": "One-Click"}, origin="https://mail.example").status == 200
        with room.services.record.read() as tx:
            assert stopped(tx, "news", DESK, room.clock()) is Mails.BOTH


def test_words_of_a_page_stay_words(reader: Reader) -> None:
    nasty = '"><script>alert(1)</script>'
    with reader.room.services.record.begin() as tx:
        series = tx.figures.get_series(series_of(reader.room, "rescue-1", 212).id)
        assert series is not None
        tx.figures.put_series(series.model_copy(update={"label": nasty}))
    page = reader.client.get(reader.path())
    assert "<script>alert" not in page.text
    assert "<script>alert(1)</script>" in page.words
