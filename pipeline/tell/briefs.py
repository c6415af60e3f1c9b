"""A brief in words: for each figure who states it, what else is said, and what was."""

from __future__ import annotations

from pipeline.tell.words import amount, listed, value_of
from schemas.brief import BriefFigure, BriefValue

_NAMED = 4
"""Outlets that are named; of more, how many others there are is said."""
_SHOWN = 3
"""Values of the past that are shown."""


def figure_lines(figure: BriefFigure) -> list[str]:
    """What stands below a figure's headline: who says it, who says otherwise, what it was before."""
    lines = [_source(figure)]
    lines += [f"otherwise: {_said(rival, figure.unit)}" for rival in figure.rivals]
    if figure.before:
        lines.append("before: " + ", then ".join(_said(one, figure.unit) for one in reversed(figure.before[:_SHOWN])))
    return lines


def _source(figure: BriefFigure) -> str:
    outlets = _outlets(figure.outlets)
    spoken = f", citing {figure.speaker}" if figure.speaker else ""
    if figure.witnesses == 1:
        return f"one outlet so far: {outlets}{spoken}"
    return f"{figure.witnesses} outlets: {outlets}{spoken}"


def _said(one: BriefValue, unit: str | None) -> str:
    return f"{amount(value_of(one), unit)} ({one.speaker or _outlets(one.outlets)})"


def _outlets(outlets: tuple[str, ...]) -> str:
    if len(outlets) <= _NAMED:
        return listed(list(outlets))
    return listed([*outlets[: _NAMED - 1], f"{len(outlets) - _NAMED + 1} others"])
