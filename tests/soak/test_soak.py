"""The soak, shortened; and that growth without bounds would be noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.play import Week, soak, unbounded

FIRST = Week(84, 300, 5, 400_000_000, 20, 8_000_000, 3_000_000, 900_000, 500_000)
SECOND = replace(FIRST, rounds=168, articles=600, memory=420_000_000, record=14_000_000, index=6_000_000)
LAST = replace(SECOND, rounds=336, articles=1_200, memory=440_000_000, record=26_000_000, index=12_000_000)


def test_what_grows_with_the_articles_or_not_at_all_is_bounded() -> None:
    assert unbounded([FIRST, SECOND, LAST]) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("memory", 520_000_000, "memory grew by 100 MB"),
        ("handles", 40, "open handles grew from 20 to 40"),
        ("archive", 2_000_000, "archive grew from 0.9 to 2.0 MB"),
        ("mails", 1_200_000, "mails grew from 0.5 to 1.2 MB"),
        ("record", 60_000_000, "record grew by 77 kB an article, at first by 23"),
        ("index", 40_000_000, "index grew by"),
    ],
)
def test_what_grows_without_bounds_is_named(name: str, value: int, said: str) -> None:
    (found,) = unbounded([FIRST, SECOND, replace(LAST, **{name: value})])
    assert found.startswith(said)


def test_three_short_weeks_go_by(tmp_path: Path) -> None:
    weeks = soak(tmp_path / "home", weeks=3, rounds=2)
    assert [week.rounds for week in weeks] == [2, 4, 6]
    assert 0 < weeks[0].articles < weeks[2].articles
    assert min(weeks[2].memory, weeks[2].record, weeks[2].index, weeks[2].archive, weeks[2].mails) > 0
