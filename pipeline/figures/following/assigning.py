"""Which series the figures of one article belong to, decided for all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.figures.following import intervals
from pipeline.figures.following.candidates import Candidates
from pipeline.figures.following.matching import Seen, traits_of_pair
from pipeline.figures.following.moves import is_former
from pipeline.figures.following.opposed import are_opposed
from pipeline.figures.following.profiles import Profile, value_key
from pipeline.figures.following.weights import score
from schemas.figure import Claim

_REVISED = 6.0
"""What speaks for a series whose figure of the revision before stands in the very same words."""
_MOVED = 30.0
"""What speaks for two numbers of which one has moved to the other by the text's own word."""
_LEAN = 0.5
"""How far evidence may speak against one figure and still be heeded: taken for new, a change is missed twice."""
_BESIDE = 12
"""Earlier figures of the same article that a figure is compared with."""


def assign(
    figures: Sequence[Profile],
    series: Candidates,
    *,
    forced: Mapping[int, str],
    replaces: frozenset[str],
) -> list[tuple[str | None, list[int]]]:
    """Groups of ``figures`` (their numbers, as they are to be judged) with their series, ``None`` for a new one.

    Pairs of a figure with a series, and of two figures, are joined from the likeliest on, while nothing forbids it:
    two series never become one, and two different values of one article belong together only where the text sets them
    against each other or one of them is known already.
    """
    pairs = sorted(_pairs(figures, series, forced, replaces), key=lambda pair: (-pair[0], *pair[1:]))
    groups = _Groups(figures, series, forced)
    for _, i, j, home in pairs:
        if home:
            groups.enter(i, home)
        else:
            groups.join(i, j)
    groups.exchange({(i, home): points for points, i, _, home in pairs if home})
    return groups.in_order()


def _pairs(
    figures: Sequence[Profile], series: Candidates, forced: Mapping[int, str], replaces: frozenset[str]
) -> list[tuple[float, int, int, str]]:
    """Likely pairs: points, a figure, and either an earlier figure of the article, or −1 and the id of a series."""
    by_value: dict[str, list[Profile]] = {}
    for figure in figures:
        by_value.setdefault(value_key(figure.claim), []).append(figure)
    takers: dict[str, list[Profile]] = {}
    found: list[tuple[float, int, int, str]] = []
    for i, figure in enumerate(figures):
        if i in forced:
            continue
        seen = Seen(figure, series)
        for id in series.shortlist(figure):
            known = series[id]
            if id not in takers:
                takers[id] = takers_of(known, by_value)
            points = score(traits_of_pair(seen, known, takers=takers[id], alike=series.alike(known)), "same")
            if replaces and (revised := [claim for claim in known.claims if claim.figure in replaces]):
                points += _REVISED * seen.words.share(Profile(revised).words)
            if points > -_LEAN:
                found.append((points, i, -1, id))
        for j in range(max(0, i - _BESIDE), i):
            other = figures[j]
            if is_former(figure.claim, other.claim) or is_former(other.claim, figure.claim):
                found.append((_MOVED, i, j, ""))
                continue
            if not _have_something_in_common(figure, other):
                continue
            same = by_value[value_key(other.claim)]
            points = score(traits_of_pair(seen, other, takers=same, alike=series.alike(other)), "same")
            if points > 0:
                found.append((points, i, j, ""))
    return found


def _have_something_in_common(one: Profile, other: Profile) -> bool:
    """Whether two figures of one article may be one at all, at first sight."""
    if one.standing == other.standing or are_opposed(one.claim, other.claim):
        return True
    if one.units or other.units:
        return not one.units.isdisjoint(other.units)
    return not (one.nouns.isdisjoint(other.nouns) and one.actions.isdisjoint(other.actions))


def takers_of(known: Profile, by_value: Mapping[str, Sequence[Profile]]) -> list[Profile]:
    """The figures of an article that have the very number of a series, given the article's figures by their values."""
    fewer, more = (by_value, known.values) if len(by_value) < len(known.values) else (known.values, by_value)
    return [f for value in fewer if value in more for f in by_value[value] if not f.figures <= known.figures]


class _Groups:
    """Figures that belong together so far, each group with at most one series."""

    def __init__(self, figures: Sequence[Profile], known: Candidates, forced: Mapping[int, str]) -> None:
        self._figures = figures
        self._known = known
        self._members: list[set[int]] = [{i} for i in range(len(figures))]
        self._series: list[str | None] = [forced.get(i) for i in range(len(figures))]
        self._group = list(range(len(figures)))
        self._holder: dict[str, int] = {}
        for i, id in forced.items():
            if id in self._holder:
                self._unite(self._holder[id], i)
            else:
                self._holder[id] = i

    def enter(self, i: int, id: str) -> None:
        """Put the group of figure ``i`` into a series, if it is in none and agrees with who is there."""
        group = self._group[i]
        if self._series[group] is not None:
            return
        there = self._holder.get(id)
        if there is not None:
            if self._agree(self._members[group] | self._members[there], id):
                self._unite(there, group)
        elif self._agree(self._members[group], id):
            self._series[group] = id
            self._holder[id] = group

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
        for (i, there), gained in points.items():
            one, other = self._group[i], self._holder.get(there)
            here = self._series[one]
            if other is None or here is None or other == one:
                continue
            if len(self._members[one]) > 1 or len(self._members[other]) > 1:
                continue
            (j,) = self._members[other]
            now = points.get((i, here), 0.0) + points.get((j, there), 0.0)
            if (j, here) in points and gained + points[j, here] > now + 1e-9:
                self._series[one], self._series[other] = there, here
                self._holder[there], self._holder[here] = one, other

    def _unite(self, one: int, other: int) -> None:
        self._series[one] = home = self._series[one] or self._series[other]
        if home is not None:
            self._holder[home] = one
        for i in self._members[other]:
            self._group[i] = one
        self._members[one] |= self._members[other]
        self._members[other] = set()

    def _agree(self, members: set[int], id: str | None) -> bool:
        """Whether no two of the figures are different numbers of one article that nothing ties together."""
        claims = self._known[id].claims if id is not None and id in self._known else ()
        said = [self._figures[i].claim for i in sorted(members)]
        for n, one in enumerate(said):
            for other in said[:n]:
                if not _tied(one, other, claims):
                    return False
        return True

    def _is_of_old(self, i: int) -> bool:
        return "history" in self._figures[i].mark.cues or is_former(self._figures[i].claim)

    def in_order(self) -> list[tuple[str | None, list[int]]]:
        """The groups by their first figure; in each, what is told as history first if the series is new."""
        found: list[tuple[str | None, list[int]]] = []
        for group, members in enumerate(self._members):
            if not members:
                continue
            order = sorted(members)
            if self._series[group] is None:
                order.sort(key=lambda i: not (self._is_of_old(i)))
            found.append((self._series[group], order))
        return sorted(found, key=lambda entry: min(entry[1]))


def _tied(one: Claim, other: Claim, claims: Sequence[Claim]) -> bool:
    if intervals.entails(one, other) or intervals.entails(other, one):
        return True
    cues = {cue for claim in (one, other) if claim.marks for cue in claim.marks.cues}
    if are_opposed(one, other) or are_opposed(other, one) or is_former(one, other) or is_former(other, one):
        return True
    if "others" in cues:
        return False
    known = any(intervals.equal(claim, said) for claim in claims for said in (one, other))
    return known or bool(cues & {"history", "dispute"})
