"""How numbers are written: their forms, and the number words of each language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from pipeline.figures.reading.lexicon import load

_RANKS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth
"""
ORDINALS = {word: float(rank) for rank, word in enumerate(_RANKS.split(), 1)}
"""The rank of each English ordinal in words."""


class Form(StrEnum):
    DIGITS = "digits"
    WORDS = "words"
    FRACTION = "fraction"
    VAGUE = "vague"
    ORDINAL = "ordinal"
    ANOTHER = "another"
    FOLD = "fold"
    BROKEN = "broken"


@dataclass(slots=True)
class Numeral:
    """A number as it is written: tokens ``first`` … ``last`` (exclusive), characters ``start`` … ``end``.

    ``plain`` digits have no separator and no magnitude, as years and codes do.
    """

    first: int
    last: int
    start: int
    end: int
    low: float
    high: float
    form: Form
    plain: bool = False
    scaled: bool = False

    @property
    def value(self) -> float:
        return self.low


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of one language, by what they do; see ``numbers.toml``."""

    small: dict[str, float]
    tens: dict[str, float]
    scales: dict[str, float]
    glued: dict[str, float]
    own_glued: frozenset[str]
    hundreds: dict[str, float]
    ones: frozenset[str]
    halves: frozenset[str]
    fractions: dict[str, float]
    vague: dict[tuple[str, ...], tuple[float, float]]
    vague_starts: frozenset[str]
    joins: frozenset[str]
    articles: frozenset[str]
    decimal: str
    starts: frozenset[str]
    openers: frozenset[str]


def _italian_compounds(small: dict[str, float], tens: dict[str, float]) -> dict[str, float]:
    """ "ventidue", "trentuno": tens and unit as one word; the ten loses its vowel before another."""
    units = {"uno": 1.0, **{word: value for word, value in small.items() if 1 < value < 10}}
    return {
        (ten[:-1] if unit[0] in "uo" else ten) + unit: a + b for ten, a in tens.items() for unit, b in units.items()
    }


@cache
def number_words(language: str) -> NumberWords:
    """The number words of a language; those of English where it has none."""
    tables = load("numbers")
    table: dict[str, Any] = tables.get(language, tables["en"])
    vague = {tuple(k.split()): (float(v[0]), float(v[1])) for k, v in table["vague"].items()}
    small, tens, scales = dict(table["units"]), table["tens"], table["scales"]
    if language == "it":
        small |= _italian_compounds(small, tens)
    hundreds, halves = table.get("hundreds", {}), frozenset(table.get("halves", ()))
    starts = frozenset([*small, *tens, *scales, *hundreds, *halves, *table["fractions"], *table["articles"]])
    vague_starts = frozenset(k[0] for k in vague)
    english = {*ORDINALS, "another", "several", "few", "couple"} if language == "en" else set()
    return NumberWords(
        small=small,
        tens=tens,
        scales=scales,
        glued={**tables["en"]["glued"], **table.get("glued", {})},
        own_glued=frozenset(table.get("glued", ())) if language != "en" else frozenset(),
        hundreds=hundreds,
        ones=frozenset(table.get("ones", ())),
        halves=halves,
        fractions=table["fractions"],
        vague=dict(sorted(vague.items(), key=lambda item: -len(item[0]))),
        vague_starts=vague_starts,
        joins=frozenset(table["joins"]),
        articles=frozenset(table["articles"]),
        decimal=table["decimal"],
        starts=starts,
        openers=starts | vague_starts | english,
    )
