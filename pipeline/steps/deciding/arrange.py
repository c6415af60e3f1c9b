"""Checks what a person wants to arrange (stories, threads and series, put together, split, renamed, pinned), and draws
up the decision. `pipeline.steps.arranging` carries it out.

Every function raises DecisionError if something it is given is not there or can't be arranged so. ``by`` is who
decides, as in `pipeline.steps.deciding.decide`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from pipeline.errors import DecisionError
from pipeline.steps.known.decided import along_merges
from pipeline.steps.known.threads import Development, closed, development_of
from pipeline.tell.words import headline_of, one_line
from pipeline.text import normalise
from schemas.figure import DecisionKind as SeriesAct
from schemas.figure import Series, SeriesDecision
from schemas.story import DecisionKind, Story, StoryDecision, ThreadDecision

if TYPE_CHECKING:
    from pipeline.record import Transaction

T = TypeVar("T")

LONGEST_LABEL = 120
"""Characters of the name of a series: lists and subjects of mails cut what is longer."""
_KEPT = 240
"""Characters of what a thing was called then."""
_NO_TEXT = {"Cc", "Cs", "Co", "Zl", "Zp"}
"""Categories of characters that no name needs: controls, halves of a pair, private use, line separators."""


def stories_merge(tx: Transaction, stories: Sequence[str], *, by: str, now: datetime) -> StoryDecision:
    """That these stories are one."""
    names = _two_or_more(stories, "stories")
    found = [_there(tx.stories.get(one), "story", one, "`tallywire stories list` lists them") for one in names]
    articles = tuple(article for story in found for article in story.articles)
    labels = _labels(story.headline for story in found)
    return StoryDecision(kind=DecisionKind.MERGE, articles=articles, decided=now, by=by, labels=labels)


def story_split(tx: Transaction, story: str, articles: Sequence[str], *, by: str, now: datetime) -> StoryDecision:
    """That these articles are not of that story."""
    whole = _there(tx.stories.get(story), "story", story, "see `tallywire stories list`")
    hint = f"`tallywire stories show {story}` lists its reports"
    taken = [_there(tx.articles.get(one), "article", one, hint) for one in dict.fromkeys(articles)]
    for article in taken:
        if article.story != whole.id:
            raise DecisionError(f"article {article.id!r} is not in story {whole.id!r}", hint=hint)
    if not set(whole.articles) - {article.id for article in taken}:
        raise DecisionError(
            f"nothing would be left of story {whole.id!r}",
            hint="a split must leave at least one report in the story that is not a copy",
        )
    return StoryDecision(
        kind=DecisionKind.SPLIT,
        articles=tuple(article.id for article in taken),
        story=whole.id,
        decided=now,
        by=by,
        labels=_labels([whole.headline, *(article.reading.title for article in taken)]),
    )


def threads_merge(tx: Transaction, threads: Sequence[str], *, by: str, now: datetime) -> ThreadDecision:
    """That these threads are one development."""
    found = [thread_there(tx, one) for one in _two_or_more(threads, "threads")]
    still_open = tx.threads.still_open(story.id for thread in found for story in thread.stories)
    for thread in found:
        _open(thread, still_open)
    articles = tuple(article for thread in found for article in thread.articles)
    labels = _labels(thread.face.headline for thread in found)
    return ThreadDecision(kind=DecisionKind.MERGE, articles=articles, decided=now, by=by, labels=labels)


def thread_split(tx: Transaction, thread: str, stories: Sequence[str], *, by: str, now: datetime) -> ThreadDecision:
    """That these stories are one development, and another than that thread."""
    whole = thread_there(tx, thread)
    taken = [_story_of(tx, whole, story) for story in dict.fromkeys(stories)]
    still_open = tx.threads.still_open(story.id for story in whole.stories)
    _open(whole, still_open)
    if not taken:
        raise DecisionError("no story was chosen", hint="name at least one story that goes into a thread of its own")
    for story in taken:
        if story.id not in still_open:
            raise DecisionError(
                f"story {story.id!r} had its last report too long ago",
                hint="it is no longer compared with others; only a story that is can be taken out of its thread",
            )
    left = [story for story in whole.stories if story not in taken]
    if not left:
        raise DecisionError(
            f"nothing would be left of thread {whole.id!r}",
            hint="a split must leave at least one story in the thread",
        )
    return ThreadDecision(
        kind=DecisionKind.SPLIT,
        articles=_articles(taken),
        others=_articles(left),
        decided=now,
        by=by,
        labels=_labels([whole.face.headline, *(story.headline for story in taken)]),
    )


def series_merge(tx: Transaction, series: Sequence[str], *, by: str, now: datetime) -> tuple[str, SeriesDecision]:
    """That the other series are the same as the first; with the topic that they are of."""
    names = _two_or_more(series, "series")
    found = [series_there(tx, one) for one in names]
    topics = {one.topic for one in found}
    if len(topics) > 1:
        raise DecisionError("these series are of different topics", hint="a series belongs to one topic")
    if len({home_of(tx, one).id for one in found}) < 2:
        raise DecisionError("these are the same series already", hint="an earlier merge put them together")
    labels = _labels(one.label for one in found)
    decision = SeriesDecision(kind=SeriesAct.MERGE, series=names, decided=now, by=by, labels=labels)
    return topics.pop(), decision


def series_split(
    tx: Transaction, series: str, figures: Sequence[str], label: str | None, *, by: str, now: datetime
) -> tuple[str, SeriesDecision]:
    """That these figures are another than that series; with the topic that it is of."""
    home = home_of(tx, series_there(tx, series))
    hint = f"`tallywire figures show {home.id}` lists them"
    found = [_there(tx.figures.get(one), "figure", one, hint) for one in dict.fromkeys(figures)]
    held, ids = {claim.figure for claim in home.claims}, tuple(one.id for one in found)
    for id in ids:
        # A series keeps the latest of its claims; an earlier one is known by its verdict.
        if id not in held and all(verdict.series != home.id for verdict in tx.figures.verdicts_of(id)):
            raise DecisionError(f"figure {id!r} is not in series {series!r}", hint=hint)
    if held <= set(ids):
        raise DecisionError(
            f"nothing would be left of series {series!r}", hint="a split must leave at least one figure in the series"
        )
    decision = SeriesDecision(
        kind=SeriesAct.SPLIT,
        series=(series,),
        figures=ids,
        label=None if label is None else checked_label(label),
        decided=now,
        by=by,
        labels=_labels([home.label, *(headline_of(one.figure) for one in found)]),
    )
    return home.topic, decision


def series_rename(tx: Transaction, series: str, label: str, *, by: str, now: datetime) -> tuple[str, SeriesDecision]:
    """That a series is called so; with the topic that it is of."""
    found = series_there(tx, series)
    name = checked_label(label)
    return found.topic, SeriesDecision(
        kind=SeriesAct.RENAME, series=(series,), label=name, decided=now, by=by, labels=_labels([found.label])
    )


def series_pin(tx: Transaction, series: str, *, pinned: bool, by: str, now: datetime) -> tuple[str, SeriesDecision]:
    """That a series is shown first, or no longer; with the topic that it is of."""
    found = series_there(tx, series)
    kind = SeriesAct.PIN if pinned else SeriesAct.UNPIN
    return found.topic, SeriesDecision(kind=kind, series=(series,), decided=now, by=by, labels=_labels([found.label]))


def checked_label(label: str) -> str:
    """The name that a person gives a series, in one line. Raises DecisionError if it can't be one."""
    name = normalise(label)
    if any(unicodedata.category(character) in _NO_TEXT for character in label.strip()):
        raise DecisionError("the name has control characters or line breaks", hint="write it in one line of plain text")
    if not name:
        raise DecisionError("the name is empty", hint="write what the series counts, such as: children returned home")
    if len(name) > LONGEST_LABEL:
        raise DecisionError(f"the name is longer than {LONGEST_LABEL} characters", hint="choose a shorter one")
    return name


def thread_there(tx: Transaction, identity: str) -> Development:
    """The thread of that id. Raises DecisionError if there is none; of a story it says which thread it is of."""
    hint = "`tallywire threads list` lists them"
    story = tx.stories.get(identity)
    if story is not None and story.thread is not None:
        hint = f"it is a story, of thread {story.thread}"
    return _there(development_of(tx, identity), "thread", identity, hint)


def series_there(tx: Transaction, identity: str) -> Series:
    """The series of that id. Raises DecisionError if there is none."""
    return _there(tx.figures.get_series(identity), "series", identity, "`tallywire figures list` lists them")


def home_of(tx: Transaction, series: Series) -> Series:
    """The series that holds the claims of this one, following merges."""
    *_, home = (one for _, one in along_merges(tx, series.id) if one is not None)
    return home


def _there(found: T | None, noun: str, identity: str, hint: str) -> T:
    if found is None:
        shown = identity if len(identity) <= 80 else f"{identity[:80]}…"
        raise DecisionError(f"there is no {noun} {shown!r}", hint=hint)
    return found


def _two_or_more(given: Sequence[str], noun: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(given))
    if len(names) < 2:
        raise DecisionError(f"a merge needs two {noun} or more", hint="name at least one other")
    return names


def _story_of(tx: Transaction, thread: Development, identity: str) -> Story:
    hint = f"`tallywire threads show {thread.id}` names its stories"
    story = _there(tx.stories.get(identity), "story", identity, hint)
    if story not in thread.stories:
        raise DecisionError(f"story {identity!r} is not of thread {thread.id!r}", hint=hint)
    return story


def _open(thread: Development, still_open: Collection[str]) -> None:
    if shut := closed(thread, still_open):
        raise DecisionError(f"thread {thread.id!r} is {shut}", hint="only an open thread can be merged or split")


def _articles(stories: Iterable[Story]) -> tuple[str, ...]:
    return tuple(article for story in stories for article in story.articles)


def _labels(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(one_line(name, _KEPT) for name in names)
