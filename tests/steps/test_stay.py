"""A judge that stays judges what comes in, and the tasks of a deployment leave their turns to it while it lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest

from pipeline.record.notes import STAYS
from pipeline.steps.judge import Judge
from pipeline.steps.judging.turn import JudgeReport
from pipeline.steps.stay import LEASE, left_to_one_that_stays, stay
from schemas.feed import Outcome
from tests.steps.scripted import Newsroom, newsroom
from tests.steps.test_judge_memory import FIRE, FIRE_COPIED, FLOOD, outcome

Step = Callable[[], None]


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with newsroom() as room:
        yield room


def script(room: Newsroom, *steps: Step) -> Callable[[float], None]:
    """A sleep in which these happen, one each time that somebody waits; the clock goes on by ten seconds a time."""
    left = iter(steps)

    def sleep(seconds: float) -> None:
        room.clock.forward(seconds=10)
        next(left, lambda: None)()

    return sleep


def stays(room: Newsroom, *steps: Step, seconds: int = 100) -> Sequence[JudgeReport]:
    """What the turns of a judge decided that stays so long, while these steps happen."""
    reports: list[JudgeReport] = []
    until = room.clock() + timedelta(seconds=seconds)
    judged = stay(room.services, until, on_turn=lambda report, _: reports.append(report), sleep=script(room, *steps))
    assert judged == sum(report.judged for report in reports)
    return reports


def lease(room: Newsroom) -> str | None:
    with room.services.record.read() as tx:
        return tx.notes.get(STAYS)


def test_what_comes_in_while_it_stays_is_judged_as_by_one_judge(room: Newsroom) -> None:
    room.arrive([FLOOD])
    reports = stays(room, lambda: room.wait([FIRE]), lambda: room.wait([FIRE_COPIED]))
    assert [report.ended for report in reports] == [{Outcome.INDEXED: 1}, {Outcome.COPY: 1}]


def test_it_recalls_once_and_anew_where_another_has_judged(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    recalled: list[int] = []
    regained = Judge._regained
    monkeypatch.setattr(Judge, "_regained", lambda self, *given: recalled.append(1) or regained(self, *given))
    stays(room, lambda: room.wait([FLOOD]), lambda: room.wait([FIRE]))
    assert len(recalled) == 1
    stays(room, lambda: room.arrive([FIRE_COPIED]) and None, lambda: room.wait([FLOOD], again=1))
    assert len(recalled) == 4  # its own, the other's, and its own anew


def test_a_task_waits_until_the_one_that_stays_has_judged(room: Newsroom) -> None:
    seen: list[bool] = []

    def task() -> None:
        room.wait([FLOOD])
        done = script(room, lambda: room.judge.run() and None)
        seen.append(left_to_one_that_stays(room.services, sleep=done))
        assert outcome(room, FLOOD) is Outcome.INDEXED

    stays(room, task)
    assert seen == [True]


def test_nobody_waits_where_none_stays(room: Newsroom) -> None:
    room.wait([FLOOD])
    assert not left_to_one_that_stays(room.services)
    stays(room)
    assert lease(room) is None
    assert not left_to_one_that_stays(room.services)


def test_nobody_waits_long_for_one_that_died(room: Newsroom) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    def died() -> None:
        held.append(lease(room))
        killed()

    held: list[str | None] = []
    with pytest.raises(KeyboardInterrupt):
        stays(room, died)
    with room.services.record.begin() as tx:
        tx.notes.set(STAYS, held[0])  # as a process that is killed leaves it
    room.wait([FLOOD])
    began = room.clock()
    assert not left_to_one_that_stays(room.services, sleep=script(room))
    assert room.clock() - began <= LEASE


def test_a_lease_from_a_clock_that_ran_ahead_holds_nobody_up(room: Newsroom) -> None:
    room.wait([FLOOD])
    with room.services.record.begin() as tx:
        tx.notes.set(STAYS, (room.clock() + timedelta(days=30)).isoformat())
    assert not left_to_one_that_stays(room.services)


def test_its_lease_is_renewed_for_as_long_as_it_stays(room: Newsroom) -> None:
    held: list[str | None] = []
    room.wait([FLOOD])
    stays(room, *[lambda: held.append(lease(room))] * 9)
    assert len(held) == 9
    assert len(set(held)) > 3
    assert None not in held
