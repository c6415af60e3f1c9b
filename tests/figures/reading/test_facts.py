"""What happened to what is counted: told as done in the number's own clause, or not at all."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figure, figures


@pytest.mark.parametrize(
    "text",
    [
        "Their lawyer wants arrest warrants for four officials.",
        "Prosecutors asked a court in the capital to arrest four officials.",
        "The rebels threatened to kill four officials.",
        "The law allows police to arrest four officials.",
        "The junta refused to release four officials.",
        "Police failed to arrest four officials.",
        "The court hears four officials after the arrest of the mayor.",
    ],
)
def test_what_is_asked_for_threatened_or_refused_has_not_happened(text: str) -> None:
    assert figure(text).action not in {"arrested", "killed", "freed"}


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("The council ordered 8,000 people to leave their homes.", "evacuated"),
        ("About 8,000 people were ordered to leave their homes.", "evacuated"),
        ("The army ordered 40 tanks.", "bought"),
        ("The judge ordered 40 witnesses to appear.", "ordered"),
        ("About 35 percent of homes in the valley are insured against flooding.", "insured"),
        ("Police arrested four officials.", "arrested"),
        ("Rebels plan to free four officials.", "freed"),
    ],
)
def test_the_verb_that_governs_a_number_names_what_happened(text: str, action: str) -> None:
    assert figure(text).action == action


@pytest.mark.parametrize(
    "text",
    [
        "The flood that ruined the harvest left no mark on 40 villages.",
        "A nurse brought 60 patients whose clinic had burned down.",
        "The mayor, who was arrested in May, leads 40 towns.",
        "They hold 11 hostages, while the toll of the killed is unknown.",
    ],
)
def test_no_verb_is_borrowed_from_another_clause(text: str) -> None:
    borrowed = {"destroyed", "damaged", "burning", "arrested", "killed"}
    assert borrowed.isdisjoint({found.action for found in figures(text)})


def test_what_somebody_wants_to_do_is_still_to_come() -> None:
    found = figure("The ministry wants to close 40 schools.")
    assert (found.action, found.scope.kind) == ("closed", "forecast")
