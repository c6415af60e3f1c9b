"""One example for each rule of the verdicts, from text to verdict."""

from __future__ import annotations

import pytest

from pipeline.figures.following import Follower
from tests.figures.following.articles import at, kinds, tell


def test_the_first_mention_is_new_and_opens_a_series() -> None:
    follower = Follower("t")
    followed = tell(follower, "The quake in Karvel killed at least 41 people and injured more than 200.", at(2))
    assert kinds(followed.verdicts) == ["new", "new"]
    assert len(followed.series) == 2


def test_a_later_count_is_a_change_from_what_held() -> None:
    follower = Follower("t")
    tell(follower, "The quake in Karvel killed at least 41 people.", at(2))
    (verdict,) = tell(follower, "The death toll from the Karvel quake has risen to 58.", at(2, 12)).verdicts
    assert (verdict.kind, verdict.from_value) == ("changed", 41)
    assert "41" in verdict.reason
    assert "58" in verdict.reason


def test_a_weaker_bound_is_a_repetition() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Dern killed 58 people.", at(2))
    (verdict,) = tell(follower, "More than 50 people were killed by the flood in Dern.", at(3)).verdicts
    assert verdict.kind == "repeated"


def test_another_speaker_on_the_same_day_contradicts_and_the_known_value_stays() -> None:
    follower = Follower("t")
    tell(follower, "Police said 35,000 people marched in Castra on Sunday.", at(8))
    (verdict,) = tell(
        follower, "Organisers said 120,000 people marched in Castra on Sunday.", at(8, 15), outlet="Free Voice"
    ).verdicts
    assert verdict.kind == "contradiction"
    (series,) = follower.series()
    assert verdict.contradicts == (series.claims[0].figure,) == (series.current,)


def test_who_contradicted_is_next_judged_by_their_own_count() -> None:
    follower = Follower("t")
    tell(follower, "Police said 35,000 people marched in Castra on Sunday.", at(8))
    tell(follower, "Organisers said 120,000 people marched in Castra on Sunday.", at(8, 15), outlet="Free Voice")
    (verdict,) = tell(
        follower, "Organisers said on Monday that 131,000 people marched in Castra.", at(9), outlet="Free Voice"
    ).verdicts
    assert (verdict.kind, verdict.from_value) == ("changed", 120_000)


def test_a_later_revision_that_takes_a_number_back_is_a_correction() -> None:
    follower = Follower("t")
    first = tell(follower, "The fire in Dern killed 19 people, police said.", at(2), article="a")
    second = tell(
        follower,
        "The fire in Dern killed 9 people, police said.",
        at(2),
        article="a",
        revision=1,
        replaces=[v.figure for v in first.verdicts],
    )
    (verdict,) = second.verdicts
    assert (verdict.kind, verdict.from_value) == ("correction", 19)


def test_a_revision_that_says_the_same_repeats_it() -> None:
    follower = Follower("t")
    first = tell(follower, "The fire in Dern killed 19 people, police said.", at(2), article="a")
    second = tell(
        follower,
        "The fire in Dern killed 19 people, the police said.",
        at(2),
        article="a",
        revision=1,
        replaces=[v.figure for v in first.verdicts],
    )
    assert kinds(second.verdicts) == ["repeated"]


def test_a_late_article_is_placed_by_its_day_and_does_not_undo_what_holds() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Dern killed 12 people.", at(2))
    tell(follower, "The death toll of the flood in Dern has risen to 58.", at(4))
    (verdict,) = tell(follower, "The death toll of the flood in Dern has risen to 30.", at(3), outlet="Slow").verdicts
    assert (verdict.kind, verdict.from_value) == ("changed", 12)
    (series,) = follower.series()
    held = next(claim for claim in series.claims if claim.figure == series.current)
    assert held.value == 58


def test_of_one_days_counts_the_one_published_last_holds_whichever_arrives_last() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Dern killed 12 people.", at(2, 9))
    tell(follower, "The death toll of the flood in Dern has risen to 58.", at(2, 18))
    (verdict,) = tell(follower, "The flood in Dern killed 30 people.", at(2, 12), outlet="Slow").verdicts
    assert (verdict.kind, verdict.from_value) == ("changed", 12)
    (older,) = tell(follower, "The flood in Dern killed 7 people.", at(2, 6), outlet="Slower").verdicts
    assert older.kind == "repeated"
    (series,) = follower.series()
    assert next(claim.value for claim in series.claims if claim.figure == series.current) == 58


@pytest.mark.parametrize(
    ("known", "again"),
    [
        pytest.param("449 people fell ill in Kest.", "Nearly 450 people fell ill in Kest.", id="a rounding"),
        pytest.param("1,600,000 people fled Ordan.", "About 1.6 million people fled Ordan.", id="written in words"),
        pytest.param("1,605 children returned to Ordan.", "More than 1,600 children returned to Ordan.", id="a bound"),
        pytest.param("12 people drowned at Halden.", "A dozen people drowned at Halden.", id="a dozen"),
    ],
)
def test_a_rounding_or_a_weaker_bound_says_nothing_new(known: str, again: str) -> None:
    follower = Follower("t")
    tell(follower, known, at(2))
    (verdict,) = tell(follower, again, at(3), outlet="B").verdicts
    assert verdict.kind == "repeated"
    assert len(follower.series()) == 1


def test_an_older_value_told_as_history_changes_nothing() -> None:
    follower = Follower("t")
    tell(follower, "The quake in Karvel killed 41 people.", at(2))
    tell(follower, "The death toll from the Karvel quake has risen to 58.", at(3))
    followed = tell(follower, "The death toll from the Karvel quake rose from 41 to 63.", at(4), outlet="B")
    assert [(v.kind, v.from_value) for v in followed.verdicts] == [("repeated", None), ("changed", 58)]
    (series,) = follower.series()
    assert next(claim.value for claim in series.claims if claim.figure == series.current) == 63


def test_the_same_noun_with_another_action_is_another_figure() -> None:
    follower = Follower("t")
    tell(follower, "At least 19,500 children were deported. Only 1,605 have returned.", at(2))
    assert len(follower.series()) == 2


def test_a_noun_left_out_is_filled_in_from_the_series() -> None:
    follower = Follower("t")
    tell(follower, "Rescuers said 88 passengers of the ferry Alma had been rescued.", at(2))
    followed = tell(follower, "By noon the number had risen to 91 for the ferry Alma.", at(2, 12))
    assert followed.verdicts[0].series == follower.series()[0].id
    assert followed.figures[0].figure.action == "rescued"


def test_a_series_is_named_by_what_its_first_figure_said_and_a_later_one_added() -> None:
    follower = Follower("t")
    tell(follower, "At least 19,500 children were deported from Ordan.", at(2))
    (series,) = follower.series()
    assert series.label.startswith("children deported")
    assert (series.counted, series.action) == ("children", "deported")


def test_two_speakers_in_one_article_stand_side_by_side() -> None:
    follower = Follower("t")
    followed = tell(
        follower,
        "Police said 35,000 people marched in Castra on Sunday. Organisers put the number of marchers at 120,000,"
        " rejecting the police figure of 35,000.",
        at(8),
    )
    assert kinds(followed.verdicts) == ["new", "contradiction", "repeated"]
    assert len(follower.series()) == 1


def test_something_vague_made_precise_is_a_change() -> None:
    follower = Follower("t")
    tell(follower, "Dozens of people were killed in the ferry disaster off Halden.", at(2))
    (verdict,) = tell(follower, "The coast guard confirmed 31 deaths in the Halden ferry disaster.", at(2, 14)).verdicts
    assert (verdict.kind, verdict.from_value) == ("changed", (24, 99))
    assert verdict.reason == "More precise: 31 instead of dozens."


def test_nothing_is_lost_of_an_article_without_figures() -> None:
    follower = Follower("t")
    followed = tell(follower, "Nothing was counted here.", at(2))
    assert followed.series == followed.verdicts == followed.figures == ()
