"""The judge's memory is a cache of the record: it never knows what was not committed, nor misses what was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.errors import RecordError
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.judge import Judge
from schemas.alert import Alert, AlertKind
from schemas.feed import Outcome
from schemas.figure import DecisionKind as SeriesKind
from schemas.figure import SeriesDecision, VerdictKind
from schemas.story import DecisionKind, StoryDecision, ThreadDecision
from schemas.topic import Topic
from tests.steps.conftest import START
from tests.steps.scripted import TOPIC, Newsroom, Written, newsroom

FLOOD = Written(
    "flood",
    "Nordwire",
    START,
    "Hospital evacuated as Malva floods Tarn",
    "The river Malva burst its banks on Monday and flooded the hospital of Tarn. Rescuers brought 40 patients to "
    "safety by boat, the mayor said. The water reached the first floor before noon, and the bridge to the "
    "south was closed.",
)
FIRE = Written(
    "fire",
    "Nordwire",
    START + timedelta(hours=1),
    "Warehouse burns down in Kalvik harbour",
    "A warehouse in the harbour of Kalvik burned down on Monday night. The fire killed 12 horses that were kept in a "
    "stable beside it, the fire brigade said. The cause is not known, and the quay stays closed until Wednesday.",
)
FIRE_COPIED = Written("copied", "Southpost", START + timedelta(hours=2), FIRE.title, FIRE.text)


@pytest.fixture
def room() -> Iterator[Newsroom]:
    with newsroom() as room:
        yield room


@contextmanager
def commits_fail(room: Newsroom, table: str) -> Iterator[None]:
    """While it lasts, every transaction that adds a row to ``table`` fails at its commit, and not before."""
    with closing(sqlite3.connect(room.services.settings.home / "tallywire.db")) as connection:
        connection.executescript(
            "CREATE TABLE spoilt (name TEXT REFERENCES topics (name) DEFERRABLE INITIALLY DEFERRED);"
            f"CREATE TRIGGER spoil AFTER INSERT ON {table} BEGIN INSERT INTO spoilt VALUES ('nobody'); END;"
        )
        yield
        connection.executescript("DROP TRIGGER spoil; DROP TABLE spoilt")


def outcome(room: Newsroom, article: Written) -> Outcome | None:
    with room.services.record.read() as tx:
        entry = tx.entries.get(f"entry-{article.id}")
    assert entry is not None
    return entry.outcome


def alerts(room: Newsroom) -> list[Alert]:
    with room.services.record.read() as tx:
        return list(tx.alerts.find())


def test_a_memory_whose_commit_failed_is_not_trusted_when_another_has_judged_since(room: Newsroom) -> None:
    with commits_fail(room, "articles"), pytest.raises(RecordError):
        room.arrive([FLOOD])
    assert outcome(room, FLOOD) is None

    mine, room.judge = room.judge, Judge(room.services)
    room.arrive([FIRE])
    room.judge = mine
    room.arrive([FIRE_COPIED])
    assert outcome(room, FIRE_COPIED) is Outcome.COPY


def spoil_memory(room: Newsroom, table: str, column: str, value: object) -> None:
    """Let what is remembered be of a form that can't be read."""
    with closing(sqlite3.connect(room.services.settings.home / "tallywire.db")) as connection:
        connection.execute(f"UPDATE {table} SET {column} = ?", [value])
        connection.commit()


def test_a_decision_about_series_or_threads_reads_nothing_of_the_open_window(room: Newsroom) -> None:
    room.arrive([FLOOD, FIRE])
    spoil_memory(room, "remembered", "features", b"\0")
    judge = Judge(room.services)
    articles, decided = (FLOOD.id, FIRE.id), room.clock()
    judge.decide_threads(ThreadDecision(kind=DecisionKind.MERGE, articles=articles, decided=decided))
    assert room.story(FLOOD.id).development == room.story(FIRE.id).development
    with room.services.record.read() as tx:
        series = tx.figures.series("news")[0].id
        assert {memory.features for memory in tx.articles.remembered()} == {b"\0"}
    spoil_memory(room, "portrayed", "document", "{}")
    rename = SeriesDecision(kind=SeriesKind.RENAME, series=(series,), label="Patients", decided=decided)
    judge = Judge(room.services)
    assert [one.label for one in judge.decide_series("news", rename)] == ["Patients"]


def test_a_judge_that_decided_without_the_open_window_recalls_it_for_the_next_article(room: Newsroom) -> None:
    room.arrive([FLOOD, FIRE])
    flood, fire = room.story(FLOOD.id).articles, room.story(FIRE.id).articles
    room.judge = Judge(room.services)
    room.judge.decide_threads(
        ThreadDecision(kind=DecisionKind.SPLIT, articles=fire, others=flood, decided=room.clock())
    )
    room.judge.decide(StoryDecision(kind=DecisionKind.MERGE, articles=(FLOOD.id, FIRE.id), decided=room.clock()))
    room.arrive([FIRE_COPIED])
    assert outcome(room, FIRE_COPIED) is Outcome.COPY
    assert FIRE_COPIED.id in room.story(FIRE.id).copies
    assert room.story(FIRE.id).id == room.story(FLOOD.id).id


def test_a_decision_that_was_not_saved_is_not_grouped_by(room: Newsroom) -> None:
    room.arrive([FLOOD, FIRE])
    together = StoryDecision(kind=DecisionKind.MERGE, articles=(FLOOD.id, FIRE.id), decided=room.clock())
    with commits_fail(room, "story_decisions"), pytest.raises(RecordError):
        room.judge.decide(together)
    room.arrive([FIRE_COPIED])
    assert FIRE_COPIED.id in room.story(FIRE.id).copies
    assert room.story(FIRE.id).id != room.story(FLOOD.id).id


def test_a_topic_that_was_changed_is_judged_by_as_it_is_now(room: Newsroom) -> None:
    room.arrive([FLOOD])
    before = alerts(room)
    assert AlertKind.NEW_FIGURE in {alert.kind for alert in before}
    rules = TOPIC.alerts.model_copy(update={"figures": (), "stories": False})
    enrol(room.services.record, [TOPIC.model_copy(update={"alerts": rules})], logins_of(room.services))
    room.arrive([FIRE])
    assert len(alerts(room)) == len(before)


def test_a_topic_that_joins_with_a_revision_hears_of_each_figure_once(room: Newsroom) -> None:
    room.arrive([FLOOD])
    rivers = Topic.model_validate(TOPIC.model_dump() | {"name": "rivers"})
    enrol(room.services.record, [rivers], logins_of(room.services))
    room.wait([replace(FLOOD, text=FLOOD.text.replace("40 patients", "45 patients"))], topics=(TOPIC, rivers), again=1)
    assert room.judge.run().verdicts == {VerdictKind.CHANGED: 1, VerdictKind.NEW: 1}
    with room.services.record.read() as tx:
        kinds = {(verdict.topic, verdict.kind) for _, verdict in tx.figures.iterate() if verdict is not None}
    assert kinds == {("news", VerdictKind.NEW), ("news", VerdictKind.CHANGED), ("rivers", VerdictKind.NEW)}
