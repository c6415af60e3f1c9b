from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from pipeline.collect.revisit import CLOSED_UNTIL, SHORTEST, STEPS, asked, next_visit, within_budget
from schemas.visit import Visit

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://news.example/a"


def ages(*, changed_at: tuple[float, ...] = (), steps: tuple[timedelta, ...] = STEPS, **state: Any) -> list[float]:
    """The ages in hours at which a page is visited that is always there in time; changed at those of ``changed_at``."""
    visit = Visit(url=URL, first=AT, last=AT, **state)
    visited: list[float] = []
    while (due := next_visit(visit, visit.last, steps)) is not None and len(visited) < 40:
        age = (due - AT).total_seconds() / 3600
        visited.append(round(age, 2))
        changes = visit.changes
        if any((visit.last - AT).total_seconds() / 3600 < one <= age for one in changed_at):
            changes = (*changes, due)
        visit = visit.model_copy(update={"last": due, "changes": changes})
    return visited


def test_a_page_is_visited_less_and_less_often_and_then_no_more() -> None:
    assert ages() == [1, 6, 24, 72]


def test_one_with_figures_is_visited_twice_as_often() -> None:
    assert ages(lively=True) == [0.5, 1, 3, 6, 12, 24, 36, 72]


def test_one_that_changed_is_visited_more_often_from_then_on() -> None:
    assert ages(changed_at=(5,)) == [1, 6, 12, 24, 36, 72]


def test_one_that_changes_often_is_visited_by_its_own_rhythm_until_it_rests() -> None:
    often = ages(changed_at=tuple(range(1, 13)))
    gaps = [later - earlier for earlier, later in pairwise(often)]
    assert len(often) > 15
    assert min(gaps) >= SHORTEST.total_seconds() / 3600
    assert often[-4:] == sorted(often[-4:])
    assert often[-1] == 72


def test_a_page_that_has_not_opened_is_tried_for_a_month() -> None:
    closed = ages(closed=True)
    assert closed[:6] == [1, 6, 24, 72, 144, 216]
    assert closed[-1] == pytest.approx(CLOSED_UNTIL.total_seconds() / 3600, abs=72)


def test_steps_are_a_setting_and_none_means_never() -> None:
    assert ages(steps=(timedelta(hours=2), timedelta(days=7))) == [2, 168]
    assert ages(steps=(), lively=True) == []


def test_one_visit_stands_for_all_that_were_missed() -> None:
    late = Visit(url=URL, first=AT, last=AT + timedelta(hours=30))
    assert next_visit(late, late.last) == AT + timedelta(hours=72)
    assert next_visit(Visit(url=URL, first=AT, last=AT), AT + timedelta(hours=5)) == AT + timedelta(hours=5)


def test_what_a_page_answered_is_with_what_it_is_asked_next() -> None:
    first = asked(None, URL, AT, '"a"', None, again=False)
    assert (first.first, first.last, first.etag, first.visits) == (AT, AT, '"a"', 0)
    second = asked(first, URL, AT + timedelta(hours=1), None, "Sun", again=True)
    assert (second.first, second.etag, second.last_modified, second.visits) == (AT, None, "Sun", 1)


def due(url: str, hour: int, *, lively: bool = False) -> Visit:
    return Visit(url=url, first=AT, last=AT, next=AT + timedelta(hours=hour), lively=lively)


def test_a_budget_is_for_figures_first_and_for_no_host_alone() -> None:
    waiting = [due(f"https://one.example/{n}", n) for n in range(5)]
    waiting += [due("https://two.example/a", 3), due("https://two.example/b", 9, lively=True)]
    chosen = within_budget(waiting, per_host=2, per_run=10)
    assert [one.url[8:] for one in chosen] == ["two.example/b", "one.example/0", "one.example/1", "two.example/a"]
    assert within_budget(waiting, per_host=2, per_run=3) == chosen[:3]
    assert within_budget(waiting, per_host=0, per_run=3) == []
