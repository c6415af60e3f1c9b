"""How the tests of reading say what they expect."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.figures.reading import read_figures
from schemas.figure import Figure

PUBLISHED = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
"""A Thursday."""


def figures(text: str, language: str | None = "en", title: str = "") -> tuple[Figure, ...]:
    return read_figures(text, language=language, title=title, published=PUBLISHED).figures


def figure(text: str, language: str | None = "en", title: str = "") -> Figure:
    """The one figure of a text."""
    found = figures(text, language, title)
    assert len(found) == 1, [f.surface for f in found]
    return found[0]


def values(text: str, language: str | None = "en") -> list[float | tuple[float, float]]:
    return [f.value if f.value is not None else (f.low or 0.0, f.high or 0.0) for f in figures(text, language)]


def reasons(text: str, language: str | None = "en") -> dict[str, str]:
    """Why the numerals of a text that holds no figure are none."""
    read = read_figures(text, language=language, published=PUBLISHED)
    assert not read.figures, [f.surface for f in read.figures]
    return {r.surface: r.why for r in read.rejected}
