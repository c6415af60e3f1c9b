"""What desks were told, kept for the next comparison."""

from __future__ import annotations

from pipeline.record import Record
from schemas.figure import HeardArticle, Marks, Tell, Telling, ToldFigure, VerdictKind
from tests.record.examples import NOW, article, entry, figure


def told(name: str, of: str, start: int = 5) -> ToldFigure:
    one = figure(name, of, start)
    telling = Telling(worth=0.8, tell=Tell.NOW, kind=VerdictKind.NEW)
    return ToldFigure(figure=one, marks=Marks(nouns=("people",)), telling=telling, track=one.id)


def heard(name: str) -> HeardArticle:
    return HeardArticle(id=name, published=NOW, words=frozenset({"flood", "river"}), values=frozenset({("12", "")}))


def test_it_comes_back_in_order_of_arrival_topic_by_topic(record: Record) -> None:
    first, second = told("f1", "a", 40), told("f2", "a", 10)
    with record.begin() as tx:
        tx.entries.add([entry("entry-of-a"), entry("entry-of-b")])
        for name in "ab":
            tx.articles.put(article(name, "kids"))
        tx.figures.put(first.figure, second.figure)
        tx.told.put("kids", 2, heard("b"), [])
        tx.told.put("kids", 1, heard("a"), [first, second])
        tx.told.put("zoo", 1, heard("a"), [])
    with record.read() as tx:
        assert tx.told.figures("kids") == [second, first]
        assert tx.told.articles("kids") == [heard("a"), heard("b")]
        assert tx.told.figures("zoo") == []


def test_what_is_told_again_stands_once_and_what_is_forgotten_stays_in_the_record(record: Record) -> None:
    one = told("f1", "a")
    with record.begin() as tx:
        tx.entries.add([entry("entry-of-a")])
        tx.articles.put(article("a", "kids"))
        tx.figures.put(one.figure)
        tx.told.put("kids", 1, heard("a"), [one])
        tx.told.put("kids", 1, heard("a"), [one.model_copy(update={"track": "other"})])
        assert [kept.track for kept in tx.told.figures("kids")] == ["other"]
        tx.told.forget("kids", articles=["a"], figures=[one.figure.id])
    with record.read() as tx:
        assert tx.told.figures("kids") == []
        assert tx.told.articles("kids") == []
        assert tx.figures.get(one.figure.id) == one.figure
