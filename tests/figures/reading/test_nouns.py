"""The noun a number counts, where it is left out, put elsewhere or built of several words."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figures


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
