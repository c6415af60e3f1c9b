"""Topics, feeds, stories, alerts and notes."""

from __future__ import annotations

from datetime import timedelta

from pipeline.record import Record
from schemas.alert import AlertState
from schemas.story import DecisionKind, MoveKind, Story, StoryDecision, StoryMove
from schemas.topic import DigestTimes, Topic
from tests.record.examples import MINUTE, NOW, alert, article, entry, feed, figure, series, story


def test_topics_are_kept_by_name(record: Record) -> None:
    with record.begin() as tx:
        tx.topics.put(Topic(name="zoo"))
        tx.topics.put(Topic(name="kids", title="first"))
        tx.topics.put(Topic(name="kids", title="second", window=timedelta(days=2), digest=DigestTimes(empty=True)))
    with record.read() as tx:
        assert tx.topics.get("kids") == Topic(
            name="kids", title="second", window=timedelta(days=2), digest=DigestTimes(empty=True)
        )
        assert tx.topics.get("none") is None
        assert [topic.name for topic in tx.topics.all()] == ["kids", "zoo"]
    with record.begin() as tx:
        assert tx.topics.remove("kids")
        assert not tx.topics.remove("kids")
        assert [topic.name for topic in tx.topics.all()] == ["zoo"]


def test_feeds_are_found_by_id_address_and_topic(record: Record) -> None:
    with record.begin() as tx:
        tx.feeds.put_many([feed("b", "kids", "zoo"), feed("a", "kids")])
        tx.feeds.put(feed("b", "zoo"))
    with record.read() as tx:
        assert tx.feeds.get("b") == feed("b", "zoo")
        assert tx.feeds.by_url("https://news.example/a.xml") == feed("a", "kids")
        assert tx.feeds.by_url("https://news.example/x.xml") is None
        assert [one.id for one in tx.feeds.all()] == ["a", "b"]
        assert [one.id for one in tx.feeds.all("kids")] == ["a"]
        assert [one.id for one in tx.feeds.all("zoo")] == ["b"]
    with record.begin() as tx:
        assert tx.feeds.remove("b")
        assert not tx.feeds.remove("b")
        assert tx.feeds.all("zoo") == []


def test_feeds_are_due_when_their_time_has_come_the_never_polled_first(record: Record) -> None:
    with record.begin() as tx:
        tx.feeds.put_many(
            [
                feed("later", next_poll=NOW + MINUTE),
                feed("now", next_poll=NOW),
                feed("new"),
                feed("overdue", next_poll=NOW - MINUTE),
            ]
        )
    with record.read() as tx:
        assert [one.id for one in tx.feeds.due(NOW, 10)] == ["new", "overdue", "now"]
        assert [one.id for one in tx.feeds.due(NOW, 2)] == ["new", "overdue"]


def test_an_address_may_be_as_long_as_the_web_allows(record: Record) -> None:
    long = feed("a").model_copy(update={"url": "https://news.example/" + "x" * 20_000})
    with record.begin() as tx:
        tx.feeds.put(long)
        assert tx.feeds.by_url(long.url) == long


def test_stories_come_newest_first(record: Record) -> None:
    with record.begin() as tx:
        tx.stories.put(story("old", "kids", "zoo", last_seen=NOW - MINUTE))
        tx.stories.put(story("old", "kids", last_seen=NOW - MINUTE))
        tx.stories.put(story("new", "kids", "zoo"))
        tx.stories.put(story("other", "zoo", last_seen=NOW - 2 * MINUTE))
    with record.read() as tx:
        assert tx.stories.get("new") == story("new", "kids", "zoo")
        assert tx.stories.get("x") is None
        assert [one.id for one in tx.stories.find()] == ["new", "old", "other"]
        assert [one.id for one in tx.stories.find(topic="kids")] == ["new", "old"]
        assert [one.id for one in tx.stories.find(topic="zoo")] == ["new", "other"]
        assert [one.id for one in tx.stories.find(since=NOW - MINUTE)] == ["new", "old"]
        assert [one.id for one in tx.stories.find(limit=1)] == ["new"]


def test_a_removed_story_leaves_word_for_the_index(record: Record) -> None:
    with record.begin() as tx:
        tx.stories.put(story("a", "kids"))
        tx.stories.put(story("b", "kids"))
        ((_, _), (heard, _)) = tx.stories.changed_since(0, 5)
    with record.begin() as tx:
        assert tx.stories.remove("a")
        assert not tx.stories.remove("a")
    with record.begin() as tx:
        assert tx.stories.get("a") is None
        assert [one.id for one in tx.stories.find(topic="kids")] == ["b"]
        ((version, gone),) = tx.stories.removed_since(heard, 5)
        assert (gone, version > heard) == ("a", True)
        tx.stories.put(story("a", "kids"))
        assert tx.stories.removed_since(heard, 5) == []


def test_a_development_changes_with_its_stories_and_when_one_leaves_it(record: Record) -> None:
    def in_thread(name: str, thread: str | None) -> Story:
        return story(name, "kids").model_copy(update={"thread": thread})

    with record.begin() as tx:
        for name in ("a", "b"):
            tx.stories.put(in_thread(name, "t"))
        tx.stories.put(in_thread("c", None))
        assert [id for _, id in tx.stories.developments_changed_since(0, 9)] == ["t", "c"]
        assert tx.stories.count_developments() == 2
    heard = latest(record)
    with record.begin() as tx:
        tx.stories.put(in_thread("b", "u"))
        assert [id for _, id in tx.stories.developments_changed_since(heard, 9)] == ["t", "u"]
        ((_, first),) = tx.stories.developments_changed_since(heard, 1)
        assert first == "t"
    heard = latest(record)
    with record.begin() as tx:
        tx.stories.remove("a")
        tx.stories.remove("unheard of")
        tx.stories.touch("c")
        tx.stories.touch("a")
        tx.stories.touch(None)
        assert [id for _, id in tx.stories.developments_changed_since(heard, 9)] == ["t", "c"]
        assert tx.stories.count_developments() == 2
    with record.read() as tx:
        assert tx.stories.developments_changed_since(latest(record), 9) == []


def latest(record: Record) -> int:
    with record.read() as tx:
        return tx.stories.developments_changed_since(0, 99)[-1][0]


def test_moves_are_found_from_the_article_and_from_both_stories(record: Record) -> None:
    first = StoryMove(article="x", from_story="a", to_story="b", kind=MoveKind.MOVE, reason="nearer")
    second = StoryMove(article="y", from_story=None, to_story="a", kind=MoveKind.SPLIT, reason="another event")
    with record.begin() as tx:
        tx.stories.log_moves([], NOW)
        tx.stories.log_moves([first], NOW)
        tx.stories.log_moves([second], NOW + MINUTE)
    with record.read() as tx:
        assert tx.stories.moves_of("a") == [(NOW, first), (NOW + MINUTE, second)]
        assert tx.stories.moves_of("b") == tx.stories.moves_of("x") == [(NOW, first)]
        assert tx.stories.moves_of("z") == []


def test_decisions_about_stories_stay_in_order(record: Record) -> None:
    merge = StoryDecision(kind=DecisionKind.MERGE, articles=("a", "b"), decided=NOW)
    split = StoryDecision(kind=DecisionKind.SPLIT, articles=("a",), story="s", decided=NOW - MINUTE)
    with record.begin() as tx:
        tx.stories.decide(merge)
        tx.stories.decide(split)
    with record.read() as tx:
        assert tx.stories.decisions() == [merge, split]


def test_the_same_news_never_enters_the_outbox_twice(record: Record) -> None:
    with record.begin() as tx:
        assert tx.alerts.add(alert("a"))
        tx.alerts.put(alert("a", state=AlertState.SENT, sent=NOW, message_id="m"))
    with record.begin() as tx:
        assert not tx.alerts.add(alert("a"))
        assert tx.alerts.get("a") == alert("a", state=AlertState.SENT, sent=NOW, message_id="m")
        assert tx.alerts.get("x") is None


def test_alerts_are_due_when_they_wait_and_their_time_has_come(record: Record) -> None:
    with record.begin() as tx:
        tx.alerts.add(alert("now"))
        tx.alerts.add(alert("earlier", due=NOW - MINUTE))
        tx.alerts.add(alert("later", due=NOW + MINUTE))
        tx.alerts.add(alert("other", topic="zoo"))
        tx.alerts.add(alert("sent", state=AlertState.SENT))
    with record.read() as tx:
        assert [one.id for one in tx.alerts.due(NOW)] == ["earlier", "now", "other"]
        assert [one.id for one in tx.alerts.due(NOW, topic="kids")] == ["earlier", "now"]


def test_alerts_are_found_by_topic_state_and_age(record: Record) -> None:
    with record.begin() as tx:
        tx.alerts.add(alert("b"))
        tx.alerts.add(alert("a", created=NOW + MINUTE))
        tx.alerts.add(alert("c", topic="zoo", state=AlertState.FAILED))
    with record.read() as tx:
        assert [one.id for one in tx.alerts.find()] == ["b", "c", "a"]
        assert [one.id for one in tx.alerts.find(topic="kids")] == ["b", "a"]
        assert [one.id for one in tx.alerts.find(state=AlertState.FAILED)] == ["c"]
        assert [one.id for one in tx.alerts.find(since=NOW + MINUTE)] == ["a"]


def test_notes_are_remembered_until_forgotten(record: Record) -> None:
    with record.begin() as tx:
        assert tx.notes.get("index.articles") is None
        tx.notes.set("index.articles", "7")
        tx.notes.set("index.articles", "8")
        tx.notes.set("index_stories", "1")
        tx.notes.set("digest.kids", "2026-03-01")
    with record.begin() as tx:
        assert tx.notes.all("index.") == {"index.articles": "8"}
        assert tx.notes.all("index_") == {"index_stories": "1"}
        tx.notes.set("index.articles", None)
        assert set(tx.notes.all()) == {"index_stories", "digest.kids"}


def test_an_id_tells_what_it_names(record: Record) -> None:
    with record.begin() as tx:
        tx.topics.put(Topic(name="kids"))
        tx.feeds.put(feed("feed-1"))
        tx.entries.add([entry("entry-1")])
        tx.articles.put(article("article-1", "kids"))
        tx.stories.put(story("story-1", "kids"))
        tx.figures.put(figure("figure-1", "article-1"))
        tx.figures.put_series(series("series-1", "kids"))
        tx.alerts.add(alert("alert-1"))
    with record.read() as tx:
        for kind in ("feed", "entry", "article", "story", "figure", "series", "alert"):
            assert tx.search_everything_by_id(f"{kind}-1") == kind
        assert tx.search_everything_by_id("kids") == "topic"
        assert tx.search_everything_by_id("nothing") is None
        totals = tx.totals()
    assert {name for name, count in totals.items() if count} == {
        *("topics", "feeds", "entries", "articles", "stories", "figures", "series", "alerts")
    }
