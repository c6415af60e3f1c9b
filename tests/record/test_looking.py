"""What the window asks of the record: the newest, a page at a time, on both databases."""

from __future__ import annotations

from pipeline.record import Record
from schemas.alert import AlertState
from schemas.feed import FeedState, Health, Outcome
from schemas.figure import Claim, Modifier, VerdictKind
from schemas.story import MoveKind, StoryMove
from tests.record.examples import MINUTE, NOW, alert, article, copy_of, entry, feed, series, story


def claim(figure: str, minutes: int) -> Claim:
    return Claim(
        figure=figure,
        article="a",
        outlet="news",
        attribution=None,
        published=NOW + minutes * MINUTE,
        as_of=NOW.date(),
        low=1,
        high=1,
        value=1,
        modifier=Modifier.EXACT,
        kind=VerdictKind.NEW,
    )


def test_developments_come_by_their_newest_story(record: Record) -> None:
    with record.begin() as tx:
        for number in range(9):
            one = story(f"s{number}", "kids" if number % 2 else "flood", last_seen=NOW + number * MINUTE)
            tx.stories.put(one.model_copy(update={"thread": "t" if number in (1, 7) else None}))
    with record.read() as tx:
        first, further = tx.looking.developments("kids", 2)
        assert (first, further) == (["t", "s5"], (NOW + 5 * MINUTE, "s5"))
        # It has an older story there, too.
        assert tx.looking.developments("kids", 9, further) == (["s3", "t"], None)
        assert tx.looking.developments(None, 2)[0] == ["s8", "t"]
        assert tx.looking.developments("nothing", 2) == ([], None)
        assert tx.stories.find(topic="kids", limit=1)[0].id == "s7"


def test_articles_come_last_first_by_topic_and_story(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry(f"entry-of-a{n}") for n in range(6)])
        for n in range(6):
            later = {"story": "s" if n < 3 else None, "first_seen": NOW + n * MINUTE}
            tx.articles.put(article(f"a{n}", "kids" if n % 2 else "flood").model_copy(update=later))
        tx.articles.put(copy_of("a1", "a5", "kids"))
    with record.read() as tx:
        looking = tx.looking
        assert [one.id for one in looking.articles(2)] == ["a5", "a4"]
        assert [one.id for one in looking.articles(9, topic="kids", before=6)] == ["a3", "a1"]
        assert [one.id for one in looking.articles(9, story="s")] == ["a2", "a1", "a0"]
        assert looking.articles(1)[0].reading.text
        assert looking.arrived_before(NOW + 2 * MINUTE) == 3
        assert looking.arrived_before(NOW - MINUTE) == 0
        assert looking.copies(["a1", "a2"]) == {"a1": 1}
        assert [one.id for one in looking.copies_of("a1", 5)] == ["a5"]


def test_series_come_by_what_was_stated_last(record: Record) -> None:
    with record.begin() as tx:
        for name, minutes in (("old", 5), ("new", 9), ("middle", 7)):
            tx.figures.put_series(
                series(name, "kids").model_copy(update={"claims": (claim("f", 1), claim("g", minutes))})
            )
        tx.figures.put_series(series("empty", "kids"))
    with record.read() as tx:
        found = tx.looking.series("kids", 2)
        assert [one.id for _, one in found] == ["new", "middle"]
        assert [one.id for _, one in tx.looking.series("kids", 9, found[-1][0])] == ["old", "empty"]


def test_series_are_named_without_their_claims(record: Record) -> None:
    with record.begin() as tx:
        for number in range(3):
            one = series(f"s{number}", "kids").model_copy(
                update={"label": f'“{number}" children', "claims": (claim("f", number),), "current": f"f{number}"}
            )
            tx.figures.put_series(one)
        gone = series("gone", "kids").model_copy(update={"claims": (claim("f", 9),), "merged_into": "s0"})
        for one in (gone, series("empty", "kids").model_copy(update={"current": None})):
            tx.figures.put_series(one)
    with record.read() as tx:
        found = [(one.id, one.label, one.current) for one in tx.looking.named_series("kids", 3)]
        assert found == [("s2", '“2" children', "f2"), ("s1", '“1" children', "f1")]
        assert tx.looking.named_series("kids", 9)[-1].current is None


def test_what_waits_is_counted_by_topic(record: Record) -> None:
    with record.begin() as tx:
        for n in range(4):
            tx.alerts.add(alert(f"w{n}", "kids" if n else "flood", due=NOW + n * MINUTE, created=NOW + n * MINUTE))
        tx.alerts.add(alert("told", "kids", state=AlertState.SENT))
    with record.read() as tx:
        waiting = tx.looking.waiting()
        assert (waiting["kids"].alerts, waiting["kids"].due) == (3, NOW + MINUTE)
        assert [one.id for one in tx.looking.alerts_waiting(2, "kids")] == ["w1", "w2"]
        latest = tx.looking.alerts(2)
        assert [one.id for _, one in latest] == ["w3", "w2"]
        assert [one.id for _, one in tx.looking.alerts(9, topic="kids", before=latest[-1][0])] == ["w1", "told"]


def test_feeds_are_found_by_how_they_are(record: Record) -> None:
    with record.begin() as tx:
        for n, health in enumerate((Health.OK, Health.GONE, Health.OK, Health.FAILING)):
            one = feed(f"f{n}", "kids" if n else "flood")
            tx.feeds.put(one.model_copy(update={"state": FeedState(health=health)}))
    with record.read() as tx:
        ill = (Health.GONE, Health.FAILING)
        assert [one.id for one in tx.looking.feeds(9, healths=ill)] == ["f1", "f3"]
        assert [one.id for one in tx.looking.feeds(1, topic="kids", after="f1")] == ["f2"]
        assert tx.looking.feeds_by_health("kids") == {Health.OK: 1, Health.GONE: 1, Health.FAILING: 1}


def test_entries_are_counted_within_a_span_and_listed_last_first(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry(f"e{n}", first_seen=NOW + n * MINUTE, feed=f"f{n % 2}") for n in range(6)])
        tx.entries.end("e4", Outcome.INDEXED, "", NOW)
    with record.read() as tx:
        since = NOW + 2 * MINUTE
        assert tx.looking.entry_counts(since) == {"waiting": 3, "indexed": 1}
        assert tx.looking.entry_counts(since, "f1") == {"waiting": 2}
        found = tx.looking.entries(2, since=since)
        assert [one.id for _, one in found] == ["e5", "e4"]
        assert [one.id for _, one in tx.looking.entries(9, since=since, before=found[-1][0])] == ["e3", "e2"]
        assert [one.id for _, one in tx.looking.entries(9, since=since, status="indexed", feed="f0")] == ["e4"]
        assert tx.looking.entries_by_day("f0", NOW) == {NOW.date(): {"waiting": 2, "indexed": 1}}


def test_the_latest_moves_of_a_story_come_first(record: Record) -> None:
    moves = [
        StoryMove(
            article=f"a{n}",
            from_story="s" if n == 2 else None,
            to_story="s" if n < 2 else "other",
            kind=kind,
            reason="",
        )
        for n, kind in enumerate((MoveKind.JOIN, MoveKind.JOIN, MoveKind.MOVE, MoveKind.JOIN))
    ]
    with record.begin() as tx:
        tx.stories.log_moves(moves, NOW)
    with record.read() as tx:
        assert [move.article for _, move in tx.looking.moves("s", 2)] == ["a2", "a1"]
