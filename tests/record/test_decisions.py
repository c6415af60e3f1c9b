"""What people decided about what they are told, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from pipeline.record import Record
from pipeline.record.base import metadata
from pipeline.record.migrations.versions import v0008_decisions
from schemas.decision import Act, Choice, Decision, Said, Subject, SubjectKind, Undone
from schemas.figure import Wrong
from tests.record.examples import MINUTE, NOW, series

CHILDREN = Subject(kind=SubjectKind.SERIES, id="series-1", topic="kids")


def decision(id: str, subject: Subject = CHILDREN, act: Act = Act.MUTE) -> Decision:
    return Decision(id=id, subject=subject, choice=Choice(act=act), by="Anna", decided=NOW)


def found_wrong(id: str, article: str) -> Decision:
    said = Said(
        article=article,
        original=article,
        outlet="Nordwire",
        url="https://nordwire.example/1",
        published=NOW,
        quote="40 people came.",
        surface="40",
        span=(0, 2),
        value=40,
    )
    subject = Subject(kind=SubjectKind.FIGURE, id=f"figure-of-{id}", topic="kids")
    choice = Choice(act=Act.WRONG, wrong=Wrong.NUMBER)
    return Decision(id=id, subject=subject, choice=choice, said=said, by="Anna", decided=NOW)


def test_decisions_come_back_in_the_order_they_were_made(record: Record) -> None:
    other = Subject(kind=SubjectKind.RECIPIENT, id="desk@news.example", topic="kids")
    stop = Decision(
        id="b", subject=other, choice=Choice.model_validate({"act": "stop", "mails": "both"}), by="Bo", decided=NOW
    )
    made = [decision("z"), stop, decision("a", act=Act.UNMUTE)]
    with record.begin() as tx:
        assert all(tx.decisions.add(one) for one in made)
    with record.read() as tx:
        assert tx.decisions.find() == made
        assert tx.decisions.find([SubjectKind.RECIPIENT, SubjectKind.RULE]) == [stop]
        assert tx.decisions.find(subject="series-1") == [made[0], made[2]]


def test_what_was_undone_is_kept_and_left_out(record: Record) -> None:
    undone = decision("a").model_copy(update={"undone": Undone(by="Bo", at=NOW + MINUTE)})
    with record.begin() as tx:
        tx.decisions.add(decision("a"))
        tx.decisions.put(undone)
        assert not tx.decisions.add(decision("a"))
    with record.read() as tx:
        assert tx.decisions.find() == []
        assert tx.decisions.find(undone=True) == [undone] == [tx.decisions.get("a")]


def test_what_was_found_wrong_is_found_by_article(record: Record) -> None:
    with record.begin() as tx:
        for id, article in (("c", "x"), ("b", "y"), ("a", "x")):
            tx.decisions.add(found_wrong(id, article))
        tx.decisions.add(decision("d"))
    with record.read() as tx:
        assert [one.id for one in tx.decisions.of_articles(["x", "nowhere"])] == ["c", "a"]
        assert tx.decisions.of_articles([]) == []


@pytest.fixture
def older_record_url(record_url: str) -> Iterator[str]:
    """The address of a record whose table of decisions a test makes anew; the next test finds today's table."""
    yield record_url
    engine = create_engine(record_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS decisions"))
        metadata.tables["decisions"].create(connection)
    engine.dispose()


def test_series_that_were_muted_in_an_older_record_stay_muted(older_record_url: str) -> None:
    engine = create_engine(older_record_url)
    cast = "CAST(:document AS jsonb)" if engine.dialect.name == "postgresql" else ":document"
    old = series("series-1", "kids").model_dump(mode="json") | {"muted": True}
    acts = [{"kind": kind, "series": ["series-1"], "decided": NOW.isoformat()} for kind in ("mute", "unmute", "pin")]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE decisions"))
        connection.execute(
            text(f"INSERT INTO series (id, topic, opened, document) VALUES ('series-1', 'kids', :at, {cast})"),
            {"at": NOW.replace(tzinfo=None) if engine.dialect.name == "sqlite" else NOW, "document": json.dumps(old)},
        )
        for act in acts:
            connection.execute(
                text(f"INSERT INTO series_decisions (topic, document) VALUES ('kids', {cast})"),
                {"document": json.dumps(act)},
            )
        with Operations.context(MigrationContext.configure(connection)):
            v0008_decisions.upgrade()
    engine.dispose()
    with Record(older_record_url) as record, record.read() as tx:
        assert tx.figures.get_series("series-1") == series("series-1", "kids")
        found = tx.decisions.find()
        assert [(one.subject, one.choice.act) for one in found] == [(CHILDREN, Act.MUTE), (CHILDREN, Act.UNMUTE)]
        assert found[0].decided == NOW
