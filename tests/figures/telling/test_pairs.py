"""What two mentions have in common: of one event, or of two that look alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.figures.claims import is_claim
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.reading import read_figures
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.pairs import closeness, closenesses, likeness, may_say_the_same, says_the_same
from schemas.figure import FigureInArticle

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def mention(text: str, days: float = 0) -> Mention:
    published = NOON + timedelta(days=days)
    (figure,) = filter(is_claim, read_figures(text, title="", language="en", published=published).figures)
    found = [
        FigureInArticle(
            id=f"{text}:{days}", article=text, revision=1, outlet="Daily", published=published, figure=figure
        )
    ]
    return Mention(found[0], marks_of_article(found, text)[0])


def rare(word: str) -> float:
    return 0.9


def test_names_beside_the_numbers_tell_towns_apart() -> None:
    one = mention("Police said 12 people were killed in Tarnow.")
    same = likeness(one, mention("In Tarnow 14 people were killed, police said."), rare)
    other = likeness(one, mention("Police said 12 people were killed in Belmont."), rare)
    assert "rarest name: same" in same
    assert "rarest name: other" in other
    assert same["names beside"] > other["names beside"] == 0


def test_days_that_are_named_tell_events_apart() -> None:
    monday = mention("Police said 12 people were killed on Monday.")
    sunday = mention("Police said 12 people were killed on Sunday.")
    assert likeness(monday, sunday, rare)["periods differ"] == 1
    assert likeness(monday, sunday, rare)["days between periods"] > 0
    assert likeness(monday, monday, rare)["days between periods"] == 0


def test_what_articles_share_counts_where_it_is_known() -> None:
    one, other = mention("Police said 12 people were killed."), mention("Police said 14 people were killed.")
    assert likeness(one, other, rare, 0.4)["articles"] == 0.4
    assert "articles" not in likeness(one, other, rare)


COUNTS = (
    "Police said 12 people were killed in Tarnow.",
    "In Tarnow 1,220 people were killed, police said.",
    "Police arrested 12 people in Tarnow.",
    "The flood damaged 1,200 homes in Tarnow.",
    "Between 1,100 and 1,300 homes were damaged.",
    "Some 1,204 homes were damaged.",
)


def test_one_is_held_against_many_as_against_each() -> None:
    many = [mention(text) for text in COUNTS]
    for said in many:
        assert closenesses(said, many) == [closeness(said, other) for other in many]


def test_only_values_that_are_far_off_are_not_looked_at() -> None:
    many = [mention(text) for text in COUNTS]
    for said in many:
        may_be = may_say_the_same(said)
        same = [other for other in many if says_the_same(other.claim, said.claim)]
        assert said in same
        assert all(may_be(other.figure.value) for other in same)
    assert not may_say_the_same(mention(COUNTS[0]))(mention(COUNTS[1]).figure.value)
