"""What threads keep of stories, and what people decided about threads."""

from __future__ import annotations

from datetime import timedelta

from pipeline.record import Record
from schemas.story import DecisionKind, Portrait, PortrayedStory, ThreadDecision, ThreadJoin
from tests.record.examples import MINUTE, NOW, story


def portrayed(name: str, thread: str = "thread-a", **more: object) -> PortrayedStory:
    portrait = Portrait(
        terms={7: 800, 3: 600},
        names=(3,),
        opening={7: 4100},
        written={7: "earthquake", 3: "Orsino"},
        reports=2,
        first=NOW - timedelta(days=1),
        last=NOW,
    )
    join = ThreadJoin(thread=thread, opened=False, score=0.8, nearest="s0", shared=("Orsino",), reason="80% sure")
    row = PortrayedStory(id=name, topics=("kids",), articles=(f"{name}-1",), portrait=portrait, join=join)
    return row.model_copy(update=more)


def decision(kind: DecisionKind, *articles: str, others: tuple[str, ...] = ()) -> ThreadDecision:
    return ThreadDecision(kind=kind, articles=articles, others=others, decided=NOW)


def test_stories_come_back_as_they_were_the_one_that_changed_last_at_the_end(record: Record) -> None:
    first, second, third = portrayed("s1"), portrayed("s2", "thread-b"), portrayed("s3")
    with record.begin() as tx:
        tx.threads.put([third, first])
        tx.threads.put([second])
    grown = portrayed("s3", articles=("s3-1", "s3-2"))
    with record.begin() as tx:
        assert tx.threads.remembered() == [third, first, second]
        tx.threads.put([grown])
    with record.read() as tx:
        assert tx.threads.remembered() == [first, second, grown]


def test_a_story_that_is_forgotten_stays_in_the_record(record: Record) -> None:
    with record.begin() as tx:
        tx.stories.put(story("s1", "kids"))
        tx.threads.put([portrayed(name) for name in ("s1", "s2", "s3")])
        tx.threads.forget(["s1", "s3", "unheard of"])
        tx.threads.forget([])
    with record.read() as tx:
        assert [row.id for row in tx.threads.remembered()] == ["s2"]
        assert tx.stories.get("s1") is not None


def test_thousands_can_be_forgotten_at_once(record: Record) -> None:
    names = [f"s{number}" for number in range(2500)]
    with record.begin() as tx:
        tx.threads.put(map(portrayed, names))
        tx.threads.forget(names[1:])
    with record.read() as tx:
        assert [row.id for row in tx.threads.remembered()] == ["s0"]


def test_what_a_transaction_that_fails_put_is_not_kept(record: Record) -> None:
    try:
        with record.begin() as tx:
            tx.threads.put([portrayed("s1")])
            tx.threads.decide(decision(DecisionKind.MERGE, "a", "b"))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    with record.read() as tx:
        assert tx.threads.remembered() == []
        assert tx.threads.decisions() == []


def test_decisions_come_back_in_the_order_in_which_they_were_made(record: Record) -> None:
    made = [
        decision(DecisionKind.SPLIT, "b", others=("a", "c")),
        decision(DecisionKind.MERGE, "a", "b"),
        decision(DecisionKind.SPLIT, "b", others=("a", "c")),
    ]
    with record.begin() as tx:
        tx.threads.decide(made[0])
        tx.threads.decide(made[1])
    with record.begin() as tx:
        assert tx.threads.decisions() == made[:2]
        tx.threads.decide(made[2])
    with record.read() as tx:
        assert tx.threads.decisions() == made


def test_the_stories_of_a_thread_come_in_the_order_in_which_they_began(record: Record) -> None:
    def of(name: str, thread: str | None, minutes: int) -> None:
        began = {"thread": thread, "first_seen": NOW + minutes * MINUTE}
        tx.stories.put(story(name, "kids", last_seen=NOW + timedelta(days=1)).model_copy(update=began))

    with record.begin() as tx:
        of("late", "thread-a", 9)
        of("other", "thread-b", 3)
        of("early", "thread-a", 2)
        of("same", "thread-a", 2)
        of("without", None, 0)
    with record.begin() as tx:
        assert [one.id for one in tx.stories.of_thread("thread-a")] == ["early", "same", "late"]
        assert [one.thread for one in tx.stories.of_thread("thread-b")] == ["thread-b"]
        assert tx.stories.of_thread("unheard of") == []
        of("early", "thread-b", 2)
        tx.stories.remove("late")
    with record.read() as tx:
        assert [one.id for one in tx.stories.of_thread("thread-a")] == ["same"]
        assert [one.id for one in tx.stories.of_thread("thread-b")] == ["early", "other"]
