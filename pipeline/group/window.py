"""The articles that are open to new reports, with the indexes over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.group.copies import CopyIndex, Known
from pipeline.group.features import Features
from pipeline.group.likeness import Comparer, Frequencies, Model, probability
from pipeline.group.packing import pack, unpack
from pipeline.group.sketch import Sketch
from schemas.article import CopyLink
from schemas.story import Remembered, StoryJoin

_CANDIDATES = 24
_POSTINGS = 4000
_COMMON = 0.2
_WEAKEST = 0.05
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
    topics: frozenset[str]
    stamp: int = 0
    """The order in which likenesses were measured: what was measured last holds."""
    edges: dict[int, float] = field(default_factory=dict)
    """Likeness to other articles, by their seq, as measured when this one came or was revised."""
    copy_link: CopyLink | None = None
    join: StoryJoin | None = None

    @property
    def story(self) -> str | None:
        return self.join.story if self.join else None


class Window:
    """Entries by id, the stories they are in, and what finds the ones like a new one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.entries: dict[str, Entry] = {}
        self.by_seq: dict[int, str] = {}
        self.graph: dict[str, dict[str, float]] = {}
        self.stories: dict[str, list[str]] = {}
        """The articles of each story without its copies, in order of arrival."""
        self.copies: dict[str, list[str]] = {}
        """The copies of each original."""
        self.frequencies = Frequencies()
        self.texts = CopyIndex()
        self._comparer = Comparer(self.frequencies)
        self._postings: dict[int, list[int]] = {}

    def __contains__(self, article: str) -> bool:
        return article in self.entries

    def __iter__(self) -> Iterator[Entry]:
        """The entries in order of arrival."""
        return iter(sorted(self.entries.values(), key=lambda entry: entry.seq))

    def add(self, entry: Entry) -> None:
        """Take an article in, with the likenesses it was measured with."""
        self.entries[entry.id] = entry
        self.by_seq[entry.seq] = entry.id
        self.texts.add(entry.seq, self.known(entry))
        if entry.copy_link is not None:
            _insert(self.copies.setdefault(entry.copy_link.original, []), entry.id, self._seq)
            return
        self.frequencies.add(entry.features)
        for term in entry.features.ids.tolist():
            self._postings.setdefault(term, []).append(entry.seq)
        self.link(entry)
        if entry.join is not None:
            _insert(self.stories.setdefault(entry.join.story, []), entry.id, self._seq)

    @staticmethod
    def known(entry: Entry) -> Known:
        """What the comparison of texts needs of an entry."""
        return Known(entry.row.outlet, entry.sketch, frozenset())

    def keywords(self, features: Features) -> dict[int, str]:
        """The weightiest terms of an article as it writes them."""
        ids = features.ids
        weight = self.frequencies.rarity(ids) * (1 + np.log(features.body)) * np.where(features.kind > 0, 1.5, 1.0)
        order = np.lexsort((ids, -weight)).tolist()
        surfaces = features.surfaces
        found = ((int(ids[at]), surfaces.get(int(ids[at]))) for at in order)
        return dict(islice(((number, surface) for number, surface in found if surface), _KEYWORDS))

    def remove(self, article: str) -> Entry:
        """Take an article out of everything."""
        entry = self.entries[article]
        self.texts.remove(entry.seq)
        if entry.copy_link is not None:
            _discard(self.copies, entry.copy_link.original, article)
        else:
            self.frequencies.remove(entry.features)
            for term in entry.features.ids.tolist():
                _discard(self._postings, term, entry.seq)
            self._unlink(article)
            if entry.join is not None:
                _discard(self.stories, entry.join.story, article)
        del self.entries[article], self.by_seq[entry.seq]
        return entry

    def link(self, entry: Entry) -> None:
        """Put the likenesses of this entry in place of all that were known of it."""
        self._unlink(entry.id)
        row = self.graph.setdefault(entry.id, {})
        for seq, value in entry.edges.items():
            other = self.by_seq.get(seq)
            if other is not None and other != entry.id and self.entries[other].copy_link is None:
                row[other] = value
                self.graph.setdefault(other, {})[entry.id] = value

    def _unlink(self, article: str) -> None:
        for other in self.graph.pop(article, {}):
            self.graph[other].pop(article, None)

    def next_stamp(self) -> int:
        return 1 + max((entry.stamp for entry in self.entries.values()), default=0)

    def move(self, article: str, join: StoryJoin) -> None:
        """Put an article into another story; copies keep their own join but are moved alike."""
        entry = self.entries[article]
        if entry.copy_link is None:
            if entry.join is not None:
                _discard(self.stories, entry.join.story, article)
            _insert(self.stories.setdefault(join.story, []), article, self._seq)
        entry.join = join
        entry.row = entry.row.model_copy(update={"story": join.story})

    def _seq(self, article: str) -> int:
        return self.entries[article].seq

    def alike(self, entry: Entry, reachable: Callable[[Entry], bool]) -> tuple[list[Entry], NDArray[np.float64]]:
        """The entries most like a new one, of those that are ``reachable``, and the measures of each pair."""
        found = self._candidates(entry, reachable)
        days = np.array([abs(other.time - entry.time) for other in found])
        foreign = np.array([other.row.language != entry.row.language for other in found], dtype=np.bool_)
        return found, self._comparer.measure(entry.features, [other.features for other in found], days, foreign)

    def measure(self, entry: Entry, reachable: Callable[[Entry], bool]) -> list[Entry]:
        """Set the likenesses of an entry, and return the entries it is like, most alike first."""
        found, measures = self.alike(entry, reachable)
        values = probability(measures, self.model).tolist()
        ranked = sorted(zip(values, found, strict=True), key=lambda pair: (-pair[0], pair[1].seq))
        entry.edges = {other.seq: value for value, other in ranked if value >= _WEAKEST}
        return [other for _, other in ranked]

    def _candidates(self, entry: Entry, reachable: Callable[[Entry], bool]) -> list[Entry]:
        features = entry.features
        ids = features.ids
        held = self.frequencies.held_by(ids)
        weight = self.frequencies.rarity(ids) ** 2 * (1 + np.log(features.body))
        usable = np.flatnonzero((held > 0) & (held <= max(20, _COMMON * len(self.entries))))
        order = usable[np.lexsort((ids[usable], -weight[usable]))]
        scores: dict[int, float] = {}
        looked = 0
        for at in order.tolist():
            value = float(weight[at])
            seqs = self._postings.get(int(ids[at]), ())
            for seq in seqs:
                scores[seq] = scores.get(seq, 0.0) + value
            looked += len(seqs)
            if looked > _POSTINGS:
                break
        entries = self.entries
        ranked = sorted(
            ((value / (20 + len(entries[self.by_seq[seq]].features.ids)) ** 0.5, seq) for seq, value in scores.items()),
            key=lambda pair: (-pair[0], pair[1]),
        )
        chosen: list[Entry] = []
        for _, seq in ranked:
            other = entries[self.by_seq[seq]]
            if other.id != entry.id and reachable(other):
                chosen.append(other)
                if len(chosen) == _CANDIDATES:
                    break
        return chosen


def remember(entry: Entry) -> Remembered:
    """The row that restores this entry."""
    f, s = entry.features, entry.sketch
    head = {
        "stamp": entry.stamp,
        "length": f.length,
        "words": s.words,
        "whole": s.whole,
        "keywords": [[number, surface] for number, surface in entry.keywords.items()],
        "copy": entry.copy_link.model_dump(mode="json") if entry.copy_link else None,
        "join": entry.join.model_dump(mode="json") if entry.join else None,
    }
    arrays: dict[str, NDArray[Any]] = {
        "ids": f.ids, "body": f.body, "lead": f.lead, "kind": f.kind, "pairs": f.pairs,
        "hashes": s.hashes, "quoted": s.quoted.view(np.uint8), "head": s.head.view(np.uint8),
        "near": np.array(list(entry.edges), dtype=np.int64),
        "near_value": np.array(list(entry.edges.values()), dtype=np.float32),
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
        row=row.model_copy(update={"features": b""}),
        sketch=Sketch(
            arrays["hashes"],
            arrays["quoted"].astype(np.bool_),
            arrays["head"].astype(np.bool_),
            head["words"],
            head["whole"],
        ),
        features=Features(
            arrays["ids"], arrays["body"], arrays["lead"], arrays["kind"], arrays["pairs"], head["length"], {}
        ),
        keywords=dict(head["keywords"]),
        topics=frozenset(row.topics),
        stamp=head["stamp"],
        edges=dict(zip(arrays["near"].tolist(), arrays["near_value"].tolist(), strict=True)),
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
