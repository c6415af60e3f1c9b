"""What the desk of a topic was told, as far back as anything new is held against it."""

from __future__ import annotations

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


@dataclass(eq=False)
class Track:
    """The states of one thing as they were told, the latest last, and how often they were mentioned."""

    id: str
    states: list[Known] = field(default_factory=list)
    mentions: int = 0

    @property
    def latest(self) -> Mention:
        return self.states[-1].mention


class Memory:
    """The figures told to one desk, in the order of their telling."""

    def __init__(self, told: Iterable[ToldFigure]) -> None:
        self._known: list[Known] = []
        self._tracks: dict[str, Track] = {}
        self._lost: list[str] = []
        for one in told:
            self.remember(Mention(one.figure, one.marks), one.telling, one.track)

    def remember(self, mention: Mention, telling: Telling, track: str) -> None:
        """Keep what was told of a figure; beyond ``KEPT`` the oldest goes."""
        home = self._tracks.setdefault(track, Track(track))
        told_as = telling.tell
        if telling.kind is VerdictKind.REPEATED:
            first = next((one for one in self._known if one.mention.id == telling.of), None)
            told_as = first.told_as if first else Tell.NOW
        known = Known(mention, telling, home, told_as)
        home.mentions += 1
        if telling.kind is not VerdictKind.REPEATED or not home.states:
            home.states.append(known)
        self._known.append(known)
        if len(self._known) > KEPT:
            self._drop(self._known[0])

    def forget(self, ids: Set[str], now: datetime) -> None:
        """Forget these very figures, which are about to be told again, and what is too old to be compared with."""
        for one in list(self._known):
            if one.mention.id in ids or now - one.mention.source.published > REMEMBERED_FOR:
                self._drop(one)

    def lost(self) -> tuple[str, ...]:
        """The ids forgotten since this was asked last."""
        lost, self._lost = tuple(self._lost), []
        return lost

    def closest(self, said: Mention) -> list[Known]:
        """The figures closest to one, of the same unit: those that state its value, and the likeliest others."""
        alike = [one for one in self._known if one.mention.figure.unit == said.figure.unit]
        alike.sort(key=lambda one: -pairs.closeness(said, one.mention))
        if len(alike) <= COMPARED:
            return alike
        equal = [
            one
            for one in alike[COMPARED:]
            if pairs.standing(one.mention.claim, said.claim) in (pairs.Standing.EQUAL, pairs.Standing.ROUNDED)
        ]
        return alike[:COMPARED] + equal[:COMPARED]

    def age(self, track: Track) -> int:
        """How late the latest state of a track was told; of two, the one told later has more."""
        return self._known.index(track.states[-1])

    def _drop(self, one: Known) -> None:
        self._known.remove(one)
        self._lost.append(one.mention.id)
        track = one.track
        track.mentions -= 1
        if one in track.states:
            track.states.remove(one)
        if not track.states:
            rest = [other for other in self._known if other.track is track]
            track.states.extend(rest[-1:])
        if not track.states:
            self._tracks.pop(track.id, None)
