"""What people decide about stories, threads and series holds together: through later news, regrouping and restarts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.steps.deciding.decide import decide
from pipeline.steps.judge import Judge
from schemas.alert import AlertState
from schemas.decision import Act, Choice, Subject, SubjectKind
from schemas.figure import DecisionKind as SeriesKind
from schemas.figure import Series, SeriesDecision, Verdict
from schemas.story import DecisionKind, StoryDecision, ThreadDecision
from tests.cli.test_threads import FIRST, MORE
from tests.steps.scripted import Newsroom, Written, newsroom, written

BEFORE, AFTER = written(FIRST), written(MORE)
LATER = Written(
    "quake-late",
    "Echo",
    AFTER[1].published + timedelta(hours=5),
    "Death toll of Orsava earthquake rises to 230",
    "The number of people killed by the earthquake in the Orsava valley of Keldovia rose to 230, Governor Ilja Petrov "
    "said in Brankova. Rescuers in the valley gave up the search.",
)
Holds = Callable[[Newsroom], None]


def split_thread(room: Newsroom) -> Holds:
    """The aid is taken out of the earthquake's thread."""
    aid, quake = room.story("aid-1"), [room.story(one) for one in ("quake-1", "rescue-1")]
    others = tuple(article for story in quake for article in story.articles)
    room.judge.decide_threads(
        ThreadDecision(kind=DecisionKind.SPLIT, articles=aid.articles, others=others, decided=room.clock())
    )

    def holds(room: Newsroom) -> None:
        assert room.story("aid-1").development != room.story("quake-1").development

    return holds


def merge_threads(room: Newsroom) -> Holds:
    """The cup and the budget become one development."""
    articles = (*room.story("cup-1").articles, *room.story("budget-1").articles)
    room.judge.decide_threads(ThreadDecision(kind=DecisionKind.MERGE, articles=articles, decided=room.clock()))

    def holds(room: Newsroom) -> None:
        assert room.story("cup-1").development == room.story("budget-1").development

    return holds


def split_story(room: Newsroom) -> Holds:
    """The second report on the earthquake is kept out of the story of the first, under whatever id that goes on."""
    story = room.story("quake-2")
    room.judge.decide(
        StoryDecision(kind=DecisionKind.SPLIT, articles=("quake-2",), story=story.id, decided=room.clock())
    )

    def holds(room: Newsroom) -> None:
        assert room.story("quake-2").id != story.id

    return holds


def merge_stories(room: Newsroom) -> Holds:
    """The rescue and the aid become one story."""
    room.judge.decide(StoryDecision(kind=DecisionKind.MERGE, articles=("rescue-1", "aid-1"), decided=room.clock()))

    def holds(room: Newsroom) -> None:
        assert room.story("rescue-1").id == room.story("aid-1").id

    return holds


def series_of(room: Newsroom, article: str, value: float) -> Series:
    """The series of a number in an article."""
    with room.services.record.read() as tx:
        figure = next(one for one in tx.figures.of_article(article) if one.figure.value == value)
        (verdict,) = tx.figures.verdicts_of(figure.id)
        series = tx.figures.get_series(verdict.series)
    assert series is not None
    return series


def alerts_of(room: Newsroom, series: str) -> set[str]:
    """The alerts of a series that were told or may be."""
    with room.services.record.read() as tx:
        found = [one for one in tx.alerts.find() if one.figure and one.figure.series == series]
    return {one.id for one in found if one.state is not AlertState.SILENCED}


def mute(room: Newsroom) -> Holds:
    """Nothing more is told of the death toll, though it rises."""
    toll = series_of(room, "rescue-1", 212).id
    decide(room.services, Subject(kind=SubjectKind.SERIES, id=toll), Choice(act=Act.MUTE), by="Anna")
    told = alerts_of(room, toll)

    def holds(room: Newsroom) -> None:
        assert alerts_of(room, toll) == told

    return holds


def rename(room: Newsroom) -> Holds:
    toll = series_of(room, "rescue-1", 212).id
    room.judge.decide_series(
        "news", SeriesDecision(kind=SeriesKind.RENAME, series=(toll,), label="Dead of Brankova", decided=room.clock())
    )

    def holds(room: Newsroom) -> None:
        assert series_of(room, "rescue-1", 212).label == "Dead of Brankova"

    return holds


DECISIONS = (split_thread, merge_threads, split_story, merge_stories, mute, rename)
APART = {split_thread: merge_stories, merge_stories: split_thread}
"""Decisions of which the later goes before the earlier: one story is in one thread."""


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=5, unique=True).filter(
        lambda some: not {split_thread, merge_stories} <= set(some)
    ),
    st.permutations((*AFTER, LATER)),
    st.integers(0, 4),
    st.booleans(),
)
def test_what_people_decided_holds_together_whatever_comes_in(
    decided: list[Callable[[Newsroom], Holds]], news: list[Written], at_once: int, anew: bool
) -> None:
    """``at_once`` of the later articles come in one run, the others one by one; ``anew`` with another process each."""
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive(BEFORE)
        held = [decide(room) for decide in decided]
        for some in (news[:at_once], *([one] for one in news[at_once:])):
            room.clock.forward(hours=6)
            if anew:
                room.judge = Judge(room.services)
            room.arrive(some)
            for holds in held:
                holds(room)


@pytest.mark.parametrize("anew", [False, True])
def test_stories_of_developments_that_were_split_never_become_one(anew: bool) -> None:
    """An aftershock is like the aid and like the second report, which stands alone: it must not bring them together."""
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive(BEFORE)
        held = [split_thread(room), split_story(room)]
        if anew:
            room.judge = Judge(room.services)
        room.clock.forward(hours=6)
        room.arrive([AFTER[1]])
        for holds in held:
            holds(room)
        assert room.story("aid-1").id != room.story("quake-2").id


def test_of_two_decisions_that_exclude_each_other_the_later_holds() -> None:
    """One story is in one thread: who merges the rescue with the aid brings that back into the rescue's."""
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive(BEFORE)
        split_thread(room)
        merged = merge_stories(room)
        room.arrive(AFTER)
        merged(room)
        with room.services.record.read() as tx:
            stories = tx.stories.find()
        assert sum("aid-1" in story.articles for story in stories) == 1


def test_figures_that_change_their_series_keep_what_the_desk_was_told_of_them() -> None:
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive([*BEFORE, *AFTER])
        toll = series_of(room, "rescue-1", 212)
        taken_out = tuple(claim.figure for claim in toll.claims[1:])

        def verdicts() -> list[Verdict]:
            with room.services.record.read() as tx:
                return [verdict for one in taken_out for verdict in tx.figures.verdicts_of(one)]

        before = verdicts()
        room.judge.decide_series(
            "news",
            SeriesDecision(kind=SeriesKind.SPLIT, series=(toll.id,), figures=taken_out, decided=room.clock()),
        )
        after = verdicts()
        assert toll.id not in {verdict.series for verdict in after}
        assert [verdict.telling for verdict in after] == [verdict.telling for verdict in before] != []
        assert None not in [verdict.telling for verdict in after]
