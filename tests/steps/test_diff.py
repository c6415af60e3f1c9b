from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.steps.showing.diff import Change, Difference, difference
from schemas.article import Revision

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def between(before: str, after: str, titles: tuple[str, str] = ("A", "A")) -> Difference:
    one, other = (
        Revision(article="a", number=number, title=title, text=text, seen=AT)
        for number, title, text in ((1, titles[0], before), (2, titles[1], after))
    )
    return difference(one, other)


def test_numbers_come_first() -> None:
    made = between(
        "The fire began at dawn.\nThe fire in Dern killed 9 people, police said.\nHelp came late.",
        "The fire began at night.\nThe fire in Dern killed 1,200 people, police said.\nHelp came late.",
    )
    assert made.numbers == (
        Change(
            before="The fire in Dern killed 9 people, police said.",
            after="The fire in Dern killed 1,200 people, police said.",
            numbers_before=("9",),
            numbers_after=("1,200",),
        ),
    )
    assert made.words == (Change(before="The fire began at dawn.", after="The fire began at night."),)


def test_what_is_new_and_what_is_gone_stand_alone() -> None:
    made = between("Nobody was hurt. Trains run again.", "Nobody was hurt. 7 boats sank in the old harbour.")
    assert [(one.before, one.after, one.numbers_after) for one in (*made.numbers, *made.words)] == [
        ("", "7 boats sank in the old harbour.", ("7",)),
        ("Trains run again.", "", ()),
    ]


def test_a_headline_is_a_change_of_its_own() -> None:
    made = between("Same.", "Same.", titles=("Flood: 3 dead", "Flood: 6 dead"))
    assert made.title is not None
    assert (made.title.numbers_before, made.title.numbers_after) == (("3",), ("6",))
    assert made.numbers == made.words == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12,5 % von 1.200", ("12,5", "1.200")),
        ("up 3% to −4.5", ("3%", "−4.5")),
        ("1\u202f200 morts à 10:15", ("1\u202f200", "10:15")),
        ("the G20 and B52s", ()),
        ("٣٥ قتيلا", ("٣٥",)),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, numbers: tuple[str, ...]) -> None:
    (change,) = between("", text).numbers or between("", text).words
    assert change.numbers_after == numbers


def test_a_long_live_blog_is_compared_in_time() -> None:
    posts = [f"{number} boats passed the gate number {number} at dawn." for number in range(3_000)]
    made = between(" ".join(posts), " ".join(["1 new post.", *posts]))
    assert made.numbers[0].after == "1 new post."


def test_a_text_that_is_another_altogether_is_old_and_new() -> None:
    made = between(
        " ".join(f"{number} boats passed." for number in range(900)),
        " ".join(f"{number} trains stood still." for number in range(900)),
    )
    assert len(made.numbers) == 1_800
