"""Articles about one event come together; look-alikes stay apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.group import Grouper
from tests.group.building import place_all, reading

SAMPLE = Path(__file__).with_name("sample.jsonl")
FERRY = reading(
    "A ferry with 214 people on board ran aground off Kalvik harbour early on Monday after its engine failed in heavy "
    "seas. The coast guard said lifeboats had taken everyone off the Astrid by seven in the morning. Nine passengers "
    "were treated for cold at Kalvik hospital, and divers will look at the hull before the tug moves the ship.",
    "Ferry Astrid runs aground off Kalvik",
)
FERRY_AGAIN = reading(
    "Rescuers brought all 214 people ashore from the stranded ferry Astrid on Monday. The vessel had lost power in a "
    "storm and was driven on to rocks near Kalvik. Hospital staff in Kalvik looked after nine people with mild "
    "hypothermia, while the coast guard waits for divers to inspect the damaged hull.",
    "All rescued from stranded Astrid",
    outlet="The Beacon",
    hours=5,
)
BUDGET = reading(
    "The council of Dunmore voted by eleven to eight to raise parking charges from April. Finance chair Ola Brandt "
    "called the rise painful but needed to keep three libraries open through the winter.",
    "Dunmore raises parking charges to save libraries",
    hours=6,
)


def test_two_reports_of_one_event_in_different_words_are_one_story_and_no_copy() -> None:
    first, second = place_all(Grouper(), {"a": FERRY, "b": FERRY_AGAIN})
    assert first.join is not None
    assert second.join is not None
    assert first.join.opened
    assert not second.join.opened
    assert second.join.story == first.join.story
    assert second.join.nearest == "a"
    assert {"Astrid", "Kalvik"} <= set(second.join.shared)
    assert second.copy_link is None


def test_another_event_opens_a_story_of_its_own() -> None:
    first, second = place_all(Grouper(), {"a": FERRY, "b": BUDGET})
    assert first.join is not None
    assert second.join is not None
    assert second.join.opened
    assert second.join.story != first.join.story


def test_an_article_joins_only_a_story_with_which_it_shares_a_topic() -> None:
    grouper = Grouper()
    first = grouper.place("a", FERRY, seq=1, topics=("shipping",))
    apart = grouper.place("b", FERRY_AGAIN, seq=2, topics=("health",))
    shared = grouper.place("c", FERRY_AGAIN, seq=3, topics=("weather", "shipping"))
    assert first.join is not None
    assert apart.join is not None
    assert shared.join is not None
    assert apart.join.story != first.join.story == shared.join.story


def test_the_longest_window_of_the_shared_topics_says_how_far_apart_reports_may_be() -> None:
    windows = {"short": timedelta(days=1), "long": timedelta(days=30)}
    later = FERRY_AGAIN.model_copy(update={"published": FERRY.published + timedelta(days=3)})
    for topics, together in ((("short",), False), (("short", "long"), True)):
        grouper = Grouper(windows=windows)
        first = grouper.place("a", FERRY, seq=1, topics=topics)
        second = grouper.place("b", later, seq=2, topics=topics)
        assert first.join is not None
        assert second.join is not None
        assert (first.join.story == second.join.story) is together


def test_a_report_that_arrives_late_finds_its_story() -> None:
    late = FERRY_AGAIN.model_copy(update={"published": FERRY.published - timedelta(days=2)})
    first, _, third = place_all(Grouper(), {"a": FERRY, "b": BUDGET, "c": late})
    assert first.join is not None
    assert third.join is not None
    assert third.join.story == first.join.story


@pytest.mark.shared
def test_the_two_reports_that_started_the_project_are_one_story_and_no_copy(shared: Path) -> None:
    texts = [path.read_text("utf-8") for path in sorted((shared / "data/seeds").glob("*.txt"))]
    title, _, body = texts[0].partition("\n")
    for first, second in (
        (reading(body, title), reading(texts[1])),
        (reading(texts[1]), reading(body, title)),
        (reading(texts[0]), reading(texts[1])),
    ):
        one, other = place_all(Grouper(), {"a": first, "b": second})
        assert other.copy_link is None
        assert one.join is not None
        assert other.join is not None
        assert one.join.story == other.join.story
