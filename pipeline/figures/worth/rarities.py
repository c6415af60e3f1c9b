"""How rare words are at one moment, and how much sets of them weigh: exactly, and once for each set.

Rarities are added up as whole numbers. So a sum is the same in whatever order its words come, what two sets have
together follows from what each has and both share, and divided by `UNIT` it is what `math.fsum` of the rarities gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from itertools import repeat

UNIT = 2.0**57
"""So many make 1. A rarity plus `LEAST` is at least 0.05, whose 53 binary digits end with that of 2^-57."""
LEAST = 0.05
"""What a word weighs that says nothing."""


class _Kept(dict[str, int]):
    """What a function gives for each word, in units."""

    def __init__(self, rarity: Callable[[str], float]) -> None:
        super().__init__()
        self._rarity = rarity

    def __missing__(self, word: str) -> int:
        made = self[word] = int(self._rarity(word) * UNIT)
        return made


class Rarities:
    """How rare words are, 0 to 1, as ``rarity`` says, which must not change meanwhile."""

    def __init__(self, rarity: Callable[[str], float]) -> None:
        self.of = rarity
        self._each: Callable[[str], int] = _Kept(rarity).__getitem__
        self._heavy: Callable[[str], int] = _Kept(lambda word: rarity(word) + LEAST).__getitem__
        self._weights: dict[Set[str], int] = {}

    def sum(self, words: Iterable[str]) -> int:
        """How rare these words are together, in units."""
        return sum(map(self._each, words))

    def weigh(self, words: Iterable[str]) -> int:
        """How much these words weigh, in units: each as rare as it is, and `LEAST`."""
        return sum(map(self._heavy, words))

    def weight(self, words: Set[str]) -> int:
        """What `weigh` gives for a set that is asked for again and again."""
        made = self._weights.get(words)
        if made is None:
            made = self._weights[words] = self.weigh(words)
        return made


class RaritiesOfCounts(Rarities):
    """Rarities of words by how many of some articles hold each."""

    def __init__(self, counts: Mapping[str, int], articles: int, rarity: Callable[[str], float]) -> None:
        super().__init__(rarity)
        self._counts = counts
        self._by_count, self._heavy_by_count = _tables(articles)

    def sum(self, words: Iterable[str]) -> int:
        return sum(map(self._by_count.__getitem__, map(self._counts.get, words, repeat(0))))

    def weigh(self, words: Iterable[str]) -> int:
        return sum(map(self._heavy_by_count.__getitem__, map(self._counts.get, words, repeat(0))))


def rarity_of(holding: int, articles: int) -> float:
    """How telling a word is that so many of the articles hold (smoothed; at least 0)."""
    return 1.0 - holding / (articles + 1)


@lru_cache(maxsize=256)
def _tables(articles: int) -> tuple[Sequence[int], Sequence[int]]:
    """By how many of the articles hold a word: its rarity, and the same with `LEAST`, in units."""
    rare = [rarity_of(holding, articles) for holding in range(articles + 1)]
    return [int(one * UNIT) for one in rare], [int((one + LEAST) * UNIT) for one in rare]
