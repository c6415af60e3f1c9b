"""What a digest asks of the record: how many reports there were before, and what ended since the last was bound."""

from __future__ import annotations

from pipeline.record import Record
from schemas.feed import Outcome
from tests.record import examples
from tests.record.examples import MINUTE, NOW


def test_reports_of_a_topic_are_counted_without_copies_and_without_what_came_later(record: Record) -> None:
    with record.begin() as tx:
        for name, story in (("a", "one"), ("b", "two"), ("c", "three")):
            tx.articles.put(examples.article(name, "floods", story=story))
        tx.articles.put(examples.copy_of("a", "copy", "floods").model_copy(update={"story": "one"}))
        tx.articles.put(examples.article("other", "storms", story="one"))
        tx.articles.put(examples.article("both", "floods", "storms", story="one"))
        tx.articles.put(examples.article("later", "floods", story="two", first_seen=NOW + MINUTE))
        assert tx.articles.count_reports(("one", "two"), "floods", NOW + MINUTE) == 3
        assert tx.articles.count_reports(("one", "two"), "floods", NOW) == 0
        assert tx.articles.count_reports((), "floods", NOW + MINUTE) == 0


def test_what_ended_since_a_version_is_found_once_whenever_it_came_in(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([examples.entry(name) for name in ("first", "second", "third")])
        tx.entries.add([examples.entry("today", first_seen=NOW + MINUTE)])
        tx.entries.end("first", Outcome.GONE, "410", NOW)
    with record.begin() as tx:
        reached = tx.entries.version()
        assert tx.entries.ended_since(reached, NOW + MINUTE) == []
    with record.begin() as tx:
        for name in ("today", "second"):
            tx.entries.end(name, Outcome.INDEXED, "", NOW, article=name)
        tx.entries.retry("third", NOW + MINUTE, "503")
    with record.read() as tx:
        assert [entry.id for entry in tx.entries.ended_since(reached, NOW + MINUTE)] == ["second"]
        assert [entry.id for entry in tx.entries.ended_since(0, NOW + MINUTE)] == ["first", "second"]
