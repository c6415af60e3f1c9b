"""Briefs that were made before: one is made anew only when what its development tells has changed.

To make that of a hundred reports takes some tenths of a second, most of them to tell which of their figures are one.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from pipeline.steps.known.briefs import Briefs, Rarities
from schemas.alert import DevelopmentNews

if TYPE_CHECKING:
    from pipeline.record import Transaction

_KEPT = 200


class KeptBriefs:
    """The briefs that readers looked at last; safe to share among threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, DevelopmentNews]] = OrderedDict()
        self._rarities: tuple[int, Rarities] = (0, {})
        self._lock = Lock()

    def news(self, tx: Transaction, development: str) -> DevelopmentNews | None:
        """What `Briefs.news` says of a development as it is in ``tx``."""
        version = tx.looking.development_version(development)
        with self._lock:
            kept = self._kept.get(development)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(development)
                return kept[1]
        news = Briefs(tx, self._rarities_of(tx)).news(development, None)
        if news is not None and version is not None:
            with self._lock:
                self._kept[development] = (version, news)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return news

    def _rarities_of(self, tx: Transaction) -> Rarities:
        """How telling words are, which takes as long to read as a brief: it holds until anything is judged again."""
        version = tx.looking.version()
        with self._lock:
            if self._rarities[0] != version:
                self._rarities = (version, {})
            return self._rarities[1]
