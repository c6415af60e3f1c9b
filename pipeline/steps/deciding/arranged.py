"""What people arranged: which stories, threads and series they put together, split, renamed and pinned; who and when.

These decisions can't be taken back by a command: a merge is followed by a split, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.steps.deciding.decide import listed
from pipeline.tell.words import headline_of, one_line
from schemas.decision import Decision
from schemas.figure import DecisionKind as SeriesAct
from schemas.figure import Series, SeriesDecision
from schemas.story import DecisionKind, Story, StoryDecision, ThreadDecision

if TYPE_CHECKING:
    from pipeline.record import Transaction

_Made = StoryDecision | ThreadDecision | tuple[str, SeriesDecision]
"""What was decided; about series, with their topic."""

_NAMED = 3
"""Things that a line names; more are counted."""
_ASKED = 20
"""Articles of an old decision that are asked for the names of their stories."""
_NOBODY = "somebody"
"""Who decided, where the decision is older than the names that are kept."""


class Arranges(StrEnum):
    """What was put together, split or named."""

    STORY = "story"
    THREAD = "thread"
    SERIES = "series"


_NOUNS = {
    Arranges.STORY: ("story", "stories", "report", "reports"),
    Arranges.THREAD: ("development", "developments", "story", "stories"),
    Arranges.SERIES: ("series", "series", "figure", "figures"),
}
"""What is arranged, one and more of it, and what it is made of."""


@dataclass(frozen=True)
class Arranged:
    """One such decision. ``labels``: what was put together; of a split the whole, then what was taken out."""

    kind: Arranges
    act: str
    """merge, split, rename, pin or unpin."""
    ids: tuple[str, ...]
    """Those it names: of series, and of articles for stories and threads."""
    labels: tuple[str, ...]
    name: str | None
    """The name that a series was given."""
    topics: tuple[str, ...]
    by: str
    decided: datetime

    @property
    def topic(self) -> str | None:
        """The topic that it is of; None if it is of several."""
        return self.topics[0] if len(self.topics) == 1 else None

    @property
    def what(self) -> str:
        """What was decided: "merged", "renamed to “drowned in Dern”"."""
        one, *_ = _NOUNS[self.kind]
        match self.act:
            case "merge":
                return "merged"
            case "split":
                named = f" as “{one_line(self.name, 120)}”" if self.name else ""
                return f"split off from {one} “{one_line(self.labels[0], 120)}”{named}"
            case "rename":
                return f"renamed to “{one_line(self.name or '', 120)}”"
            case "pin":
                return "shown first"
            case _:
                return "no longer shown first"

    @property
    def about(self) -> str:
        """What it is about: "developments “Quake in Orsava”, “Tents reach the valley”"."""
        one, more, part, parts = _NOUNS[self.kind]
        labels = self.labels
        if self.act == "split":
            one, more, labels = part, parts, labels[1:]
        named = ", ".join(f"“{one_line(label, 120)}”" for label in labels[:_NAMED])
        further = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
        return f"{one if len(labels) == 1 else more} {named}{further}"


def history(
    tx: Transaction, *, topic: str | None = None, undone: bool = False, limit: int | None = None
) -> list[Decision | Arranged]:
    """All that people decided, the latest first: what they are told, and how things are put together.

    ``topic`` leaves out what concerns other topics alone; ``undone`` adds what was taken back; at most ``limit``.
    """
    found: list[Decision | Arranged]
    found = [*listed(tx, topic=topic, undone=undone, limit=limit), *arranged(tx, topic, limit)]
    return sorted(found, key=lambda one: one.decided, reverse=True)[:limit]


def arranged(tx: Transaction, topic: str | None = None, limit: int | None = None) -> list[Arranged]:
    """What people arranged, the latest first; as `history`."""
    most = limit if topic is None else None
    made: list[_Made] = [*tx.stories.decisions(most), *tx.threads.decisions(most)]
    made += tx.figures.all_series_decisions(SeriesDecision, most)
    made = sorted(made, key=_decided)[::-1][:most]
    topics = tx.looking.topics_of({one.articles[0] for one in made if not isinstance(one, tuple) and one.articles})
    # Each is looked up by itself, so no more of them than are asked for.
    shown = (_arranged(tx, one, topics) for one in made)
    return list(islice((one for one in shown if topic is None or topic in one.topics), limit))


def pinned(tx: Transaction, topic: str) -> list[Series]:
    """The series of a topic that people pinned, the last pinned first."""
    ids: dict[str, None] = {}
    for one in tx.figures.series_decisions(topic, SeriesDecision):
        if one.kind in (SeriesAct.PIN, SeriesAct.UNPIN):
            ids.pop(one.series[0], None)
        if one.kind is SeriesAct.PIN:
            ids[one.series[0]] = None
    found = [series for id in reversed(ids) if (series := tx.figures.get_series(id))]
    return [one for one in found if one.pinned and one.merged_into is None]


def _decided(one: _Made) -> datetime:
    return one[1].decided if isinstance(one, tuple) else one.decided


def _arranged(tx: Transaction, one: _Made, topics: Mapping[str, tuple[str, ...]]) -> Arranged:
    """``topics``: of the first article of each decision about stories and threads."""
    if isinstance(one, tuple):
        return _of_series(tx, *one)
    return Arranged(
        kind=Arranges.STORY if isinstance(one, StoryDecision) else Arranges.THREAD,
        act=one.kind.value,
        ids=one.articles,
        labels=one.labels or _old_labels(tx, one),
        name=None,
        topics=topics.get(one.articles[0], ()) if one.articles else (),
        by=one.by or _NOBODY,
        decided=one.decided,
    )


def _old_labels(tx: Transaction, one: StoryDecision | ThreadDecision) -> tuple[str, ...]:
    """What a decision without labels is about, as it is called now; ids of what is no longer there."""
    stories = _stories(tx, one.articles[:_ASKED])
    if isinstance(one, StoryDecision):
        return _old_story_labels(tx, one, stories)
    return _headlines([*_stories(tx, one.others[:1]), *stories]) or one.articles


def _old_story_labels(tx: Transaction, one: StoryDecision, stories: Sequence[Story]) -> tuple[str, ...]:
    if one.kind is DecisionKind.MERGE or one.story is None:
        return _headlines(stories) or one.articles
    whole, articles = tx.stories.get(one.story), tx.articles.get_many(one.articles[:_ASKED])
    titles = (articles[id].reading.title if id in articles else id for id in one.articles)
    return (whole.headline if whole else one.story, *titles)


def _of_series(tx: Transaction, topic: str, one: SeriesDecision) -> Arranged:
    return Arranged(
        kind=Arranges.SERIES,
        act=one.kind.value,
        ids=one.series,
        labels=one.labels or _old_series_labels(tx, one),
        name=one.label,
        topics=(topic,),
        by=one.by or _NOBODY,
        decided=one.decided,
    )


def _old_series_labels(tx: Transaction, one: SeriesDecision) -> tuple[str, ...]:
    found = ((id, tx.figures.get_series(id)) for id in one.series)
    labels = tuple(series.label if series else id for id, series in found)
    if one.kind is not SeriesAct.SPLIT:
        return labels
    figures = ((id, tx.figures.get(id)) for id in one.figures)
    return (*labels, *(headline_of(figure.figure) if figure else id for id, figure in figures))


def _stories(tx: Transaction, articles: Sequence[str]) -> list[Story]:
    """The stories in which these articles are now, in their order."""
    found = tx.articles.get_many(articles)
    ids = dict.fromkeys(found[id].story for id in articles if id in found)
    return [story for id in ids if id and (story := tx.stories.get(id))]


def _headlines(stories: Sequence[Story]) -> tuple[str, ...]:
    return tuple(story.headline for story in stories)
