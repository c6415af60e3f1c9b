"""What the articles of a topic spoke of so far: how often each word, action and noun came up lately."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from itertools import islice

from pipeline.figures.following.intervals import value_key
from pipeline.figures.worth.rarities import UNIT, Rarities, RaritiesOfCounts, rarity_of
from schemas.figure import Figure, HeardArticle, Marks

REMEMBERED = 200
"""Articles of a topic that are remembered: some days of a busy topic, and quickly read again after a restart."""
_FEW_ARTICLES = 3
_FEW_FIGURES = 20
"""With fewer, shares say nothing yet."""


class Stream:
    """The articles of one topic in order of arrival; the last ``REMEMBERED`` of them count.

    ``lost`` are the ids of those that the last `add` pushed out.
    """

    def __init__(self, heard: Iterable[HeardArticle] = ()) -> None:
        self._seen: deque[HeardArticle] = deque()
        self._words: Counter[str] = Counter()
        self._actions: Counter[str] = Counter()
        self._nouns: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._values: Counter[tuple[str, str]] = Counter()
        self._figures = 0
        self._rarities: Rarities | None = None
        self.lost: tuple[str, ...] = ()
        for one in heard:
            self._count(one, 1)

    def add(
        self,
        article: str,
        published: datetime,
        words: frozenset[str],
        figures: Sequence[Figure],
        marks: Sequence[Marks],
    ) -> HeardArticle:
        """Remember an article by the stems of its words, in place of what was known of it; gives what is to be kept."""
        self.drop(article)
        nouns = tuple(mark.nouns[0] for mark in marks if mark.nouns)
        actions = tuple(mark.actions[0] for mark in marks if mark.actions)
        pairs = tuple((mark.nouns[0], mark.actions[0]) for mark in marks if mark.nouns and mark.actions)
        values = frozenset(map(_value_of, figures))
        heard = HeardArticle(
            id=article,
            published=published,
            words=words,
            actions=actions,
            nouns=nouns,
            pairs=pairs,
            values=values,
            figures=len(figures),
        )
        self._count(heard, 1)
        early = [one for one in self._seen if one is not heard][: max(0, len(self._seen) - REMEMBERED)]
        for one in early:
            self._count(one, -1)
        self.lost = tuple(one.id for one in early)
        return heard

    def drop(self, article: str) -> None:
        """Forget an article, if it is known."""
        for seen in [one for one in self._seen if one.id == article]:
            self._count(seen, -1)

    def latest(self, count: int) -> frozenset[str]:
        """The ids of the articles that were heard last."""
        return frozenset(seen.id for seen in islice(reversed(self._seen), count))

    def _count(self, seen: HeardArticle, by: int) -> None:
        if by > 0:
            self._seen.append(seen)
        else:
            self._seen.remove(seen)
        self._rarities = None
        self._figures += by * seen.figures
        for counter, keys in (
            (self._words, seen.words),
            (self._actions, seen.actions),
            (self._nouns, seen.nouns),
            (self._pairs, seen.pairs),
            (self._values, seen.values),
        ):
            _add(counter, keys, by)

    def centrality(self, words: Sequence[str]) -> float | None:
        """The mean share of known articles that hold each of these words; ``None`` while too few are known."""
        known = len(self._seen)
        if known < _FEW_ARTICLES or not words:
            return None
        return sum(self._words[word] for word in words) / known / len(words)

    def rarity(self, word: str) -> float:
        """How telling a word is: its share of the known articles, turned round (smoothed; at least 0)."""
        return rarity_of(self._words[word], len(self._seen))

    @property
    def rarities(self) -> Rarities:
        """The `rarity` of words as it is until the next article."""
        if self._rarities is None:
            self._rarities = RaritiesOfCounts(self._words, len(self._seen), self.rarity)
        return self._rarities

    def nearness(self, words: Set[str], article: str) -> float | None:
        """How much of what an article says a known one says too, the rarer the word the more; ``None`` if unknown."""
        known = next((seen.words for seen in reversed(self._seen) if seen.id == article), None)
        if not known or not words:
            return None
        rarities = self.rarities
        fewer = min(rarities.sum(words), rarities.sum(known))
        return (rarities.sum(words & known) / UNIT) / (fewer / UNIT) if fewer else None

    def shares(self, mark: Marks) -> tuple[float, float, float] | None:
        """The shares of the figures so far with this action, this noun, and both; ``None`` while there are too few."""
        if self._figures < _FEW_FIGURES:
            return None
        noun, action = mark.nouns[:1], mark.actions[:1]
        return (
            self._actions[action[0]] / self._figures if action else 0.0,
            self._nouns[noun[0]] / self._figures if noun else 0.0,
            self._pairs[noun[0], action[0]] / self._figures if noun and action else 0.0,
        )

    def echoes(self, figure: Figure) -> int:
        """How many articles before stated the same value in the same unit."""
        return self._values[_value_of(figure)]


def _value_of(figure: Figure) -> tuple[str, str]:
    return value_key(figure.value, figure.low, figure.high), figure.unit or ""


def _add(counter: Counter, keys: Iterable, by: int) -> None:  # type: ignore[type-arg]
    if by == 1:
        # By far quicker, and a stream is counted anew with each brief that is shown.
        counter.update(keys)
        return
    for key in keys:
        counter[key] += by
        if counter[key] <= 0:
            del counter[key]
