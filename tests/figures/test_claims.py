"""What sets the scene, a length of time or a lone "one", is no claim to follow."""

from __future__ import annotations

import pytest

from pipeline.figures.claims import is_claim
from pipeline.figures.reading import read_figures


@pytest.mark.parametrize(
    "text",
    [
        "The talks went on for three months.",
        "The ferry had been out of service for 12 days.",
        "Soldiers were trapped for two days.",
    ],
)
def test_a_length_of_time_that_sets_the_scene_is_no_claim(text: str) -> None:
    figures = read_figures(text, language="en").figures
    assert figures
    assert not any(map(is_claim, figures))


@pytest.mark.parametrize(
    "text",
    [
        "One man was killed.",
        "At least 40 people were evacuated.",
        "Prices rose by 3.5 percent.",
        "The dam holds 20 million tonnes.",
        "Callers waited 40 minutes on average.",
    ],
)
def test_counts_and_measures_are_claims(text: str) -> None:
    figures = read_figures(text, language="en").figures
    assert figures
    assert all(map(is_claim, figures))


def test_a_lone_one_that_sets_the_scene_is_no_claim_beside_what_is() -> None:
    figures = read_figures("Prosecutors showed the passports of 46 children from one orphanage.", language="en").figures
    assert [figure.value for figure in figures if is_claim(figure)] == [46]
