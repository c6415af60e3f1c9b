"""Readings for the tests of grouping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.group import Grouper
from schemas.article import Reading
from schemas.story import Placement

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def reading(
    text: str, title: str = "", *, outlet: str = "North Post", hours: float = 0.0, language: str | None = "en"
) -> Reading:
    """An article of that text, published so many hours after `START`."""
    return Reading(
        requested_url="https://news.example/a",
        url="https://news.example/a",
        title=title,
        text=text,
        published=START + timedelta(hours=hours),
        outlet=outlet,
        language=language,
    )


def place_all(grouper: Grouper, readings: dict[str, Reading], topics: tuple[str, ...] = ("flood",)) -> list[Placement]:
    """Place the readings in order, numbered on from what the grouper holds."""
    first = len(grouper) + 1
    return [
        grouper.place(article, item, seq=seq, topics=topics)
        for seq, (article, item) in enumerate(readings.items(), start=first)
    ]
