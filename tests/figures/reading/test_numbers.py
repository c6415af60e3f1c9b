"""Numbers as they are written: digits, words, fractions, vague amounts, in eight languages."""

from __future__ import annotations

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.reading.digits import read_digits
from tests.figures.reading.helpers import figure, values

COUNTED = {
    "en": "{} people were evacuated from the valley.",
    "de": "Insgesamt wurden {} Menschen aus dem Tal evakuiert.",
    "fr": "Au total {} personnes ont été évacuées de la vallée.",
    "es": "En total {} personas fueron evacuadas del valle.",
    "it": "In totale {} persone sono state evacuate dalla valle.",
    "pt": "No total {} pessoas foram retiradas do vale.",
    "ru": "Всего {} человек эвакуированы из долины.",
    "uk": "Загалом {} людей евакуйовано з долини.",
}
SHARES = {
    "en": "The rate rose to {} percent.",
    "de": "Die Quote stieg auf {} Prozent.",
    "fr": "Le taux est passé à {} pour cent.",
    "es": "La tasa subió a {} por ciento.",
    "it": "Il tasso è salito a {} per cento.",
    "pt": "A taxa subiu para {} por cento.",
    "ru": "Ставка выросла и составила {} процента.",
    "uk": "Ставка зросла і становить {} відсотка.",
}


@settings(deadline=None)  # the first use of a locale loads it
@given(st.sampled_from(sorted(COUNTED)), st.integers(min_value=2, max_value=10**15))
def test_counts_come_back_from_how_a_language_writes_them(language: str, count: int) -> None:
    text = COUNTED[language].format(format_decimal(count, locale=language))
    assert values(text, language) == [float(count)]


@settings(deadline=None)  # the first use of a locale loads it
@given(st.sampled_from(sorted(SHARES)), st.integers(min_value=1, max_value=99_999))
def test_decimals_come_back_from_how_a_language_writes_them(language: str, hundredths: int) -> None:
    number = hundredths / 100
    found = figure(SHARES[language].format(format_decimal(number, locale=language)), language)
    assert found.value == pytest.approx(number)
    assert found.unit == "%"


@pytest.mark.parametrize(
    ("surface", "decimal", "value"),
    [
        ("1,605", ".", 1605),
        ("1.605", ".", 1.605),
        ("1.605", ",", 1605),
        ("1.605.000", ",", 1_605_000),
        ("1.605.000", ".", 1_605_000),
        ("2,5", ",", 2.5),
        ("12 345", ",", 12345),
        ("12\u202f345,6", ",", 12345.6),
        ("1'234'567", ".", 1_234_567),
        ("1,23,45,678", ".", 12_345_678),
        ("٣٤٥", ".", 345),
        (".001", ".", 0.001),
        ("1,2,3", ".", None),
        ("9" * 100, ".", None),
    ],
)
def test_separators_mean_what_the_language_says(surface: str, decimal: str, value: float | None) -> None:
    assert read_digits(surface, decimal) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Ninety-one", 91),
        ("A hundred and twelve", 112),
        ("Twenty-eight thousand six hundred forty-two", 28642),
        ("Four hundred million", 4e8),
        ("Two and a half million", 2.5e6),
        ("A dozen", 12),
        ("Two dozen", 24),
        ("Half a million", 5e5),
        ("4 hundred", 400),
        ("1.6 million", 1.6e6),
        ("Three lakh", 3e5),
        ("Seventy", 70),
    ],
)
def test_number_words(words: str, value: float) -> None:
    assert values(f"{words} birds were counted.") == [value]


@pytest.mark.parametrize(
    ("words", "interval"),
    [
        ("Dozens of", (24, 99)),
        ("Hundreds of", (200, 999)),
        ("Several hundred", (200, 999)),
        ("Thousands of", (1e3, 1e4)),
        ("Tens of thousands of", (1e4, 1e5)),
        ("Hundreds of thousands of", (1e5, 1e6)),
    ],
)
def test_vague_words_allow_an_interval(words: str, interval: tuple[float, float]) -> None:
    found = figure(f"{words} birds were counted.")
    assert (found.low, found.high) == interval
    assert found.modifier == "vague"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Zweihunderteinundzwanzig Häuser wurden zerstört.", 221),
        ("Dreitausend Menschen flohen.", 3000),
        ("Rund anderthalb Jahre dauerte es, bis vierzehn Bergleute gerettet wurden.", 14),
        ("Eine Million Menschen flohen.", 1e6),
    ],
)
def test_german_number_words(text: str, value: float) -> None:
    assert value in values(text, "de")


def test_number_words_of_other_languages() -> None:
    assert values("Hubo doce muertos y treinta y dos heridos.", "es") == [12, 32]
    assert values("Погибли двенадцать человек.", "ru") == [12]
    assert values("Quinze personnes ont été blessées.", "fr") == [15]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Two-thirds of the 900 homes were lost.", 2 / 3),
        ("A quarter of the homes were lost.", 0.25),
        ("Half of the homes were lost.", 0.5),
        ("About ½ of the homes were lost.", 0.5),
    ],
)
def test_fractions_of_a_whole(text: str, value: float) -> None:
    assert values(text)[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Insgesamt 1.605 Kinder sind erkrankt.", "de"),
        ("Au total 1 605 enfants sont rentrés.", "fr"),
        ("Всего вернулись 1605 детей.", "ru"),
        ("Загалом повернулися 1605 дітей.", "uk"),
    ],
)
def test_the_language_is_guessed_where_none_is_given(text: str, language: str) -> None:
    assert values(text, None) == values(text, language) == [1605]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The index fell -1.3 percent.", -1.3),
        ("The low was minus 12 degrees Celsius.", -12),
        ("The bill was 900,000 yen ($6,100).", 900_000),
        ("The trade balance was $-50.8bn.", -50.8e9),
    ],
)
def test_signs(text: str, value: float) -> None:
    assert values(text)[0] == pytest.approx(value)
