"""Articles, their revisions, and what grouping remembers of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import create_engine, text

from pipeline.record import Record
from schemas.article import Revision
from schemas.feed import Outcome
from tests.record.examples import MINUTE, NOW, article, copy_of, reading, remembered


def test_an_article_comes_back_as_it_was_put_with_its_order_of_arrival(record: Record) -> None:
    with record.begin() as tx:
        assert tx.articles.put(article("a", "kids")).seq == 1
        assert tx.articles.put(article("b", seq=77)) == article("b", seq=2)
        assert tx.articles.put(article("a", "zoo", text="Now 1,606.", revision=2)).seq == 1
    with record.read() as tx:
        assert tx.articles.get("a") == article("a", "zoo", text="Now 1,606.", revision=2, seq=1)
        assert tx.articles.get_many(["b", "a", "x"]).keys() == {"a", "b"}
        assert tx.articles.get("x") is None
        assert [one.id for one in tx.articles.iterate(topic="kids")] == []
        assert [one.id for one in tx.articles.iterate(topic="zoo")] == ["a"]


def test_a_transaction_sees_what_it_has_put_since_it_asked(record: Record) -> None:
    with record.begin() as tx:
        assert tx.articles.get("a") is None
        tx.articles.put(article("a", "kids"))
        assert tx.articles.get("a") == article("a", "kids", seq=1)
        tx.articles.put(article("a", "zoo", revision=2))
        assert tx.articles.get("a") == article("a", "zoo", revision=2, seq=1)


def test_the_first_article_of_an_address_is_found_by_it(record: Record) -> None:
    with record.begin() as tx:
        tx.articles.put(article("b", reading=reading("same")))
        tx.articles.put(article("a", reading=reading("same")))
        found = tx.articles.by_url("https://news.example/same")
        assert found is not None
        assert found.id == "b"
        assert tx.articles.by_url("https://news.example/other") is None


def test_articles_are_walked_in_order_of_arrival(record: Record) -> None:
    with record.begin() as tx:
        for number in range(250):
            topics = ("kids",) if number % 2 else ()
            tx.articles.put(article(f"a{number}", *topics, first_seen=NOW + number * MINUTE))
    with record.read() as tx:
        assert [one.seq for one in tx.articles.iterate()] == list(range(1, 251))
        assert [one.seq for one in tx.articles.iterate(after_seq=248)] == [249, 250]
        assert [one.seq for one in tx.articles.iterate(topic="kids")] == list(range(2, 251, 2))
        assert [one.seq for one in tx.articles.iterate(topic="kids", after_seq=247)] == [248, 250]
        assert [one.seq for one in tx.articles.iterate(outcome=Outcome.OFF_TOPIC)] == list(range(1, 251, 2))
        assert [one.seq for one in tx.articles.iterate(since=NOW + 248 * MINUTE)] == [249, 250]
        assert [one.seq for one in tx.articles.iterate(until=NOW + 2 * MINUTE)] == [1, 2]
        assert tx.articles.first_seen("kids") == NOW + MINUTE
        assert tx.articles.first_seen("zoo") is None


def test_articles_are_found_by_story_and_by_original(record: Record) -> None:
    with record.begin() as tx:
        tx.articles.put(article("b", "kids", story="s"))
        tx.articles.put(article("a", "kids", story="s"))
        tx.articles.put(copy_of("b", "c", "kids"))
    with record.read() as tx:
        assert [one.id for one in tx.articles.of_story("s")] == ["b", "a"]
        assert [one.id for one in tx.articles.of_story("s", latest=1)] == ["a"]
        assert [one.id for one in tx.articles.of_story("s", latest=9)] == ["b", "a"]
        assert tx.articles.copies_of("b") == [copy_of("b", "c", "kids").model_copy(update={"seq": 3})]


def test_what_changed_is_heard_once_and_in_order(record: Record) -> None:
    with record.begin() as tx:
        for name in ("a", "b", "c"):
            tx.articles.put(article(name))
    with record.begin() as tx:
        tx.articles.put(article("a", "kids"))
    heard, ids = 0, []
    with record.read() as tx:
        while changes := tx.articles.changed_since(heard, 2):
            assert all(version > heard for version, _ in changes)
            ids += [one.id for _, one in changes]
            heard = changes[-1][0]
    assert ids == ["b", "c", "a"]


def test_revisions_are_kept_oldest_first(record: Record) -> None:
    first = Revision(article="a", number=1, title="Before", text="1,605", seen=NOW)
    second = Revision(article="a", number=2, title="After", text="1,606", seen=NOW + MINUTE)
    with record.begin() as tx:
        tx.articles.put(article("a"))
        tx.articles.add_revision(second)
        tx.articles.add_revision(first)
        tx.articles.add_revision(first)
    with record.read() as tx:
        assert tx.articles.revisions("a") == [first, second]
        assert tx.articles.revisions("b") == []


def test_a_text_is_kept_once(record: Record, record_url: str) -> None:
    long = "It was the longest text of all. " * 3000
    with record.begin() as tx:
        tx.articles.put(article("a", text=long))
        tx.articles.put(copy_of("a", "b").model_copy(update={"reading": reading("b", long)}))
        tx.articles.add_revision(Revision(article="a", number=1, title="A", text=long, seen=NOW))
    engine = create_engine(record_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from texts")) == 1
        (document,) = connection.execute(text("select cast(document as text) from articles where id = 'a'")).one()
    engine.dispose()
    assert len(document) < 2000


def test_the_open_window_is_remembered_in_order_of_arrival(record: Record) -> None:
    with record.begin() as tx:
        tx.articles.remember(remembered("b", 2, "kids", features=b"\xff\x00\x01"))
        tx.articles.remember(
            remembered("a", 1, "zoo", time=NOW - MINUTE), remembered("d", 4), remembered("c", 3, "kids", "zoo")
        )
        tx.articles.remember(remembered("d", 4, "kids", story="s"))
    with record.read() as tx:
        everything = list(tx.articles.remembered())
        assert [one.id for one in everything] == ["a", "b", "c", "d"]
        assert everything[1] == remembered("b", 2, "kids", features=b"\xff\x00\x01")
        assert everything[3].story == "s"
        assert [one.id for one in tx.articles.remembered(since=NOW)] == ["b", "c", "d"]
        assert [one.id for one in tx.articles.remembered(None, topics=["zoo"])] == ["a", "c"]


def test_a_window_of_any_size_is_remembered(record: Record) -> None:
    with record.begin() as tx:
        tx.articles.remember(*(remembered(f"a{number:03}", number // 3) for number in range(250)))
    with record.read() as tx:
        assert [one.id for one in tx.articles.remembered()] == [f"a{number:03}" for number in range(250)]


def test_what_grouping_forgets_is_remembered_no_longer_and_the_article_stays(record: Record) -> None:
    with record.begin() as tx:
        tx.articles.put(article("a"))
        tx.articles.remember(remembered("a", 1), remembered("b", 2))
        tx.articles.forget(["a", "never-there"])
    with record.read() as tx:
        assert [one.id for one in tx.articles.remembered()] == ["b"]
        assert tx.articles.get("a") is not None


def test_times_are_utc_whatever_zone_they_came_in(record: Record) -> None:
    kyiv = timezone(timedelta(hours=2))
    local = datetime(2026, 3, 1, 14, 0, 0, 123456, tzinfo=kyiv)
    with record.begin() as tx:
        tx.articles.put(article("a"))
        tx.articles.add_revision(Revision(article="a", number=1, title="", text="", seen=local))
        tx.articles.put(article("b", first_seen=local))
        assert [one.id for one in tx.articles.iterate(since=local)] == ["b"]
        (kept,) = tx.articles.revisions("a")
    assert kept.seen == local
    assert kept.seen.tzinfo is UTC
