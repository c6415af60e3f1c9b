"""Which earlier article is this one a copy of.

Candidates share indexed word sequences; the sketches of the likeliest are then compared in full. What makes a copy is
the share of the smaller text that the other has (containment), not counting what makes different articles look alike:
the boilerplate of an outlet, quotes that both print, and templates that differ in the names and numbers filled in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline.group.features import NAME, NUMBER, Features, kinds
from pipeline.group.sketch import Hashes, Sharing, Sketch, shared
from pipeline.group.tokens import LONGEST_TEXT
from schemas.article import CopyKind

CONTAINMENT = 0.40
"""The share of the smaller text that the other must have."""
_LEAST_SHARED = 3
_SHORT = 30
"""Words under which chance, a shared quote or an agency's one-line flash fill the whole text."""
_SHORT_CONTAINMENT = 0.9
_SHORTEST = 12
_OWN_WORDS = 0.25
"""The share of the smaller text's words outside quotes that the other must have too."""
_MOST = 0.7
"""Where less of a text is shared, it must be from its beginning on: a round-up copies what it opens with."""
_INDEXED = 96
_CANDIDATES = 6
_COMMON = 40
_HOLDERS = 200
_EARLIEST = 12
"""Of a word sequence that more than `_COMMON` articles hold, so many of the earliest are looked at: their original."""
_BOILERPLATE = 3
"""In so many of the same outlet's articles, none a copy, a word sequence stands that says nothing."""
_NEAR_WHOLE = 0.9
"""From here on only bylines and the like differ. Within one outlet, less may be what it prints under everything."""
_EDITION = 0.8
"""Days between two editions of a templated page."""
_LIVE_TITLE = re.compile(
    r"(?i)\blive[\s-]?(?:blog|ticker|updates?|coverage|stream)\b|^live\b|\blive:|\|\s*live$|\bas it happened\b"
    r"|\bminute[ -]by[ -]minute\b|\ben (?:direct|directo|vivo)\b|\bdiretta\b|\bonline:|прямая трансляция"
)
_LIVE_WORDS = ("live", "happened", "minute", "direct", "vivo", "diretta", "online:", "трансляция")
"""A title without any of these is no live page's, which is known sooner so."""
_STAMPED_LINE = re.compile(r"(?m)^\W{0,3}(?:[01]?\d|2[0-3])[:.h][0-5]\d\b")
_STAMPS = 5
_PART, _MORE = "a part of the longer text", "holds the other text and more"


@dataclass(frozen=True, slots=True)
class Repeat:
    """That a text repeats an earlier one; ``nearest`` is the earlier one's number."""

    nearest: int
    kind: CopyKind
    containment: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What comparing texts needs to know of an article; ``day`` is when it was published."""

    outlet: str
    day: float
    sketch: Sketch
    features: Features
    live: bool = False
    copy: bool = False


def is_live(title: str, text: str) -> bool:
    """Whether this is a page that is added to as things happen, and gathers what others wrote."""
    lower = title[:300].lower()
    if any(word in lower for word in _LIVE_WORDS) and _LIVE_TITLE.search(title[:300]):
        return True
    if text.count("\n") < _STAMPS - 1:
        return False
    return sum(1 for _ in islice(_STAMPED_LINE.finditer(text[:LONGEST_TEXT]), _STAMPS)) >= _STAMPS


def _indexed(hashes: Hashes) -> list[int]:
    """The hashes an article is found by: all, or of a long text those with the most trailing zero bits."""
    level = np.uint64(1)
    chosen = hashes
    while len(chosen) > _INDEXED:
        level = (level << np.uint64(1)) | np.uint64(1)
        chosen = hashes[(hashes & level) == 0]
    found: list[int] = chosen.tolist()
    return found


class CopyIndex:
    """Earlier articles by their word sequences, under numbers that the caller gives."""

    def __init__(self) -> None:
        self._by_hash: dict[int, int | list[int]] = {}
        self._by_whole: dict[int, list[int]] = {}
        self._known: dict[int, Known] = {}

    def add(self, number: int, known: Known) -> None:
        self._known[number] = known
        self._by_whole.setdefault(known.sketch.whole, []).append(number)
        by_hash = self._by_hash
        for value in _indexed(known.sketch.hashes):
            held = by_hash.setdefault(value, number)
            if held is not number and held != number:
                if isinstance(held, int):
                    by_hash[value] = [held, number]
                else:
                    held.append(number)

    def remove(self, number: int) -> None:
        known = self._known.pop(number)
        same = self._by_whole[known.sketch.whole]
        same.remove(number)
        if not same:
            del self._by_whole[known.sketch.whole]
        for value in _indexed(known.sketch.hashes):
            held = self._by_hash[value]
            if isinstance(held, int):
                del self._by_hash[value]
            else:
                held.remove(number)
                if len(held) == 1:
                    self._by_hash[value] = held[0]

    def find(self, known: Known, allowed: Callable[[int], bool]) -> Repeat | None:
        """The earlier article that this text repeats; ``allowed`` says which may be looked at. None if there is none.

        Of several the one with the most in common is taken, of equals the earliest.
        """
        text = known.sketch
        if text.words < _SHORTEST:
            return None
        for number in sorted(self._by_whole.get(text.whole, ())):
            if allowed(number) and self._known[number].sketch.words == text.words:
                return Repeat(number, CopyKind.EXACT, 1.0, "the same words in the same order")
        found = [self._compare(known, number) for number in self._candidates(text.hashes, allowed)]
        return max(
            (repeat for repeat in found if repeat is not None),
            key=lambda repeat: (repeat.containment, -repeat.nearest),
            default=None,
        )

    def _candidates(self, hashes: Hashes, allowed: Callable[[int], bool]) -> Iterable[int]:
        get = self._by_hash.get
        shared_by: list[int] = []
        for held in [held for held in map(get, hashes.tolist()) if held is not None]:
            if isinstance(held, int):
                shared_by.append(held)
            elif len(held) <= _COMMON:
                shared_by += held
            else:
                shared_by += held[:_EARLIEST]
        counts = Counter(shared_by)
        likely = sorted(
            (
                (number, hits)
                for number, hits in counts.items()
                if hits >= max(2, self._least_hits(len(hashes), number)) and allowed(number)
            ),
            key=lambda pair: (-pair[1], pair[0]),
        )
        return [number for number, _ in likely[:_CANDIDATES]]

    def _least_hits(self, length: int, number: int) -> float:
        """How many of its indexed hashes an article must share to be worth comparing: half of what a copy would."""
        its = len(self._known[number].sketch.hashes)
        return 0.5 * CONTAINMENT * min(length, its) * min(1.0, _INDEXED / 2 / its)

    def _compare(self, new: Known, number: int) -> Repeat | None:
        old = self._known[number]
        mine, its, in_its, in_mine = shared(new.sketch, old.sketch)
        common = int(np.count_nonzero(in_its))
        if common < _LEAST_SHARED:
            return None
        new_is_smaller = len(mine.hashes) <= len(its.hashes)
        small, of_small, large, of_large = (
            (mine, in_its, its, in_mine) if new_is_smaller else (its, in_mine, mine, in_its)
        )
        containment = common / len(small.hashes)
        if containment < (_SHORT_CONTAINMENT if small.words < _SHORT else CONTAINMENT):
            return None
        own = ~small.quoted
        if own.any() and np.count_nonzero(of_small & own) < _OWN_WORDS * np.count_nonzero(own):
            return None
        most = _NEAR_WHOLE if new.outlet == old.outlet else _MOST
        if not (_from_its_head(small, of_small, most) and _from_its_head(large, of_large, most)):
            return None
        if (new.live or old.live) and common < _MOST * len(large.hashes):
            return None
        if new.outlet == old.outlet and not self._beyond_boilerplate(new.outlet, small, of_small):
            return None
        if _edition(new, old):
            return None
        if containment < _NEAR_WHOLE and _throughout(small, of_small) and _template(new, old):
            return None
        return _described(new, old, number, containment, new_is_smaller)

    def _beyond_boilerplate(self, outlet: str, small: Sketch, of_small: Sharing) -> bool:
        """Whether enough is shared besides what the outlet prints under many of its articles."""
        looked, boilerplate = 0, 0
        for held in map(self._by_hash.get, small.hashes[of_small].tolist()):
            if held is None:
                continue
            looked += 1
            if not isinstance(held, int):
                holders = map(self._known.__getitem__, held[-_HOLDERS:])
                boilerplate += sum(known.outlet == outlet and not known.copy for known in holders) >= _BOILERPLATE
        common = np.count_nonzero(of_small)
        said = common * boilerplate / max(1, looked)
        rest = len(small.hashes) - said
        return bool(common - said >= max(_LEAST_SHARED, CONTAINMENT * rest))


def _throughout(text: Sketch, common: Sharing) -> bool:
    """Whether the differences go on beyond the first third, where bylines and datelines are."""
    tail = ~text.head
    return bool(np.count_nonzero(common & tail) < _NEAR_WHOLE * np.count_nonzero(tail))


def _template(new: Known, old: Known) -> bool:
    """Whether two texts share their form only: each is about a name that the other doesn't hold, and names and numbers
    make most of the difference."""
    one, two = new.features, old.features
    only_one = one.counts[~np.isin(one.ids, two.ids)]
    only_two = two.counts[~np.isin(two.ids, one.ids)]
    differing = kinds(np.concatenate((only_one, only_two)))
    subjects = [np.any((kinds(only) == NAME) & (only >> 8 & 255 > 0)) for only in (only_one, only_two)]
    return bool(all(subjects) and 2 * np.count_nonzero(differing) >= len(differing))


def _edition(new: Known, old: Known) -> bool:
    """Whether an outlet prints a form again on another day with other numbers: a third of three or more."""
    if new.outlet != old.outlet or abs(new.day - old.day) < _EDITION:
        return False
    numbers = new.features.ids[kinds(new.features.counts) == NUMBER]
    return len(numbers) >= 3 and 3 * int(np.isin(numbers, old.features.ids).sum()) <= 2 * len(numbers)


def _from_its_head(text: Sketch, common: Sharing, most: float) -> bool:
    """Whether what is shared is most of the text, or is no rarer in its first third than one would expect."""
    share = np.count_nonzero(common) / len(text.hashes)
    if share >= most:
        return True
    beginning = np.count_nonzero(text.head)
    return bool(np.count_nonzero(common & text.head) >= 0.5 * share * beginning)


def mirrored(kind: CopyKind, reason: str) -> tuple[CopyKind, str]:
    """The kind of a copy and the reason for it, as they are for the other of the two texts."""
    match kind:
        case CopyKind.TRUNCATED:
            return CopyKind.EMBEDDED, reason.replace(_PART, _MORE, 1)
        case CopyKind.EMBEDDED:
            return CopyKind.TRUNCATED, reason.replace(_MORE, _PART, 1)
        case _:
            return kind, reason


def _described(new: Known, old: Known, number: int, containment: float, new_is_smaller: bool) -> Repeat:
    ratio = new.sketch.words / max(1, old.sketch.words)
    share = f"{containment:.0%} of the word sequences of the shorter text are in both"
    if containment >= 0.97 and 0.97 <= ratio <= 1.03:
        return Repeat(number, CopyKind.EXACT, containment, f"the same words but for a few: {share}")
    if new_is_smaller and ratio < 0.8:
        return Repeat(number, CopyKind.TRUNCATED, containment, f"{_PART}: {share}")
    if not new_is_smaller and ratio > 1.25:
        return Repeat(number, CopyKind.EMBEDDED, containment, f"{_MORE}: {share}")
    return Repeat(number, CopyKind.EDITED, containment, f"the same text with changes: {share}")
