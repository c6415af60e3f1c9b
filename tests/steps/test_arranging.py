"""What a person can't arrange is refused and not kept; what they can is kept with what things were called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from pipeline.errors import DecisionError
from pipeline.steps.arranging import (
    merge_series,
    merge_stories,
    merge_threads,
    rename_series,
    split_series,
    split_story,
    split_thread,
)
from pipeline.steps.deciding.arranged import Arranged, arranged
from schemas.figure import Series
from tests.steps.scripted import Newsroom, newsroom
from tests.steps.test_decisions_hold import BEFORE, series_of


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with newsroom(start=BEFORE[-1].published) as room:
        room.arrive(BEFORE)
        yield room


def kept(room: Newsroom) -> list[Arranged]:
    with room.services.record.read() as tx:
        return arranged(tx)


def elsewhere(room: Newsroom) -> Series:
    """A series of another topic."""
    series = series_of(room, "rescue-1", 212).model_copy(update={"id": "series-elsewhere", "topic": "elsewhere"})
    with room.services.record.begin() as tx:
        tx.figures.put_series(series)
    return series


def test_what_can_not_be_arranged_is_refused_and_nothing_is_kept(room: Newsroom) -> None:
    quake, rescue = room.story("quake-1"), room.story("rescue-1")
    toll, tents = series_of(room, "rescue-1", 212), series_of(room, "aid-1", 30_000)
    (tent,) = [claim.figure for claim in tents.claims]
    tries: tuple[tuple[Callable[..., object], tuple[object, ...], str], ...] = (
        (merge_stories, ([quake.id, "story-none"],), "there is no story 'story-none'"),
        (merge_stories, ([quake.id, quake.id],), "a merge needs two stories or more"),
        (split_story, (quake.id, ["rescue-1"]), "article 'rescue-1' is not in story"),
        (split_story, (rescue.id, ["rescue-1"]), "nothing would be left of story"),
        (merge_threads, ([rescue.development, "thread-none"],), "there is no thread 'thread-none'"),
        (split_thread, (rescue.development, []), "no story was chosen"),
        (merge_series, ([toll.id, elsewhere(room).id],), "these series are of different topics"),
        (split_series, (toll.id, [tent], None), f"figure '{tent}' is not in series"),
        (split_series, (tents.id, [tent], None), "nothing would be left of series"),
        (rename_series, (toll.id, "killed\nin Orsava"), "control characters or line breaks"),
        (rename_series, (toll.id, "\u200b"), "the name is empty"),
    )
    for does, given, words in tries:
        with pytest.raises(DecisionError, match=words):
            partial(does, by="Anna")(room.services, *given)
    assert kept(room) == []


def test_what_was_arranged_keeps_the_names_that_things_had(room: Newsroom) -> None:
    toll, cup, budget = series_of(room, "rescue-1", 212), room.story("cup-1"), room.story("budget-1")
    rename_series(room.services, toll.id, "killed in Orsava", by="Anna")
    room.clock.forward(minutes=1)
    merge_stories(room.services, [cup.id, budget.id], by="Bo")
    merged, renamed = kept(room)
    assert (renamed.by, renamed.about, renamed.what) == (
        "Anna",
        f"series “{toll.label}”",
        "renamed to “killed in Orsava”",
    )
    assert (merged.by, merged.labels, merged.what) == ("Bo", (cup.headline, budget.headline), "merged")
    assert room.story("cup-1").id == room.story("budget-1").id
    with room.services.record.read() as tx:
        assert len(arranged(tx, topic="news")) == 2
        assert arranged(tx, topic="elsewhere") == []
        assert [one.by for one in arranged(tx, limit=1)] == ["Bo"]
