"""A follower that reads series one by one decides as one that holds them all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from pipeline.figures.following import Followed, Follower, kept
from schemas.figure import DecisionKind, Series, SeriesDecision
from tests.figures.following.articles import at, tell

PLACES = ("Corra", "Ilgar", "Vint", "Dern", "Sable", "Ostrel")
REPORTS = [
    (f"The flood in {place} killed {count} people, {who} said. Boats took {count * 7} people out of {place}.", outlet)
    for count, place in enumerate((*PLACES, *PLACES, *PLACES[::2]), 12)
    for who, outlet in (("the mayor", "Wire"), ("the Red Cross", "Post"))
]


@dataclass
class Shelf:
    """Series as a record would keep them: as text."""

    series: dict[str, str] = field(default_factory=dict)
    found: dict[str, str | None] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    read: int = 0

    def found_by(self) -> Iterable[tuple[str, datetime, str | None]]:
        # The order of rows is nothing to rely on.
        opened = {id: Series.model_validate_json(text).opened for id, text in self.series.items()}
        return [(id, opened[id], text) for id, text in sorted(self.found.items())]

    def get(self, ids: Collection[str]) -> dict[str, Series]:
        self.read += len(ids)
        return {id: Series.model_validate_json(self.series[id]) for id in ids}

    def homes(self, figures: Collection[str]) -> dict[str, str]:
        return {figure: self.told[figure] for figure in figures if figure in self.told}

    def put(self, follower: Follower, followed: Followed) -> None:
        for one in followed.series:
            self.series[one.id], self.found[one.id] = one.model_dump_json(), follower.found_by(one.id)
        self.told |= {verdict.figure: verdict.series for verdict in followed.verdicts}


def test_a_follower_made_anew_for_each_article_decides_as_one_that_stayed() -> None:
    stayed, shelf = Follower("t"), Shelf()
    for number, (text, outlet) in enumerate(REPORTS):
        when = at(2 + number // 20, number % 20)
        expected = tell(stayed, text, when, outlet=outlet)
        follower = Follower("t", shelf=shelf)
        # A version that finds series by something else says so of none.
        shelf.found |= dict.fromkeys(list(shelf.found)[: number % 3])
        followed = tell(follower, text, when, outlet=outlet)
        assert followed == expected
        shelf.put(follower, followed)
    # The same article again takes its first claims out before.
    again = tell(stayed, text, when, outlet=outlet)
    assert tell(Follower("t", shelf=shelf), text, when, outlet=outlet) == again
    shelf.put(stayed, again)
    assert Follower("t", shelf=shelf).series() == stayed.series()


def test_what_a_person_decides_is_followed_from_a_shelf_too() -> None:
    stayed, shelf = Follower("t"), Shelf()
    for number, (text, outlet) in enumerate(REPORTS[:8]):
        follower = Follower("t", shelf=shelf)
        shelf.put(follower, tell(follower, text, at(2, number), outlet=outlet))
        tell(stayed, text, at(2, number), outlet=outlet)
    first, second = (one.id for one in stayed.series()[:2])
    merge = SeriesDecision(kind=DecisionKind.MERGE, series=(first, second), decided=at(3))
    follower = Follower("t", shelf=shelf)
    assert follower.decide(merge) == stayed.decide(merge)
    wrong = [stayed.series()[0].claims[0].figure]
    assert follower.withdraw(wrong) == stayed.withdraw(wrong)


def test_few_series_are_read_and_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    shelf = Shelf()
    follower = Follower("t", shelf=shelf)
    for number, (text, outlet) in enumerate(REPORTS):
        shelf.put(follower, tell(follower, text, at(2 + number // 20, number % 20), outlet=outlet))
    assert len(shelf.series) > 8
    shelf.read = 0
    tell(Follower("t", shelf=shelf), REPORTS[0][0], at(9))
    assert 0 < shelf.read <= 24
