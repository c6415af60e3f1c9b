"""The noun a number counts, where it is left out, put elsewhere or built of several words."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figure, figures


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
        ("Rebels killed the mayor, his driver and 15 others.", [("15", "other people")]),
        ("Miners clashed with police and 30 were arrested.", [("30", "Miners")]),
    ],
)
def test_those_who_did_it_are_not_those_it_was_done_to(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert counted(text) == expected


def test_the_others_beside_people_of_two_kinds_are_people() -> None:
    assert counted("One cook and four minors died, and 16 others were hurt.")[-1] == ("16", "other people")
    assert counted("Two sailors were rescued and five others drowned.")[-1] == ("five", "other sailors")


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


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("They met 16 members of the Harlo dockers' union.", "members of the Harlo dockers' union"),
        ("Ten members of the “Harlo Watch” sang.", "members of the Harlo Watch"),
        ("Two members of his crew sang.", "members of his crew"),
        ("Five of the nine members of the board quit.", "members of the board"),
        ("Doctors counted 412 cases of cholera since May.", "cases of cholera"),
        ("Divers found 28 bodies of alleged smugglers.", "bodies of alleged smugglers"),
        ("They buried the bodies of 10 cooks.", "cooks"),
        ("They met 12 members of it.", "members"),
        ("They sold 20 boxes of another.", "boxes"),
        ("Two miners of Harlo sang.", "miners"),
    ],
)
def test_a_noun_that_says_little_keeps_what_it_is_of(text: str, noun: str) -> None:
    assert noun in [f.counted for f in figures(text)]


def test_what_was_of_something_is_so_where_it_is_left_out() -> None:
    text = "Sixteen members of the union died and another 30 were wounded."
    assert [f.counted for f in figures(text)] == ["members of the union"] * 2


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("The raid freed 30 drivers and passengers.", "drivers and passengers"),
        ("Thirty drivers and passengers were freed.", "drivers and passengers"),
        ("It bought 40 trucks and spare parts from Sweden.", "trucks and spare parts"),
        ("Police held 12 smugglers and dealers fled.", "smugglers"),
        ("They held 12 smugglers and miners have left.", "smugglers"),
        ("It sold 30 cars and made profits.", "cars"),
        ("It carried 30 people and cars.", "people"),
        ("It carried 30 sailors and other passengers.", "sailors"),
        ("It carried 30 sailors and 12 passengers.", "sailors"),
    ],
)
def test_two_nouns_share_a_number(text: str, noun: str) -> None:
    assert figures(text)[0].counted == noun


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("The quake killed a cook and 15 others.", "other people"),
        ("One sailor died and two other sailors were hurt.", "other sailors"),
        ("Twelve other houses burned.", "other houses"),
        ("Another 12 houses burned.", "houses"),
        ("Five others drowned. Six were arrested.", "people"),
    ],
)
def test_others_are_told_apart(text: str, noun: str) -> None:
    assert figures(text)[-1].counted == noun


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of the 40 injured, 12 were children.", ("12", "children")),
        ("Thirteen of those injured were children.", ("Thirteen", "injured children")),
        ("Police held 16 sailors. The 16 were members of a gang.", ("16", "sailors")),
        ("Eight (five men and three women) were held.", ("Eight", "people")),
        ("The group said it holds five: two priests and two nuns.", ("five", "people")),
        ("There were 12 confirmed dead.", ("12", "people")),
        ("Of the wounded, three are in hospital.", ("three", "people")),
        ("It counted 30 casualties: 10 dead and 20 wounded.", ("20", "wounded people")),
        ("The crash left one dead and two hurt.", ("one", "dead person")),
        ("Of the 200 firms asked, 40 refused.", ("40", "firms")),
        ("She may add another tram or two.", ("two", "trams")),
        ("The trams stopped. More than 2,000 signed the petition.", ("2,000", "people")),
        ("The town's two telephone and four power lines were cut.", ("two", "telephone lines")),
        ("They found 12 confirmed and 20 probable cases.", ("12", "cases")),
    ],
)
def test_the_rest_of_the_sentence_says_what_is_counted(text: str, expected: tuple[str, str]) -> None:
    assert expected in counted(text)


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("Five passers-by sang.", "passers-by"),
        ("His three sons-in-law sang.", "sons-in-law"),
        ("They found four 60-mm mortars.", "mortars"),
        ("The blast shook 12 nearby buildings.", "nearby buildings"),
        ("It has ten daily flights.", "daily flights"),
        ("They sent 12 home yesterday.", None),
        ("At least six [as heard] bombs went off.", "bombs"),
        ("One person suffered minor burns.", "person"),
        ("It killed one person and injured some others.", "person"),
        ("But 19 fouls proves it was rough.", "fouls"),
        ("Some 30 need homes.", None),
        ("Some 30 lost homes were rebuilt.", "lost homes"),
    ],
)
def test_a_noun_may_hold_a_hyphen_a_measure_or_an_adverb(text: str, noun: str | None) -> None:
    assert figures(text)[0].counted == noun


@pytest.mark.parametrize(
    ("text", "language", "people"),
    [
        ("Divers found 12 bodies.", "en", True),
        ("There were 12 civilians aboard.", "en", True),
        ("The bus carried 12 passengers.", "en", True),
        ("Twelve deaths were counted.", "en", True),
        ("Police made 12 arrests.", "en", True),
        ("The blast left 12 dead.", "en", True),
        ("Twelve were killed.", "en", True),
        ("The fire destroyed 12 homes.", "en", False),
        ("Rain of 12 millimetres killed the crop.", "en", False),
        ("Zwölf Fahrgäste wurden verletzt.", "de", True),
        ("Zwölf Häuser wurden zerstört.", "de", False),
        ("Douze passagers ont été blessés.", "fr", True),
        ("Doce pasajeros resultaron heridos.", "es", True),
        ("Двенадцать человек погибли.", "ru", True),
    ],
)
def test_people_are_people_whatever_they_are_called(text: str, language: str, people: bool) -> None:
    assert figure(text, language).people is people
