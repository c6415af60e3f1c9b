"""Figures, verdicts and series."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from pipeline.errors import RecordError
from pipeline.record import Record, Transaction
from schemas.figure import VerdictKind
from tests.record.examples import MINUTE, NOW, article, figure, series, verdict


class Mute(BaseModel):
    series: str
    muted: bool


def put_articles(tx: Transaction, *names: str) -> None:
    for name in names:
        tx.articles.put(article(name, "kids"))


def test_figures_come_in_the_order_they_stand_in_their_article(record: Record) -> None:
    with record.begin() as tx:
        put_articles(tx, "a", "b")
        tx.figures.put(figure("f3", "a", start=1, revision=2))
        tx.figures.put(figure("f1", "a", start=90))
        tx.figures.put(figure("f2", "a", start=10))
        tx.figures.put(figure("f4", "b"))
        tx.figures.put(figure("f1", "a", start=5))
    with record.read() as tx:
        assert tx.figures.get("f1") == figure("f1", "a", start=5)
        assert tx.figures.get("x") is None
        assert [one.id for one in tx.figures.of_article("a")] == ["f1", "f2", "f3"]
        assert [one.id for one in tx.figures.of_article("a", revision=2)] == ["f3"]
        assert tx.figures.get_many(["f4", "x"]) == {"f4": figure("f4", "b")}


def test_a_figure_has_one_verdict_in_each_topic(record: Record) -> None:
    with record.begin() as tx:
        put_articles(tx, "a")
        tx.figures.put(figure("f", "a"))
        tx.figures.put_verdict(verdict("f", "zoo"), verdict("f", "kids"))
        tx.figures.put_verdict(verdict("f", "kids", VerdictKind.REPEATED, "series-b"))
        tx.figures.put_verdict()
    with record.read() as tx:
        expected = [verdict("f", "kids", VerdictKind.REPEATED, "series-b"), verdict("f", "zoo")]
        assert tx.figures.verdicts_of("f") == expected
        assert tx.figures.verdicts_of("x") == []
        assert tx.figures.verdicts_of_many(["f", "x"]) == {"f": expected}


def test_every_figure_is_walked_in_order_of_arrival_even_without_a_verdict(record: Record) -> None:
    with record.begin() as tx:
        put_articles(tx, "b", "a")
        tx.figures.put(figure("f1", "a"), figure("f2", "b", start=7), figure("f3", "b", start=2))
        tx.figures.put()
        tx.figures.put_verdict(verdict("f2", "kids"))
        tx.figures.put_verdict(verdict("f2", "zoo"))
    with record.read() as tx:
        walked = [(one.id, said.topic if said else None) for one, said in tx.figures.iterate()]
        assert walked == [("f3", None), ("f2", "kids"), ("f2", "zoo"), ("f1", None)]
        assert list(tx.figures.iterate(topic="zoo")) == [(figure("f2", "b", start=7), verdict("f2", "zoo"))]


def test_figures_of_any_number_of_articles_are_walked(record: Record) -> None:
    with record.begin() as tx:
        for number in range(420):
            tx.articles.put(article(f"a{number:03}"))
            if number % 3 == 0:
                tx.figures.put(figure(f"f{number:03}", f"a{number:03}"))
    with record.read() as tx:
        assert [one.id for one, _ in tx.figures.iterate()] == [f"f{number:03}" for number in range(0, 420, 3)]


def test_a_verdict_changes_its_figure_for_the_index(record: Record) -> None:
    with record.begin() as tx:
        put_articles(tx, "a")
        tx.figures.put(figure("f", "a"))
        tx.figures.put(figure("g", "a"))
        _, (heard, _) = tx.figures.changed_since(0, 5)
        tx.figures.put_verdict(verdict("f", "kids"))
        ((version, changed),) = tx.figures.changed_since(heard, 5)
    assert (changed, version > heard) == (figure("f", "a"), True)


def test_a_figure_needs_its_article_and_a_verdict_its_figure(record: Record) -> None:
    with pytest.raises(RecordError, match="violate a constraint"), record.begin() as tx:
        tx.figures.put(figure("f", "nowhere"))
    with pytest.raises(RecordError, match="violate a constraint"), record.begin() as tx:
        tx.figures.put_verdict(verdict("nothing", "kids"))


def test_series_belong_to_a_topic_in_the_order_they_were_opened(record: Record) -> None:
    with record.begin() as tx:
        tx.figures.put_series(series("s2", "kids"))
        tx.figures.put_series(series("s1", "kids", opened=NOW + MINUTE))
        tx.figures.put_series(series("s3", "zoo"))
        tx.figures.put_series(series("s2", "kids").model_copy(update={"pinned": True}))
    with record.read() as tx:
        assert [(one.id, one.pinned) for one in tx.figures.series("kids")] == [("s2", True), ("s1", False)]
        assert tx.figures.get_series("s3") == series("s3", "zoo")
        assert tx.figures.get_series("x") is None


def test_decisions_about_series_stay_in_order(record: Record) -> None:
    with record.begin() as tx:
        tx.figures.decide_series("kids", Mute(series="s", muted=True))
        tx.figures.decide_series("zoo", Mute(series="t", muted=True))
        tx.figures.decide_series("kids", Mute(series="s", muted=False))
    with record.read() as tx:
        decided = tx.figures.series_decisions("kids", Mute)
    assert decided == [Mute(series="s", muted=True), Mute(series="s", muted=False)]
