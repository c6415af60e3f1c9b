"""The noun a number counts, where it is left out, put elsewhere or built of several words."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figures


def counted(text: str) -> list[tuple[str, str | None]]:
    return [(f.surface, f.counted) for f in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A blast left three dead and five wounded.", [("three", "dead people"), ("five", "wounded people")]),
        ("Casualties: 12 dead, 30 badly injured.", [("12", "dead people"), ("30", "injured people")]),
        ("Officials counted 40 dead or wounded.", [("40", "dead or wounded people")]),
        ("It left 40 dead and wounded 12.", [("40", "dead people"), ("12", "people")]),
        ("Two-thirds of the wounded were flown out.", [("Two-thirds", "wounded people")]),
        ("Nine sailors drowned, and two injured were flown out.", [("Nine", "sailors"), ("two", "injured sailors")]),
        ("The crash left 58 dead. Seven were arrested.", [("58", "dead people"), ("Seven", "people")]),
        ("Five wounded miners sang.", [("Five", "wounded miners")]),
        ("Five miners were wounded.", [("Five", "miners")]),
    ],
)
def test_an_adjective_that_stands_for_people_stays_with_them(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert counted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Soldiers killed 12 and captured seven.", [("12", "people"), ("seven", "people")]),
        ("Ten gunmen killed five and wounded six.", [("Ten", "gunmen"), ("five", "people"), ("six", "people")]),
        (
            "Ten gunmen shot five villagers and held six.",
            [("Ten", "gunmen"), ("five", "villagers"), ("six", "villagers")],
        ),
        ("Rebels killed the mayor, his driver and 15 others.", [("15", "people")]),
        ("Miners clashed with police and 30 were arrested.", [("30", "Miners")]),
    ],
)
def test_those_who_did_it_are_not_those_it_was_done_to(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert counted(text) == expected


def test_the_others_beside_people_of_two_kinds_are_people() -> None:
    assert counted("One cook and four minors died, and 16 others were hurt.")[-1] == ("16", "people")
    assert counted("Two sailors were rescued and five others drowned.")[-1] == ("five", "sailors")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Troops met six UNHO [United North Harbour Organisation] dockers.", ("six", "UNHO dockers")),
        ("Troops met six UNHO (United North Harbour Organisation) dockers.", ("six", "UNHO dockers")),
        ("Six trams (two of them empty) collided.", ("Six", "trams")),
        ("An attack by 3,000 “greycoats” was feared.", ("3,000", "greycoats")),
        ("Five French and three Spanish tourists drowned.", ("Five", "French tourists")),
        ("One soldier died and three more were hurt.", ("three", "soldiers")),
        ("One policeman died and three more were hurt.", ("three", "policemen")),
        ("A 15-WOMAN TEAM OF POLICE OFFICERS ARRIVED FROM THE CAPITAL BY TRAIN.", ("15", "women")),
    ],
)
def test_a_noun_phrase_is_found_whole(text: str, expected: tuple[str, str]) -> None:
    assert expected in counted(text)


def test_capitals_hide_no_unit() -> None:
    found = figures("TROOPS SHELLED TWO TOWNS IN THE HARLO HILLS, 575 KM FROM THE CAPITAL.")
    assert [(f.value, f.unit, f.counted) for f in found] == [(2, None, "towns"), (575, "km", None)]
