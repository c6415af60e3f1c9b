"""Which words mean the same to a reader who follows figures: the table of ``concepts.toml`` and how it is looked up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from pipeline.figures.reading.lexicon import load as load_of_reading

_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s")
_STEM = 7
"""Characters kept of a word: crude, but the same in every language, and enough within one topic."""


@cache
def _tables() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("concepts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def table(name: str) -> Mapping[str, Any]:
    """One table of the file."""
    found: Mapping[str, Any] = _tables()[name]
    return found


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """``word`` (in lower case) without its commonest English endings, cut to a few letters."""
    word = re.sub(r"['’ʼ]s?$", "", word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    return word.rstrip("e")[:_STEM] if len(word) > 4 else word


_REMEMBERED = 16384
"""Words whose classes are kept at hand."""


class Words:
    """Words and beginnings of words, each with what it stands for."""

    def __init__(self, classes: Iterable[tuple[str, str]]) -> None:
        self._whole: dict[str, tuple[str, ...]] = {}
        self._begun: dict[str, tuple[str, ...]] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        for name, words in classes:
            for word in words.split():
                table, key = (self._begun, word[:-1]) if word.endswith("*") else (self._whole, word)
                table[key] = tuple(dict.fromkeys((*table.get(key, ()), name)))
        self._lengths = sorted({len(key) for key in self._begun})
        self._openings = {key[:2] for key in self._begun}

    def of(self, word: str) -> tuple[str, ...]:
        """What ``word`` stands for; nothing where the table doesn't know it."""
        known = self._found.get(word)
        if known is not None:
            return known
        found = list(self._whole.get(word, ()))
        if word[:2] in self._openings:
            for length in self._lengths:
                if length > len(word):
                    break
                found += self._begun.get(word[:length], ())
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        answer = self._found[word] = tuple(dict.fromkeys(found))
        return answer


@cache
def nouns() -> Words:
    """Words by the class of what is counted."""
    return Words(_tables()["nouns"].items())


@cache
def actions() -> Words:
    """Words by the class of what happened or is measured: those of reading, in all its languages, and our own."""
    ambiguous = set(_tables()["ambiguous"]["words"].split())
    classes: list[tuple[str, str]] = []
    for action, table in load_of_reading("actions").items():
        forms = [form for form in table.values() if isinstance(form, list)]
        single = [word for group in forms for word in group if " " not in word and word not in ambiguous]
        classes.append((action, " ".join(_beginning(word) for word in single)))
    return Words([*classes, *_tables()["actions"].items()])


def _beginning(word: str) -> str:
    """A verb or noun with its regular endings: "arrive" stands for "arriving" too."""
    return f"{word.rstrip('e')}*" if word.isascii() and len(word) > 4 else word


@cache
def kinds() -> Words:
    """Words close to a number that make it another figure than the plain one."""
    return Words(_tables()["kinds"].items())


@cache
def contrasts() -> Words:
    """Words that set two figures apart, as ``axis:pole``."""
    return Words(
        (f"{axis}:{pole}", words) for axis, poles in _tables()["contrasts"].items() for pole, words in poles.items()
    )


@lru_cache(maxsize=32768)
def clashing_poles(one: str, other: str) -> bool:
    """Whether two words (or their stems) are poles of one axis: northern and southern."""
    first = {pole.split(":")[0]: pole for pole in _poles().get(one, ())}
    return any(first.get(pole.split(":")[0], pole) != pole for pole in _poles().get(other, ()))


@cache
def _poles() -> Mapping[str, tuple[str, ...]]:
    words = [word for poles in _tables()["contrasts"].values() for group in poles.values() for word in group.split()]
    return {key: contrasts().of(word) for word in words for key in (word, stem(word))}


@cache
def cues(kind: str) -> re.Pattern[str]:
    """The phrases of a kind of cue, as one pattern over lower-case text."""
    phrases = sorted(_tables()["cues"][kind], key=len, reverse=True)
    parts = [re.escape(phrase).replace(r"\*", r"\w*") for phrase in phrases]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


@cache
def flows() -> frozenset[str]:
    """Actions that are counted anew in each period."""
    return frozenset(_tables()["flows"]["actions"].split())


@cache
def dwindling() -> frozenset[str]:
    """Actions of which fewer and fewer are left: missing, trapped, in hospital."""
    return frozenset(_tables()["flows"]["dwindling"].split())


@cache
def listed_actions() -> frozenset[str]:
    """Every class of actions that a list knows."""
    return frozenset((*load_of_reading("actions"), *_tables()["actions"]))


@cache
def clause_words() -> frozenset[str]:
    """Words that begin another clause."""
    return frozenset(_tables()["clauses"]["words"].split())


@cache
def _generic() -> Mapping[str, frozenset[str]]:
    generic = {key: frozenset(words.split()) for key, words in _tables()["generic"].items()}
    return {name: generic[f"{kind}s"] for kind in ("person", "animal") for name in generic[kind]}


@cache
def _related() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in _tables()["related"]["pairs"])


@lru_cache(maxsize=16384)
def are_kin(one: str, other: str) -> bool:
    """Whether texts use two actions for one another."""
    return frozenset((one, other)) in _kin()


@cache
def _kin() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in _tables()["kin"]["pairs"])


def is_person(noun: str) -> bool:
    """Whether a class of nouns is one of people."""
    return noun in _kinds_of_beings()[0]


def may_be_people(one: str, other: str) -> bool:
    """Whether one is the word for people and the other a word that no list knows, which may count people too."""
    known = _tables()["nouns"]
    return (one == "people" and other not in known) or (other == "people" and one not in known)


@lru_cache(maxsize=16384)
def clash(one: str, other: str) -> bool:
    """Whether two classes are known, of one kind, and never the same: children and soldiers, pigs and cattle."""
    if are_related(one, other):
        return False
    return any(one in kind and other in kind for kind in _kinds_of_beings())


@cache
def _kinds_of_beings() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(_tables()["generic"][f"{kind}s"].split()) for kind in ("person", "animal"))


@lru_cache(maxsize=16384)
def are_related(one: str, other: str) -> bool:
    """Whether texts use two classes of nouns for one another, or one is the general word for the other."""
    if one == other or frozenset((one, other)) in _related():
        return True
    generic = _generic()
    return other in generic.get(one, ()) or one in generic.get(other, ())
