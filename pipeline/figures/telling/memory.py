"""What the desk of a topic was told, as far back as anything new is held against it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.figures.telling import pairs
from pipeline.figures.telling.mention import Mention
from schemas.figure import Tell, Telling, ToldFigure, VerdictKind

COMPARED = 40
"""Told figures that a figure is compared with in full: those whose noun, action and size are closest."""
KEPT = 600
"""Told figures that are remembered; beyond, those mentioned longest ago are forgotten."""
REMEMBERED_FOR = timedelta(days=180)


@dataclass(eq=False)
class Known:
    """A figure that was worth remembering: what was told of it, and the track of states it is one of."""

    mention: Mention
    telling: Telling
    track: Track
    told_as: Tell
    """How its value reached the desk, be it by an earlier mention."""
    number: int
    """Its place in the order of telling."""


@dataclass(eq=False)
class Track:
    """The states of one thing as they were told, the latest last."""

    id: str
    states: list[Known] = field(default_factory=list)

    @property
    def latest(self) -> Mention:
        return self.states[-1].mention


class Memory:
    """The figures told to one desk, in the order of their telling."""

    def __init__(self, told: Iterable[ToldFigure]) -> None:
        self._known: list[Known] = []
        self._by_unit: dict[str | None, dict[Known, None]] = {}
        """Those of each unit, in the order of their telling."""
        self._by_id: dict[str, Known] = {}
        self._tracks: dict[str, Track] = {}
        self._lost: list[str] = []
        self._count = 0
        for one in told:
            self.remember(Mention(one.figure, one.marks), one.telling, one.track)

    def remember(self, mention: Mention, telling: Telling, track: str) -> None:
        """Keep what was told of a figure; beyond ``KEPT`` the oldest goes."""
        home = self._tracks.setdefault(track, Track(track))
        told_as = telling.tell
        if telling.kind is VerdictKind.REPEATED:
            first = self._by_id.get(telling.of or "")
            told_as = first.told_as if first else Tell.NOW
        self._count += 1
        known = Known(mention, telling, home, told_as, self._count)
        if telling.kind is not VerdictKind.REPEATED or not home.states:
            home.states.append(known)
        self._known.append(known)
        self._by_unit.setdefault(mention.figure.unit, {})[known] = None
        self._by_id.setdefault(mention.id, known)
        if len(self._known) > KEPT:
            self._drop(self._known[0])

    def forget(self, ids: Set[str], now: datetime) -> None:
        """Forget these very figures, which are about to be told again, and what is too old to be compared with."""
        old = now - REMEMBERED_FOR
        gone = [one for one in self._known if one.mention.id in ids or one.mention.source.published < old]
        for one in gone:
            self._drop(one)

    def worth_of(self, articles: Set[str], least: float) -> float:
        """What the figures of some articles are worth together that are worth more than ``least``."""
        worths = (one.telling.worth for one in self._known if one.mention.source.article in articles)
        return math.fsum(worth for worth in worths if worth > least)

    def lost(self) -> tuple[str, ...]:
        """The ids forgotten since this was asked last."""
        lost, self._lost = tuple(self._lost), []
        return lost

    def closest(self, said: Mention) -> list[Known]:
        """The figures closest to one, of the same unit: those that state its value, and the likeliest others."""
        alike = list(self._by_unit.get(said.figure.unit, ()))
        near = pairs.closenesses(said, [one.mention for one in alike])
        alike = [alike[at] for at in sorted(range(len(alike)), key=near.__getitem__, reverse=True)]
        if len(alike) <= COMPARED:
            return alike
        may_be = pairs.may_say_the_same(said)
        equal = [
            one
            for one in alike[COMPARED:]
            if may_be(one.mention.figure.value) and pairs.says_the_same(one.mention.claim, said.claim)
        ]
        return alike[:COMPARED] + equal[:COMPARED]

    def _drop(self, one: Known) -> None:
        self._known.remove(one)
        del self._by_unit[one.mention.figure.unit][one]
        if self._by_id.get(one.mention.id) is one:
            del self._by_id[one.mention.id]
        self._lost.append(one.mention.id)
        track = one.track
        if one in track.states:
            track.states.remove(one)
        if not track.states:
            rest = [other for other in self._known if other.track is track]
            track.states.extend(rest[-1:])
        if not track.states:
            self._tracks.pop(track.id, None)
