"""Numbers as they are written: digits, words, fractions, vague amounts, in eight languages."""

from __future__ import annotations

import pytest
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.reading.digits import read_digits
from tests.figures.reading.helpers import figure, figures, values

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


COSTS = {
    "en": "The damage came to {}.",
    "de": "Der Schaden beläuft sich auf {}.",
    "fr": "Les dégâts s'élèvent à {}.",
    "es": "Los daños ascienden a {}.",
    "it": "I danni ammontano a {}.",
    "pt": "Os danos chegam a {}.",
    "ru": "Ущерб составил {}.",
    "uk": "Збитки становлять {}.",
}


@settings(deadline=None)
@given(st.sampled_from(sorted(COUNTED)), st.integers(min_value=20, max_value=9_999), st.sampled_from([10**5, 10**8]))
def test_magnitude_words_come_back_from_how_a_language_writes_them(language: str, tenths: int, scale: int) -> None:
    count = tenths * scale
    written = format_compact_decimal(count, locale=language, format_type="long", fraction_digits=4)
    assert values(COUNTED[language].format(written), language) == [pytest.approx(count)]


@settings(deadline=None)
@given(
    st.sampled_from(sorted(COSTS)), st.integers(min_value=100, max_value=10**11), st.sampled_from(["EUR", "USD", "GBP"])
)
def test_amounts_come_back_from_how_a_language_writes_them(language: str, hundredths: int, currency: str) -> None:
    found = figure(COSTS[language].format(format_currency(hundredths / 100, currency, locale=language)), language)
    assert (found.value, found.unit) == (pytest.approx(hundredths / 100), currency)


@settings(deadline=None)
@given(st.sampled_from(sorted(COSTS)), st.integers(min_value=1, max_value=9_999))
def test_percentages_come_back_from_how_a_language_writes_them(language: str, tenths: int) -> None:
    written = format_percent(tenths / 1000, locale=language, format="#,##0.0%")
    found = figure(COSTS[language].format(written), language)
    assert (found.value, found.unit) == (pytest.approx(tenths / 10), "%")


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
        ("Tens of thousands of", (20_000, 99_999)),
        ("Hundreds of thousands of", (200_000, 999_999)),
        ("Tens of millions of", (20_000_000, 99_999_999)),
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


@pytest.mark.parametrize(
    ("language", "words", "value"),
    [
        ("de", "einundzwanzig", 21),
        ("de", "dreihundertfünfzig", 350),
        ("de", "fünfzehntausend", 15_000),
        ("de", "eine halbe Million", 5e5),
        ("fr", "vingt et un", 21),
        ("fr", "quatre-vingt-dix-sept", 97),
        ("fr", "deux mille", 2000),
        ("fr", "une cinquantaine de", 50),
        ("fr", "un demi-million de", 5e5),
        ("es", "treinta y dos", 32),
        ("es", "ciento veinte", 120),
        ("es", "quinientas", 500),
        ("es", "medio millón de", 5e5),
        ("it", "ventuno", 21),
        ("it", "duecento", 200),
        ("it", "duemilatrecento", 2300),
        ("it", "una dozzina di", 12),
        ("pt", "vinte e um", 21),
        ("pt", "duzentas", 200),
        ("pt", "cento e vinte", 120),
        ("pt", "dois mil", 2000),
        ("ru", "двадцать один", 21),
        ("ru", "двести сорок пять", 245),
        ("ru", "пять тысяч", 5000),
        ("ru", "семеро", 7),
        ("uk", "тридцять два", 32),
        ("uk", "п'ятсот", 500),
        ("uk", "два мільйони", 2e6),
        ("uk", "двоє", 2),
    ],
)
def test_number_words_of_other_languages(language: str, words: str, value: float) -> None:
    assert values(COUNTED[language].format(words), language) == [value]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The toll rose from 28 to 35."),
        ("de", "Die Zahl der Toten stieg von 28 auf 35."),
        ("fr", "Le bilan est passé de 28 à 35 morts."),
        ("es", "El número de muertos subió de 28 a 35."),
        ("it", "Il bilancio è salito da 28 a 35 morti."),
        ("pt", "O número de mortos subiu de 28 para 35."),
        ("ru", "Число погибших выросло с 28 до 35."),
        ("uk", "Кількість загиблих зросла з 28 до 35."),
    ],
)
def test_a_change_is_no_range(language: str, text: str) -> None:
    before, after = figures(text, language)
    assert (before.value, after.value, after.earlier, after.action) == (28, 35, 28, "killed")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Verband hat die Zahl der Sitze von 28 auf 35 erhöht."),
        ("ru", "Совет число мест с 28 до 35 увеличил."),
        ("uk", "Рада кількість місць з 28 до 35 збільшила."),
    ],
)
def test_a_change_whose_verb_comes_last_is_no_range(language: str, text: str) -> None:
    before, after = figures(text, language)
    assert (before.value, after.value, after.earlier) == (28, 35, 28)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Between 20 and 30 people died."),
        ("de", "Zwischen 20 und 30 Menschen starben."),
        ("fr", "Entre 20 et 30 personnes sont mortes."),
        ("es", "Entre 20 y 30 personas murieron."),
        ("it", "Tra 20 e 30 persone sono morte."),
        ("pt", "Entre 20 e 30 pessoas morreram."),
        ("ru", "Погибли от 20 до 30 человек."),
        ("uk", "Загинули від 20 до 30 людей."),
    ],
)
def test_a_range_is_no_change(language: str, text: str) -> None:
    found = figure(text, language)
    assert (found.low, found.high, found.earlier, found.action) == (20, 30, None, "killed")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Attendance doubled to 84."),
        ("de", "Die Zahl verdoppelte sich auf 84."),
        ("fr", "Le nombre a doublé à 84."),
        ("es", "El número se duplicó a 84."),
        ("it", "Il numero è raddoppiato a 84."),
        ("pt", "O número dobrou para 84."),
        ("ru", "Число удвоилось до 84."),
        ("uk", "Кількість подвоїлася до 84."),
    ],
)
def test_a_multiple_keeps_value_and_factor(language: str, text: str) -> None:
    found = figure(text, language)
    assert (found.value, found.factor) == (84, 2)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Zwei Drittel der 900 Häuser brannten."),
        ("fr", "Les deux tiers des 900 maisons ont brûlé."),
        ("es", "Dos tercios de las 900 casas ardieron."),
        ("it", "Due terzi delle 900 case sono bruciati."),
        ("pt", "Dois terços das 900 casas arderam."),
        ("ru", "Две трети из 900 домов сгорели."),
        ("uk", "Дві третини з 900 будинків згоріли."),
    ],
)
def test_fractions_of_a_stated_whole_in_other_languages(language: str, text: str) -> None:
    assert values(text, language) == [pytest.approx(2 / 3), 900]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Der Etat beträgt 2,3 Mrd. Euro.", 2.3e9),
        ("Le budget atteint 45 M€.", 45e6),
        ("Il costo è di 1,6 mln di euro.", 1.6e6),
    ],
)
def test_short_magnitudes(text: str, value: float) -> None:
    language = {"D": "de", "L": "fr", "I": "it"}[text[0]]
    assert values(text, language) == [value]


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


@pytest.mark.parametrize(
    ("text", "language", "interval"),
    [
        ("Tens of thousands were still without water.", "en", (20_000, 99_999)),
        ("The damage runs into the hundreds of millions.", "en", (200_000_000, 999_999_999)),
        ("Zehntausende kamen zum Hafen.", "de", (20_000, 99_999)),
        ("Des dizaines de millions d'abeilles sont mortes.", "fr", (20_000_000, 99_999_999)),
        ("Cientos de miles marcharon ayer.", "es", (200_000, 999_999)),
        ("Decine di migliaia sono rimasti a casa.", "it", (20_000, 99_999)),
        ("Сотни тысяч вышли на улицы.", "ru", (200_000, 999_999)),
        ("Десятки тисяч вийшли на вулиці.", "uk", (20_000, 99_999)),
    ],
)
def test_a_vague_magnitude_of_magnitudes_needs_no_noun(text: str, language: str, interval: tuple[float, float]) -> None:
    assert values(text, language) == [interval]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("A quarter of a million birds were counted.", "en", 250_000),
        ("Three-quarters of a billion birds were counted.", "en", 750_000_000),
        ("Half a million birds were counted.", "en", 500_000),
        ("A million and a half birds were counted.", "en", 1_500_000),
        ("Eine Dreiviertelmillion Vögel wurde gezählt.", "de", 750_000),
        ("Un quart de million d'oiseaux ont été comptés.", "fr", 250_000),
        ("Un million et demi d'oiseaux ont été comptés.", "fr", 1_500_000),
        ("Tres cuartos de millón de aves fueron contadas.", "es", 750_000),
        ("Un quarto di milione di uccelli è stato contato.", "it", 250_000),
        ("Четверть миллиона птиц насчитали учёные.", "ru", 250_000),
        ("Чверть мільйона птахів нарахували вчені.", "uk", 250_000),
    ],
)
def test_a_share_of_a_magnitude_is_one_number(text: str, language: str, value: float) -> None:
    assert values(text, language) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The club paid $2.5 m for the ground.", 2.5e6),
        ("The club paid £3bn for the ground.", 3e9),
        ("The club paid £3 b for the ground.", 3e9),
        ("The club paid €4.2m for the ground.", 4.2e6),
        ("The bill came to $1.5tn.", 1.5e12),
        ("Some 2.5 m refugees crossed the river.", 2.5e6),
        ("About 400k users were locked out.", 4e5),
        ("The wall is 2.5 m high.", 2.5),
        ("A wave of 4 m hit the harbour.", 4),
    ],
)
def test_a_letter_is_a_magnitude_after_money_and_before_people(text: str, value: float) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Police counted 9-10,000 marchers.", (9_000, 10_000)),
        ("Police counted between 10 and 15,000 marchers.", (10_000, 15_000)),
        ("Police counted 200 to 300,000 marchers.", (200_000, 300_000)),
        ("Police counted 2-3 million marchers.", (2e6, 3e6)),
        ("Repairs will cost $1-2 billion.", (1e9, 2e9)),
        ("Repairs will cost $2.5-3m a year.", (2.5e6, 3e6)),
        ("Crowds of 100 to 2,000 marchers met there.", (100, 2_000)),
        ("Crowds of 2 to 300,000 marchers met there.", (2, 300_000)),
    ],
)
def test_the_lower_end_of_a_range_shares_the_magnitude_of_the_upper(text: str, ends: tuple[float, float]) -> None:
    assert values(text) == [ends]


@pytest.mark.parametrize(
    ("text", "modifier"),
    [
        ("A crowd of 10-thousand plus gathered.", "at_least"),
        ("The 500-plus soldiers went home.", "at_least"),
        ("The hall holds 300 plus people.", "at_least"),
        ("It costs $300 plus tax.", "exact"),
    ],
)
def test_plus_after_a_number(text: str, modifier: str) -> None:
    assert figure(text).modifier == modifier


@pytest.mark.parametrize(
    ("text", "language", "noun"),
    [
        ("Two-thirds of homes were lost.", "en", "homes"),
        ("The insurer has 5,800 claims, two thirds of them for cars.", "en", "claims"),
        ("Zwei Drittel der Häuser sind zerstört.", "de", "Häuser"),
        ("Un tiers des maisons sont détruites.", "fr", "maisons"),
        ("Dos tercios de las casas fueron destruidas.", "es", "casas"),
        ("Due terzi delle case sono distrutte.", "it", "case"),
        ("Две трети домов разрушены.", "ru", "домов"),
        ("Дві третини будинків зруйновано.", "uk", "будинків"),
    ],
)
def test_a_share_has_the_noun_that_it_is_of(text: str, language: str, noun: str) -> None:
    share = figures(text, language)[-1]
    assert 0 < (share.value or 0) < 1
    assert share.counted == noun


def test_an_ordinal_of_someone_is_no_figure() -> None:
    assert not figures("The first Briton killed in the attack was a nurse.")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("Rs. 250,000", "rupee"),
        ("LKR 250,000", "rupee"),
        ("Tk 250,000", "taka"),
        ("NT$250,000", "Taiwan dollar"),
        ("Ksh 250,000", "Kenyan shilling"),
    ],
)
def test_money_of_other_countries_is_read_with_its_currency(amount: str, currency: str) -> None:
    found = figure(f"The council set aside {amount} for the families on Monday.", "en")
    assert (found.value, found.unit, found.surface) == (250_000, currency, amount)
