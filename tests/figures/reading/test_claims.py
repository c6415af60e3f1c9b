"""What is said of a number: how exactly it is meant, its unit, ranges, changes and factors."""

from __future__ import annotations

import pytest

from schemas.figure import ScopeKind
from tests.figures.reading.helpers import figure, figures


@pytest.mark.parametrize(
    ("text", "modifier"),
    [
        ("At least 40 goats drowned.", "at_least"),
        ("40 goats or more drowned.", "at_least"),
        ("No fewer than 40 goats drowned.", "at_least"),
        ("More than 40 goats drowned.", "more_than"),
        ("Over 40 goats drowned.", "more_than"),
        ("40+ goats drowned.", "more_than"),
        ("The herd has passed 40 goats.", "more_than"),
        ("The motion passed by 40 votes.", "exact"),
        ("The storm left 40 injured and more than a few cold.", "exact"),
        ("Up to 40 goats drowned.", "up_to"),
        ("As many as 40 goats drowned.", "up_to"),
        ("Fewer than 40 goats drowned.", "fewer_than"),
        ("About 40 goats drowned.", "about"),
        ("Some 40 goats drowned.", "about"),
        ("An estimated 40 goats drowned.", "about"),
        ("40 or so goats drowned.", "about"),
        ("Nearly 40 goats drowned.", "nearly"),
        ("Only 40 goats drowned.", "only"),
        ("Exactly 40 goats drowned.", "exact"),
        ("The count was revised up to 40 goats.", "exact"),
        ("That is far below the 40 goats needed.", "exact"),
    ],
)
def test_modifiers(text: str, modifier: str) -> None:
    assert figure(text).modifier == modifier


@pytest.mark.parametrize(
    ("text", "language", "modifier"),
    [
        ("Mindestens 40 Menschen starben.", "de", "at_least"),
        ("Au moins 40 personnes sont mortes.", "fr", "at_least"),
        ("Más de 40 personas murieron.", "es", "more_than"),
        ("Quasi 40 persone sono morte.", "it", "nearly"),
        ("Cerca de 40 pessoas morreram.", "pt", "about"),
        ("Не менее 40 человек погибли.", "ru", "at_least"),
        ("Понад 40 людей загинули.", "uk", "more_than"),
        ("До 40 людей загинули.", "uk", "up_to"),
        ("Кількість загиблих зросла до 40.", "uk", "exact"),
        ("Число погибших выросло до 40.", "ru", "exact"),
        ("La cifra subió hasta los 40 muertos.", "es", "exact"),
    ],
)
def test_modifiers_of_other_languages(text: str, language: str, modifier: str) -> None:
    assert figure(text, language).modifier == modifier


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It costs $2.7bn.", 2.7e9, "USD"),
        ("It costs €40 million.", 4e7, "EUR"),
        ("It costs 40 million euros.", 4e7, "EUR"),
        ("It costs HK$5.4m.", 5.4e6, "Hong Kong dollar"),
        ("It costs US $40.", 40, "USD"),
        ("It costs 92 million yuan.", 9.2e7, "yuan"),
        ("It costs USD1,700.", 1700, "USD"),
        ("It costs $52 a barrel.", 52, "USD per barrel"),
        ("Output fell 3.5 per cent.", 3.5, "%"),
        ("Output fell 3.5%.", 3.5, "%"),
        ("It rose 3.2 percentage points.", 3.2, "percentage points"),
        ("The cut is 50 basis points.", 50, "basis points"),
        ("A half-point cut followed.", 50, "basis points"),
        ("The road is 12 km long.", 12, "km"),
        ("Gusts reached 140 km/h.", 140, "km/h"),
        ("They burned 311 square miles.", 311, "square mile"),
        ("It weighs 70kg.", 70, "kg"),
        ("It was 38 degrees Celsius.", 38, "degrees Celsius"),
        ("Sales grew more than sixfold.", 6, "times"),
    ],
)
def test_units(text: str, value: float, unit: str) -> None:
    found = figure(text)
    assert found.value == pytest.approx(value)
    assert found.unit == unit


def test_a_share_counts_what_it_is_a_share_of() -> None:
    found = figure("With 38 percent of ballots counted, she led.")
    assert (found.unit, found.counted) == ("%", "ballots")


def test_one_in_five_is_a_share() -> None:
    found = figure("One in five voters stayed at home.")
    assert found.value == pytest.approx(0.2)
    assert found.surface == "One in five"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Between 20 and 30 sailors were hurt.", 20, 30),
        ("The storm hurt 20 to 30 sailors.", 20, 30),
        ("Prices range from 3 to 5 euros.", 3, 5),
        ("It will cost $3 to $5 billion.", 3e9, 5e9),
        ("It will cost $3.8 billion to $4.5 billion.", 3.8e9, 4.5e9),
        ("Three or four boats sank.", 3, 4),
        ("Zwischen 20 und 30 Menschen starben.", 20, 30),
    ],
)
def test_ranges(text: str, low: float, high: float) -> None:
    found = figure(text, "de" if "Zwischen" in text else "en")
    assert (found.value, found.low, found.high, found.modifier) == (None, low, high, "range")


@pytest.mark.parametrize(
    ("text", "now", "earlier"),
    [
        ("Cases rose from 28 to 35.", 35, 28),
        ("Deaths fell to 3 from 9.", 3, 9),
        ("There are 35 cases, up from 28.", 35, 28),
        ("The price was cut from $40 to $35.", 35, 40),
        ("Die Zahl der Toten stieg von 28 auf 35.", 35, 28),
    ],
)
def test_a_change_is_two_figures_and_no_range(text: str, now: float, earlier: float) -> None:
    found = {f.value: f for f in figures(text, "de" if "Die" in text else "en")}
    assert set(found) == {now, earlier}
    assert found[now].earlier == earlier
    assert found[earlier].earlier is None


def test_a_factor_is_kept_beside_the_value() -> None:
    found = figure("The toll doubled to 84.")
    assert (found.value, found.factor) == (84, 2)


def test_one_more_is_an_increment_of_one() -> None:
    found = figure("Another young girl has been returned.")
    assert (found.value, found.counted, found.action) == (1, "young girl", "returned")
    assert found.scope.kind is ScopeKind.INCREMENT


def test_another_hundred_is_an_increment_of_a_hundred() -> None:
    found = figure("Another 100 soldiers came home.")
    assert (found.value, found.scope.kind) == (100, ScopeKind.INCREMENT)


def test_a_span_holds_the_number_with_its_sign_and_magnitude() -> None:
    text = "Officials said the bridge costs at least €2.7 billion today."
    found = figure(text)
    assert text[slice(*found.span)] == found.surface == "€2.7 billion"
    assert found.quote == text
