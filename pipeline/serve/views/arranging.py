"""With what a development or a figure can be put together, and what can be split off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.steps.known.threads import Development, development_of
from pipeline.tell.words import one_line, value_words
from schemas.figure import Series

if TYPE_CHECKING:
    from pipeline.record import Transaction
    from pipeline.record.looking import NamedSeries, Place

OFFERED = 50
"""Others that a list offers: the latest. The command line puts any two together."""
_LONGEST = 100
"""Characters of a choice."""
_PAGES = 4
"""Pages of the latest stories that are looked through for enough developments."""


@dataclass(frozen=True)
class Other:
    """One choice of a list."""

    id: str
    words: str


@dataclass(frozen=True)
class Arranging:
    """What can be arranged of one thing: the ``others`` it can be put together with, and the parts it can lose."""

    others: tuple[Other, ...]
    splits: frozenset[str] = frozenset()
    """Ids of the stories that can be split off."""

    @classmethod
    def of_development(cls, tx: Transaction, development: Development) -> Arranging | None:
        """None for a development that is closed: nothing of it can be arranged any more."""
        still_open = tx.threads.still_open(story.id for story in development.stories)
        if not still_open:
            return None
        splits = still_open if len(development.stories) > 1 else ()
        return cls(_other_developments(tx, development), frozenset(splits))

    @classmethod
    def of_series(cls, tx: Transaction, series: Series) -> Arranging:
        latest = tx.looking.named_series(series.topic, OFFERED + 1)
        found = [one for one in latest if one.id != series.id][:OFFERED]
        current = tx.figures.get_many(one.current for one in found if one.current)

        def words(one: NamedSeries) -> str:
            holds = current.get(one.current or "")
            now = value_words(holds.figure) if holds else "no claim"
            return f"{one_line(one.label, _LONGEST) or 'unnamed'}: {now}"

        return cls(tuple(Other(one.id, words(one)) for one in found))


def _other_developments(tx: Transaction, development: Development) -> tuple[Other, ...]:
    """The open ones of its topics, those with the latest news first."""
    latest = {name for topic in development.topics for name in _latest_developments(tx, topic)} - {development.id}
    found = [other for name in latest if (other := development_of(tx, name))]
    still_open = tx.threads.still_open(story.id for other in found for story in other.stories)
    others = [other for other in found if any(story.id in still_open for story in other.stories)]
    others.sort(key=lambda other: max((story.last_seen, story.id) for story in other.stories), reverse=True)
    return tuple(Other(other.id, one_line(other.face.headline, _LONGEST) or "untitled") for other in others[:OFFERED])


def _latest_developments(tx: Transaction, topic: str) -> list[str]:
    """One more than is offered; fewer only where there are no more, or one development has hundreds of stories."""
    found: dict[str, None] = {}
    before: Place | None = None
    for _ in range(_PAGES):
        some, before = tx.looking.developments(topic, OFFERED + 1, before)
        found |= dict.fromkeys(some)
        if len(found) > OFFERED or before is None:
            break
    return list(found)[: OFFERED + 1]
