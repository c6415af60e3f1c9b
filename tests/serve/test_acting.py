"""Deciding in the window: buttons on a figure, a series, a development; who decided is said, and it can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas.alert import AlertState
from schemas.decision import Act
from schemas.figure import Wrong
from tests.serve.test_links import Reader, reader
from tests.steps.test_decide import alerts
from tests.steps.test_decisions_hold import series_of

__all__ = ["reader"]


def press(reader: Reader, kind: str, id: str, choice: str, *, next: str = "/decisions") -> int:
    fields = {"kind": kind, "id": id, "choice": choice, "next": next}
    return reader.client.post("/decisions", fields, form=f"/decisions/{kind}/{id}").status


def test_a_series_is_muted_and_told_again(reader: Reader) -> None:
    series = series_of(reader.room, "rescue-1", 212).id
    path = f"/decisions/series/{series}"
    assert "Mute this series" in reader.client.get(path).words
    assert press(reader, "series", series, "mute", next=path) == 303
    assert [one.state for one in alerts(reader.room, 212)] == [AlertState.SILENCED]
    page = reader.client.get(path).words
    assert "Muted by the window, Fri 6 Mar 2026, 09:00" in page
    assert "Mute this series" not in page
    (decision,) = reader.decisions()
    undone = reader.client.post("/decisions/undo", {"decision": decision.id, "next": path}, form=path)
    assert (undone.status, undone.headers["location"]) == (303, f"{path}?said=undone")
    assert [one.state for one in alerts(reader.room, 212)] == [AlertState.WAITING]
    assert "Undone." in reader.client.get(f"{path}?said=undone").words


def test_a_series_is_always_mailed_and_a_development_snoozed(reader: Reader) -> None:
    series = series_of(reader.room, "rescue-1", 212).id
    thread = reader.room.story("rescue-1").development
    assert press(reader, "series", series, "follow") == press(reader, "thread", thread, "snooze") == 303
    snoozed, followed = reader.decisions()
    assert (followed.choice.act, snoozed.choice.until) == (Act.FOLLOW, reader.room.clock() + timedelta(weeks=1))
    assert "Stop always mailing this" in reader.client.get(f"/decisions/series/{series}").words


def test_a_rule_of_a_topic_is_muted_and_its_alerts_stay_silent(reader: Reader) -> None:
    (alert,) = alerts(reader.room, 212)
    path = f"/decisions/rule/{alert.kind.value}?topic={alert.topic}"
    assert f'href="{path}"' in reader.client.get(f"/topics/{alert.topic}").text
    assert "Mute this rule" in reader.client.get(path).words
    fields = {"kind": "rule", "id": alert.kind.value, "topic": alert.topic, "choice": "mute", "next": path}
    assert reader.client.post("/decisions", fields, form=path).status == 303
    assert [one.state for one in alerts(reader.room, 212)] == [AlertState.SILENCED]
    assert "muted · change" in reader.client.get(f"/topics/{alert.topic}").words
    assert "Resume alerts about this rule" in reader.client.get(path).words


def test_a_rule_is_of_a_topic_that_there_is(reader: Reader) -> None:
    for path in ("contradiction", "contradiction?topic=none", "nothing?topic=news"):
        assert reader.client.get(f"/decisions/rule/{path}").status == 404


@pytest.mark.parametrize("what", list(Wrong))
def test_a_figure_is_found_wrong(reader: Reader, what: Wrong) -> None:
    (alert,) = alerts(reader.room, 212)
    assert alert.figure is not None
    figure = alert.figure.statement.figure_id
    assert "212 people" in reader.client.get(f"/decisions/figure/{figure}").words
    assert press(reader, "figure", figure, f"wrong-{what.value}") == 303
    assert [one.choice.wrong for one in reader.decisions()] == [what]
    assert "found wrong" in reader.client.get("/decisions").words


def test_the_list_says_who_decided_and_what_was_undone(reader: Reader) -> None:
    assert "No decisions yet" in reader.client.get("/decisions").words
    press(reader, "series", series_of(reader.room, "rescue-1", 212).id, "mute")
    assert "the window, Fri 6 Mar" in reader.client.get("/decisions").words
    (decision,) = reader.decisions()
    reader.client.post("/decisions/undo", {"decision": decision.id}, form="/decisions")
    assert "No decisions yet" in reader.client.get("/decisions").words
    assert "undone by the window" in reader.client.get("/decisions?undone=yes").words


def test_what_comes_from_another_page_changes_nothing(reader: Reader) -> None:
    fields = {"kind": "series", "id": series_of(reader.room, "rescue-1", 212).id, "choice": "mute"}
    assert reader.client.post("/decisions", fields).status == 403
    assert reader.client.post("/decisions", fields | {"form_token": "x"}, origin="https://evil.example").status == 403
    assert reader.decisions() == []


def test_what_is_not_there_or_makes_no_sense_is_refused(reader: Reader) -> None:
    series = series_of(reader.room, "rescue-1", 212).id
    form = f"/decisions/series/{series}"
    for path in ("/decisions/series/series-none", "/decisions/rule/correction", "/decisions/nonsense/x"):
        assert reader.client.get(path).status == 404
    for fields, status in (
        ({"kind": "series", "id": series, "choice": "explode"}, 422),
        ({"kind": "series", "id": series, "choice": "wrong-number"}, 409),
        ({"kind": "series", "id": "series-none", "choice": "mute"}, 409),
        ({"kind": "nonsense", "id": series, "choice": "mute"}, 404),
    ):
        assert reader.client.post("/decisions", fields, form=form).status == status
    elsewhere = {"kind": "series", "id": series, "choice": "mute", "next": "https://evil.example/"}
    answer = reader.client.post("/decisions", elsewhere, form=form)
    assert answer.headers["location"] == "/decisions?said=decided"
