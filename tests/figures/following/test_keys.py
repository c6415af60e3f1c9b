"""What makes two figures one or two: an example for each thing that tells them apart or ties them together."""

from __future__ import annotations

import pytest

from pipeline.figures.following import Follower
from pipeline.figures.following.context import marks_of_article, names_of
from tests.figures.following.articles import at, figures_in, kinds, tell


def series_of(*texts: str, days: tuple[int, ...] = ()) -> list[list[str]]:
    """The series of the figures of each text, told one a day, as letters in the order they were opened."""
    follower = Follower("t")
    told = []
    for n, text in enumerate(texts):
        followed = tell(follower, text, at(days[n] if days else 2 + n), outlet=f"O{n}")
        order = [one.id for one in follower.series()]
        told.append(["abcdefgh"[order.index(verdict.series)] for verdict in followed.verdicts])
    return told


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            ("The quake killed 41 people.", "The death toll of the quake has risen to 58."),
            [["a"], ["a"]],
            id="a toll is of people",
        ),
        pytest.param(
            ("The storm destroyed 120 homes in Dern.", "At least 130 houses were destroyed by the storm in Dern."),
            [["a"], ["a"]],
            id="homes are houses",
        ),
        pytest.param(
            ("The Greens took 81 seats in Holm.", "The Greens now have 80 in Holm."),
            [["a"], ["a"]],
            id="seats of a party are no room for people",
        ),
        pytest.param(
            ("Police arrested 61 demonstrators in Dern.", "Police raised the number of arrests in Dern to 118."),
            [["a"], ["a"]],
            id="arrests are of people",
        ),
        pytest.param(
            ("After the flood in Dern 33 people are missing.", "The number of missing in Dern has come down to 15."),
            [["a"], ["a"]],
            id="the missing grow fewer",
        ),
        pytest.param(
            ("The quake killed 41 people and injured 200.", "The quake injured 230 people and killed 44."),
            [["a", "b"], ["b", "a"]],
            id="another action is another figure",
        ),
        pytest.param(
            ("Dobra has confirmed 412 cholera cases.", "Another 37 cholera cases took the Dobra total to 449."),
            [["a"], ["b", "a"]],
            id="an increment is not the total",
        ),
        pytest.param(
            ("Shelling killed 12 people in Orlan.", "Shelling killed 31 people in Vint."),
            [["a"], ["b"]],
            id="another place is another figure",
        ),
        pytest.param(
            ("The flood in Corra killed 12 people.", "A flood in Corra killed 31 people in 1977."),
            [["a"], ["b"]],
            id="another year is another event",
        ),
        pytest.param(
            ("The bridge will cost €2 billion.", "The cost of the bridge rose from €2 billion to €2.7 billion."),
            [["a"], ["a", "a"]],
            id="from and to are one figure",
        ),
        pytest.param(
            ("At least 19,500 children were deported.", "Children: more than 19,500 of them were deported."),
            [["a"], ["a"]],
            id="the same rare number of the same thing",
        ),
    ],
)
def test_figures_are_told_apart_and_recognised(texts: tuple[str, ...], expected: list[list[str]]) -> None:
    assert series_of(*texts) == expected


def test_what_was_counted_the_day_before_is_told_again_and_today_is_new() -> None:
    follower = Follower("t")
    tell(follower, "Ninety-three aid trucks entered Jendra on Monday.", at(2))
    followed = tell(
        follower, "A hundred and twelve trucks entered Jendra on Tuesday, compared with 93 the day before.", at(3)
    )
    assert kinds(followed.verdicts) == ["new", "repeated"]


def test_polls_by_two_makers_are_two_figures_and_no_contradiction() -> None:
    follower = Follower("t")
    tell(follower, "The Labour Front is on 33 percent in Greymoor, an Institute poll found.", at(2))
    followed = tell(follower, "A Vox poll has the Labour Front on 27 percent in Greymoor.", at(2, 12), outlet="B")
    assert kinds(followed.verdicts) == ["new"]


def test_two_armies_that_tell_of_each_others_dead_contradict_each_other_crosswise() -> None:
    follower = Follower("t")
    tell(
        follower,
        "The northern army said it lost 11 soldiers at Ostrova on Monday and killed more than 90 of the enemy.",
        at(2),
        outlet="North",
    )
    own, enemy = sorted(follower.series(), key=lambda one: one.claims[0].low or 0)
    followed = tell(
        follower,
        "The southern army put its own losses on Monday at Ostrova at 14 dead"
        " and claimed 150 northern soldiers were killed.",
        at(2, 12),
        outlet="South",
    )
    assert [verdict.series for verdict in followed.verdicts] == [enemy.id, own.id]
    assert kinds(followed.verdicts) == ["contradiction", "contradiction"]


def test_a_number_quoted_to_be_disputed_is_the_one_that_is_contradicted() -> None:
    follower = Follower("t")
    tell(follower, "The governor said 58 people were killed in the Karvel quake.", at(2))
    followed = tell(
        follower, "Doctors in Karvel counted 74 dead, disputing the governor's count of 58.", at(2, 12), outlet="B"
    )
    assert sorted(kinds(followed.verdicts)) == ["contradiction", "repeated"]


@pytest.mark.parametrize("text", ["Not 640 but 910 were hit.", "910 clients, et non 640."])
def test_a_number_after_a_not_is_the_one_denied(text: str) -> None:
    figures = figures_in(text, at(2))
    marks = dict(zip((one.figure.value for one in figures), marks_of_article(figures, text), strict=True))
    assert "denied" in marks[640].cues
    assert "denied" not in marks[910].cues


def test_a_name_is_known_in_its_other_forms() -> None:
    assert names_of("In Holm the Greens won.") == names_of("In Holm a Green won.")
    assert names_of("У місті Лозівка тихо.")[0] == names_of("Люди в Лозівці сплять.")[0]
