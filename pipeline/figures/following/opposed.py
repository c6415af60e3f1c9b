"""Numbers that the text of one article sets against each other, as reading saw them (``Figure.against``)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from pipeline.figures.following.intervals import value_key
from schemas.figure import Claim, Figure, FigureInArticle, Marks

_CUE = "against:"


def opposed(figures: Sequence[FigureInArticle], marks: Sequence[Marks]) -> list[Marks]:
    """The marks of all figures of an article; those of two set against each other name the other: ``against:VALUE``."""
    made = list(marks)
    for i, one in enumerate(figures):
        against = one.figure.against
        if against is None:
            continue
        key = value_key(None, *against) if isinstance(against, tuple) else value_key(against)
        for j in range(i - 1, -1, -1):
            other = figures[j].figure
            if _key_of(other) == key:
                made[i] = _with_cue(made[i], key)
                made[j] = _with_cue(made[j], _key_of(one.figure))
                break
    return made


def are_opposed(one: Claim, other: Claim) -> bool:
    """Whether the text of an article sets two of its numbers against each other."""
    key = value_key(other.value, other.low, other.high)
    return one.article == other.article and one.marks is not None and f"{_CUE}{key}" in one.marks.cues


def opposes(cues: Iterable[str], values: Container[str]) -> bool:
    """Whether a figure with these cues is set against one of the values."""
    return any(cue.startswith(_CUE) and cue[len(_CUE) :] in values for cue in cues)


def _key_of(figure: Figure) -> str:
    return value_key(figure.value, figure.low, figure.high)


def _with_cue(marks: Marks, key: str) -> Marks:
    return marks.model_copy(update={"cues": (*marks.cues, f"{_CUE}{key}")})
