"""Numbers that the text of one article sets against each other, as reading saw them (``Figure.against``).

Each of two such figures gets a cue that names the other, ``against:VALUE#FIGURE``. By the figure's id another of the
same article is known for certain; by the value, a series that was told of before. Where an article has that value
twice, for two things, the value is left out, for it would not tell which of the two is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence

from pipeline.figures.following.intervals import value_key
from schemas.figure import Claim, Figure, FigureInArticle, Marks

_CUE = "against:"


def opposed(figures: Sequence[FigureInArticle], marks: Sequence[Marks]) -> list[Marks]:
    """The marks of all figures of an article; those of two set against each other name the other."""
    made = list(marks)
    at = {one.figure.span: i for i, one in enumerate(figures)}
    kinds: dict[str, set[tuple[str | None, str | None]]] = {}
    for one in figures:
        kinds.setdefault(_key_of(one.figure), set()).add((one.figure.counted, one.figure.action))
    twins = Counter({key: len(told) for key, told in kinds.items()})
    for i, one in enumerate(figures):
        j = at.get(one.figure.against) if one.figure.against else None
        if j is None or j == i:
            continue
        for mine, other in ((i, j), (j, i)):
            key = _key_of(figures[other].figure)
            made[mine] = _with_cue(made[mine], f"{'' if twins[key] > 1 else key}#{figures[other].id}")
    return made


def are_opposed(one: Claim, other: Claim) -> bool:
    """Whether the text of an article sets two of its numbers against each other."""
    return one.article == other.article and one.marks is not None and opposes(one.marks.cues, (), {other.figure})


def opposes(cues: Iterable[str], values: Container[str], figures: Container[str] = ()) -> bool:
    """Whether a figure with these cues is set against one of the ``figures``, or of the values."""
    named = (cue[len(_CUE) :].partition("#") for cue in cues if cue.startswith(_CUE))
    return any(figure in figures or (bool(value) and value in values) for value, _, figure in named)


def _key_of(figure: Figure) -> str:
    return value_key(figure.value, figure.low, figure.high)


def _with_cue(marks: Marks, told: str) -> Marks:
    return marks.model_copy(update={"cues": (*marks.cues, f"{_CUE}{told}")})
