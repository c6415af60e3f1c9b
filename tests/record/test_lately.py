"""What is asked page by page: the latest alerts and developments of a topic, and what changed after a version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.record import Record
from schemas.alert import Alert, AlertKind
from schemas.story import MoveKind, Story, StoryMove

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def alert(id: str, minutes: int, topic: str = "floods") -> Alert:
    return Alert(id=id, topic=topic, kind=AlertKind.NEW_STORY, created=NOON - timedelta(minutes=minutes), due=NOON)


def story(id: str, hours: int, thread: str | None = None, topic: str = "floods") -> Story:
    seen = NOON - timedelta(hours=hours)
    return Story(
        id=id, topics=(topic,), headline=id, first_seen=seen, last_seen=seen, articles=(f"of-{id}",), thread=thread
    )


def test_alerts_come_the_latest_first_page_by_page(record: Record) -> None:
    with record.begin() as tx:
        for number, minutes in enumerate((3, 1, 1, 2, 0)):
            tx.alerts.add(alert(f"a{number}", minutes))
        tx.alerts.add(alert("elsewhere", 0, topic="fires"))
    with record.read() as tx:
        first = [one for _, one in tx.alerts.latest("floods", limit=2)]
        second = [one for _, one in tx.alerts.latest("floods", (first[-1].created, first[-1].id))]
    assert [one.id for one in (*first, *second)] == ["a4", "a2", "a1", "a3", "a0"]


def test_a_development_comes_once_where_its_latest_story_of_the_topic_is(record: Record) -> None:
    with record.begin() as tx:
        tx.stories.put(story("s1", 9, thread="t1"))
        tx.stories.put(story("s2", 2, thread="t1"))
        tx.stories.put(story("s3", 0, thread="t1", topic="fires"))
        tx.stories.put(story("s4", 2))
        tx.stories.put(story("s5", 5))
    with record.read() as tx:
        first = tx.stories.latest_developments("floods", limit=2)
        last = first[-1][1]
        second = tx.stories.latest_developments("floods", (last.last_seen, last.id))
    assert [one.id for _, one in (*first, *second)] == ["s4", "s2", "s5"]


def test_a_development_is_at_the_version_at_which_any_of_its_stories_changed(record: Record) -> None:
    with record.begin() as tx:
        tx.stories.put(story("s1", 9, thread="t1"))
        tx.stories.put(story("s2", 2, thread="t1"))
    with record.read() as tx:
        ((before, _),) = tx.stories.latest_developments("floods")
    with record.begin() as tx:
        tx.stories.put(story("s1", 9, thread="t1"))
    with record.read() as tx:
        ((after, _),) = tx.stories.latest_developments("floods")
    assert after > before


def test_the_development_of_each_story_that_is_there(record: Record) -> None:
    with record.begin() as tx:
        tx.stories.put(story("s1", 1, thread="t1"))
        tx.stories.put(story("s2", 1))
    with record.read() as tx:
        assert tx.stories.developments_of(["s1", "s2", "none"]) == {"s1": "t1", "s2": "s2"}
        assert tx.stories.developments_of([]) == {}


def test_versions_and_moves_go_on_where_one_stopped(record: Record) -> None:
    with record.begin() as tx:
        for number in range(5):
            tx.stories.put(story(f"s{number}", 1))
        moves = [
            StoryMove(article=f"a{n}", kind=MoveKind.JOIN, from_story=None, to_story="s1", reason="") for n in "0123"
        ]
        tx.stories.log_moves(moves, NOON)
    with record.read() as tx:
        versions = tx.versions("stories", 0, 3)
        assert versions == [version for version, _ in tx.stories.changed_since(0, 3)]
        assert len(tx.versions("stories", versions[-1], 9)) == 2
        first = tx.stories.moves_after(0, 3)
        rest = tx.stories.moves_after(first[-1][0], 3)
        assert [move.article for _, _, move in (*first, *rest)] == ["a0", "a1", "a2", "a3"]
        assert [move.article for _, move in tx.stories.moves()] == ["a0", "a1", "a2", "a3"]
        assert tx.versions("moves", first[-1][0], 9) == [rest[0][0]]
        assert tx.versions("decisions", 0, 9) == []
