"""Numerals that are no figures, and why; and their neighbours that are."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figure, figures, reasons, values


@pytest.mark.parametrize(
    ("text", "surface", "why"),
    [
        ("The law of 2011 replaced that of 1974.", "2011", "year"),
        ("In 2020 most offices closed.", "2020", "year"),
        ("The 2024 elections were fair.", "2024", "year"),
        ("Leyla Odeh, 38, was named to the post.", "38", "age"),
        ("A 59-year-old driver walked away.", "59", "age"),
        ("He was 94.", "94", "age"),
        ("The boy turned 12 on the way.", "12", "age"),
        ("They meet again on 21 October.", "21 October", "date"),
        ("The order of 2023-05-11 stands.", "2023-05-11", "date"),
        ("They met on June 3-5 in Tarn.", "June 3-5", "date"),
        ("Guards changed at 7:15 p.m. in the capital.", "7:15 p.m.", "time"),
        ("The train left at 18:05.", "18:05", "time"),
        ("The train left at 0530 on Sunday.", "0530", "time"),
        ("The train left at 2145 GMT.", "2145 GMT", "time"),
        ("The train left at 1835 (0035 GMT).", "1835", "time"),
        ("Call +49 30 901820 for help.", "+49 30 901820", "phone"),
        ("It was the 23rd such raid.", "23rd", "ordinal"),
        ("The third strike hit the port.", "third", "ordinal"),
        ("City drew 1-1 at home.", "1", "score"),
        ("The council voted 7-2 to close it.", "7", "score"),
        ("The council passed Resolution 1944.", "1944", "label"),
        ("Flight KX118 was late.", "118", "label"),
        ("The virus H7N9 spread.", "7", "label"),
        ("He drove down Route 9.", "9", "label"),
        ("The talks are in Room No. 6.", "6", "label"),
        ("It runs on Windows 11.", "11", "label"),
        ("The index, the FTSE 100, was flat.", "100", "label"),
        ("It was one of the coldest nights.", "one", "pronoun"),
        ("No one was hurt.", "one", "pronoun"),
        ("The two sides will meet.", "two", "pronoun"),
        ("A star of magnitude 5.9 rose over the town.", "5.9", "magnitude"),
        ("A 5.9-magnitude star rose over the town.", "5.9", "magnitude"),
        ("The poll has a margin of error of 3 points.", "3", "margin of error"),
        ("The quake struck at a depth of 12 km.", "12", "setting"),
        ("The village lies 40 km north of the border.", "40", "setting"),
        ("They fired 155 mm shells at the ridge.", "155", "calibre"),
        ("A two-day visit ended.", "two", "period"),
        ("It was quiet in the last 24 hours.", "24", "period"),
        ("It opened ten years ago.", "ten", "period"),
        ("She bought a three-bed flat.", "three", "adjective"),
        ("Our mission is two-fold.", "two-fold", "adjective"),
        ("She lived through the 1980s.", "the 1980s", "period"),
        ("She is a mother of three.", "three", "family"),
        ("See https://example.org/12345 for more.", "https://example.org/12345", "link"),
    ],
)
def test_no_figure(text: str, surface: str, why: str) -> None:
    assert reasons(text)[surface] == why


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A total of 1976 people died.", 1976),
        ("About 2,000 people fled in 2019.", 2000),
        ("In May 30 people drowned.", 30),
        ("On 3 May 28 bodies were found.", 28),
        ("Some 15-22 boats sank.", (15, 22)),
        ("The 225-seat chamber was empty.", 225),
        ("The 840-metre bridge is closed.", 840),
        ("One has died.", 1),
        ("A skull 300,000 years old was found.", 300_000),
        ("One person was hurt.", 1),
    ],
)
def test_neighbours_that_are_figures(text: str, value: float | tuple[float, float]) -> None:
    assert values(text) == [value]


def test_an_ordinary_list_is_no_figure() -> None:
    assert reasons("1. Pack the tents.\n2. Leave the camp.") == {"1": "list numbering", "2": "list numbering"}


def test_a_price_in_navigation_is_no_figure() -> None:
    assert set(reasons("Tent $79.99 Add to cart").values()) == {"table"}


def test_an_age_does_not_hide_the_count_beside_it() -> None:
    found = figure("Mira Sol, 41, led 300 marchers.")
    assert (found.value, found.counted) == (300, "marchers")


@pytest.mark.parametrize(
    "text",
    [
        "A boat took her off the roof at ten past six.",
        "The doors opened at half past nine.",
        "He left at twenty to five.",
        "Greta Lind is 74 and has lived on the river all her life.",
        "Greta Lind was 31 when the dyke broke.",
    ],
)
def test_the_time_in_words_and_the_age_of_a_name_are_no_figures(text: str) -> None:
    assert not figures(text)


@pytest.mark.parametrize(
    "text", ["They drove past six lorries.", "It fell from twenty to five boats.", "Gold Mines are 74."]
)
def test_what_only_looks_like_a_time_or_an_age_is_one(text: str) -> None:
    assert figures(text)
