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
        self._length = np.zeros(64, dtype=np.float32)
        self._day = np.zeros(64, dtype=np.float64)
        self._language = np.zeros(64, dtype=np.int32)
        self._languages: dict[str | None, int] = {None: 0}
        self._row: dict[int, dict[int, int]] = {}
        self._free_rows: list[int] = []
        self._rows = 0
        self._ends = np.zeros((256, 2), dtype=np.int32)
        self._measures = np.zeros((256, MEASURES), dtype=np.float32)
        self.likely: dict[int, dict[int, float]] = {}
        """The probabilities as of the last `refresh`."""
        self._stale: set[int] = set()

    def __contains__(self, seq: int) -> bool:
        return seq in self._slot

    def slot(self, seq: int) -> int:
        """A small number that no other article of the window has while this one is in it."""
        return self._slot[seq]

    def add(self, seq: int, length: int, day: float, language: str | None) -> None:
        slot = self._free.pop() if self._free else len(self._slot)
        if slot >= len(self._day):
            self._best = _doubled(self._best)
            self._length = _doubled(self._length)
            self._day = _doubled(self._day)
            self._language = _doubled(self._language)
        self._slot[seq] = slot
        self._best[slot] = 0
        self._length[slot] = np.log(max(length, 1)) / 5
        self._day[slot] = day
        self._language[slot] = self._languages.setdefault(language, len(self._languages))
        self._row[seq] = {}
        self.likely[seq] = {}
        self._stale.add(seq)

    def remove(self, seq: int) -> None:
        others = list(self._row[seq])
        self.cut(seq)
        self._free.append(self._slot.pop(seq))
        del self._row[seq], self.likely[seq]
        self._stale.discard(seq)
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
        self._row[seq] = {}
        self.likely[seq] = {}
        for touched in (seq, *others):
            self._rank(touched)

    def _rank(self, seq: int) -> None:
        """Work out anew how close the closest are."""
        best = np.zeros((2, CLOSEST), dtype=np.float32)
        rows = list(self._row[seq].values())
        for at, field in enumerate((WORDS, OPENING)):
            found = np.sort(self._measures[rows, field])[::-1][:CLOSEST]
            best[at, : len(found)] = found
        self._best[self._slot[seq]] = best
        self._stale.add(seq)

    def link(self, seq: int, others: Sequence[int], measures: Floats) -> None:
        """Add what was measured of an article that has no pairs yet."""
        if not others:
            return
        rows = [self._free_rows.pop() if self._free_rows else -1 for _ in others]
        fresh = self._rows
        for at, row in enumerate(rows):
            if row < 0:
                rows[at] = fresh
                fresh += 1
        while fresh > len(self._ends):
            self._ends, self._measures = _doubled(self._ends), _doubled(self._measures)
        self._rows = fresh
        slot = self._slot[seq]
        slots = [self._slot[other] for other in others]
        self._ends[rows, 0] = slot
        self._ends[rows, 1] = slots
        self._measures[rows] = measures
        mine = self._row[seq]
        for other, row in zip(others, rows, strict=True):
            mine[other] = row
            self._row[other][seq] = row
        closeness = measures[:, [WORDS, OPENING]]
        held = self._best[slots]
        merged = -np.sort(-np.concatenate((held, closeness[:, :, None]), axis=2), axis=2)[:, :, :CLOSEST]
        changed = (merged != held).any(axis=(1, 2)).tolist()
        self._best[slots] = merged
        self._stale.update(other for other, moved in zip(others, changed, strict=True) if moved)
        closest = -np.sort(-closeness.T, axis=1)[:, :CLOSEST]
        self._best[slot, :, : closest.shape[1]] = closest
        self._stale.add(seq)

    def _describe(self, rows: list[int], *, arriving: bool = False) -> Floats:
        first, second = self._ends[rows].T
        days = np.abs(self._day[first] - self._day[second]).astype(np.float32)
        one, two = self._language[first], self._language[second]
        foreign = ((one != two) & (one > 0) & (two > 0)).astype(np.float32)
        return describe(
            self._measures[rows],
            None if arriving else (self._best[first], self._best[second]),
            (self._length[first], self._length[second]),
            days,
            foreign,
        )

    def now(self, seq: int) -> dict[int, float]:
        """How likely each measured pair of an article is, seen from its arrival."""
        row = self._row[seq]
        if not row:
            return {}
        values = probability(self._describe(list(row.values()), arriving=True), self._model.arriving).tolist()
        return dict(zip(row, values, strict=True))

    def described(self, seq: int | None = None) -> tuple[list[tuple[int, int]], Floats]:
        """The measured pairs of one article or of all, the later one first, and their descriptions."""
        pairs = [
            (one, other, row)
            for one in (self._row if seq is None else [seq])
            for other, row in self._row.get(one, {}).items()
            if one > other
        ]
        described = self._describe([row for *_, row in pairs], arriving=seq is not None)
        return [(one, other) for one, other, _ in pairs], described

    def refresh(self) -> set[int]:
        """Bring the probabilities up to date; returns the articles whose surroundings changed."""
        stale = self._stale
        pairs = sorted(
            {(min(seq, other), max(seq, other), row) for seq in stale for other, row in self._row[seq].items()}
        )
        touched = set(stale)
        if pairs:
            values = probability(self._describe([row for *_, row in pairs]), self._model.settled).tolist()
            for (one, other, _), value in zip(pairs, values, strict=True):
                before = self.likely[one].get(other, 0.0)
                if value >= _FLOOR:
                    self.likely[one][other] = self.likely[other][one] = value
                elif before:
                    del self.likely[one][other], self.likely[other][one]
                else:
                    continue
                if before != value:
                    touched.update((one, other))
        self._stale = set()
        return touched

    def mark(self, seqs: Iterable[int]) -> None:
        """Say that something other than a likeness changed about these articles."""
        self._stale.update(seqs)


def _doubled(array: Array) -> Array:
    grown: Any = np.concatenate((array, np.zeros_like(array)))
    doubled: Array = grown
    return doubled
