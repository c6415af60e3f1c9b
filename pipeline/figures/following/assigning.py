"""Which series the figures of one article belong to, decided for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.figures.following import intervals
from pipeline.figures.following.matching import Candidate, Known, likeness, measured, rarity, score, traits_of_pair
from schemas.figure import Claim, Series

_REVISED = 6.0
"""What speaks for a series whose figure of the revision before stands in the very same words."""


def assign(
    candidates: Sequence[Candidate],
    series: Sequence[Series],
    *,
    forced: Mapping[int, str],
    replaces: frozenset[str],
) -> list[tuple[str | None, list[int]]]:
    """Groups of ``candidates`` (their numbers, as they are to be judged) with their series, ``None`` for a new one.

    Pairs of a figure with a series, and of two figures, are joined from the likeliest on, while nothing forbids it:
    two series never become one, and two different values of one article belong together only where the text sets them
    against each other or one of them is known already.
    """
    known = {one.id: Known(one.unit, one.scope, one.claims) for one in series}
    rare = rarity(known.values())
    alike = Counter(measured(one) for one in known.values())
    pairs: list[tuple[float, int, int, str | None]] = []
    for i, one in enumerate(candidates):
        if i in forced:
            continue
        for home, other in known.items():
            points = score(traits_of_pair(one, other, rare, candidates, alike[measured(other)]))
            if replaces:
                points += _REVISED * likeness(one, [c for c in other.claims if c.figure in replaces])
            if points > 0:
                pairs.append((points, i, -1, home))
        for j in range(i):
            if j in forced:
                continue
            earlier = Known(candidates[j].unit, candidates[j].scope, (candidates[j].claim,))
            points = score(traits_of_pair(one, earlier, rare, candidates, alike[measured(earlier)]))
            if points > 0:
                pairs.append((points, i, j, None))
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2], pair[3] or ""))
    groups = _Groups(candidates, known, forced)
    for _, i, j, id in pairs:
        if id is not None:
            groups.enter(i, id)
        else:
            groups.join(i, j)
    groups.exchange({(i, home): points for points, i, _, home in pairs if home is not None})
    return groups.in_order()


class _Groups:
    """Figures that belong together so far, each group with at most one series."""

    def __init__(self, candidates: Sequence[Candidate], known: Mapping[str, Known], forced: Mapping[int, str]) -> None:
        self._candidates = candidates
        self._known = known
        self._members: list[set[int]] = [{i} for i in range(len(candidates))]
        self._series: list[str | None] = [forced.get(i) for i in range(len(candidates))]
        self._group = list(range(len(candidates)))

    def enter(self, i: int, id: str) -> None:
        """Put the group of figure ``i`` into a series, if it is in none and agrees with who is there."""
        group = self._group[i]
        if self._series[group] is not None:
            return
        there = next((g for g, s in enumerate(self._series) if s == id and self._members[g]), None)
        if there is not None:
            if self._agree(self._members[group] | self._members[there], id):
                self._unite(there, group)
        elif self._agree(self._members[group], id):
            self._series[group] = id

    def join(self, i: int, j: int) -> None:
        """Unite the groups of two figures, if they agree and are not of two series."""
        one, other = self._group[i], self._group[j]
        if one == other or (self._series[one] and self._series[other]):
            return
        id = self._series[one] or self._series[other]
        if self._agree(self._members[one] | self._members[other], id):
            self._unite(min(one, other), max(one, other))

    def exchange(self, points: Mapping[tuple[int, str], float]) -> None:
        """Let two figures change places where both together are likelier so; what came first took what it could."""
        alone = [(next(iter(m)), g) for g, m in enumerate(self._members) if len(m) == 1]
        for n, (i, one) in enumerate(alone):
            for j, other in alone[:n]:
                here, there = self._series[one], self._series[other]
                if here is None or there is None:
                    continue
                now = points.get((i, here), 0.0) + points.get((j, there), 0.0)
                if (i, there) in points and (j, here) in points and points[i, there] + points[j, here] > now + 1e-9:
                    self._series[one], self._series[other] = there, here

    def _unite(self, one: int, other: int) -> None:
        self._series[one] = self._series[one] or self._series[other]
        for i in self._members[other]:
            self._group[i] = one
        self._members[one] |= self._members[other]
        self._members[other] = set()

    def _agree(self, members: set[int], id: str | None) -> bool:
        """Whether no two of the figures are different numbers of one article that nothing ties together."""
        claims = self._known[id].claims if id is not None and id in self._known else ()
        said = [self._candidates[i].claim for i in sorted(members)]
        for n, one in enumerate(said):
            for other in said[:n]:
                if not _tied(one, other, claims):
                    return False
        return True

    def in_order(self) -> list[tuple[str | None, list[int]]]:
        """The groups by their first figure; in each, what is told as history first if the series is new."""
        found: list[tuple[str | None, list[int]]] = []
        for group, members in enumerate(self._members):
            if not members:
                continue
            order = sorted(members)
            if self._series[group] is None:
                order.sort(key=lambda i: "history" not in self._candidates[i].marks.cues)
            found.append((self._series[group], order))
        return sorted(found, key=lambda entry: min(entry[1]))


def _tied(one: Claim, other: Claim, claims: Sequence[Claim]) -> bool:
    if intervals.entails(one, other) or intervals.entails(other, one):
        return True
    cues = {cue for claim in (one, other) if claim.marks for cue in claim.marks.cues}
    known = any(intervals.equal(claim, said) for claim in claims for said in (one, other))
    return known or bool(cues & {"history", "dispute"})
