"""Magnitudes of earthquakes. The sentences are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.claims import is_claim
from schemas.figure import Modifier
from tests.figures.reading.helpers import figure, figures, reasons


def magnitudes(text: str, language: str = "en") -> list[tuple[float | None, str | None]]:
    """The magnitudes in a text, each with what it is of."""
    return [(f.value, f.counted) for f in figures(text, language) if f.unit == "magnitude"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 6.1-magnitude quake struck the coast, killing 12 people.", (6.1, "quake")),
        ("A magnitude 6.1 earthquake shook Orlan.", (6.1, "earthquake")),
        ("A magnitude-5.9 aftershock hit the town.", (5.9, "aftershock")),
        ("An M6.1 earthquake hit the coast.", (6.1, "earthquake")),
        ("A 5.8 quake rattled the capital.", (5.8, "quake")),
        ("The quake, measuring 7.6 on the Richter scale, destroyed 40 homes.", (7.6, "quake")),
        ("The earthquake measured 6.4, the survey said.", (6.4, "earthquake")),
        ("An earthquake with a preliminary magnitude of 7.2 hit the island.", (7.2, "earthquake")),
        ("The institute put the magnitude of the earthquake at 6.3.", (6.3, "earthquake")),
        ("The tremor hit at dawn. It had a magnitude of 4.4 and a depth of 10 km.", (4.4, "tremor")),
    ],
)
def test_a_magnitude_is_of_an_earthquake(text: str, expected: tuple[float, str]) -> None:
    assert magnitudes(text) == [expected]


@pytest.mark.parametrize(
    ("text", "language", "quake"),
    [
        ("Un terremoto de magnitud 6,1 sacudió la costa.", "es", "terremoto"),
        ("Un sismo de 6,1 grados en la escala de Richter sacudió la costa.", "es", "sismo"),
        ("Un temblor de 6,1 grados sacudió la capital.", "es", "temblor"),
        ("Ein Erdbeben der Stärke 6,1 erschütterte die Küste.", "de", "Erdbeben"),
        ("Das Beben erreichte 6,1 auf der Richterskala.", "de", "Beben"),
        ("Un séisme de magnitude 6,1 a frappé la côte.", "fr", "séisme"),
        ("Un tremblement de terre de 6,1 sur l'échelle de Richter a frappé la côte.", "fr", "tremblement de terre"),
        ("Un terremoto di magnitudo 6,1 ha colpito la costa.", "it", "terremoto"),
        ("Um sismo de magnitude 6,1 atingiu a costa.", "pt", "sismo"),
        ("Землетрясение магнитудой 6,1 произошло у берегов.", "ru", "Землетрясение"),
        ("Землетрус магнітудою 6,1 стався біля берегів.", "uk", "Землетрус"),
    ],
)
def test_magnitudes_in_other_languages(text: str, language: str, quake: str) -> None:
    assert magnitudes(text, language) == [(6.1, quake)]


def test_a_magnitude_is_a_claim_in_a_clause_of_its_own() -> None:
    found = figure("A 6.1-magnitude quake struck the coast, the institute said.")
    assert is_claim(found)
    assert found.surface == "6.1"
    assert found.wording
    assert found.wording.text.startswith("A 6.1-magnitude quake struck the coast")


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("A quake of at least magnitude 6 is expected.", Modifier.AT_LEAST),
        ("The dam withstands a quake of magnitude 7 or more.", Modifier.AT_LEAST),
        ("Aftershocks of up to magnitude 5.2 shook the valley.", Modifier.UP_TO),
        ("A magnitude of about 5.5 was measured after the quake.", Modifier.ABOUT),
    ],
)
def test_hedges_stand_before_the_name_of_a_magnitude_too(text: str, how: Modifier) -> None:
    assert figure(text).modifier is how


def test_several_magnitudes() -> None:
    assert magnitudes("Two quakes of magnitude 5.1 and 5.3 followed.") == [(5.1, "quakes"), (5.3, "quakes")]
    assert magnitudes("Aftershocks of 5.9 and 5.5 magnitude came.") == [(5.9, "Aftershocks"), (5.5, "Aftershocks")]
    ranged = figure("The earthquake had a magnitude between 6.1 and 6.3.")
    assert (ranged.low, ranged.high, ranged.unit) == (6.1, 6.3, "magnitude")
    revised = figures("The quake's magnitude was revised to 6.3 from 6.1.")[0]
    assert (revised.value, revised.earlier) == (6.3, 6.1)
    changed = figures("The survey revised the magnitude of Monday's earthquake from 6.1 to 6.4.")[1]
    assert (changed.value, changed.earlier, changed.unit) == (6.4, 6.1, "magnitude")


@pytest.mark.parametrize(
    "text",
    ["The asteroid has a magnitude of 6.1.", "The star, of magnitude 6.1, is bright.", "It is of magnitude 6.1."],
)
def test_what_is_of_no_earthquake_is_no_figure(text: str) -> None:
    assert reasons(text)["6.1"] == "magnitude"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The earthquake was registered at 6.15.", "en"),
        ("There were 7 earthquakes in May.", "en"),
        ("The quake struck at dawn. He moved there when he was nine.", "en"),
        ("The quake lifted the plate by 1.5 metres.", "en"),
        ("The quake cost $6.1 billion, two orders of magnitude more than the last.", "en"),
        ("Wind der Stärke 9 wird erwartet.", "de"),
        ("El termómetro marcó 6,1 grados tras el terremoto.", "es"),
    ],
)
def test_other_numbers_near_an_earthquake(text: str, language: str) -> None:
    assert not magnitudes(text, language)


_WORDS = """
A The quake earthquake aftershock magnitude magnitude-6.1 6.1-magnitude 6.1 6,1 M6.1 of at on the Richter scale Stärke
de grados and to between 7 ten 0 12 measured measuring - . ( ) star Erdbeben terremoto million % км магнитудой
"""


@given(
    st.lists(st.sampled_from(_WORDS.split()), max_size=25), st.sampled_from(["en", "de", "fr", "es", "it", "ru", "uk"])
)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(parts: list[str], language: str) -> None:
    text = " ".join(parts)
    for one in figures(text, language):
        assert text[slice(*one.span)] == one.surface
