"""The articles that are open to new reports, with the indexes over them."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.group.copies import CopyIndex, Known
from pipeline.group.features import Features, Terms, count_terms
from pipeline.group.likeness import (
    COVER,
    MEASURES,
    OPENING,
    TIMING,
    WORDS,
    Comparer,
    Floats,
    Frequencies,
    Model,
    masses,
    timing,
    weigh,
)
from pipeline.group.neighbours import Neighbours
from pipeline.group.packing import pack, unpack
from pipeline.group.sketch import Sketch
from pipeline.group.tokens import Words
from schemas.article import CopyLink
from schemas.story import Remembered, StoryJoin

_CANDIDATES = 16
_TERMS = 32
"""So many of an article's weightiest terms find it candidates; `_FOUND_BY` of them find it."""
_FOUND_BY = 160
_FEWEST = 3
"""An article of fewer terms says too little to be like another."""
_COMMON = 0.2
_MOST = 300
"""A term that a larger share of the open articles hold, or more than so many, finds none."""
_LEAST = 0.06
_KEYWORDS = 24
DAY = 86400.0
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True, eq=False)
class Entry:
    """An article as grouping holds it."""

    id: str
    seq: int
    time: float
    """When it was published, in days."""
    row: Remembered
    sketch: Sketch
    features: Features
    keywords: dict[int, str]
    """Its weightiest terms as they are written."""
    telling: Terms
    """The terms it is found by."""
    topics: frozenset[str]
    live: bool
    stamp: int
    """The order in which likenesses were measured: what was measured last holds."""
    near: list[int] = field(default_factory=list)
    """The articles, by their seq, that it was measured against when it came or was revised."""
    measures: Floats = field(default_factory=lambda: np.zeros((0, MEASURES), dtype=np.float32))
    copy_link: CopyLink | None = None
    join: StoryJoin | None = None

    @property
    def story(self) -> str | None:
        return self.join.story if self.join else None

    @property
    def told(self) -> datetime:
        """When it was first told: of texts that repeat each other the earliest is the original."""
        return self.row.told or self.row.time


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What an article's terms weigh as it comes: `likeness.weigh` of them, those that tell it from others with their
    values from the weightiest down, and how the weightiest are written."""

    weights: Floats
    telling: Terms
    values: Floats
    keywords: dict[int, str]


class Window:
    """Entries by id, the stories they are in, and what finds the ones like a new one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.entries: dict[str, Entry] = {}
        self.by_seq: dict[int, Entry] = {}
        self.neighbours = Neighbours(model)
        self.stories: dict[str, list[str]] = {}
        """The articles of each story without its copies, in order of arrival."""
        self.copies: dict[str, list[str]] = {}
        """The copies of each original."""
        self.frequencies = Frequencies()
        self.texts = CopyIndex()
        self._comparer = Comparer()
        self._postings: dict[int, array[int]] = {}
        """The slots of the articles that hold each term."""
        self._slots: list[Entry | None] = []
        self._roots = np.zeros(0, dtype=np.float32)
        """By slot: the root of the number of terms, by which long articles are held back as candidates."""
        self._seqs = np.zeros(0, dtype=np.int64)
        self._scores = np.zeros(0, dtype=np.float64)
        self._last = np.zeros(0, dtype=np.int32)
        """By slot, for counting only: how promising it is, and where it was met last."""
        self._times: list[float] = []
        """When the articles that are no copies were published, in order."""
        self._stamp = 0
        self._oldest: list[tuple[float, int, str]] = []
        """A heap of the articles by when they were published, with some that are gone."""

    def __contains__(self, article: str) -> bool:
        return article in self.entries

    def before(self, limit: float) -> list[Entry]:
        """The entries published before this day; what is given here is not given again."""
        found: dict[str, Entry] = {}
        while self._oldest and self._oldest[0][0] < limit and (entry := self.first()) is not None:
            if entry.time < limit:
                found[entry.id] = entry
            else:
                self.keep(entry)
        return list(found.values())

    def first(self) -> Entry | None:
        """The entry that was published first of those that neither this nor `before` has given; None if none is."""
        while self._oldest:
            time, seq, article = heapq.heappop(self._oldest)
            entry = self.by_seq.get(seq)
            if entry is not None and (entry.id, entry.time) == (article, time):
                return entry
        return None

    def keep(self, entry: Entry) -> None:
        """Let `before` give this entry again."""
        heapq.heappush(self._oldest, (entry.time, entry.seq, entry.id))

    def restore(self, entries: Iterable[Entry]) -> None:
        """Take in, while nothing is here, what another window held."""
        ordered = sorted(entries, key=lambda entry: (entry.stamp, entry.seq))
        for entry in ordered:
            self._take_in(entry)
        self._times.sort()
        reports = [entry for entry in ordered if entry.copy_link is None]
        self.neighbours.link_all([(entry.seq, entry.near, entry.measures) for entry in reports])

    def add(self, entry: Entry) -> None:
        """Take an article in, with the likenesses it was measured with."""
        self._take_in(entry)
        if entry.copy_link is None:
            # Held in order; only the last one is not.
            insort(self._times, self._times.pop())
            self.link(entry)

    def _take_in(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        self._stamp = max(self._stamp, entry.stamp)
        self.by_seq[entry.seq] = entry
        self.keep(entry)
        self.texts.add(entry.seq, self.known(entry))
        if entry.copy_link is not None:
            _insert(self.copies.setdefault(entry.copy_link.original, []), entry.id, self._seq)
            return
        self.frequencies.add(entry.features)
        self.neighbours.add(entry.seq, entry.row.language)
        self._times.append(entry.time)
        slot = self.neighbours.slot(entry.seq)
        while slot >= len(self._slots):
            self._slots += [None] * 256
            self._roots = np.concatenate((self._roots, np.ones(256, dtype=np.float32)))
            self._seqs = np.concatenate((self._seqs, np.zeros(256, dtype=np.int64)))
            self._scores = np.zeros(len(self._slots), dtype=np.float64)
            self._last = np.zeros(len(self._slots), dtype=np.int32)
        self._slots[slot] = entry
        self._seqs[slot] = entry.seq
        self._roots[slot] = (20 + len(entry.features.ids)) ** 0.5
        postings = self._postings
        for term in entry.telling.tolist():
            held = postings.get(term)
            if held is None:
                postings[term] = array("i", (slot,))
            else:
                held.append(slot)
        if entry.join is not None:
            _insert(self.stories.setdefault(entry.join.story, []), entry.id, self._seq)

    @staticmethod
    def known(entry: Entry) -> Known:
        """What the comparison of texts needs of an entry."""
        return Known(
            entry.row.outlet, entry.time, entry.sketch, entry.features, entry.live, entry.copy_link is not None
        )

    def read(self, words: Words) -> tuple[Features, Weighed]:
        """The features of an article and what its terms weigh now."""
        ids, counts, first = count_terms(words)
        weights = weigh(self.frequencies.rarity(ids), counts)
        features = Features(ids, counts, len(words.terms), masses(weights))
        values = weights[WORDS] * weights[COVER]
        order = np.argsort(-values, kind="stable")
        top = order[:_KEYWORDS]
        written = {
            term: words.surfaces[place]
            for term, place in zip(ids.take(top).tolist(), first.take(top).tolist(), strict=True)
        }
        # All but what every other article has.
        telling = order[~self.frequencies.everyday.take(ids.take(order))][: _FOUND_BY if len(ids) >= _FEWEST else 0]
        return features, Weighed(weights, ids.take(telling), values.take(telling), written)

    def remove(self, article: str) -> Entry:
        """Take an article out of everything."""
        entry = self.entries[article]
        self.texts.remove(entry.seq)
        if entry.copy_link is not None:
            _discard(self.copies, entry.copy_link.original, article)
        else:
            self.frequencies.remove(entry.features)
            del self._times[bisect_left(self._times, entry.time)]
            slot = self.neighbours.slot(entry.seq)
            self._slots[slot] = None
            for term in entry.telling.tolist():
                held = self._postings[term]
                held.remove(slot)
                if not held:
                    del self._postings[term]
            self.neighbours.remove(entry.seq)
            if entry.join is not None:
                _discard(self.stories, entry.join.story, article)
        del self.entries[article], self.by_seq[entry.seq]
        if entry.stamp == self._stamp:
            self._stamp = max((other.stamp for other in self.entries.values()), default=0)
        return entry

    def link(self, entry: Entry) -> None:
        """Put what this entry was measured against in place of all that was measured of it before."""
        self.neighbours.cut(entry.seq)
        known = [at for at, seq in enumerate(entry.near) if seq in self.neighbours and seq != entry.seq]
        self.neighbours.link(entry.seq, [entry.near[at] for at in known], entry.measures[known])

    def next_stamp(self) -> int:
        return self._stamp + 1

    def move(self, article: str, join: StoryJoin) -> None:
        """Put an article into another story; copies keep their own join but are moved alike."""
        entry = self.entries[article]
        if entry.copy_link is None:
            if entry.join is not None:
                _discard(self.stories, entry.join.story, article)
            _insert(self.stories.setdefault(join.story, []), article, self._seq)
        entry.join = join

    def _seq(self, article: str) -> int:
        return self.entries[article].seq

    def measure(self, entry: Entry, weighed: Weighed, span: float, reachable: Callable[[Entry], bool]) -> None:
        """Measure an entry against those it may share a story with, all within ``span`` days."""
        found = self._candidates(entry, weighed, reachable)
        measures = self._comparer.measure(entry.features, weighed.weights, [other.features for other in found])
        kept = np.flatnonzero((measures[:, WORDS] >= _LEAST) | (measures[:, OPENING] >= _LEAST)).tolist()
        near = [found[at] for at in kept]
        entry.near = [other.seq for other in near]
        entry.measures = measures[kept]
        if near:
            days = [abs(entry.time - other.time) for other in near]
            entry.measures[:, TIMING] = self._timing(entry.time, days, span)

    def _timing(self, time: float, days: list[float], span: float) -> list[tuple[float, float, float]]:
        """The `likeness.timing` of an article to others that are so many ``days`` away, none more than ``span``."""

        def around(days: float) -> int:
            return bisect_right(self._times, time + days) - bisect_left(self._times, time - days)

        near = {apart: around(apart) for apart in set(days)}
        return timing(days, [near[apart] for apart in days], around(span))

    def _candidates(self, entry: Entry, weighed: Weighed, reachable: Callable[[Entry], bool]) -> list[Entry]:
        """The articles that share the rarest terms with this one, the most promising first."""
        common = min(max(20, _COMMON * len(self.entries)), _MOST)
        postings = self._postings
        slots = array("i")
        sizes: list[int] = []
        weights: list[float] = []
        for term, value in zip(weighed.telling.tolist(), weighed.values.tolist(), strict=True):
            held = postings.get(term)
            if held is None or len(held) > common:
                continue
            slots.extend(held)
            sizes.append(len(held))
            weights.append(value)
            if len(sizes) == _TERMS:
                break
        if not sizes:
            return []
        hit = np.frombuffer(slots, dtype=np.intc)
        places = np.arange(len(hit), dtype=np.int32)
        self._last[hit] = places
        found = hit[self._last.take(hit) == places]
        np.add.at(self._scores, hit, np.repeat(weights, sizes))
        scores = self._scores.take(found)
        self._scores[found] = 0
        scores /= self._roots.take(found)
        near: list[Entry] = []
        for slot in self._ranked(found, scores):
            other = self._slots[slot]
            if other is not None and other.id != entry.id and reachable(other):
                near.append(other)
                if len(near) == _CANDIDATES:
                    break
        return near

    def _ranked(self, found: NDArray[np.intc], scores: NDArray[np.float64]) -> Iterator[int]:
        """The slots from the highest score down; of equals those of earlier articles come first."""
        few = 3 * _CANDIDATES
        if len(found) > 2 * few:
            # The rest is put in order only where none of these will do.
            least = np.partition(scores, len(scores) - few)[len(scores) - few]
            high = scores >= least
            yield from self._ranked_all(found[high], scores[high])
            found, scores = found[~high], scores[~high]
        yield from self._ranked_all(found, scores)

    def _ranked_all(self, found: NDArray[np.intc], scores: NDArray[np.float64]) -> list[int]:
        ranked: list[int] = found.take(np.lexsort((self._seqs.take(found), -scores))).tolist()
        return ranked


def remember(entry: Entry) -> Remembered:
    """The row that restores this entry."""
    f, s = entry.features, entry.sketch
    head = {
        "stamp": entry.stamp,
        "live": entry.live,
        "length": f.length,
        "words": s.words,
        "whole": s.whole,
        "keywords": [*entry.keywords.values()],
        "copy": entry.copy_link.__dict__ if entry.copy_link else None,
        "join": entry.join.__dict__ if entry.join else None,
    }
    arrays: dict[str, NDArray[Any]] = {
        "keys": np.fromiter(entry.keywords, np.int32, len(entry.keywords)),
        "telling": entry.telling,
        "ids": f.ids, "counts": f.counts, "masses": f.masses,
        "hashes": s.hashes, "quoted": s.quoted.view(np.uint8), "head": s.head.view(np.uint8),
        "near": np.array(entry.near, dtype=np.int64), "measures": entry.measures.ravel(),
    }  # fmt: skip
    return entry.row.model_copy(
        update={
            "copy_of": entry.copy_link.original if entry.copy_link else None,
            "story": entry.story,
            "features": pack(head, arrays),
        }
    )


def restore(row: Remembered) -> Entry:
    """The entry that a row holds. Raises ``RecordError`` where it can't be read."""
    head, arrays = unpack(row.features, row.id)
    join = StoryJoin.model_validate(head["join"]) if head["join"] else None
    if row.story is not None and (join is None or join.story != row.story):
        join = StoryJoin(story=row.story, opened=False, reason="put there after it was first placed")
    return Entry(
        id=row.id,
        seq=row.seq,
        time=row.time.timestamp() / DAY,
        row=row,
        sketch=Sketch(
            arrays["hashes"],
            arrays["quoted"].astype(np.bool_),
            arrays["head"].astype(np.bool_),
            head["words"],
            head["whole"],
        ),
        features=Features(arrays["ids"], arrays["counts"], head["length"], arrays["masses"]),
        keywords=dict(zip(arrays["keys"].tolist(), head["keywords"], strict=True)),
        telling=arrays["telling"],
        topics=frozenset(row.topics),
        live=head["live"],
        stamp=head["stamp"],
        near=arrays["near"].tolist(),
        measures=arrays["measures"].reshape(-1, MEASURES),
        copy_link=CopyLink.model_validate(head["copy"]) if head["copy"] else None,
        join=join,
    )


def _insert(items: list[str], article: str, seq: Callable[[str], int]) -> None:
    items.append(article)
    if len(items) > 1 and seq(items[-2]) > seq(article):
        items.sort(key=seq)


def _discard(table: dict[K, list[V]], key: K, value: V) -> None:
    items = table[key]
    items.remove(value)
    if not items:
        del table[key]
