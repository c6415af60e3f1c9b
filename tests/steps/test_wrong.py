"""A figure that a person found wrong holds nothing any more, is told nowhere, and comes back when that is undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.steps.deciding.decide import decide, undo
from pipeline.steps.showing.documents import CHANGES
from pipeline.steps.showing.explain import explain
from pipeline.steps.showing.export import EXPORTS
from schemas.alert import AlertState
from schemas.decision import Act, Choice, Decision, Subject, SubjectKind
from schemas.export import AlertRow, FigureRow
from schemas.figure import FigureInArticle, Series, Verdict, VerdictKind, Wrong
from schemas.search import AlertDocument, FigureDocument, IndexKind
from tests.steps.scripted import Newsroom, lines
from tests.steps.test_decide import ANNA, alerts, digest, later, room, told
from tests.steps.test_decisions_hold import BEFORE, LATER, series_of

__all__ = ["room"]

RESCUE = next(one for one in BEFORE if one.id == "rescue-1")


def figure(room: Newsroom, article: str, value: float, revision: int | None = None) -> FigureInArticle:
    with room.services.record.read() as tx:
        found = [one for one in tx.figures.of_article(article, revision) if one.figure.value == value]
    return found[-1]


def verdict(room: Newsroom, article: str, value: float) -> Verdict:
    with room.services.record.read() as tx:
        (one,) = tx.figures.verdicts_of(figure(room, article, value).id)
    return one


def toll(room: Newsroom) -> Series:
    return series_of(room, "rescue-1", 212)


def wrong(room: Newsroom, what: Wrong, article: str = "rescue-1", value: float = 212) -> Decision:
    subject = Subject(kind=SubjectKind.FIGURE, id=figure(room, article, value).id)
    return decide(room.services, subject, Choice(act=Act.WRONG, wrong=what), by=ANNA)


def said(room: Newsroom) -> set[float | None]:
    """The values that the brief of the earthquake says."""
    return {one.value for one in room.brief("rescue-1").figures}


@pytest.mark.parametrize("what", [Wrong.NUMBER, Wrong.THING])
def test_a_wrong_figure_vanishes_at_once_and_is_kept(room: Newsroom, what: Wrong) -> None:
    assert 212 in told(digest(room)) & said(room)
    before = toll(room)
    decision = wrong(room, what)
    after = toll(room)
    assert before.current == figure(room, "rescue-1", 212).id
    assert after.current != before.current
    assert (len(after.claims), [one.value for one in after.wrong]) == (len(before.claims) - 1, [212])
    assert [(one.state, one.decision) for one in alerts(room, 212)] == [(AlertState.SILENCED, decision.id)]
    assert 212 not in told(digest(room)) | said(room)
    with room.services.record.read() as tx:
        words = explain(tx, figure(room, "rescue-1", 212).id) or []
    assert any("found wrong" in line and "by Anna, Fri 6 Mar 2026" in line for line in words)


def test_what_comes_later_is_not_held_against_a_wrong_figure(room: Newsroom) -> None:
    wrong(room, Wrong.NUMBER)
    later(room)
    (alert,) = alerts(room, 230)
    assert alert.figure is not None
    shown = {one.figure.value for one in (*alert.figure.against, *alert.figure.before)}
    assert 212 not in shown | {alert.figure.from_value}
    assert verdict(room, "quake-late", 230).from_value != 212


def test_a_waiting_alert_no_longer_names_a_figure_that_was_found_wrong(room: Newsroom) -> None:
    later(room)
    (before,) = alerts(room, 230)
    assert before.figure is not None
    assert 212 in {one.figure.value for one in (*before.figure.against, *before.figure.before)}
    decision = wrong(room, Wrong.NUMBER)
    (after,) = alerts(room, 230)
    assert after.figure is not None
    assert after.state is AlertState.WAITING
    assert 212 not in {one.figure.value for one in (*after.figure.against, *after.figure.before)}
    assert after.figure.from_value != 212
    undo(room.services, decision.id, by=ANNA)
    assert alerts(room, 230) == [before]


def test_undoing_it_brings_everything_back(room: Newsroom) -> None:
    series, shown, brief, waiting = toll(room), digest(room), lines(room.brief("rescue-1")), alerts(room, 212)
    decision = wrong(room, Wrong.NUMBER)
    undo(room.services, decision.id, by=ANNA)
    assert toll(room) == series
    assert (digest(room), lines(room.brief("rescue-1")), alerts(room, 212)) == (shown, brief, waiting)


def test_it_holds_in_a_revision_and_in_a_copy_that_come_later(room: Newsroom) -> None:
    wrong(room, Wrong.NUMBER)
    room.clock.forward(hours=1)
    revised = replace(RESCUE, text=RESCUE.text.replace("with their hands", "with their bare hands"))
    room.wait([revised], again=1)
    assert room.judge.run().judged == 1
    copied = replace(RESCUE, id="copied", outlet="Tribune", published=RESCUE.published + timedelta(hours=9))
    room.arrive([copied])
    assert figure(room, "rescue-1", 212).revision == 2
    found = [verdict(room, article, 212) for article in ("rescue-1", "copied")]
    assert [one.wrong for one in found] == [Wrong.NUMBER] * 2
    assert 212 not in {claim.value for claim in toll(room).claims}
    assert 212 not in told(digest(room)) | said(room)


def test_a_figure_of_another_series_is_followed_apart_and_told_as_new(room: Newsroom) -> None:
    later(room)
    whole, before = toll(room), digest(room)
    decision = wrong(room, Wrong.SERIES, "quake-late", 230)
    apart = verdict(room, "quake-late", 230)
    assert apart.series == decision.apart["news"] != whole.id
    assert apart.kind is VerdictKind.NEW
    assert {one.value for one in toll(room).claims} == {one.value for one in whole.claims} - {230}
    (news,) = (one for one in (*digest(room).new, *digest(room).changed) if one.current.figure.value == 230)
    assert (news.verdict, news.from_value, news.history) == (VerdictKind.NEW, None, news.history[:1])
    room.clock.forward(hours=1)
    room.wait([replace(LATER, text=LATER.text.replace("gave up", "ended"))], again=1)
    room.judge.run()
    assert verdict(room, "quake-late", 230).series == apart.series
    undo(room.services, decision.id, by=ANNA)
    assert before.start < room.clock()
    assert verdict(room, "quake-late", 230).series == whole.id


def test_what_is_not_worth_a_mail_is_told_in_the_digest_alone(room: Newsroom) -> None:
    wrong(room, Wrong.WORTH)
    assert [one.state for one in alerts(room, 212)] == [AlertState.SILENCED]
    assert 212 in told(digest(room)) & said(room)
    assert 212 in {claim.value for claim in toll(room).claims}


def marked(room: Newsroom, after: int) -> dict[str, set[str | None]]:
    """What the index hears, after a version, that people found wrong with the 212, as figure and as alert."""
    with room.services.record.read() as tx:
        figures, told = (CHANGES[kind](tx, after, 1000) for kind in (IndexKind.FIGURES, IndexKind.ALERTS))
    documents = [*(figures.documents if figures else ()), *(told.documents if told else ())]
    found: dict[str, set[str | None]] = {"figure": set(), "alert": set()}
    for one in documents:
        if isinstance(one, FigureDocument) and one.value == 212:
            found["figure"].add(one.wrong)
        if isinstance(one, AlertDocument) and one.value == (212,):
            found["alert"].add(one.wrong)
    return found


def exported(room: Newsroom) -> set[str | None]:
    """What exports say that people found wrong with the 212."""
    with room.services.record.read() as tx:
        rows = [*EXPORTS["figures"][1](tx), *EXPORTS["alerts"][1](tx)]
    return {one.wrong for one in rows if isinstance(one, FigureRow | AlertRow) and one.value == 212}


@pytest.mark.parametrize("what", Wrong)
def test_index_and_exports_say_what_was_found_wrong_though_it_was_told_before(room: Newsroom, what: Wrong) -> None:
    with room.services.record.begin() as tx:
        for alert in tx.alerts.find():
            tx.alerts.put(alert.model_copy(update={"state": AlertState.SENT, "sent": room.clock()}))
        before = tx.entries.version()
    decision = wrong(room, what)
    assert marked(room, before) == {"figure": {what}, "alert": {what}}
    assert exported(room) == {what}
    undo(room.services, decision.id, by=ANNA)
    assert marked(room, before) == {"figure": {None}, "alert": {None}}
    assert exported(room) == {None}
