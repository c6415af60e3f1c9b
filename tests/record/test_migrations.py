"""From nothing to the tables of this program, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, create_engine, text

from pipeline.errors import RecordError
from pipeline.record import Record
from pipeline.record.base import metadata
from pipeline.record.connect import make_engine, read_url
from pipeline.record.counters import Counter
from pipeline.record.migrating import HEAD, VERSION_TABLE
from pipeline.record.migrations.versions import v0005_developments, v0010_messages, v0012_window, v0014_by_key
from schemas.alert import AlertState, Digest, DigestData, DigestState
from schemas.feed import FeedState, Health
from schemas.message import BundleKind, MessageState
from schemas.topic import Topic
from tests.postgres import fresh_database
from tests.record.examples import MINUTE, NOW, alert, entry, feed, series, story
from tests.record.test_decisions import found_wrong
from tests.record.test_looking import claim


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with no table in it, or of a file that isn't there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/not/yet/record.db"
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url:
            yield url


def test_the_migrations_make_the_tables_that_the_program_uses(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
    engine = create_engine(bare_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_heads() == (HEAD,)
        assert set(connection.scalars(text("select name from counters"))) == set(Counter)
    engine.dispose()


@pytest.mark.postgres
def test_both_databases_sort_alike(migrated_database: str) -> None:
    engine = create_engine(migrated_database)
    with engine.connect() as connection:
        collations = connection.execute(
            text(
                "select distinct collation_name from information_schema.columns"
                " where table_schema = 'public' and data_type = 'text' and table_name <> :versions"
            ),
            {"versions": VERSION_TABLE},
        )
        assert collations.scalars().all() == ["C"]
    engine.dispose()


def test_migrating_again_changes_nothing(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            tx.entries.add([entry("a")])
        record.migrate()
        with record.read() as tx:
            assert tx.entries.get("a") == entry("a", seq=1)


def test_the_stories_of_an_older_record_are_developments_that_the_index_has_yet_to_hear_of(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            for name, thread in (("a", "t"), ("b", "t"), ("c", None)):
                tx.stories.put(story(name, "kids").model_copy(update={"thread": thread}))
    engine = create_engine(bare_url)
    with engine.begin() as connection:
        connection.execute(text("drop table developments"))
        with Operations.context(MigrationContext.configure(connection)):
            v0005_developments.upgrade()
    engine.dispose()
    with Record(bare_url) as record, record.read() as tx:
        assert [id for _, id in tx.stories.developments_changed_since(0, 9)] == ["t", "c"]


DESK, NIGHT = "desk@news.example", "night@news.example"


def left(connection: Connection, table: str, id: str, recipient: str) -> None:
    """Write into a document, as older records did, who has yet to get a mail."""
    how = (
        "jsonb_set(document, '{recipients_left}', CAST(:left AS jsonb))"
        if connection.dialect.name == "postgresql"
        else "json_set(document, '$.recipients_left', json(:left))"
    )
    query = text(f"UPDATE {table} SET document = {how} WHERE id = :id")
    connection.execute(query, {"left": f'["{recipient}"]', "id": id})


def test_mails_of_an_older_record_that_were_under_way_are_messages_to_those_who_have_not_got_them(
    bare_url: str,
) -> None:
    data = DigestData(topic="kids", start=NOW - MINUTE, end=NOW, held_back=2)
    digest = Digest(id="d", topic="kids", start=data.start, end=data.end, message_id="<d@t>", data=data, due=NOW)
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            tx.topics.put(Topic.model_validate({"name": "kids", "recipients": [DESK, NIGHT]}))
            tx.stories.put(story("s", "kids").model_copy(update={"thread": "t"}))
            for name in "ab":
                tx.alerts.put(alert(name, message_id="<half@t>", story="s", attempts=1))
            tx.alerts.put(alert("c", message_id="<none@t>"))
            tx.alerts.put(alert("d"))
            tx.alerts.put(alert("e", message_id="<gone@t>", state=AlertState.SENT, sent=NOW))
            tx.digests.put(digest)
            tx.digests.put(digest.model_copy(update={"id": "f", "state": DigestState.FAILED, "message_id": "<f@t>"}))
            tx.notes.set("topic:kids:thread:t:told", NOW.isoformat())
    engine = create_engine(bare_url)
    with engine.begin() as connection:
        connection.execute(text("drop table messages"))
        for name in "ab":
            left(connection, "alerts", name, NIGHT)
        left(connection, "digests", "f", NIGHT)
        # Until there were rules of their own, recipients were bare addresses.
        document = json.dumps({"name": "kids", "recipients": [DESK, NIGHT]})
        cast = "CAST(:document AS jsonb)" if connection.dialect.name == "postgresql" else ":document"
        connection.execute(text(f"UPDATE topics SET document = {cast}"), {"document": document})
        with Operations.context(MigrationContext.configure(connection, opts={"target_metadata": metadata})):
            v0010_messages.upgrade()
    engine.dispose()
    with Record(bare_url) as record, record.read() as tx:
        found = {(one.message_id, one.recipient): one for one in tx.messages.find("kids")}
        assert {key: one.state for key, one in found.items()} == {
            ("<half@t>", DESK): MessageState.SENT,
            ("<half@t>", NIGHT): MessageState.WAITING,
            ("<none@t>", DESK): MessageState.WAITING,
            ("<none@t>", NIGHT): MessageState.WAITING,
            ("<d@t>", DESK): MessageState.WAITING,
            ("<d@t>", NIGHT): MessageState.WAITING,
            ("<f@t>", DESK): MessageState.SENT,
            ("<f@t>", NIGHT): MessageState.FAILED,
        }
        half = found["<half@t>", NIGHT]
        assert (half.alerts, half.attempts, half.due) == (("a", "b"), 1, NOW)
        assert half.bundle is not None
        assert (half.bundle.kind, half.bundle.thread) == (BundleKind.DEVELOPMENT, "t")
        assert [one.id for one in tx.messages.due(NOW, "kids")]
        assert found["<d@t>", DESK].held_back == 2
        assert tx.alerts.get("a") == alert("a", message_id="<half@t>", story="s", attempts=1)
        assert tx.notes.all("topic:") == {
            f"topic:kids:to:{one}:thread:t:told": NOW.isoformat() for one in (DESK, NIGHT)
        }


def test_an_older_record_learns_what_the_window_asks(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            tx.stories.put(story("s", "kids", last_seen=NOW + MINUTE))
            tx.figures.put_series(series("x", "kids").model_copy(update={"claims": (claim("f", 3),)}))
            tx.feeds.put(feed("f", "kids").model_copy(update={"state": FeedState(health=Health.GONE)}))
    engine = create_engine(bare_url)
    dropped = ("ix_story_topics_topic_last_seen_story", "ix_series_topic_last_id", "ix_feeds_health_id")
    dropped += (
        "ix_alerts_created_id",
        "ix_digests_end_id",
        "ix_entries_first_seen_status",
        "ix_entries_feed_first_seen",
    )
    with engine.begin() as connection:
        for name in dropped:
            connection.execute(text(f"drop index {name}"))
        for table, column in (("story_topics", "last_seen"), ("series", "last"), ("feeds", "health")):
            connection.execute(text(f'alter table {table} drop column "{column}"'))
        with Operations.context(MigrationContext.configure(connection)):
            v0012_window.upgrade()
    engine.dispose()
    with Record(bare_url) as record, record.read() as tx:
        assert tx.looking.developments("kids", 5)[0] == ["s"]
        assert tx.looking.series("kids", 5)[0][0] == (NOW + 3 * MINUTE, "x")
        assert tx.looking.feeds_by_health() == {Health.GONE: 1}


def test_an_older_record_learns_what_is_read_by_key(bare_url: str) -> None:
    pinned = series("x", "kids").model_copy(update={"pinned": True})
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            tx.figures.put_series(series("y", "kids").model_copy(update={"claims": (claim("f", 3), claim("g", 4))}))
            tx.figures.put_series(pinned)
            tx.decisions.add(found_wrong("d", "original"))
    engine = create_engine(bare_url)
    with engine.begin() as connection:
        for name in ("ix_series_topic_pinned_claims", "ix_decisions_original"):
            connection.execute(text(f"drop index {name}"))
        for table, column in (
            ("series", "found_by"),
            ("series", "claims"),
            ("series", "pinned"),
            ("decisions", "original"),
        ):
            connection.execute(text(f"alter table {table} drop column {column}"))
        with Operations.context(MigrationContext.configure(connection)):
            v0014_by_key.upgrade()
    engine.dispose()
    with Record(bare_url) as record, record.read() as tx:
        assert [one.id for one in tx.figures.ranked(["kids"])] == ["x", "y"]
        assert tx.figures.count_series(["kids"], often=True) == 2
        assert [one.id for one in tx.decisions.of_family(["original"])] == ["d"]


def test_several_processes_may_set_up_at_once(bare_url: str) -> None:
    def set_up(name: str) -> None:
        with Record(bare_url) as record:
            record.migrate()
            with record.begin() as tx:
                tx.entries.add([entry(name)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(set_up, "abcd"))
    with Record(bare_url) as record, record.read() as tx:
        assert {one.id for one in tx.entries.find()} == set("abcd")


def test_a_new_file_may_be_opened_by_many_at_the_same_moment(tmp_path: Path) -> None:
    for number in range(60):
        together = Barrier(8)

        def open_it(_: int, *, together: Barrier = together, url: str = f"sqlite:///{tmp_path}/{number}.db") -> None:
            engine = make_engine(read_url(url), 5.0)
            together.wait()
            with engine.connect():
                pass
            engine.dispose()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(open_it, range(8)))


def test_a_record_of_a_newer_program_is_refused_and_left_alone(record_url: str) -> None:
    engine = create_engine(record_url)

    def say(version: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(f"update {VERSION_TABLE} set version_num = :version"), {"version": version})

    say("9999")
    try:
        with Record(record_url) as record, pytest.raises(RecordError, match=r"newer Tallywire.*9999") as caught:
            record.migrate()
        assert "upgrade Tallywire" in caught.value.hint
        assert caught.value.where
    finally:
        say(HEAD)
        engine.dispose()


def test_a_database_that_was_never_set_up_says_so(bare_url: str) -> None:
    with Record(bare_url) as record, pytest.raises(RecordError) as caught, record.begin() as tx:
        tx.entries.claim(NOW, 1, NOW - NOW, "me")
    assert "tallywire setup" in caught.value.hint
