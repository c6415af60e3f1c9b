import pytest

from pipeline.figures.claims import is_claim
from pipeline.figures.reading import read_figures
from pipeline.figures.telling.conversions import conversions
from schemas.figure import FigureInArticle
from tests.figures.telling.desk import NOON


def converted(text: str) -> dict[str, str]:
    read = [one for one in read_figures(text, language="en").figures if is_claim(one)]
    figures = [
        FigureInArticle(id=str(n), article="a", revision=1, outlet="Daily", published=NOON, figure=one)
        for n, one in enumerate(read)
    ]
    return {read[n].surface: read[first].surface for n, first in conversions(figures).items()}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("The fund pledged $300m (£184m) for Arvela.", {"£184m": "$300m"}),
        ("The fund pledged 40bn euros (about $43bn) to rebuild it.", {"$43bn": "40bn"}),
        ("It lost $90m (£55m; 64m euros) in a week.", {"£55m": "$90m", "64m": "$90m"}),
        ("It lost $90m and £55m in a week.", {}),
        ("It raised $90m (12% more than last year).", {}),
        ("Some 300 people (40 of them children) were rescued.", {}),
        ("It lost $90m. (Sales were £55m.)", {}),
    ],
)
def test_a_sum_in_brackets_behind_a_sum_is_the_same_sum(text: str, same: dict[str, str]) -> None:
    assert converted(text) == same
