"""What a topic spoke of so far."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.figures.worth import Stream
from pipeline.figures.worth.stream import REMEMBERED
from pipeline.figures.worth.texts import stems
from schemas.figure import Figure, Marks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TWELVE = Figure(span=(0, 2), surface="12", quote="12 miners died.", value=12.0)
MINERS = Marks(nouns=("miner",), actions=("killed",))


def test_words_of_most_articles_are_central_and_tell_little() -> None:
    stream = Stream()
    assert stream.centrality(stems("flood")) is None
    for n in range(4):
        stream.add(str(n), NOW, frozenset(stems("The flood rose." if n else "The flood rose in Arvela.")), [], [])
    assert stream.centrality(stems("flood")) == 1.0
    assert stream.centrality(stems("Arvela")) == 0.25
    assert stream.rarity(stems("Arvela")[0]) > stream.rarity(stems("flood")[0])


def test_a_value_that_others_told_echoes_and_an_article_counts_once() -> None:
    stream = Stream()
    for id in ("a", "b", "a"):
        stream.add(id, NOW, frozenset(stems("12 miners died.")), [TWELVE], [MINERS])
    assert stream.echoes(TWELVE) == 2
    assert stream.echoes(TWELVE.model_copy(update={"unit": "%"})) == 0


def test_only_the_latest_articles_count_and_the_rest_is_given_back() -> None:
    stream = Stream()
    kept = [
        stream.add(str(n), NOW, frozenset([f"word{chr(97 + n % 26)}"]), [TWELVE], [MINERS])
        for n in range(REMEMBERED + 5)
    ]
    assert stream.lost == ("4",)
    again = Stream(kept[5:])
    assert again.shares(MINERS) == stream.shares(MINERS) == (1.0, 1.0, 1.0)
    assert again.echoes(TWELVE) == stream.echoes(TWELVE) == REMEMBERED


def test_articles_are_near_that_share_rare_words() -> None:
    stream = Stream()
    for id, text in (("flood", "flood arvela ferry"), ("fire", "flood barn hay"), ("again", "flood dam")):
        stream.add(id, NOW, frozenset(text.split()), [], [])
    words = frozenset(("flood", "arvela", "ferry", "rescue"))
    assert stream.nearness(words, "flood") == 1.0
    assert 0 < (stream.nearness(words, "fire") or 0) < 0.2
    assert stream.nearness(words, "unknown") is None


def test_how_rare_words_are_is_asked_anew_after_each_article() -> None:
    stream = Stream()
    stream.add("flood", NOW, frozenset(stems("The river rose in Arvela.")), [], [])
    name = stems("Arvela")
    before = stream.rarities.sum(name)
    stream.add("later", NOW, frozenset(stems("The mayor of Arvela spoke.")), [], [])
    assert stream.rarities.sum(name) < before
    stream.drop("later")
    assert stream.rarities.sum(name) == before
