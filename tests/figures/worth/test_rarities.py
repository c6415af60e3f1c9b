"""Sums of rarities are exact: what is added up once, in parts or in any order gives the same last digit."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures.worth.rarities import LEAST, UNIT, Rarities, RaritiesOfCounts, rarity_of

WORDS = st.frozensets(st.sampled_from([f"word{n}" for n in range(40)]), min_size=1)
COUNTS = st.dictionaries(st.sampled_from([f"word{n}" for n in range(30)]), st.integers(1, 57))
ARTICLES = 57


def told(counts: dict[str, int]) -> RaritiesOfCounts:
    return RaritiesOfCounts(counts, ARTICLES, lambda word: rarity_of(counts.get(word, 0), ARTICLES))


@given(words=WORDS, counts=COUNTS)
def test_sums_are_those_of_fsum(words: frozenset[str], counts: dict[str, int]) -> None:
    rarities = told(counts)
    assert rarities.sum(words) / UNIT == math.fsum(map(rarities.of, words))
    assert rarities.weigh(words) / UNIT == math.fsum(rarities.of(word) + LEAST for word in words)


@given(one=WORDS, other=WORDS, counts=COUNTS)
def test_what_two_sets_have_together_follows_from_each_and_what_they_share(
    one: frozenset[str], other: frozenset[str], counts: dict[str, int]
) -> None:
    rarities = told(counts)
    together = rarities.weight(one) + rarities.weight(other) - rarities.weigh(one & other)
    assert together == rarities.weigh(one | other)


@given(words=WORDS, counts=COUNTS)
def test_counts_and_a_function_give_the_same(words: frozenset[str], counts: dict[str, int]) -> None:
    of_counts, of_function = told(counts), Rarities(told(counts).of)
    assert (of_counts.sum(words), of_counts.weigh(words)) == (of_function.sum(words), of_function.weigh(words))
