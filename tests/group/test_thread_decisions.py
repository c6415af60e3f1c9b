"""What people decide about threads holds, and what was remembered goes on as if it had never stopped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.group import Threads
from schemas.story import DecisionKind, PortrayedStory, ThreadDecision
from tests.group.building import START
from tests.group.test_threads import (
    AID,
    BY_COSINE,
    QUAKE,
    RESCUE,
    TRIAL,
    VERDICT,
    among_news,
    by_hand,
    place,
    put,
    thread_of,
)


def merge(*articles: str) -> ThreadDecision:
    return ThreadDecision(kind=DecisionKind.MERGE, articles=articles, decided=START)


def split(*articles: str, others: Iterable[str]) -> ThreadDecision:
    return ThreadDecision(kind=DecisionKind.SPLIT, articles=articles, others=tuple(others), decided=START)


def restarted(threads: Threads, *decisions: ThreadDecision) -> Threads:
    """Threads as another process makes them from what was kept."""
    rows = [threads.remembered(story) for stories in threads.threads().values() for story in stories]
    kept = [PortrayedStory.model_validate_json(row.model_dump_json()) for row in rows]
    return Threads(kept, decisions=decisions)


def test_a_merge_brings_together_what_no_likeness_would_and_holds() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "trial", TRIAL)
    assert threads.decide(merge("quake-1", "trial-1")) == ("trial",)
    assert thread_of(threads, "quake") == thread_of(threads, "trial")
    assert threads.remembered("trial").join.reason == "a person put them together"
    assert place(threads, "trial", TRIAL, VERDICT) == ()
    assert thread_of(threads, "quake") == thread_of(threads, "trial")


def test_a_merge_holds_for_what_comes_later() -> None:
    threads = among_news(merge("quake-1", "trial-2", "verdict-1"))
    place(threads, "quake", QUAKE, RESCUE)
    assert place(threads, "trial", TRIAL) == ("trial",)
    assert thread_of(threads, "quake") != thread_of(threads, "trial")
    assert place(threads, "trial", TRIAL, VERDICT) == ("trial",)
    assert place(threads, "verdict", VERDICT, topics=("courts",)) == ("verdict",)
    assert threads.threads()[thread_of(threads, "quake")] == ("quake", "trial", "verdict")


def test_a_split_holds_when_the_story_grows_and_whatever_comes_later() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    home = thread_of(threads, "quake")
    assert threads.decide(split("rescue-1", others=["quake-1"])) == ("rescue",)
    assert thread_of(threads, "quake") == home != thread_of(threads, "rescue")
    join = threads.remembered("rescue").join
    assert join.opened
    assert join.reason == "a person took it out of another thread"
    assert place(threads, "rescue", RESCUE, QUAKE, AID) == ()
    place(threads, "quake", QUAKE, RESCUE)
    place(threads, "aid", AID)
    assert thread_of(threads, "quake") != thread_of(threads, "rescue")


def test_the_story_that_began_a_thread_can_be_split_from_it() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    home = thread_of(threads, "quake")
    assert threads.remembered("rescue").join.nearest == "quake"
    assert threads.decide(split("quake-1", others=["rescue-1"])) == ("quake", "rescue")
    assert thread_of(threads, "rescue") == home != thread_of(threads, "quake")
    left = threads.remembered("rescue").join
    assert left.nearest is None
    assert left.reason == "it stayed when a person took others out"


def test_a_split_holds_against_what_people_keep_apart_only() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    threads.decide(split("rescue-1", others=["trial-1"]))
    threads.leave("quake")
    place(threads, "quake", QUAKE)
    assert thread_of(threads, "quake") == thread_of(threads, "rescue")


def test_the_later_of_two_decisions_holds() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    apart, one = split("rescue-1", others=["quake-1"]), merge("quake-1", "rescue-1")
    threads.decide(apart)
    assert threads.decide(one) == ("rescue",)
    place(threads, "rescue", RESCUE, AID)
    assert thread_of(threads, "quake") == thread_of(threads, "rescue")
    threads.decide(apart)
    place(threads, "rescue", RESCUE, AID, QUAKE)
    place(threads, "quake", QUAKE, RESCUE)
    assert thread_of(threads, "quake") != thread_of(threads, "rescue")


def test_a_merge_of_others_leaves_a_split_as_it_is() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "rescue", RESCUE)
    place(threads, "trial", TRIAL)
    threads.decide(split("rescue-1", others=["quake-1"]))
    threads.decide(merge("rescue-1", "trial-1"))
    place(threads, "rescue", RESCUE, AID)
    assert thread_of(threads, "rescue") == thread_of(threads, "trial") != thread_of(threads, "quake")


def test_what_was_remembered_goes_on_as_if_nothing_had_stopped() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    place(threads, "trial", TRIAL)
    place(threads, "rescue", RESCUE)
    again = restarted(threads)
    assert again.threads() == threads.threads()
    for one in (threads, again):
        assert place(one, "aid", AID) == ("aid",)
        assert place(one, "verdict", VERDICT) == ("verdict",)
    assert again.threads() == threads.threads()
    assert all(again.remembered(story) == threads.remembered(story) for story in ("quake", "aid", "verdict"))


def test_decisions_survive_a_restart() -> None:
    threads = among_news()
    decisions = (merge("quake-1", "trial-1"), split("rescue-1", others=["quake-1"]))
    for story, report in {"quake": QUAKE, "trial": TRIAL, "rescue": RESCUE}.items():
        place(threads, story, report)
    for decision in decisions:
        threads.decide(decision)
    again = restarted(threads, *decisions)
    for one in (threads, again):
        place(one, "rescue", RESCUE, AID)
        place(one, "quake", QUAKE, RESCUE)
        one.leave("trial")
        place(one, "trial", TRIAL, VERDICT)
        assert thread_of(one, "quake") == thread_of(one, "trial") != thread_of(one, "rescue")
    assert again.threads() == threads.threads()


class _Kept:
    """What a caller keeps: rows in the order in which they changed, and decisions."""

    def __init__(self) -> None:
        self.rows: dict[str, PortrayedStory] = {}
        self.decisions: list[ThreadDecision] = []

    def step(self, threads: Threads, kind: str, at: int, more: int, terms: frozenset[int], hours: int) -> list[str]:
        """One step; the stories that moved or went."""
        one, other = f"s{at}", f"s{more}"
        if kind in ("merge", "split"):
            if one == other or not {one, other} <= self.rows.keys():
                return []
            if kind == "split" and thread_of(threads, one) != thread_of(threads, other):
                return []
            a, b = f"{one}-1", f"{other}-1"
            self.decisions.append(merge(a, b) if kind == "merge" else split(a, others=[b]))
            moved = threads.decide(self.decisions[-1])
        elif kind == "place":
            moved = (one, *put(threads, one, by_hand(*sorted(terms), hours=hours), (f"t{at % 2}", f"t{more % 3}")))
        else:
            gone = threads.forget(START + timedelta(hours=hours)) if kind == "forget" else threads.shrink(more)
            for story in gone:
                del self.rows[story]
            return sorted(gone)
        for story in sorted(moved):
            self.rows.pop(story, None)
            self.rows[story] = threads.remembered(story)
        return sorted(moved)


_KINDS = ("place", "place", "place", "place", "merge", "split", "forget", "shrink")
_terms = st.frozensets(st.integers(1, 9), min_size=1, max_size=5)
_steps = st.lists(
    st.tuples(st.sampled_from(_KINDS), st.integers(0, 9), st.integers(0, 9), _terms, st.integers(0, 99)), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(steps=_steps, stops=st.sets(st.integers(0, 39), max_size=6))
def test_stopping_anywhere_changes_nothing(
    steps: list[tuple[str, int, int, frozenset[int], int]], stops: set[int]
) -> None:
    whole, broken, kept, saved = Threads(model=BY_COSINE), Threads(model=BY_COSINE), _Kept(), _Kept()
    for number, step in enumerate(steps):
        if number in stops:
            broken = Threads(saved.rows.values(), decisions=saved.decisions, model=BY_COSINE)
        assert saved.step(broken, *step) == kept.step(whole, *step)
        assert saved.rows == kept.rows
        assert {story: thread_of(whole, story) for story in kept.rows} == {
            story: name for name, stories in broken.threads().items() for story in stories
        }


def test_decisions_about_articles_that_are_in_no_open_thread_change_nothing() -> None:
    threads = among_news()
    place(threads, "quake", QUAKE)
    before = threads.threads()
    assert threads.decide(merge("of long ago", "quake-1")) == ()
    assert threads.decide(split("of long ago", others=["quake-1"])) == ()
    assert threads.threads() == before
