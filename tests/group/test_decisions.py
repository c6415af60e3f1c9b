"""What people split and merged survives every later grouping."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.group import Grouper
from schemas.story import DecisionKind, MoveKind, StoryDecision
from tests.group.building import START, place_all, reading
from tests.group.test_stories import BUDGET, FERRY, FERRY_AGAIN


def _decision(kind: DecisionKind, *articles: str, story: str | None = None, after: int = 0) -> StoryDecision:
    return StoryDecision(kind=kind, articles=articles, story=story, decided=START + timedelta(days=1, minutes=after))


def _story(grouper: Grouper, article: str) -> str:
    return grouper.why(article).story


def test_a_merge_brings_together_what_no_likeness_would() -> None:
    grouper = Grouper()
    place_all(grouper, {"a": FERRY, "b": BUDGET})
    moves = grouper.decide(_decision(DecisionKind.MERGE, "a", "b"))
    assert [(move.article, move.kind) for move in moves] == [("b", MoveKind.MERGE)]
    assert _story(grouper, "a") == _story(grouper, "b")
    assert grouper.regroup() == ()


def test_a_split_article_stays_out_whatever_comes_later() -> None:
    grouper = Grouper()
    place_all(grouper, {"a": FERRY, "b": FERRY_AGAIN})
    story = _story(grouper, "a")
    moves = grouper.decide(_decision(DecisionKind.SPLIT, "b", story=story))
    assert [(move.article, move.from_story, move.kind) for move in moves] == [("b", story, MoveKind.SPLIT)]
    third = reading(FERRY_AGAIN.text + " The harbour stays closed.", "Kalvik harbour closed after Astrid grounding")
    place_all(grouper, {"c": third.model_copy(update={"outlet": "Coast Daily"})})
    grouper.regroup()
    assert _story(grouper, "a") == story
    assert _story(grouper, "b") != story


def test_the_founder_of_a_story_can_be_split_from_it() -> None:
    grouper = Grouper()
    place_all(grouper, {"a": FERRY, "b": FERRY_AGAIN})
    story = _story(grouper, "a")
    grouper.decide(_decision(DecisionKind.SPLIT, "a", story=story))
    assert _story(grouper, "a") != story
    assert _story(grouper, "b") == story


def test_the_later_of_two_decisions_holds() -> None:
    grouper = Grouper()
    place_all(grouper, {"a": FERRY, "b": FERRY_AGAIN})
    story = _story(grouper, "a")
    grouper.decide(_decision(DecisionKind.SPLIT, "b", story=story))
    grouper.decide(_decision(DecisionKind.MERGE, "a", "b", after=1))
    assert _story(grouper, "a") == _story(grouper, "b")
    grouper.decide(_decision(DecisionKind.SPLIT, "b", story=_story(grouper, "a"), after=2))
    assert _story(grouper, "a") != _story(grouper, "b")


def test_a_decision_made_before_an_article_arrived_holds_for_it() -> None:
    grouper = Grouper(decisions=[_decision(DecisionKind.MERGE, "a", "b")])
    placed = place_all(grouper, {"a": FERRY, "b": BUDGET})
    assert placed[1].join is not None
    assert placed[1].join.story == _story(grouper, "a")
    assert placed[1].join.reason == "a person put them together"


def test_a_copy_follows_its_original() -> None:
    grouper = Grouper()
    place_all(grouper, {"a": FERRY, "b": BUDGET, "copy": BUDGET.model_copy(update={"outlet": "The Beacon"})})
    moves = grouper.decide(_decision(DecisionKind.MERGE, "a", "b"))
    assert [move.article for move in moves] == ["b", "copy"]
    assert _story(grouper, "copy") == _story(grouper, "a")


@settings(max_examples=25, deadline=None)
@given(
    merges=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4),
    regroups=st.lists(st.integers(0, 5), max_size=3),
)
def test_merged_articles_are_in_one_story_after_every_grouping(
    merges: list[tuple[int, int]], regroups: list[int]
) -> None:
    texts = [FERRY, BUDGET, FERRY_AGAIN, BUDGET, FERRY, FERRY_AGAIN]
    grouper = Grouper()
    for at, text in enumerate(texts):
        words = text.text.split()
        own = reading(" ".join(words[at : at + 30]), hours=at)
        grouper.place(f"a{at}", own, seq=at + 1, topics=("flood",))
        if at in regroups:
            grouper.regroup()
    for after, (one, other) in enumerate(merges):
        grouper.decide(_decision(DecisionKind.MERGE, f"a{one}", f"a{other}", after=after))
        grouper.regroup()
        for first, second in merges[: after + 1]:
            assert _story(grouper, f"a{first}") == _story(grouper, f"a{second}")
