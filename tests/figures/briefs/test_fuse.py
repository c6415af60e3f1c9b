"""Which mentions are held against which, where a story has very many."""

from __future__ import annotations

import time

import pytest

from pipeline.figures.briefs import READ
from tests.figures.briefs.test_brief import brief, report

ENOUGH = 6.0
"""Seconds of processor time for a brief of as many reports as are read: six times what it takes on a slow machine."""


@pytest.mark.parametrize(("exact", "rounded"), [("127", "130"), ("1,020", "1,000"), ("16,380", "16,400")])
def test_a_rounding_is_found_on_the_other_side_of_a_power_of_two(exact: str, rounded: str) -> None:
    """Values are looked up by their magnitude in powers of two: 127 is below 128, its rounding is above."""
    one = report(f"The flood drove {exact} people out of their homes in Tarn, police said.", "Daily")
    other = report(f"The flood drove about {rounded} people out of their homes in Tarn, police said.", "Post", 1)
    (homeless,) = brief(one, other)
    assert (homeless.value, homeless.outlets) == (float(exact.replace(",", "")), ("Daily", "Post"))


def test_what_one_report_states_twice_is_one_fact_of_it() -> None:
    text = (
        "The ferry disaster off Tarn killed 12 people, police said. Rescuers rested. Police said the ferry disaster "
        "off Tarn killed 12 people."
    )
    (toll,) = brief(report(text, "Daily"), report("The ferry disaster off Tarn killed 12 people.", "Post", 1))
    assert (toll.articles, toll.witnesses) == (("Daily-0", "Post-1"), 2)


def test_a_brief_of_a_hundred_reports_of_one_event_is_made_in_bounded_time() -> None:
    many = [
        report(
            f"At least {40 + n // 10} people were killed and {200 + n // 5} injured when the ferry sank off Tarn, "
            f"police said. Some {3 + n % 7} boats searched for {90 - n // 4} people who were missing; about "
            f"{1000 + 10 * (n // 20)} relatives waited in the port.",
            f"Outlet {n % 30}",
            n,
        )
        for n in range(READ)
    ]
    began = time.process_time()
    found = brief(*many)
    assert time.process_time() - began < ENOUGH
    assert found[0].witnesses > 1
