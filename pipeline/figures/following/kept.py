"""The series of a topic: all of them in the record, in memory those that were asked for lately."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from schemas.figure import Series

MOST = 1_000
"""Series that are held in memory between two articles, where there is a shelf: some 10 KB each."""


class Shelf(Protocol):
    """Where the series of one topic are kept, and read again one by one."""

    def found_by(self) -> Iterable[tuple[str, datetime, str | None]]:
        """Every series, when it was opened, and what it is found by (`candidates.FoundBy` as text)."""

    def get(self, ids: Collection[str]) -> dict[str, Series]:
        """Those of ``ids`` that are there."""

    def homes(self, figures: Collection[str]) -> dict[str, str]:
        """The series of each of these figures that has one."""


class Kept:
    """Series by their ids. With a shelf, what is not in memory is taken from there."""

    def __init__(self, series: Iterable[Series], shelf: Shelf | None = None) -> None:
        self.shelf = shelf
        self._held: dict[str, Series] = {one.id: one for one in series}
        self._known: dict[str, None] = dict.fromkeys(self._held)

    def __contains__(self, id: str) -> bool:
        return id in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __getitem__(self, id: str) -> Series:
        if id not in self._held:
            self.fetch([id])
        elif self.shelf is not None:
            # What was asked for last is let go of last.
            self._held[id] = self._held.pop(id)
        return self._held[id]

    def __setitem__(self, id: str, series: Series) -> None:
        self._known[id] = None
        self._held.pop(id, None)
        self._held[id] = series

    def __delitem__(self, id: str) -> None:
        del self._known[id]
        self._held.pop(id, None)

    def know(self, id: str) -> None:
        """Say that a series is on the shelf."""
        self._known[id] = None

    def fetch(self, ids: Collection[str]) -> None:
        """Take from the shelf at once what of these is not in memory."""
        wanted = [id for id in ids if id not in self._held and id in self._known]
        if wanted and self.shelf is not None:
            self._held |= self.shelf.get(wanted)

    def all(self) -> dict[str, Series]:
        """Every series, in the order they were opened; those opened at once by their ids, as a shelf has them."""
        self.fetch(self._known)
        ordered = sorted((self._held[id].opened, id) for id in self._known)
        return {id: self._held[id] for _, id in ordered}

    def ease(self) -> list[str]:
        """Let go of what was not asked for lately and is on the shelf; gives the ids."""
        surplus = len(self._held) - MOST
        if self.shelf is None or surplus <= 0:
            return []
        gone = list(self._held)[:surplus]
        for id in gone:
            del self._held[id]
        return gone
