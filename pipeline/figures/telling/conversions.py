"""One sum in two currencies: "$270m (£165m)" is one piece of news, not two."""

from __future__ import annotations

import re
from collections.abc import Sequence

from schemas.figure import Figure, FigureInArticle

_OPENS = re.compile(r"[^().;]{0,12}\(\W{0,3}\w{0,5}\W{0,3}")
"""Between a sum and the same in brackets behind it: an abbreviation, the bracket, "about"."""
_GOES_ON = re.compile(r"[^().]{0,12}[;,/]\W{0,3}\w{0,5}\W{0,3}")
"""Between two sums in one bracket."""


def conversions(figures: Sequence[FigureInArticle]) -> dict[int, int]:
    """Which figures only say the sum before them in another currency: their places, with that of the sum itself."""
    found: dict[int, int] = {}
    for n in range(1, len(figures)):
        before, figure = figures[n - 1].figure, figures[n].figure
        if figure.quote != before.quote or not (_is_money(before) and _is_money(figure)):
            continue
        between = _between(before, figure)
        if between is None:
            continue
        if _OPENS.fullmatch(between):
            found[n] = n - 1
        elif n - 1 in found and _GOES_ON.fullmatch(between):
            found[n] = found[n - 1]
    return found


def _is_money(figure: Figure) -> bool:
    return figure.unit is not None and len(figure.unit) == 3 and figure.unit.isupper()


def _between(before: Figure, figure: Figure) -> str | None:
    """What stands between two numbers of a sentence; spans count in the article, which has the sentence as it is."""
    length = figure.span[0] - before.span[1]
    if not 0 < length < 40:
        return None
    start = 0
    while (at := figure.quote.find(before.surface, start)) >= 0:
        end = at + len(before.surface)
        if figure.quote.startswith(figure.surface, end + length):
            return figure.quote[end : end + length]
        start = at + 1
    return None
