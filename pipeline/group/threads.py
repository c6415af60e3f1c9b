"""Stories → threads: the developments that go on from day to day.

A story is one event; a thread is the affair that its events are part of: the earthquake with its rescues, aftershocks
and aid. Each story that comes or grows is held against the threads that are open, and its thread becomes part of the
likeliest one, if that is likely enough. What was once together stays together, so that a reader's thread goes on;
only people split one.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import numpy as np

from pipeline.group.portraits import Gathered, Whole
from pipeline.group.relation import Comparer, Floats, Held, Sight, ThreadModel, shipped_model
from pipeline.group.tokens import TABLE
from schemas.base import stable_id
from schemas.story import DecisionKind, Portrait, PortrayedStory, ThreadDecision, ThreadJoin

_FOUND_BY = 32
"""So many of a thread's weightiest terms find it others."""
_COMMON = 300
"""A term that more threads hold finds none."""
_MEASURED = 8
_LOOKED_AT = 24
LATEST = 100
"""Stories of a thread that say what it is about: those that came or grew last."""
_FEW = 8
"""Stories of a thread that are added up anew each time: sums that are kept of every small thread fill the memory."""
_LEAST = 0.02
"""A cosine below which two portraits have nothing in common."""
_STEPS = 2
"""How many threads one story may bring together."""
_SHOWN = 6
_BY_A_PERSON = "a person put them together"


def rarity(holding: int, threads: int) -> float:
    """How rare a term is that so many of the ``threads`` hold."""
    return math.log((threads + 1) / (holding + 0.5))


class _Holding:
    """How many of the open threads hold each term."""

    def __init__(self) -> None:
        self._counts = np.zeros(TABLE, dtype=np.int32)
        self._threads = -1
        self._squares = np.zeros(0)
        """By how many of so many threads hold a term, how rare it is, squared; not a number where nobody asked yet."""

    def add(self, terms: Collection[int], by: int) -> None:
        """Count one thread that holds these terms, or no longer does."""
        self._counts[np.fromiter(terms, np.int64, len(terms))] += by

    def squares(self, threads: int) -> Callable[[Whole], Floats]:
        """Says of terms how rare each is among so many threads, squared."""
        if threads != self._threads:
            self._threads, self._squares = threads, np.full(threads + 1, math.nan)

        def squares_now(terms: Whole) -> Floats:
            counts = self._counts.take(terms)
            found = self._squares.take(counts)
            if np.isnan(found).any():
                for count in set(counts.tolist()):
                    self._squares[count] = rarity(count, threads) ** 2
                found = self._squares.take(counts)
            return found

        return squares_now


@dataclass
class _Thread:
    """The stories of a thread and what they are about."""

    stories: dict[str, PortrayedStory] = field(default_factory=dict)
    held: Counter[int] = field(default_factory=Counter)
    """Of each term, how many of the stories hold it."""
    slot: int = 0
    """A small number that no other thread has meanwhile."""
    _latest: Gathered | None = None
    _sight: Sight | None = None
    _topics: frozenset[str] | None = None

    def put(self, story: PortrayedStory) -> list[int]:
        """Take a story in; returns the terms that none held before."""
        terms = story.portrait.terms.keys()
        fresh = [term for term in terms if term not in self.held]
        self.stories[story.id] = story
        self.held.update(terms)
        self._sight = self._topics = None
        return fresh

    def drop(self, story: str) -> set[int]:
        """Take a story out; returns the terms that no other holds."""
        terms = self.stories.pop(story).portrait.terms.keys()
        self.held.subtract(terms)
        lost = {term for term in terms if not self.held[term]}
        for term in lost:
            del self.held[term]
        self._sight = self._topics = None
        return lost

    @property
    def sight(self) -> Sight:
        if self._sight is None:
            latest = islice(reversed(self.stories.values()), LATEST)
            if len(self.stories) <= _FEW:
                self._latest = None
            elif self._latest is None:
                self._latest = Gathered()
            gathered = self._latest or Gathered()
            self._sight = Sight(gathered.portrait({one.id: one.portrait for one in latest}))
        return self._sight

    @property
    def topics(self) -> frozenset[str]:
        if self._topics is None:
            self._topics = frozenset(topic for story in self.stories.values() for topic in story.topics)
        return self._topics

    @property
    def articles(self) -> set[str]:
        return {article for story in self.stories.values() for article in story.articles}


class Threads:
    """Says of which thread each story is.

    The same stories in the same order give the same answers. ``remembered`` restores what an earlier one held. Nothing
    is forgotten but by `forget` and `shrink`: the caller decides what is open.
    """

    def __init__(
        self,
        remembered: Iterable[PortrayedStory] = (),
        *,
        decisions: Iterable[ThreadDecision] = (),
        model: ThreadModel | None = None,
    ) -> None:
        self._model = model or shipped_model()
        self._threads: dict[str, _Thread] = {}
        self._home: dict[str, str] = {}
        self._was: dict[str, str | None] = {}
        """Where the stories were that the step under way has touched."""
        self._slots: list[str] = []
        """The name of the thread of each slot; of a free one, that of the last."""
        self._free: list[int] = []
        self._postings: dict[int, array[int]] = {}
        """By term: the slots of the threads that hold it."""
        self._holding = _Holding()
        self._comparer = Comparer()
        self._decisions = list(decisions)
        for story in remembered:
            self._put(story)

    def __contains__(self, story: str) -> bool:
        return story in self._home

    def __len__(self) -> int:
        return len(self._home)

    def threads(self) -> dict[str, tuple[str, ...]]:
        """The open threads and their stories, in the order in which they came."""
        return {name: tuple(thread.stories) for name, thread in self._threads.items()}

    def remembered(self, story: str) -> PortrayedStory:
        """The row that restores this story. Raises ``KeyError`` for one that is in no open thread."""
        return self._threads[self._home[story]].stories[story]

    def place(
        self,
        story: str,
        portrait: Portrait,
        *,
        topics: tuple[str, ...],
        articles: tuple[str, ...],
        thread: str | None = None,
    ) -> tuple[str, ...]:
        """Take in a story that has just come, or grown; returns the stories that are in another thread than before,
        itself among them if it is new.

        ``thread`` is where a story was that is no longer remembered: it opens again.
        """
        self._was.clear()
        if story not in self._home and thread is not None:
            join = ThreadJoin(thread=thread, opened=False, reason="it was part of it before")
        elif story not in self._home:
            join = ThreadJoin(thread=self._new_thread(story), opened=True, reason="no open thread is similar")
        else:
            join = self.remembered(story).join
            self._take_out(story)
        self._put(PortrayedStory(id=story, topics=topics, articles=articles, portrait=portrait, join=join))
        self._obey(story)
        self._settle(story)
        return self._moved()

    def leave(self, story: str) -> None:
        """Let go of a story that is no more, or too old."""
        if story in self._home:
            self._take_out(story)

    def forget(self, before: datetime) -> tuple[str, ...]:
        """Let go of the stories that had their last report before this moment; returns them."""
        return self._let_go([story for story, _ in self._ages(before)])

    def shrink(self, most: int) -> tuple[str, ...]:
        """Let go of the stories that had their last report first, until no more than ``most`` are left."""
        surplus = len(self) - most
        return self._let_go([story for story, _ in self._ages()[:surplus]]) if surplus > 0 else ()

    def decide(self, decision: ThreadDecision) -> tuple[str, ...]:
        """Take in what a person decided; returns the stories that are in another thread than before, or in theirs for
        another reason."""
        self._was.clear()
        self._decisions.append(decision)
        named = self._stories_with(decision.articles)
        left: list[str] = []
        if decision.kind is DecisionKind.SPLIT and named:
            left = self._part(named)
        for story in named:
            self._obey(story)
        return tuple(story for story in dict.fromkeys((*self._was, *left)) if story in self._home)

    def likeliest(self, story: str) -> list[tuple[float, str]]:
        """The open threads that the thread of a story is most like, with the probability that they are one."""
        own = self._home[story]
        found = [(self._model.probability(columns), other) for other, columns in self._measured(own)]
        return sorted(found, key=lambda entry: (-entry[0], entry[1]))

    def measured(self, story: str) -> Iterator[tuple[str, list[float]]]:
        """The threads that the thread of a story is held against, with what they have in common: for training."""
        yield from self._measured(self._home[story])

    def _measured(self, own: str) -> Iterator[tuple[str, list[float]]]:
        others = self._candidates(own)
        sights = [self._threads[other].sight for other in others]
        held = Held(self._holding.squares(len(self._threads)))
        return zip(others, self._comparer.relations(self._threads[own].sight, sights, held), strict=True)

    def _settle(self, story: str) -> None:
        """Bring the thread of a story together with those that are likely the same development."""
        for _ in range(_STEPS):
            own, ranked = self._home[story], self.likeliest(story)
            if not ranked or ranked[0][0] < self._model.join:
                return
            score, other = ranked[0]
            shared = self._shared(own, other)
            why = f"{score:.0%} sure that it is part of the same development"
            self._merge(own, other, score, shared, why + (f"; both say {', '.join(shared)}" if shared else ""))

    def _candidates(self, own: str) -> list[str]:
        """The threads that share the weightiest terms with this one and a topic, and may be one with it."""
        thread = self._threads[own]
        sight, topics = thread.sight, thread.topics
        near = self._promising(own, sight)
        cosines = self._comparer.cosines(sight, [self._threads[other].sight for other in near])
        ranked = sorted(zip(cosines, near, strict=True), key=lambda entry: (-entry[0], entry[1]))
        return [
            other
            for cosine, other in ranked
            if cosine > _LEAST and topics & self._threads[other].topics and not self._kept_apart(own, other)
        ][:_MEASURED]

    def _promising(self, own: str, sight: Sight) -> list[str]:
        """The threads that share the most with the weightiest terms of one, the most promising first."""
        slots = array("i")
        sizes: list[int] = []
        weights: list[int] = []
        for term in sight.ranked[:_FOUND_BY].tolist():
            holding = self._postings.get(term, ())
            if len(holding) <= _COMMON:
                slots.extend(holding)
                sizes.append(len(holding))
                weights.append(sight.terms[term])
        # Whole numbers, which floats hold exactly.
        promise = np.bincount(np.frombuffer(slots, np.intc), np.repeat(weights, sizes), len(self._slots))
        found = np.bincount(np.frombuffer(slots, np.intc), minlength=len(self._slots)) > 0
        found[self._threads[own].slot] = False
        others = found.nonzero()[0]
        if len(others) > _LOOKED_AT:
            gained = promise.take(others)
            others = others[gained >= np.partition(gained, len(gained) - _LOOKED_AT)[len(gained) - _LOOKED_AT]]
        ranked = sorted((-promise[slot], self._slots[slot]) for slot in others.tolist())
        return [other for _, other in ranked[:_LOOKED_AT]]

    def _merge(self, one: str, other: str, score: float, shared: tuple[str, ...], reason: str) -> None:
        """Make two threads one, under the name of that with more reports, or the older."""
        kept, gone = sorted(
            (one, other), key=lambda name: (-self._threads[name].sight.reports, self._threads[name].sight.first, name)
        )
        nearest = self._nearest(gone, kept)
        for story in list(self._threads[gone].stories.values()):
            self._take_out(story.id)
            join = ThreadJoin(
                thread=kept, opened=False, score=round(score, 4), nearest=nearest, shared=shared, reason=reason
            )
            self._put(story.model_copy(update={"join": join}))

    def _nearest(self, gone: str, kept: str) -> str:
        """The story of a thread that is most like another thread."""
        stories = list(self._threads[kept].stories.values())
        cosines = self._comparer.cosines(self._threads[gone].sight, [Sight(story.portrait) for story in stories])
        return max((cosine, one.portrait.last, one.id) for cosine, one in zip(cosines, stories, strict=True))[2]

    def _shared(self, one: str, other: str) -> tuple[str, ...]:
        written = self._threads[one].sight.written
        theirs = set(self._threads[other].sight.core)
        return tuple(word for term, word in written.items() if term in theirs)[:_SHOWN]

    def _obey(self, story: str) -> None:
        """Put a story with those that people put it with."""
        own = set(self.remembered(story).articles)
        for at, decision in enumerate(self._decisions):
            if decision.kind is not DecisionKind.MERGE or own.isdisjoint(decision.articles):
                continue
            for other in self._stories_with(decision.articles):
                one, two = self._home[story], self._home[other]
                if one != two and not self._kept_apart(one, two, since=at):
                    self._merge(one, two, 1.0, (), _BY_A_PERSON)

    def _part(self, stories: list[str]) -> list[str]:
        """Take stories out of their threads, into one of their own; returns those left that had joined one of them."""
        name = self._new_thread(stories[0])
        threads = {self._home[story] for story in stories}
        for story in stories:
            row = self.remembered(story)
            self._take_out(story)
            join = ThreadJoin(thread=name, opened=story == stories[0], reason="a person took it out of another thread")
            self._put(row.model_copy(update={"join": join}))
        left = [row for thread in threads if thread in self._threads for row in self._threads[thread].stories.values()]
        unlinked = [row for row in left if row.join.nearest in stories]
        for row in unlinked:
            join = row.join.model_copy(update={"nearest": None, "reason": "it stayed when a person took others out"})
            self._threads[join.thread].stories[row.id] = row.model_copy(update={"join": join})
        return [row.id for row in unlinked]

    def _kept_apart(self, one: str, other: str, since: int = 0) -> bool:
        """Whether a person split what these threads hold, and nobody put it together again later."""
        if not self._decisions:
            return False
        first, second = self._threads[one].articles, self._threads[other].articles
        apart = False
        for decision in self._decisions[since:]:
            named, rest = set(decision.articles), set(decision.others)
            if decision.kind is DecisionKind.MERGE:
                apart = apart and (first.isdisjoint(named) or second.isdisjoint(named))
            elif not (first.isdisjoint(named) or second.isdisjoint(rest)) or not (
                second.isdisjoint(named) or first.isdisjoint(rest)
            ):
                apart = True
        return apart

    def _stories_with(self, articles: Iterable[str]) -> list[str]:
        wanted = set(articles)
        return sorted(
            story.id
            for thread in self._threads.values()
            for story in thread.stories.values()
            if not wanted.isdisjoint(story.articles)
        )

    def _new_thread(self, story: str) -> str:
        name = stable_id("thread", story)
        again = 2
        while name in self._threads:
            name, again = stable_id("thread", story, str(again)), again + 1
        return name

    def _moved(self) -> tuple[str, ...]:
        return tuple(story for story, thread in self._was.items() if self._home.get(story) != thread)

    def _put(self, story: PortrayedStory) -> None:
        name = story.join.thread
        self._was.setdefault(story.id, None)
        self._home[story.id] = name
        thread = self._threads.get(name)
        if thread is None:
            thread = self._threads[name] = _Thread(slot=self._slot_for(name))
        fresh = thread.put(story)
        self._holding.add(fresh, 1)
        for term in fresh:
            self._postings.setdefault(term, array("i")).append(thread.slot)

    def _slot_for(self, name: str) -> int:
        if self._free:
            slot = self._free.pop()
            self._slots[slot] = name
            return slot
        self._slots.append(name)
        return len(self._slots) - 1

    def _take_out(self, story: str) -> None:
        name = self._home.pop(story)
        self._was.setdefault(story, name)
        thread = self._threads[name]
        lost = thread.drop(story)
        self._holding.add(lost, -1)
        for term in lost:
            self._postings[term].remove(thread.slot)
            if not self._postings[term]:
                del self._postings[term]
        if not thread.stories:
            self._free.append(thread.slot)
            del self._threads[name]

    def _ages(self, before: datetime | None = None) -> list[tuple[str, datetime]]:
        """The stories with the time of their last report, the oldest first; those ``before`` a moment, if one is
        given."""
        found = [
            (one.id, one.portrait.last)
            for thread in self._threads.values()
            for one in thread.stories.values()
            if before is None or one.portrait.last < before
        ]
        return sorted(found, key=lambda entry: (entry[1], entry[0]))

    def _let_go(self, stories: Iterable[str]) -> tuple[str, ...]:
        gone = tuple(stories)
        for story in gone:
            self._take_out(story)
        return gone
