"""A grouper restored from what it remembered goes on as if it had never stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import RecordError
from pipeline.group import Grouper
from schemas.story import DecisionKind, Remembered, StoryDecision, StoryMove
from tests.group.building import START, reading
from tests.group.test_stories import FERRY, FERRY_AGAIN

_PLACES = ("Kalvik", "Dunmore", "Ostrava", "Lerwick", "Tarragona")
_WHAT = (
    "ferry ran aground near the harbour after its engine failed in heavy seas and lifeboats took everyone off",
    "council voted to raise parking charges so that three libraries can stay open through a hard winter",
    "fire burned through a warehouse of timber and firefighters from four towns fought it all night long",
)


def _article(place: int, what: int, extra: int, hours: int) -> tuple[str, str, int]:
    where = _PLACES[place]
    text = (
        f"The {_WHAT[what]} in {where} on Monday, officials of {where} said. Number {100 + extra} was called. "
        f"Witness {'abcdefgh'[extra % 8] * 5} spoke to reporters about what happened there in {where}."
    )
    return f"{where}: {_WHAT[what][:30]}", text, hours


_articles = st.builds(_article, st.integers(0, 4), st.integers(0, 2), st.integers(0, 12), st.integers(-100, 100))
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("place"), _articles, st.sampled_from([("one",), ("two",), ("one", "two")])),
        st.tuples(st.just("revise"), _articles, st.integers(0, 40)),
        st.tuples(st.just("regroup"), st.none(), st.none()),
        st.tuples(st.just("merge"), st.integers(0, 40), st.integers(0, 40)),
        st.tuples(st.just("split"), st.integers(0, 40), st.none()),
        st.tuples(st.just("forget"), st.integers(-100, 100), st.none()),
        st.tuples(st.just("shrink"), st.integers(0, 20), st.none()),
    ),
    max_size=40,
)


class _Record:
    """What a caller keeps: rows, stories and decisions, saved as the grouper asks for it."""

    def __init__(self) -> None:
        self.rows: dict[str, Remembered] = {}
        self.decisions: list[StoryDecision] = []
        self.placed = 0

    def moved(self, grouper: Grouper, moves: tuple[StoryMove, ...]) -> None:
        for move in moves:
            assert self.rows[move.article].story == move.from_story
            self.rows[move.article] = grouper.remembered(move.article)
            assert self.rows[move.article].story == move.to_story

    def apply(self, grouper: Grouper, step: tuple[object, ...]) -> object:
        """One step; what it answered."""
        kind, what, more = step
        names = sorted(self.rows)
        if kind in ("place", "revise"):
            title, text, hours = what  # type: ignore[misc]
            item = reading(text, title, hours=hours)
            if kind == "place":
                self.placed += 1
                placement = grouper.place(f"a{self.placed:03}", item, seq=self.placed, topics=more)  # type: ignore[arg-type]
                for former in placement.gave_way:
                    self.rows[former.article] = grouper.remembered(former.article)
            elif names:
                placement = grouper.revise(names[more % len(names)], item)  # type: ignore[operator]
            else:
                return None
            self.rows[placement.article] = grouper.remembered(placement.article)
            return placement
        if kind in ("forget", "shrink"):
            if kind == "forget":
                gone = grouper.forget(START + timedelta(hours=what))  # type: ignore[arg-type]
            else:
                gone = grouper.shrink(what)  # type: ignore[arg-type]
                assert len(grouper) <= what  # type: ignore[operator]
            for article in gone:
                del self.rows[article]
            return gone
        if kind == "regroup":
            moves = grouper.regroup()
        elif not names:
            return None
        else:
            one = names[what % len(names)]  # type: ignore[operator]
            decided = START.replace(year=2027, microsecond=len(self.decisions))
            if kind == "merge":
                other = names[more % len(names)]  # type: ignore[operator]
                decision = StoryDecision(kind=DecisionKind.MERGE, articles=(one, other), decided=decided)
            else:
                decision = StoryDecision(
                    kind=DecisionKind.SPLIT, articles=(one,), story=self.rows[one].story, decided=decided
                )
            self.decisions.append(decision)
            moves = grouper.decide(decision)
        self.moved(grouper, moves)
        return moves


@settings(max_examples=60, deadline=None)
@given(steps=_steps, stops=st.sets(st.integers(0, 39), max_size=6))
def test_stopping_anywhere_changes_nothing(steps: list[tuple[object, ...]], stops: set[int]) -> None:
    whole, broken = Grouper(), Grouper()
    kept, saved = _Record(), _Record()
    for at, step in enumerate(steps):
        if at in stops:
            # Every other time it looks at everything again, as one does that was not told what is settled.
            unsettled = broken.unsettled() if at % 2 else None
            broken = Grouper(reversed(list(saved.rows.values())), decisions=saved.decisions, unsettled=unsettled)
        assert saved.apply(broken, step) == kept.apply(whole, step)
        assert saved.rows == kept.rows
        placed = [article for articles in whole.stories().values() for article in articles]
        assert sorted(placed) == sorted(article for article, row in kept.rows.items() if row.copy_of is None)
        for story, articles in whole.stories().items():
            assert all(whole.why(article).story == story for article in articles)


def test_bytes_of_another_version_are_refused_in_words() -> None:
    grouper = Grouper()
    grouper.place("a", reading("Some text that is long enough to be kept."), seq=1, topics=("t",))
    row = grouper.remembered("a")
    with pytest.raises(RecordError, match=r"a: what grouping remembers .* can't be read"):
        Grouper([row.model_copy(update={"features": b"\xff" + row.features[1:]})])
    with pytest.raises(RecordError):
        Grouper([row.model_copy(update={"features": row.features[:-3]})])


def test_what_can_not_be_read_any_more_is_made_anew_from_the_texts() -> None:
    texts = {
        f"a{at}": reading(text, title, hours=hours)
        for at, (title, text, hours) in enumerate(_article(at % 3, at % 2, 0, at) for at in range(6))
    }
    texts["copy"] = texts["a0"].model_copy(update={"outlet": "The Beacon"})
    first, again = Grouper(), Grouper()
    placed = {
        article: first.place(article, item, seq=seq, topics=("t",))
        for seq, (article, item) in enumerate(texts.items(), start=1)
    }
    first.regroup()
    for article, placement in placed.items():
        row = first.remembered(article).model_copy(update={"features": b""})
        made = again.recall(row, texts[article], placement.copy_link, "as before")
        assert (made.story, made.copy_of) == (row.story, row.copy_of)
    assert again.stories() == first.stories()
    assert again.regroup() == ()
    late = reading(texts["a1"].text + " Divers went down.", "Later", hours=9)
    assert again.place("late", late, seq=8, topics=("t",)).copy_link == (
        first.place("late", late, seq=8, topics=("t",)).copy_link
    )


def test_what_was_measured_against_an_article_that_is_gone_is_not_restored() -> None:
    grouper = Grouper()
    grouper.place("a", FERRY, seq=1, topics=("one",))
    grouper.place("b", FERRY_AGAIN, seq=2, topics=("one",))
    assert grouper.measured()[0] == [("b", "a")]
    assert grouper.shrink(1) == ("a",)
    assert Grouper([grouper.remembered("b")]).measured()[0] == []
