"""The series of a topic as the record keeps them, for following to read one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.figures.following import Follower
from schemas.figure import Series, SeriesDecision

if TYPE_CHECKING:
    from pipeline.record import Transaction


class SeriesShelf:
    """The series of one topic as one transaction sees them."""

    def __init__(self, tx: Transaction, topic: str) -> None:
        self._tx = tx
        self._topic = topic

    def found_by(self) -> Iterable[tuple[str, datetime, str | None]]:
        return self._tx.figures.series_found_by(self._topic)

    def get(self, ids: Collection[str]) -> dict[str, Series]:
        return self._tx.figures.get_series_many(ids)

    def homes(self, figures: Collection[str]) -> dict[str, str]:
        return self._tx.figures.homes(self._topic, figures)


def follower_of(tx: Transaction, topic: str) -> Follower:
    """The follower of a topic as the record remembers it; the record is told what it did not say of some."""
    decisions = tx.figures.series_decisions(topic, SeriesDecision)
    follower = Follower(topic, decisions=decisions, shelf=SeriesShelf(tx, topic))
    tx.figures.put_found_by(follower.untold)
    return follower


def put_series(tx: Transaction, follower: Follower, many: Iterable[Series]) -> None:
    """Keep series that a follower changed, where it finds them again."""
    tx.figures.put_series_many((one, follower.found_by(one.id)) for one in many)
