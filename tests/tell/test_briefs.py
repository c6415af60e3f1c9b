"""A brief in words."""

from __future__ import annotations

from typing import Any

from pipeline.tell.briefs import figure_lines
from schemas.brief import BriefFigure, BriefValue
from schemas.figure import Modifier


def value(number: float | None, *outlets: str, **more: Any) -> BriefValue:
    told = {"modifier": Modifier.EXACT, "figure": "f", "articles": outlets, "outlets": outlets}
    return BriefValue(value=number, **told, **more)


def figure(*outlets: str, **more: Any) -> BriefFigure:
    told = {"headline": "17 people were killed", "quote": "17 people were killed.", "article": "a", "worth": 0.8}
    count = {"witnesses": len(outlets), "sure": len(outlets) > 1}
    return BriefFigure(**{**value(17, *outlets).model_dump(), **told, **count, **more})


def test_outlets_are_counted_and_named() -> None:
    assert figure_lines(figure("Daily")) == ["one outlet so far: Daily"]
    assert figure_lines(figure("Daily", "Post", speaker="police")) == ["2 outlets: Daily and Post, citing police"]
    assert figure_lines(figure("A", "B", "C", "D", "E")) == ["5 outlets: A, B, C and 2 others"]


def test_outlets_that_print_one_text_are_not_passed_off_as_many() -> None:
    reprinted = figure("Daily", "Post", texts=1, witnesses=1, sure=False)
    assert figure_lines(reprinted) == ["2 outlets, all with the same text: Daily and Post"]
    partly = figure("Daily", "Post", "Echo", texts=2, witnesses=2)
    assert figure_lines(partly) == ["3 outlets, with 2 different texts: Daily, Post and Echo"]


def test_outlets_that_quote_one_speaker_are_not_passed_off_as_many_either() -> None:
    both = figure("Daily", "Post", texts=2, witnesses=1, speaker="a guard", sure=False)
    assert figure_lines(both) == ["2 outlets, both citing a guard: Daily and Post"]
    three = figure("Daily", "Post", "Echo", texts=3, witnesses=1, speaker="police")
    assert figure_lines(three) == ["3 outlets, all citing police: Daily, Post and Echo"]


def test_what_was_is_told_in_order_and_what_others_say_beside_it() -> None:
    told = figure(
        "Post", before=(value(14, "Daily"), value(12, "Daily")), rivals=(value(71, "Echo", speaker="a guard"),)
    )
    assert figure_lines(told)[1:] == ["otherwise: 71 (a guard)", "before: 12 (Daily), then 14 (Daily)"]


def test_ranges_and_units_are_written_out() -> None:
    rival = value(None, "Echo", low=2e6, high=3e6)
    assert figure_lines(figure("Post", unit="USD", rivals=(rival,)))[1] == "otherwise: $2–3 million (Echo)"
