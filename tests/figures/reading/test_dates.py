"""The day a figure holds for: back or ahead as its clause tells, and none where a day only opens a span of time."""

from __future__ import annotations

from datetime import date

import pytest

from tests.figures.reading.helpers import figure, figures

LAST_FRIDAY, NEXT_FRIDAY = date(2026, 5, 8), date(2026, 5, 15)
NEXT_MONDAY, LAST_TUESDAY, SUNDAY = date(2026, 5, 18), date(2026, 5, 12), date(2026, 5, 17)
"""Around the Thursday on which the articles of these tests come out."""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("At least 300 people have died since March 18.", "en"),
        ("Some 300 people have died since the start of the siege on March 18.", "en"),
        ("Since the revolt broke out on 18 March, 500 people have been killed.", "en"),
        ("Since Friday, May 8, 45 people have been arrested.", "en"),
        ("Since last Friday, 45 people have been arrested.", "en"),
        ("From Friday 30 trains will run each day.", "en"),
        ("The clinic saw 40 patients in the week to May 10.", "en"),
        ("Seit dem 18. März starben 300 Menschen.", "de"),
        ("Depuis le 18 mars, 300 personnes sont mortes.", "fr"),
        ("Desde el 18 de marzo murieron 300 personas.", "es"),
        ("Dal 18 marzo sono morte 300 persone.", "it"),
        ("С 18 марта погибли 300 человек.", "ru"),
        ("З 18 березня загинули 300 людей.", "uk"),
    ],
)
def test_the_start_of_a_span_is_no_day_that_a_figure_holds_for(text: str, language: str) -> None:
    assert figure(text, language).as_of is None


def test_a_span_that_opens_with_an_event_is_its_window() -> None:
    found = figure("At least 300 people have died since protests began on Friday.")
    assert found.scope.window == "since protests began on Friday"


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("The service expects 50 millimetres of rain by Friday evening.", "en", NEXT_FRIDAY),
        ("The river is expected to reach 7.4 metres in the early hours of Sunday.", "en", SUNDAY),
        ("Power should be back in 4,000 homes by Friday.", "en", NEXT_FRIDAY),
        ("The company plans to cut 400 jobs by Friday.", "en", NEXT_FRIDAY),
        ("They'll bring 400 tents on Friday.", "en", NEXT_FRIDAY),
        ("Aid for 3,000 people arrives next Monday.", "en", NEXT_MONDAY),
        ("This coming Friday 300 players meet in the capital.", "en", NEXT_FRIDAY),
        ("The roads to 12 villages stay closed until Sunday.", "en", SUNDAY),
        ("The ministry said on Tuesday that 400 jobs would go by Friday.", "en", NEXT_FRIDAY),
        ("Bis Freitag sollen 400 Stellen wegfallen.", "de", NEXT_FRIDAY),
        ("Vendredi prochain 300 personnes défileront.", "fr", NEXT_FRIDAY),
        ("El próximo lunes llegarán 300 soldados.", "es", NEXT_MONDAY),
        ("Lunedì prossimo arriveranno 300 soldati.", "it", NEXT_MONDAY),
        ("В следующую пятницу выйдут 300 человек.", "ru", NEXT_FRIDAY),
        ("У наступну п'ятницю вийдуть 300 людей.", "uk", NEXT_FRIDAY),
    ],
)
def test_a_day_to_come_lies_ahead(text: str, language: str, day: date) -> None:
    assert figure(text, language).as_of == day


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("By Friday evening police had arrested 40 people.", "en", LAST_FRIDAY),
        ("By Friday they'd vaccinated 870 children.", "en", LAST_FRIDAY),
        ("As of Friday, 15 people had been hurt.", "en", LAST_FRIDAY),
        ("Some 5,000 people marched on Friday.", "en", LAST_FRIDAY),
        ("Power was out in 12,500 homes on Friday morning.", "en", LAST_FRIDAY),
        ("The ministry said on Tuesday that it expects 400 jobs to go.", "en", LAST_TUESDAY),
        ("Am Freitag wurden 45 Menschen festgenommen.", "de", LAST_FRIDAY),
        ("300 personnes ont été arrêtées vendredi.", "fr", LAST_FRIDAY),
        ("El viernes murieron 12 personas.", "es", LAST_FRIDAY),
        ("В пятницу погибли 12 человек.", "ru", LAST_FRIDAY),
    ],
)
def test_a_day_that_was_lies_back(text: str, language: str, day: date) -> None:
    assert figure(text, language).as_of == day


def test_each_number_has_the_day_of_its_clause() -> None:
    found = figures("On Tuesday 12 people were hurt, and 300 will march on Friday.")
    assert [f.as_of for f in found] == [LAST_TUESDAY, NEXT_FRIDAY]


@pytest.mark.parametrize(
    ("text", "language", "year"),
    [
        ("The 1953 flood killed 1,800 people.", "en", 1953),
        ("In 1976, 242,000 people died in the earthquake.", "en", 1976),
        ("A crash in March 2014 killed 239 people.", "en", 2014),
        ("The flood of 1953, the worst ever, killed 1,800 people.", "en", 1953),
        ("The toll is the highest since 2004, when 20,000 people died.", "en", 2004),
        ("1976 starben 242.000 Menschen.", "de", 1976),
        ("En 1976, un séisme a tué 242 000 personnes.", "fr", 1976),
        ("En 1976 murieron 242.000 personas.", "es", 1976),
        ("Nel 1976 morirono 242.000 persone.", "it", 1976),
        ("В 1976 году погибли 242 000 человек.", "ru", 1976),
        ("У 1976 році загинули 242 000 людей.", "uk", 1976),
    ],
)
def test_a_count_of_a_past_year_is_of_that_year(text: str, language: str, year: int) -> None:
    found = figure(text, language)
    assert found.as_of == date(year, 12, 31)
    assert str(year) in (found.scope.window or "")


def test_that_year_is_the_one_before() -> None:
    found = figures("The flood of 1953 killed 1,800 people. A dyke broke at Hollin that year and 38 people drowned.")
    assert [f.as_of for f in found] == [date(1953, 12, 31)] * 2


@pytest.mark.parametrize(
    "text",
    [
        "The worst flood since 1953 has killed 12 people.",
        "The dam, built in 1974, failed and killed 12 people.",
        "Twelve people died at a dam built in 1974.",
        "The company will cut 300 jobs by 2030.",
        "It was the worst winter of the 1970s, with 12 deaths.",
        "The man who had won in 2003 was among 12 people killed.",
    ],
)
def test_a_year_of_something_else_dates_no_count(text: str) -> None:
    assert figure(text).as_of is None
