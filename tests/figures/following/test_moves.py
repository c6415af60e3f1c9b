"""What holds after a figure that has moved, come back, or gone on beside a rival's."""

from __future__ import annotations

import pytest

from pipeline.figures.following import Followed, Follower
from schemas.figure import VerdictKind
from tests.figures.following.articles import at, kinds, tell


def _holds(follower: Follower) -> float | None:
    """The value that holds in the only series."""
    (series,) = follower.series()
    return next(claim.value for claim in series.claims if claim.figure == series.current)


def _after_nine(text: str) -> tuple[Follower, Followed]:
    follower = Follower("t")
    tell(follower, "Officials put the death toll from the floods in Karsten at nine.", at(2))
    return follower, tell(follower, text, at(3), outlet="Post")


@pytest.mark.parametrize(
    ("text", "holds", "was"),
    [
        ("The toll from the floods in Karsten rose from 12 to 15 on Tuesday.", 15, 9),
        ("Police said 15 people had died in the Karsten floods, up from 12.", 15, 9),
        ("The ministry has revised the death toll of the Karsten floods to 13, from 14, after a recount.", 13, 14),
        ("The ministry cut the death toll from the Karsten floods to 13 from 14.", 13, 14),
        ("The toll of the Karsten floods was lowered from 14 to 13, the ministry said.", 13, 14),
    ],
)
def test_a_former_number_that_nobody_told_is_no_state_of_its_own(text: str, holds: float, was: float) -> None:
    follower, followed = _after_nine(text)
    (change,) = [verdict for verdict in followed.verdicts if verdict.kind is not VerdictKind.REPEATED]
    assert (change.kind, change.from_value) == (VerdictKind.CHANGED, was)
    assert _holds(follower) == holds
    assert any("had not been reported" in verdict.reason for verdict in followed.verdicts)


def test_a_former_number_that_was_told_is_told_again() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Karsten has killed 14 people, the ministry said.", at(2))
    followed = tell(follower, "The ministry revised the toll of the Karsten flood to 13, from 14.", at(3))
    assert sorted(kinds(followed.verdicts)) == ["changed", "repeated"]
    assert _holds(follower) == 13


@pytest.mark.parametrize(
    ("texts", "holds"),
    [
        (
            [
                "The flood killed 14 people in Karsten, the ministry said.",
                "The flood killed 13 people in Karsten, the ministry said, because of a double count.",
                "A man has died in hospital, bringing the death toll from the Karsten flood to 14, the ministry said.",
            ],
            14,
        ),
        (
            [
                "Bread costs 3 crowns in Karsten shops, the bureau said.",
                "Bread costs 4 crowns in Karsten shops, the bureau said.",
                "Bread costs 3 crowns in Karsten shops, the bureau said.",
            ],
            3,
        ),
        (
            [
                "Aid groups say up to 60 people are trapped in the mine at Ost.",
                "Aid groups say up to 81 people are trapped in the mine at Ost.",
                "Aid groups say up to 60 people are trapped in the mine at Ost.",
            ],
            60,
        ),
    ],
)
def test_a_value_that_comes_back_is_news(texts: list[str], holds: float) -> None:
    follower = Follower("t")
    told = [tell(follower, text, at(2 + day)).verdicts[0] for day, text in enumerate(texts)]
    assert kinds(told) == ["new", "changed", "changed"]
    assert _holds(follower) == holds


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("The first count of 14 dead in the Karsten flood had been wrong.", 20),
        ("The flood in Karsten has cost the lives of 14 people.", 10),
        ("Each family of the 14 people killed in the Karsten flood gets a tent.", 20),
    ],
)
def test_a_value_of_old_that_is_quoted_or_late_is_told_again(text: str, hour: int) -> None:
    follower = Follower("t")
    tell(follower, "The flood in Karsten killed 14 people, the ministry said.", at(2))
    tell(follower, "The flood in Karsten killed 13 people, the ministry said.", at(3))
    followed = tell(follower, text, at(3, hour), outlet="Post")
    assert kinds(followed.verdicts)[0] == "repeated"


def test_an_upper_bound_that_rises_is_news_and_one_that_a_count_entails_is_not() -> None:
    follower = Follower("t")
    tell(follower, "Up to 60 people are trapped in the mine at Ost.", at(2))
    assert kinds(tell(follower, "Up to 81 people are trapped in the mine at Ost.", at(3)).verdicts) == ["changed"]
    other = Follower("t")
    tell(other, "Seventy people are trapped in the mine at Ost.", at(2))
    assert kinds(tell(other, "Up to 81 people are trapped in the mine at Ost.", at(3)).verdicts) == ["repeated"]


@pytest.mark.parametrize("rival_day", [2, 6])
def test_a_rivals_higher_count_does_not_silence_the_official_one(rival_day: int) -> None:
    """Whether the rival's count was seen for what it is at once, or first taken for the next one."""
    follower = Follower("t")
    tell(follower, "The ministry said 40 people had died in the Lohr mine fire.", at(2))
    tell(follower, "The union said 95 people had died in the Lohr mine fire.", at(rival_day, 12), outlet="Post")
    told = [
        tell(follower, f"The ministry said {count} people had died in the Lohr mine fire.", at(day)).verdicts[0]
        for day, count in ((7, "44"), (8, "at least 50"))
    ]
    assert [(verdict.kind, verdict.from_value) for verdict in told] == [("changed", 40), ("changed", 44)]
    assert _holds(follower) == 50


def test_the_official_line_may_take_over_a_rivals_count() -> None:
    follower = Follower("t")
    tell(follower, "The ministry said 40 people had died in the Lohr mine fire.", at(2))
    tell(follower, "The union said 95 people had died in the Lohr mine fire.", at(2, 12), outlet="Post")
    followed = tell(follower, "The ministry said 95 people had died in the Lohr mine fire.", at(4))
    assert kinds(followed.verdicts) == ["changed"]
    assert _holds(follower) == 95


def test_a_flood_of_the_past_does_not_join_the_one_of_today() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Karsten has killed 14 people, the ministry said.", at(2))
    text = "The flood in Karsten has killed 15 people. The 1953 flood in Karsten killed 38 people."
    today, past = tell(follower, text, at(3)).verdicts
    assert (today.kind, today.from_value) == (VerdictKind.CHANGED, 14)
    assert past.series != today.series
