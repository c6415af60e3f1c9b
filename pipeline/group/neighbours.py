"""Which articles are how much like which: the measured pairs of the window, and the probabilities that follow.

What was measured of a pair stays as it was; its probability also depends on how close both are to others, and so is
worked out from the pairs that are there now. All of it follows from the measured pairs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.group.likeness import CLOSEST, MEASURES, OPENING, WORDS, Floats, Model, describe, probability

Array = TypeVar("Array", bound=NDArray[Any])
_FLOOR = 0.1
"""A pair less likely than this is none."""


class Neighbours:
    """The graph of measured pairs; articles are named by their seq."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._slot: dict[int, int] = {}
        self._free: list[int] = []
        self._best = np.zeros((64, 2, CLOSEST), dtype=np.float32)
        self._language = np.zeros(64, dtype=np.int32)
        self._seq = np.zeros(64, dtype=np.int64)
        self._languages: dict[str | None, int] = {None: 0}
        self._row: dict[int, dict[int, int]] = {}
        self._free_rows: list[int] = []
        self._rows = 0
        self._ends = np.zeros((256, 2), dtype=np.int32)
        self._measures = np.zeros((256, MEASURES), dtype=np.float32)
        self._value = np.zeros(256, dtype=np.float32)
        """The probability of each pair as of the last `refresh`, 0 below the floor."""
        self.likely: dict[int, dict[int, float]] = {}
        """The probabilities as of the last `refresh`."""
        self._stale: set[int] = set()
        """The articles of which something else than a probability changed since the last `refresh`."""
        self._doubtful: set[int] = set()
        """Those whose probabilities may have changed, for others are closest to them now."""
        self._unranked: set[int] = set()
        """The articles that lost pairs since how close their closest are was last worked out."""
        self._fresh: list[int] = []
        """The rows that came since then."""

    def __contains__(self, seq: int) -> bool:
        return seq in self._slot

    def slot(self, seq: int) -> int:
        """A small number that no other article of the window has while this one is in it."""
        return self._slot[seq]

    def add(self, seq: int, language: str | None) -> None:
        slot = self._free.pop() if self._free else len(self._slot)
        if slot >= len(self._seq):
            self._best = _doubled(self._best)
            self._language = _doubled(self._language)
            self._seq = _doubled(self._seq)
        self._slot[seq] = slot
        self._best[slot] = 0
        self._language[slot] = self._languages.setdefault(language, len(self._languages))
        self._seq[slot] = seq
        self._row[seq] = {}
        self.likely[seq] = {}
        self._stale.add(seq)

    def remove(self, seq: int) -> None:
        others = list(self._row[seq])
        self.cut(seq)
        self._free.append(self._slot.pop(seq))
        del self._row[seq], self.likely[seq]
        self._stale.discard(seq)
        self._doubtful.discard(seq)
        self._unranked.discard(seq)
        self._stale.update(others)

    def cut(self, seq: int) -> None:
        """Take away all that was measured of an article."""
        others = self._row[seq]
        if not others:
            return
        for other, row in others.items():
            del self._row[other][seq]
            self.likely[other].pop(seq, None)
            self._free_rows.append(row)
        self._stale.add(seq)
        self._stale.update(others)
        self._unranked.add(seq)
        self._unranked.update(others)
        self._unranked.update(self._seq[self._ends[self._fresh]].ravel().tolist())
        self._fresh = []
        self._row[seq] = {}
        self.likely[seq] = {}

    def link(self, seq: int, others: Sequence[int], measures: Floats) -> None:
        """Add what was measured of an article that has no pairs yet."""
        if not others:
            return
        free = self._free_rows
        rows = [free.pop() for _ in range(min(len(free), len(others)))]
        fresh = self._rows + len(others) - len(rows)
        rows += range(self._rows, fresh)
        self._rows = fresh
        while fresh > len(self._value):
            self._grow()
        slots = self._slot
        at = np.array(rows)
        self._ends[at, 0] = slots[seq]
        self._ends[at, 1] = [slots[other] for other in others]
        self._measures[at] = measures
        self._value[at] = 0
        self._row[seq].update(zip(others, rows, strict=True))
        for other, row in zip(others, rows, strict=True):
            self._row[other][seq] = row
        self._fresh += rows
        self._stale.add(seq)

    def link_all(self, measured: Sequence[tuple[int, Sequence[int], Floats]]) -> None:
        """Add what was measured of articles that are here and have no pairs yet, given in the order of measuring: of
        two articles what was measured last holds, and nothing of one that was measured again after it."""
        place = {seq: at for at, (seq, _, _) in enumerate(measured)}
        ones: list[int] = []
        others: list[int] = []
        found: list[Floats] = []
        slots = self._slot
        for at, (seq, near, measures) in enumerate(measured):
            kept = [n for n, other in enumerate(near) if place.get(other, at) < at]
            if not kept:
                continue
            found.append(measures if len(kept) == len(near) else measures[kept])
            row, first = self._row[seq], self._rows + len(others)
            for at_row, n in enumerate(kept, first):
                other = near[n]
                row[other] = self._row[other][seq] = at_row
                others.append(slots[other])
            ones += [slots[seq]] * len(kept)
        if not found:
            return
        first, self._rows = self._rows, self._rows + len(others)
        while self._rows > len(self._value):
            self._grow()
        self._ends[first : self._rows, 0] = ones
        self._ends[first : self._rows, 1] = others
        self._measures[first : self._rows] = np.concatenate(found)
        self._fresh += range(first, self._rows)

    def unsettled(self, most: int) -> set[int] | None:
        """The articles that the next `refresh` may find changed, whatever comes until then; None for more than
        ``most``."""
        if len(self._stale) > most:
            return None
        found = self._stale.union(*(self._row[seq] for seq in self._stale if seq in self._row))
        return found if len(found) <= most else None

    def settle(self, but: Iterable[int]) -> None:
        """Bring the probabilities up to date, and take all as looked at ``but`` these articles."""
        self.refresh()
        self._stale.update(seq for seq in but if seq in self._slot)

    def _grow(self) -> None:
        self._ends, self._measures, self._value = _doubled(self._ends), _doubled(self._measures), _doubled(self._value)

    def _rank(self) -> None:
        """Work out how close the closest are, where pairs came or went; who sees another closest is doubtful."""
        lost = [seq for seq in self._unranked if seq in self._slot]
        counts = [len(self._row[seq]) for seq in lost]
        anew = np.array([self._slot[seq] for seq in lost], dtype=np.int64)
        fresh = np.array(self._fresh, dtype=np.int64)
        rows = np.array(
            [*self._fresh, *self._fresh, *(row for seq in lost for row in self._row[seq].values())], np.int64
        )
        self._unranked, self._fresh = set(), []
        self._best[anew] = 0
        self._doubtful.update(lost)
        if not len(rows):
            return
        ends = np.concatenate((self._ends[fresh].T.ravel(), np.repeat(anew, counts)))
        # Not np.unique: the first call of a process loads all of numpy.ma, which takes longer than most turns.
        slots = np.sort(ends)
        slots = slots[np.concatenate(([True], slots[1:] != slots[:-1]))]
        # What an article's closest were, and the pairs that came, put in order together.
        owner = np.concatenate((np.repeat(slots, CLOSEST), ends))
        pair = np.concatenate((np.full(len(slots) * CLOSEST, -1), rows))
        best = np.zeros((len(slots), 2, CLOSEST), dtype=np.float32)
        for at, field in enumerate((WORDS, OPENING)):
            values = np.concatenate((self._best[slots, at].ravel(), self._measures[rows, field]))
            order = np.lexsort((pair, -values, owner))
            if lost:
                # A pair that came to an article that lost others is there twice.
                ranked, pairs = owner[order], pair[order]
                again = (ranked[1:] == ranked[:-1]) & (pairs[1:] == pairs[:-1]) & (pairs[1:] >= 0)
                order = order[np.concatenate(([True], ~again))]
            starts = np.searchsorted(owner[order], slots)
            for rank in range(CLOSEST):
                best[:, at, rank] = values[order[starts + rank]]
        moved = (best != self._best[slots]).any(axis=(1, 2))
        self._best[slots] = best
        self._doubtful.update(self._seq[slots[moved]].tolist())

    def _describe(self, rows: NDArray[np.int64], *, arriving: bool = False) -> Floats:
        first, second = self._ends.take(rows, axis=0).T
        foreign = None
        if len(self._languages) > 2:
            one, two = self._language.take(first), self._language.take(second)
            foreign = ((one != two) & (one > 0) & (two > 0)).astype(np.float32)
        best = None if arriving else (self._best.take(first, axis=0), self._best.take(second, axis=0))
        return describe(self._measures.take(rows, axis=0), foreign, best)

    def now(self, seq: int) -> dict[int, float]:
        """How likely each measured pair of an article is, seen from its arrival."""
        row = self._row[seq]
        if not row:
            return {}
        rows = np.array(list(row.values()))
        values = probability(self._describe(rows, arriving=True), self._model.arriving).tolist()
        return dict(zip(row, values, strict=True))

    def described(self, seq: int | None = None) -> tuple[list[tuple[int, int]], Floats]:
        """The measured pairs of one article or of all, the later one first, and their descriptions."""
        self._rank()
        pairs = [
            (one, other, row)
            for one in (self._row if seq is None else [seq])
            for other, row in self._row.get(one, {}).items()
            if one > other
        ]
        described = self._describe(np.array([row for *_, row in pairs], dtype=np.int64), arriving=seq is not None)
        return [(one, other) for one, other, _ in pairs], described

    def refresh(self) -> set[int]:
        """Bring the probabilities up to date; returns the articles whose surroundings changed."""
        self._rank()
        touched, doubtful = self._stale, self._stale | self._doubtful
        self._stale, self._doubtful = set(), set()
        rows = np.array(sorted({row for seq in doubtful for row in self._row[seq].values()}), dtype=np.int64)
        if not len(rows):
            return touched
        values = probability(self._describe(rows), self._model.settled)
        values[values < np.float32(_FLOOR)] = 0
        moved = values != self._value[rows]
        rows, values = rows[moved], values[moved]
        self._value[rows] = values
        ones, others = self._seq[self._ends[rows]].T.tolist()
        likely = self.likely
        for one, other, value in zip(ones, others, values.tolist(), strict=True):
            if value:
                likely[one][other] = likely[other][one] = value
            else:
                del likely[one][other], likely[other][one]
        touched.update(ones, others)
        return touched

    def mark(self, seqs: Iterable[int]) -> None:
        """Say that something other than a likeness changed about these articles."""
        self._stale.update(seqs)


def _doubled(array: Array) -> Array:
    grown: Any = np.concatenate((array, np.zeros_like(array)))
    doubled: Array = grown
    return doubled
