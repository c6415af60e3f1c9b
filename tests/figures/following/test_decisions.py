"""What people decide about series: it changes what is there, and it holds in every replay."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from pipeline.figures.following import Follower
from schemas.figure import DecisionKind, SeriesDecision, VerdictKind
from tests.figures.following.articles import at, kinds, tell

NOW = datetime(2026, 3, 20, tzinfo=UTC)
FLOOD = "The flood in Dern killed 12 people."
STORM = "Storm Ada left 9,300 households in Ostrel without power."


def decision(
    kind: DecisionKind, *series: str, figures: tuple[str, ...] = (), label: str | None = None
) -> SeriesDecision:
    return SeriesDecision(kind=kind, series=series, figures=figures, label=label, decided=NOW)


def test_merged_series_go_on_as_one_and_the_emptied_one_says_where_it_went() -> None:
    follower = Follower("t")
    tell(follower, FLOOD, at(2))
    tell(follower, STORM, at(3))
    one, other = (series.id for series in follower.series())
    merged = follower.decide(decision(DecisionKind.MERGE, one, other))
    assert {series.id for series in merged.series} == {one, other}
    assert [series.merged_into for series in follower.series()] == [None, one]
    assert [(v.figure.split("/")[0], v.kind.value, v.from_value) for v in merged.verdicts] == [
        ("Wire-0309", "changed", 12)
    ]
    later = tell(follower, "By Friday 9,700 households in Ostrel were without power after storm Ada.", at(6))
    assert later.verdicts[0].series == one


def test_a_merge_decided_before_a_replay_holds_in_it() -> None:
    first = Follower("t")
    tell(first, FLOOD, at(2))
    tell(first, STORM, at(3))
    one, other = (series.id for series in first.series())
    merge = decision(DecisionKind.MERGE, one, other)
    first.decide(merge)
    replay = Follower("t", decisions=[merge])
    tell(replay, FLOOD, at(2))
    verdict = tell(replay, STORM, at(3)).verdicts[0]
    assert (verdict.series, verdict.kind) == (one, VerdictKind.CHANGED)


def test_figures_split_off_open_a_series_and_what_resembles_them_follows() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Dern killed 12 people.", at(2))
    tell(follower, "The death toll of the flood in Dern rose to 15.", at(3))
    (series,) = follower.series()
    apart = series.claims[1].figure
    split = decision(DecisionKind.SPLIT, series.id, figures=(apart,), label="deaths downstream")
    followed = follower.decide(split)
    assert kinds(followed.verdicts) == ["new"]
    assert [one.label for one in follower.series() if one.claims[0].figure == apart] == ["deaths downstream"]
    replay = Follower("t", decisions=[split])
    tell(replay, "The flood in Dern killed 12 people.", at(2))
    tell(replay, "The death toll of the flood in Dern rose to 15.", at(3))
    assert {one.id for one in replay.series()} == {one.id for one in follower.series()}


def test_names_and_pins_stay() -> None:
    follower = Follower("t")
    tell(follower, FLOOD, at(2))
    (series,) = follower.series()
    for kind, label in ((DecisionKind.RENAME, "flood deaths"), (DecisionKind.PIN, None)):
        follower.decide(decision(kind, series.id, label=label))
    tell(follower, "The death toll of the flood in Dern rose to 15.", at(3))
    (after,) = follower.series()
    assert (after.label, after.pinned) == ("flood deaths", True)
    follower.decide(decision(DecisionKind.UNPIN, series.id))
    assert not follower.series()[0].pinned


def test_a_decision_about_a_series_that_is_not_there_changes_nothing() -> None:
    follower = Follower("t")
    tell(follower, FLOOD, at(2))
    before = follower.series()
    assert follower.decide(decision(DecisionKind.PIN, "series-none")).series == ()
    assert follower.decide(decision(DecisionKind.MERGE, "series-none", "series-nor")).series == ()
    assert follower.series() == before


@pytest.mark.parametrize(
    ("kind", "series", "figures", "label"),
    [
        (DecisionKind.MERGE, ("a",), (), None),
        (DecisionKind.MERGE, ("a", "a"), (), None),
        (DecisionKind.SPLIT, ("a",), (), None),
        (DecisionKind.PIN, ("a", "b"), (), None),
        (DecisionKind.RENAME, ("a",), (), None),
    ],
)
def test_a_decision_that_does_not_say_enough_is_refused(
    kind: DecisionKind, series: tuple[str, ...], figures: tuple[str, ...], label: str | None
) -> None:
    with pytest.raises(ValidationError):
        decision(kind, *series, figures=figures, label=label)
