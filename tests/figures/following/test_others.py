"""Those told apart from the rest are not the rest, however near the two numbers stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.figures.following import Follower
from pipeline.figures.reading import read_figures
from schemas.figure import FigureInArticle, Verdict, VerdictKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(follower: Follower, number: int, text: str) -> dict[float | None, Verdict]:
    published = NOON + timedelta(hours=number)
    figures = [
        FigureInArticle(
            id=f"{number}-{n}", article=str(number), revision=1, outlet="Nordwire", published=published, figure=figure
        )
        for n, figure in enumerate(read_figures(text, language="en", published=published).figures)
    ]
    verdicts = follower.follow(figures, text=text).verdicts
    return {one.figure.value: verdict for one, verdict in zip(figures, verdicts, strict=True)}


@pytest.mark.parametrize("rest", ["Five others lost touch with them.", "The other five lost touch with them."])
def test_the_others_are_no_change_of_those_who_are_told_apart(rest: str) -> None:
    follower = Follower("harbour")
    told(follower, 1, "Three of the sailors were separated from their families, the captain said.")
    verdicts = told(follower, 2, f"Three of the sailors were separated from their families. {rest}")
    assert verdicts[3].kind is VerdictKind.REPEATED
    assert verdicts[5].kind is VerdictKind.NEW
    assert verdicts[5].series != verdicts[3].series
